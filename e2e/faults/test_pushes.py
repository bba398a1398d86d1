"""A push that is cut off, killed or has no room is there whole or not at all, and the next one goes through."""

import random
import threading
import time

from clones import fsck, sign_in
from hub import Counter
from place import MIB, Place, needs_mounts
from programs import git, try_git
from raw import Raw
from server import Server, eventually


def begin(server: Server, files: int, size: int):
    """Somebody with a clone, and a commit in it of files that do not pack, one of them in LFS."""
    ada = server.person("ada")
    token = (ada.folder / ".cache" / "huggingface" / "token").read_text()
    assert Raw(server.port, token).create("ada/model")[0] == 200
    sign_in(ada)
    git(ada, "clone", f"{server.url}/ada/model", "clone")
    clone = ada.folder / "clone"
    for number in range(files):
        (clone / f"{number}.txt").write_bytes(random.Random(number).randbytes(size))
    (clone / "weights.bin").write_bytes(random.Random(1).randbytes(1_000_000))
    git(ada, "add", "--all", folder=clone)
    git(ada, "commit", "--message", "many", folder=clone)
    return ada, clone


def stands(person, clone, revision: str) -> bool:
    """Whether main stands on a commit of the clone, at the hub."""
    told = git(person, "ls-remote", "origin", "refs/heads/main", folder=clone).split()[0]
    return told == git(person, "rev-parse", revision, folder=clone).strip()


def pushes(server: Server) -> list:
    folder = server.data / "git" / "pushes"
    return list(folder.iterdir()) if folder.exists() else []


def goes_through(server: Server, person, clone) -> None:
    git(person, "push", folder=clone)
    assert stands(person, clone, "HEAD")
    git(person, "clone", "--bare", f"{server.url}/ada/model", "whole")
    fsck(person, person.folder / "whole")
    assert not pushes(server)


def test_a_push_that_is_cut_off_leaves_nothing_behind(server):
    ada, clone = begin(server, 40, 100_000)
    # What git-lfs sends goes on by itself after a cut: it is not what is cut here.
    git(ada, "lfs", "push", "--all", "origin", folder=clone)
    for cut_after in (1_000, 300_000, 3_000_000):
        wire = Counter(server, cut_after=cut_after, cut="sent")
        through = f"url.{wire.url}.insteadOf={server.url}"
        cut = try_git(ada, "-c", through, "-c", "credential.helper=", "-c", f"http.extraHeader={header(ada)}", "push", "--no-verify", folder=clone)
        assert cut.returncode != 0
        wire.close()
        eventually(lambda: not pushes(server))
        assert stands(ada, clone, "HEAD~1")
    goes_through(server, ada, clone)


def header(person) -> str:
    return f"Authorization: Bearer {(person.folder / '.cache' / 'huggingface' / 'token').read_text()}"


def test_a_hub_that_is_killed_during_a_push_has_all_of_it_or_nothing(server):
    ada, clone = begin(server, 300, 30_000)
    outcomes = set()
    for turn in range(6):
        said = []
        pushing = threading.Thread(target=lambda: said.append(try_git(ada, "push", folder=clone)))
        pushing.start()
        eventually(lambda: pushes(server) or said)
        time.sleep(0.12 * turn)
        server.kill()
        pushing.join()
        server.start()
        assert stands(ada, clone, "HEAD") or stands(ada, clone, "HEAD~1")
        done = stands(ada, clone, "HEAD")
        # What was answered is there.
        assert done or said[0].returncode != 0
        outcomes.add(done)
        if done:
            git(ada, "commit", "--allow-empty", "--message", f"after {turn}", folder=clone)
    assert False in outcomes
    goes_through(server, ada, clone)


@needs_mounts
def test_a_push_without_room_is_refused_in_words(tmp_path):
    place = Place(tmp_path / "small", 64 * MIB)
    server = None
    try:
        server = Server(tmp_path, data=place.folder / "data")
        ada, clone = begin(server, 60, 100_000)
        place.fill(left=2 * MIB)
        full = try_git(ada, "push", folder=clone)
        assert full.returncode != 0 and "The hub has no room left on its disk. Nothing was changed" in full.stderr, full.stderr
        place.empty()
        assert stands(ada, clone, "HEAD~1")
        goes_through(server, ada, clone)
        assert server.stop() == 0
        assert not [entry for entry in server.failures() if entry.get("status") != 507]
        server.check()
    finally:
        if server:
            server.kill()
        place.leave()
