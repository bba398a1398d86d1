"""Too few file handles, and a clock that jumps: requests wait or are told to come back, and nothing is lost."""

import os
import random
import socket
import subprocess
import time
from pathlib import Path

import pytest

from raw import Raw
from server import Server, eventually

SMALL = b"words of a small file\n"
LARGE = random.Random(21).randbytes(2_000_000)
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
YEAR = 365 * 24 * 3600


def furnished(server) -> Raw:
    server.command("user", "create", "ada")
    raw = Raw(server.port, server.command("token", "create", "ada").strip())
    assert raw.create("ada/here")[0] == 200
    assert raw.lfs_put("ada/here", LARGE)[0] == 200
    assert raw.commit("ada/here", {"small.txt": SMALL}, {"large.bin": LARGE})[0] == 200
    return raw


def is_well(raw) -> None:
    assert raw.call("GET", "/ada/here/resolve/main/small.txt")[2] == SMALL
    assert raw.call("GET", "/ada/here/resolve/main/large.bin")[2] == LARGE


def test_without_file_handles_requests_wait_or_come_back_later_and_all_recovers(tmp_path):
    server = Server(tmp_path)
    raw = furnished(server)
    head = raw.head("ada/here")
    all_files = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    limits = [f"--nofile={all_files + 12}:{all_files + 12}", f"--pid={server.process.pid}"]
    subprocess.run(["prlimit", *limits], check=True)
    # A connection that was taken before the handles ran out asks for what needs more of them.
    early = socket.create_connection(("127.0.0.1", server.port))
    early.settimeout(60)
    early.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
    assert early.recv(1000).startswith(b"HTTP/1.1 200")
    crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
    time.sleep(0.5)
    commit = raw.commit_body({"more.txt": random.Random(22).randbytes(300_000)})
    early.sendall(raw.request_bytes("POST", "/api/models/ada/here/commit/main", commit))
    answer = early.recv(4000)
    assert answer.startswith(b"HTTP/1.1 503"), answer
    assert b"too many files" in answer
    assert b"retry-after: 2\r\n" in answer
    spent = server.processor_seconds()
    time.sleep(2)
    assert server.processor_seconds() - spent < 1, "it is busy with nothing"
    for client in [*crowd, early]:
        client.close()
    eventually(lambda: raw.call("GET", "/healthz")[0] == 200, what="connections are taken again")
    assert raw.head("ada/here") == head
    is_well(raw)
    assert raw.commit("ada/here", {"more.txt": SMALL})[0] == 200
    assert server.stop() == 0
    assert not [entry for entry in server.failures() if entry.get("status") != 503]
    server.check()


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is missing: apt-get install faketime")
@pytest.mark.parametrize("jump", [3 * YEAR, -3 * YEAR], ids=["forwards", "backwards"])
def test_a_clock_that_jumps_by_years_loses_nothing_and_stops_nothing(tmp_path, jump):
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    environment = {
        "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    server = Server(tmp_path, environment=environment)
    raw = furnished(server)
    head = raw.head("ada/here")
    # An upload is under way, and another waits for its commit, when the clock jumps.
    waiting = random.Random(23).randbytes(1_000_000)
    assert raw.lfs_put("ada/here", waiting)[0] == 200
    under_way = random.Random(24).randbytes(4_000_000)
    request = raw.request_bytes("PUT", raw.lfs_address("ada/here", under_way), under_way)
    client = socket.create_connection(("127.0.0.1", server.port))
    client.settimeout(60)
    client.sendall(request[:3_000_000])
    eventually(lambda: list((server.data / "blobs" / "tmp").iterdir()), what="the upload has begun")
    store, token = raw.content_token("ada/here")
    link = raw.lfs_address("ada/here", random.Random(25).randbytes(1000))
    clock.write_text(f"{jump:+d}\n")
    client.sendall(request[3_000_000:])
    assert client.recv(1000).startswith(b"HTTP/1.1 200")
    is_well(raw)
    assert raw.head("ada/here") == head
    assert raw.commit("ada/here", {}, {"under-way.bin": under_way})[0] == 200
    # A pass of the content store and a link have expired where years went by; those that are given now hold.
    def enters(store, token):
        return raw.call("POST", f"{store}/v1/shards", b"no shard", token)[0] != 401

    assert enters(store, token) == (jump < 0)
    assert (raw.call("PUT", link, random.Random(25).randbytes(1000))[0] == 200) == (jump < 0)
    assert enters(*raw.content_token("ada/here"))
    assert raw.lfs_put("ada/here", random.Random(26).randbytes(1000))[0] == 200
    # What waited has expired where years went by; sent again it is taken.
    if raw.commit("ada/here", {}, {"waiting.bin": waiting})[0] != 200:
        assert jump > 0
        assert raw.lfs_put("ada/here", waiting)[0] == 200
        assert raw.commit("ada/here", {}, {"waiting.bin": waiting})[0] == 200
    # The sweep at the start sees the new time, and so does every hourly one.
    server.restart()
    time.sleep(1)
    is_well(raw)
    assert raw.call("GET", "/ada/here/resolve/main/under-way.bin")[2] == under_way
    clock.write_text("+0\n")
    assert raw.commit("ada/here", {"back.txt": SMALL})[0] == 200
    assert raw.call("GET", "/ada/here/resolve/main/waiting.bin")[2] == waiting
    assert server.stop() == 0
    assert not server.failures()
