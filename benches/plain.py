"""Plain HTTP: files fetched whole and by range beside nginx, and put and fetched by LFS beside a registry and nginx."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import data
from measure import GIB, MIB, Samples
from servers import HERE, Limpide, Nginx, Registry, Server

RANGES = {"ranges of 1 MiB": MIB, "ranges of 64 KiB": 64 * 1024}
CONNECTIONS = 8
PUT_SERVERS = ("limpide", "docker-registry", "nginx")
ACTS = ("put", "put with 1 MiB inserted", "get")


def downloads(bench) -> list[dict]:
    """A row for each kind of data and way of asking, with both servers' figures."""
    rows = []
    for kind in ("random", "bf16"):
        root = bench.folder / "root"
        root.mkdir()
        file = root / "model.bin"
        data.make(file, kind, bench.size, seed=2)
        with Limpide(bench.folder / "limpide") as ours, Nginx(bench.folder / "nginx", root) as theirs:
            put_and_commit(ours, file)
            addresses = {ours: f"{ours.url}/admin/bench/resolve/main/model.bin", theirs: f"{theirs.url}/model.bin"}
            rows += [download_row(bench, kind, how, addresses) for how in ("whole", *RANGES)]
        file.unlink()
        shutil.rmtree(root)
    return rows


def download_row(bench, kind: str, how: str, addresses: dict[Server, str]) -> dict:
    samples = {server.name: Samples() for server in addresses}
    for _ in range(bench.repeat):
        for server, address in addresses.items():
            samples[server.name].add(**costs(server, lambda address=address: fetch(bench, how, address)))
    ours, theirs = (samples[server.name].medians() for server in addresses)
    ratio = ours["cpu_per_gib"] / theirs["cpu_per_gib"] if theirs["cpu_per_gib"] else None
    row = {"data": kind, "how": how, "limpide": ours, "nginx": theirs, "ratio": ratio}
    print(f"plain {row}", flush=True)
    return row


def costs(server: Server, load) -> dict:
    """What a load, which tells how many bytes it moved, cost the server."""
    server.forget_peak()
    before, started = server.cpu(), time.perf_counter()
    size = load()
    seconds = time.perf_counter() - started
    spent = server.cpu() - before
    return {
        "cpu_per_gib": spent / size * GIB, "peak_mib": server.peak() / MIB, "mib_per_second": size / MIB / seconds,
    }


def fetch(bench, how: str, address: str) -> int:
    if how == "whole":
        for _ in range(bench.rounds):
            subprocess.run(["curl", "--silent", "--fail", "--output", "/dev/null", address], check=True)
        return bench.size * bench.rounds
    return ranges(address, RANGES[how], bench.size, bench.seconds)


def ranges(address: str, length: int, size: int, seconds: int) -> int:
    """Asks for random ranges on kept connections for a while; gives the bytes that came."""
    told = subprocess.run(
        ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s", "--script",
         HERE / "ranges.lua", address, "--", str(length), str(size)],
        capture_output=True, text=True, check=True,
    ).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(told)
    return int(re.search(r"bytes: (\d+)", told)[1])


def uploads(bench) -> list[dict]:
    """A row for each act and server: all are given the same incompressible file, give it back, and are given it once more with
    1 MiB inserted."""
    file, edited = bench.folder / "put.data", bench.folder / "edited.data"
    data.make(file, "random", bench.size, seed=3)
    data.make_edited(edited, file, MIB, seed=6)
    sha256 = {path: data.sha256(path) for path in (file, edited)}
    samples = {(act, name): Samples() for act in ACTS for name in PUT_SERVERS}
    for _ in range(bench.repeat):
        for name in PUT_SERVERS:
            for act, figures in there_and_back(bench, name, sha256).items():
                samples[act, name].add(**figures)
                print(f"{act} {name} {samples[act, name].medians()}", flush=True)
    file.unlink()
    edited.unlink()
    rows = []
    for (act, name), taken in samples.items():
        ours, theirs = samples[act, "limpide"].medians(), taken.medians()
        ratio = ours["cpu_per_gib"] / theirs["cpu_per_gib"] if theirs["cpu_per_gib"] else None
        rows.append({"act": act, "server": name, **theirs, "ratio": ratio})
    return rows


def there_and_back(bench, name: str, sha256: dict[Path, str]) -> dict[str, dict]:
    """Puts the files on a fresh server and fetches the first; gives what each cost."""
    (file, of_file), (edited, of_edited) = sha256.items()
    figures = {}
    with start(name, bench.folder) as server:
        if isinstance(server, Limpide):
            server.create("bench")
        figures["put"] = put_costs(server, file, of_file)
        address = get_address(server, file, of_file)
        figures["get"] = costs(server, lambda: fetch(bench, "whole", address))
        figures["put with 1 MiB inserted"] = put_costs(server, edited, of_edited)
    shutil.rmtree(bench.folder / "root", ignore_errors=True)
    return figures


def put_costs(server: Server, file: Path, sha256: str) -> dict:
    """What an upload cost, and by how much what the server stores has grown."""
    address, before = put_address(server, file, sha256), server.stored()
    figures = costs(server, lambda: put(file, address))
    return figures | {"stored_mib": (server.stored() - before) / MIB}


def start(name: str, folder: Path) -> Server:
    if name == "nginx":
        (folder / "root").mkdir(exist_ok=True)
        return Nginx(folder / "server", folder / "root")
    return {"limpide": Limpide, "docker-registry": Registry}[name](folder / "server")


def put_address(server: Server, file: Path, sha256: str) -> str:
    if isinstance(server, Limpide):
        return server.lfs_address("bench", sha256, file.stat().st_size)
    return server.upload_address(sha256) if isinstance(server, Registry) else f"{server.url}/{file.name}"


def get_address(server: Server, file: Path, sha256: str) -> str:
    """Where what was put is to be had: limpide gives what a commit names."""
    if isinstance(server, Limpide):
        server.commit_lfs("bench", file.name, sha256, file.stat().st_size)
        return server.lfs_address("bench", sha256, file.stat().st_size, "download")
    return server.address(sha256) if isinstance(server, Registry) else f"{server.url}/{file.name}"


def put(file: Path, address: str) -> int:
    subprocess.run(
        ["curl", "--silent", "--fail", "--output", "/dev/null", "--header", "Content-Type: application/octet-stream",
         "--upload-file", file, address],
        check=True,
    )
    return file.stat().st_size


def put_and_commit(server: Limpide, file: Path, repo: str = "bench") -> None:
    """Brings the file into a new public repository of the hub."""
    sha256, size = data.sha256(file), file.stat().st_size
    server.create(repo)
    put(file, server.lfs_address(repo, sha256, size))
    server.commit_lfs(repo, file.name, sha256, size)
