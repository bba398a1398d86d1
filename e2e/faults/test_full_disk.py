"""A full disk, and one that turned read-only, on real file systems: refused with 507 and a reason, and nothing harmed."""

import json
import random
import subprocess

import pytest

from both_ways import both_ways
from hub import program
from place import MIB, Place, needs_mounts
from raw import Raw
from server import Proxy, Server, Watch

pytestmark = needs_mounts

SMALL = random.Random(1).randbytes(2000)
LARGE = random.Random(2).randbytes(3_000_000)


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path / "small", 48 * MIB)
    yield place
    place.leave()


@pytest.fixture
def server(tmp_path, place):
    server = Server(tmp_path, data=place.folder / "data")
    yield server
    assert server.stop() == 0
    # Being full is no failure of the server; to say that something broke is.
    assert not [entry for entry in server.failures() if entry.get("status") != 507]
    server.check()


@pytest.fixture
def raw(server):
    raw = Raw(server.port, token_of("ada", server))
    furnish(raw)
    return raw


def token_of(name: str, server: Server) -> str:
    server.command("user", "create", name)
    return server.command("token", "create", name).strip()


def furnish(raw: Raw) -> None:
    """What is there before the disk fails."""
    assert raw.create("ada/here")[0] == 200
    assert raw.lfs_put("ada/here", LARGE)[0] == 200
    assert raw.commit("ada/here", {"small.txt": SMALL}, {"large.bin": LARGE})[0] == 200


def is_full(answer, word="room") -> None:
    status, headers, body = answer
    headers = {name.lower(): value for name, value in headers.items()}
    assert status == 507, (status, body)
    said = json.loads(body)
    assert word in (said.get("error") or said["message"]), said
    assert "administrator" in (said.get("error") or said["message"]), said
    if "error" in said:
        assert word in headers["x-error-message"]


def reads_are_well(raw) -> None:
    for path, data in (("small.txt", SMALL), ("large.bin", LARGE)):
        status, _, body = raw.call("GET", f"/ada/here/resolve/main/{path}")
        assert (status, body) == (200, data)


def other(number: int, size: int) -> bytes:
    return random.Random(number).randbytes(size)


def test_every_way_in_is_refused_with_507_on_a_full_disk_and_works_again_with_room(raw, place):
    head = raw.head("ada/here")
    ways = {
        "LFS": lambda: raw.lfs_put("ada/here", other(3, 2_000_000)),
        "large file in a commit": lambda: raw.commit("ada/here", {"large.txt": other(4, 2_000_000)}),
        "small files until the database is full": lambda: fill_by_commits(raw),
        "creation": lambda: create_until_full(raw),
        "deletion": lambda: raw.call("DELETE", "/api/repos/delete", {"name": "here", "organization": "ada"}),
    }
    for way, act in ways.items():
        place.fill()
        answer = act()
        print(way, answer[0], answer[2][:200])
        # What is deleted needs no room of its own where the journal has some.
        if way != "deletion" or answer[0] != 200:
            is_full(answer)
            reads_are_well(raw)
        place.empty()
    if raw.call("GET", "/api/models/ada/here")[0] == 200:
        assert raw.commit("ada/here", {"again.txt": SMALL})[0] == 200
        assert raw.head("ada/here") != head
        reads_are_well(raw)


def fill_by_commits(raw):
    for number in range(2000):
        answer = raw.commit("ada/here", {f"{number}.txt": other(number, 30_000)})
        if answer[0] != 200:
            break
    return answer


def create_until_full(raw):
    for number in range(2000):
        answer = raw.create(f"ada/new-{number}")
        if answer[0] != 200:
            break
    return answer


@both_ways
def test_the_stock_client_is_told_of_a_full_disk_and_succeeds_once_there_is_room(server, raw, place, without_xet):
    eve = server.person("eve", without_xet=without_xet)
    # Else the client tries again for a minute and a half before it says why.
    eve.settings = {"HF_XET_CLIENT_RETRY_MAX_ATTEMPTS": "1", "HF_XET_CLIENT_RETRY_BASE_DELAY": "100ms"}
    file = eve.folder / "w.bin"
    file.write_bytes(other(5, 6_000_000))
    assert raw.commit("ada/here", {"before.txt": SMALL})[0] == 200
    eve.hf("repos", "create", "eve/mine")
    place.fill(left=2 * MIB)
    run = eve.try_hf("upload", "eve/mine", file, "w.bin")
    assert run.returncode != 0
    assert "507" in run.stdout + run.stderr, run.stdout + run.stderr
    reads_are_well(raw)
    place.empty()
    eve.hf("upload", "eve/mine", file, "w.bin")
    eve.hf("download", "eve/mine", "w.bin", "--local-dir", eve.folder / "there")
    assert (eve.folder / "there" / "w.bin").read_bytes() == file.read_bytes()


def test_a_start_on_a_full_disk_says_so_and_a_hub_that_is_there_serves(tmp_path, place):
    place.fill()
    run = subprocess.run(
        [program(), "serve", "--data", place.folder / "data", "--address", "127.0.0.1:0"], capture_output=True,
        text=True, timeout=60,
    )
    assert run.returncode != 0
    assert "full" in run.stderr or "No space left" in run.stderr, run.stderr
    place.empty()
    server = Server(tmp_path, data=place.folder / "data")
    assert server.stop() == 0


def test_a_disk_that_is_full_when_the_shard_comes_refuses_it_with_507(server, raw, place):
    gate = Proxy(server)
    eve = server.person("eve")
    eve.endpoint = gate.url
    eve.settings = {"HF_XET_CLIENT_RETRY_MAX_ATTEMPTS": "1", "HF_XET_CLIENT_RETRY_BASE_DELAY": "100ms"}
    file = eve.folder / "w.bin"
    file.write_bytes(other(8, 6_000_000))
    eve.hf("repos", "create", "eve/mine")
    # The xorb is stored; before its answer arrives, so before the shard is sent, the disk is full.
    gate.watch(Watch("answer", b"/xorbs/", place.fill))
    run = eve.try_hf("upload", "eve/mine", file, "w.bin")
    assert run.returncode != 0
    refused = [entry for entry in server.entries() if "shards" in entry.get("path", "")]
    assert [entry["status"] for entry in refused] == [507] * len(refused) and refused, server.entries()
    reads_are_well(raw)
    place.empty()
    eve.hf("upload", "eve/mine", file, "w.bin")
    assert raw.call("GET", "/eve/mine/resolve/main/w.bin")[2] == file.read_bytes()
    gate.close()


def test_a_hub_that_was_killed_starts_again_on_a_full_disk_reads_and_takes_no_writes(server, raw, place):
    server.kill()
    place.fill()
    server.start()
    reads_are_well(raw)
    is_full(raw.lfs_put("ada/here", other(9, 2_000_000)))
    is_full(raw.commit("ada/here", {"x.txt": SMALL}))
    place.empty()
    assert raw.commit("ada/here", {"x.txt": SMALL})[0] == 200
    reads_are_well(raw)


def test_a_hub_that_was_stopped_says_on_a_full_disk_that_it_is_full(server, raw, place):
    # SQLite needs a little room for the index of its journal, which it removed when it ended in order.
    server.stop()
    place.fill()
    with pytest.raises(AssertionError, match="disk is full; make room"):
        server.start()
    place.empty()
    server.start()
    reads_are_well(raw)


def test_a_disk_that_turns_read_only_refuses_writes_with_507_and_goes_on_reading(tmp_path):
    place = Place(tmp_path / "failing", 64 * MIB, kind="ext4")
    try:
        server = Server(tmp_path, data=place.folder / "data")
        raw = Raw(server.port, token_of("ada", server))
        furnish(raw)
        head = raw.head("ada/here")
        place.fail()
        for answer in (
            raw.lfs_put("ada/here", other(6, 2_000_000)),
            raw.commit("ada/here", {"x.txt": SMALL}),
            raw.commit("ada/here", {"x.txt": other(7, 2_000_000)}),
            raw.create("ada/other"),
        ):
            is_full(answer, "read-only")
        reads_are_well(raw)
        assert raw.head("ada/here") == head
        assert not [entry for entry in server.failures() if entry.get("status") != 507]
        server.kill()
        place.leave_mount()
        place.mount()
        server.start()
        assert raw.head("ada/here") == head
        assert raw.commit("ada/here", {"x.txt": SMALL})[0] == 200
        reads_are_well(raw)
        assert server.stop() == 0
        server.check()
    finally:
        server.kill()
        place.leave()
