"""Mirrors for git hold nothing of their own: a kill, a full disk or a client that leaves only cost time."""

import random
import subprocess
import threading
import time
from pathlib import Path

from place import MIB, Place, needs_mounts
from programs import git, try_git
from raw import Raw
from server import Server, eventually


def furnish(server: Server, files: int, size: int) -> None:
    """A public repository whose files do not pack."""
    server.command("user", "create", "ada")
    raw = Raw(server.port, server.command("token", "create", "ada").strip())
    assert raw.create("ada/model")[0] == 200
    for first in range(0, files, 100):
        numbers = range(first, min(first + 100, files))
        commit = {f"{number}.bin.txt": random.Random(number).randbytes(size) for number in numbers}
        assert raw.commit("ada/model", commit)[0] == 200


def is_whole(person, name: str, files: int) -> None:
    git(person, "fsck", "--strict", folder=person.folder / name)
    listed = git(person, "ls-tree", "--name-only", "main", folder=person.folder / name)
    assert len(listed.splitlines()) == files + 1


def test_a_hub_that_is_killed_while_it_makes_a_mirror_makes_it_after_the_next_start(server):
    furnish(server, 400, 60_000)
    eve = server.home("eve")
    packs = server.data / "git"
    for turn in range(3):
        clone = threading.Thread(target=try_git, args=(eve, "clone", "--bare", f"{server.url}/ada/model", f"cut-{turn}"))
        clone.start()
        eventually(lambda: list(packs.glob("*.git/objects/pack/tmp_pack_*")))
        time.sleep(0.05 * turn)
        server.kill()
        clone.join()
        server.start()
    git(eve, "clone", "--bare", f"{server.url}/ada/model", "whole")
    is_whole(eve, "whole", 400)
    assert not list(packs.glob("*.git/objects/pack/tmp_*"))


def test_a_client_that_leaves_takes_its_git_with_it(server):
    furnish(server, 400, 60_000)
    eve = server.home("eve")
    git(eve, "clone", "--bare", f"{server.url}/ada/model", "first")
    body = b"0011command=fetch0001000fno-progress0032want %s\n0009done\n0000" % (
        git(eve, "rev-parse", "main", folder=eve.folder / "first").strip().encode()
    )
    # As slow as can be: git waits for its reader.
    slow = subprocess.Popen(
        ["curl", "--silent", "--limit-rate", "1k", "--data-binary", "@-", "--output", "/dev/null",
         "--header", "Content-Type: application/x-git-upload-pack-request", "--header", "Git-Protocol: version=2",
         f"{server.url}/ada/model/git-upload-pack"],
        stdin=subprocess.PIPE, env=eve.environment,
    )
    slow.stdin.write(body)
    slow.stdin.close()
    eventually(lambda: children(server))
    slow.kill()
    slow.wait()
    eventually(lambda: not children(server))


def children(server: Server) -> list[int]:
    """The programs that the server has started and that have not ended."""
    return [
        int(process.name) for process in Path("/proc").glob("[0-9]*")
        if (state := state_of(process)) and state[0] != "Z" and int(state[1]) == server.process.pid
    ]


def state_of(process: Path) -> list[str]:
    """Its state, its parent and more; nothing when it has ended in between."""
    try:
        return (process / "stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


@needs_mounts
def test_a_full_disk_is_said_and_mirrors_are_made_when_there_is_room(tmp_path):
    place = Place(tmp_path / "small", 48 * MIB)
    server = None
    try:
        server = Server(tmp_path, data=place.folder / "data")
        furnish(server, 100, 60_000)
        eve = server.home("eve")
        place.fill(left=2 * MIB)
        full = try_git(eve, "clone", "--bare", f"{server.url}/ada/model", "full")
        assert full.returncode != 0 and "remote: The hub has no room left on its disk" in full.stderr, full.stderr
        place.empty()
        git(eve, "clone", "--bare", f"{server.url}/ada/model", "whole")
        is_whole(eve, "whole", 100)
        assert not [entry for entry in server.failures() if entry.get("status") != 507]
        assert server.stop() == 0
    finally:
        if server:
            server.kill()
        place.leave()
