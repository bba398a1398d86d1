"""Xet beside upstream's own server: the stock client sends a file to each and fetches it back."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import data
from measure import GIB, MIB, Samples
from servers import HERE, Limpide, LocalCas, Server

KINDS = {"random": "incompressible", "bf16": "bf16 weights", "text": "JSON lines"}


def run(bench) -> list[dict]:
    """A row for each kind of data and each direction, with both servers' figures."""
    rows = []
    for kind, words in KINDS.items():
        file = bench.folder / "xet.data"
        data.make(file, kind, bench.size, seed=1)
        expected = data.sha256(file)
        samples = {(server.name, act): Samples() for server in (Limpide, LocalCas) for act in ("upload", "download")}
        for _ in range(bench.repeat):
            for server in (Limpide, LocalCas):
                for act, figures in there_and_back(bench.folder, server, file, expected).items():
                    samples[server.name, act].add(**figures)
        for act in ("upload", "download"):
            rows.append(row(words, act, bench.size, samples))
            print(f"xet {rows[-1]}", flush=True)
        file.unlink()
    return rows


def row(words: str, act: str, size: int, samples: dict) -> dict:
    ours, theirs = (samples[server.name, act].medians() for server in (Limpide, LocalCas))
    return {
        "data": words, "act": act, "MiB": size // MIB, "limpide": ours, "local_cas_server": theirs,
        "ratio": ours["cpu_per_gib"] / theirs["cpu_per_gib"],
    }


def there_and_back(folder: Path, kind: type[Server], file: Path, expected: str) -> dict[str, dict]:
    """Uploads to a fresh server and downloads from it into an empty cache; gives what each cost the server."""
    figures = {}
    with kind(folder / "server") as server:
        if kind is Limpide:
            server.create("bench")
        told, figures["upload"] = costs(server, folder, "upload", access(server, "write"), [{"path": str(file)}])
        [there] = told
        if kind is Limpide:
            server.commit_lfs("bench", "model.bin", there["sha256"], there["size"])
        back = folder / "back"
        wanted = [{"hash": there["hash"], "size": file.stat().st_size, "path": str(back)}]
        _, figures["download"] = costs(server, folder, "download", access(server, "read"), wanted)
        if data.sha256(back) != expected:
            raise RuntimeError(f"{kind.name} gave back another file than it was given")
        back.unlink()
    return figures


def access(server: Server, act: str) -> dict:
    return server.xet_pass("bench", act) if isinstance(server, Limpide) else {"endpoint": server.url}


def costs(server: Server, folder: Path, act: str, access: dict, files: list[dict]) -> tuple[list[dict], dict]:
    """Lets one client act; gives what it told and what the server spent meanwhile."""
    size = sum(file.get("size") or Path(file["path"]).stat().st_size for file in files)
    client = Client(folder / "client", act, access, files)
    server.forget_peak()
    before = server.cpu()
    told = client.go()
    spent = server.cpu() - before
    figures = {
        "cpu_per_gib": spent / size * GIB, "peak_mib": server.peak() / MIB, "mib_per_second": size / MIB / told["seconds"],
    }
    return told["files"], figures


class Client:
    """The stock client in a process and a home of its own, that waits for the word to go."""

    def __init__(self, home: Path, act: str, access: dict, files: list[dict]):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        self.home = home
        asked = json.dumps({"act": act, "pass": access, "files": files})
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "HF_XET_CACHE": str(home / "xet"), "HF_XET_TELEMETRY_ENABLED": "0",
        }
        self.process = subprocess.Popen(
            [sys.executable, HERE / "xet_client.py", asked],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=home, env=environment, text=True,
        )
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError("the Xet client did not start")

    def start(self) -> None:
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self) -> dict:
        """What it told."""
        told, _ = self.process.communicate(timeout=1800)
        if self.process.returncode != 0:
            raise RuntimeError(f"the Xet client failed with {self.process.returncode}")
        shutil.rmtree(self.home)
        return json.loads(told)

    def go(self) -> dict:
        self.start()
        return self.end()
