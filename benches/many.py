"""What a hub needs to start, to wait, and to serve 64 clients at once."""

import subprocess

import data
from measure import GIB, MIB, Samples
from plain import put_and_commit
from servers import Limpide, Server
from xet import Client, access


def run(bench) -> list[dict]:
    return [standing(bench), *at_once(bench)]


def standing(bench) -> dict:
    """Seconds until `/readyz` answers on an empty folder, and the memory of a hub that nobody uses."""
    samples = Samples()
    for _ in range(bench.repeat):
        with Limpide(bench.folder / "limpide") as server:
            samples.add(start_ms=server.start_seconds * 1000, idle_mib=server.memory() / MIB)
    row = {"load": "start and idle", **samples.medians()}
    print(f"many {row}", flush=True)
    return row


def at_once(bench) -> list[dict]:
    """Whole downloads of one file, and uploads of as many different files, all at once: plain, by LFS and by Xet."""
    file, size = bench.folder / "file.bin", (4 if bench.quick else 64) * MIB
    data.make(file, "random", size, seed=4)
    with Limpide(bench.folder / "limpide") as server:
        put_and_commit(server, file)
        address = f"{server.url}/admin/bench/resolve/main/{file.name}"
        fetch = ["curl", "--silent", "--fail", "--output", "/dev/null", address]
        rows = [
            row(server, "plain downloads", size, bench.clients, lambda: together([fetch] * bench.clients)),
            lfs_uploads(bench, server, size),
            *by_xet(bench, server, size),
        ]
    return rows


def lfs_uploads(bench, server: Limpide, size: int) -> dict:
    commands = []
    for number in range(bench.clients):
        file = make(bench, number, size, seed=100)
        address = server.lfs_address("bench", data.sha256(file), size)
        commands.append(["curl", "--silent", "--fail", "--output", "/dev/null", "--upload-file", file, address])
    return row(server, "LFS uploads", size, bench.clients, lambda: together(commands))


def by_xet(bench, server: Limpide, size: int) -> list[dict]:
    """Each client sends a file of its own; then all fetch one of them."""
    files = [make(bench, number, size, seed=1000) for number in range(bench.clients)]
    writers = [client(bench, server, "write", number, {"path": str(file)}) for number, file in enumerate(files)]
    told = []
    uploads = row(server, "Xet uploads", size, bench.clients, lambda: told.extend(all_at_once(writers)))
    [there] = told[0]["files"]
    server.commit_lfs("bench", "xet.bin", there["sha256"], there["size"])
    readers = []
    for number, file in enumerate(files):
        wanted = {"hash": there["hash"], "size": size, "path": str(file)}
        readers.append(client(bench, server, "read", number, wanted))
    downloads = row(server, "Xet downloads", size, bench.clients, lambda: all_at_once(readers))
    if any(data.sha256(file) != there["sha256"] for file in files):
        raise RuntimeError("limpide gave back another file than it was given")
    for file in files:
        file.unlink()
    return [uploads, downloads]


def client(bench, server: Limpide, act: str, number: int, file: dict) -> Client:
    words = {"write": "upload", "read": "download"}
    return Client(bench.folder / f"client-{number}", words[act], access(server, act), [file])


def make(bench, number: int, size: int, seed: int):
    file = bench.folder / f"file-{number}"
    data.make(file, "random", size, seed=seed + number)
    return file


def together(commands: list[list]) -> None:
    running = [subprocess.Popen(command) for command in commands]
    if any([process.wait() for process in running]):
        raise RuntimeError(f"some of {len(commands)} clients failed: {commands[0]}")


def all_at_once(clients: list[Client]) -> list[dict]:
    for one in clients:
        one.start()
    return [one.end() for one in clients]


def row(server: Server, load: str, size: int, clients: int, act) -> dict:
    """What it costs the server when `act` lets so many clients move `size` bytes each."""
    server.forget_peak()
    before = server.cpu()
    act()
    figures = {"cpu_per_gib": (server.cpu() - before) / (size * clients) * GIB, "peak_mib": server.peak() / MIB}
    row = {"load": f"{clients} {load}", **figures}
    print(f"many {row}", flush=True)
    return row
