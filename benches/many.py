"""What a hub needs to start, to wait, and to serve 64 clients at once."""

import subprocess

import data
from measure import GIB, MIB, Samples
from plain import put_and_commit
from servers import Limpide, Server


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
    """Whole downloads of one file, and LFS uploads of as many different files, all at once."""
    file, size = bench.folder / "file.bin", (4 if bench.quick else 64) * MIB
    data.make(file, "random", size, seed=4)
    with Limpide(bench.folder / "limpide") as server:
        put_and_commit(server, file)
        address = f"{server.url}/admin/bench/resolve/main/{file.name}"
        fetch = ["curl", "--silent", "--fail", "--output", "/dev/null", address]
        rows = [row(server, "plain downloads", size, [fetch] * bench.clients)]
        rows.append(row(server, "LFS uploads", size, [put(server, bench, n, size) for n in range(bench.clients)]))
    return rows


def put(server: Limpide, bench, number: int, size: int) -> list:
    file = bench.folder / f"put-{number}"
    data.make(file, "random", size, seed=100 + number)
    address = server.lfs_address("bench", data.sha256(file), size)
    return ["curl", "--silent", "--fail", "--output", "/dev/null", "--upload-file", file, address]


def row(server: Server, load: str, size: int, commands: list[list]) -> dict:
    """Runs all commands at once; each moves `size` bytes."""
    server.forget_peak()
    before = server.cpu()
    running = [subprocess.Popen(command) for command in commands]
    if any([process.wait() for process in running]):
        raise RuntimeError(f"some of the {load} failed")
    moved = size * len(commands)
    figures = {"cpu_per_gib": (server.cpu() - before) / moved * GIB, "peak_mib": server.peak() / MIB}
    row = {"load": f"{len(commands)} {load}", **figures}
    print(f"many {row}", flush=True)
    return row
