"""What is acknowledged is on the disk: before each answer, all that was written for it is synced, and every folder
in which a name appeared. A kill does not show this, for the kernel outlives the process; a look at its calls does."""

import random
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from raw import Raw
from server import Server, eventually

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing: apt-get install strace")

CALLS = "trace=openat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,ftruncate,fsync,fdatasync,write,writev,pwrite64,pwritev,sendto,sendmsg"
# SQLite's index of its journal: it is made anew after a crash.
PASSING = ("-shm",)


class Calls:
    """The calls of a server's process to the system, in their order, as far as files and answers are concerned."""

    def __init__(self, server: Server, log: Path):
        self.folder = str(server.data)
        self.log = log
        self.process = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "64", "-e", CALLS, "-o", log, "-p", str(server.process.pid)],
            stderr=subprocess.PIPE, text=True,
        )
        # It says so when it has attached itself.
        assert "attached" in self.process.stderr.readline()

    def end(self) -> list[str]:
        """All calls that succeeded, each on one line where it ended: only then is what it did certain."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)
        begun, ended = {}, []
        for line in self.log.read_text(errors="replace").splitlines():
            thread, _, call = line.partition(" ")
            call = call.strip()
            if call.endswith("<unfinished ...>"):
                begun[thread] = call.removesuffix("<unfinished ...>")
                if is_answer(call):
                    # An answer counts from where it begins to leave.
                    ended.append(call)
            elif found := re.match(r"<\.\.\. \w+ resumed>", call):
                whole = begun.pop(thread, "") + call[found.end():]
                if not is_answer(whole):
                    ended.append(whole)
            else:
                ended.append(call)
        return [call for call in ended if is_answer(call) or not re.search(r"= -1 E\w+", call)]


def is_answer(call: str) -> bool:
    return re.match(r"(write|writev|sendto|sendmsg)\(\d+<(socket|TCP)", call) is not None and "HTTP/1.1 2" in call


class Disk:
    """What of a folder is not certain to outlive a power cut, after each call."""

    def __init__(self, folder: str):
        self.folder = folder
        self.unsynced = set()
        self.synced = []

    def see(self, call: str) -> None:
        name = call.split("(", 1)[0]
        paths = [path for path in re.findall(r'[<"](/[^">]*)[">]', call) if path.startswith(self.folder)]
        if not paths or paths[-1].endswith(PASSING):
            return
        if name in ("fsync", "fdatasync"):
            self.unsynced.discard(paths[0])
            self.synced.append(paths[0])
        elif name in ("write", "writev", "pwrite64", "pwritev", "ftruncate"):
            self.unsynced.add(paths[0])
        elif name in ("mkdir", "mkdirat"):
            self.unsynced.add(str(Path(paths[-1]).parent))
        elif name == "openat" and "O_CREAT" in call:
            self.opened(call, paths)
        elif name.startswith(("rename", "link")):
            source, target = paths[-2:]
            if source in self.unsynced:
                self.unsynced.add(target)
            self.unsynced.discard(source)
            self.unsynced.add(str(Path(target).parent))

    def opened(self, call: str, paths: list[str]) -> None:
        # Names in `tmp` are not to last. The database and its journal are made at the start.
        path = paths[-1]
        if "/tmp" not in path and "limpide.db" not in path:
            self.unsynced.add(str(Path(path).parent))


def watched(tmp_path, act):
    """The disk at each answer while `act` speaks to a hub, by `Raw`."""
    # What is done in the background is not what an answer answers for.
    server = Server(tmp_path, settings=["--jobs-workers", "0"])
    server.command("user", "create", "ada")
    raw = Raw(server.port, server.command("token", "create", "ada").strip())
    assert raw.create("ada/here")[0] == 200
    # The sweep at the start is over.
    eventually(lambda: raw.call("GET", "/readyz")[0] == 200, what="it is ready")
    calls = Calls(server, tmp_path / "calls")
    act(raw, server)
    disk, answers = Disk(str(server.data)), 0
    for call in calls.end():
        disk.see(call)
        if is_answer(call):
            answers += 1
            left = {path for path in disk.unsynced if not path.startswith(f"{server.data}/blobs/tmp")}
            assert not left, f"answered before {sorted(left)} was synced: {call}"
    assert server.stop() == 0
    return disk, answers


def synced_at_least(disk: Disk, blobs: int, journals: int) -> None:
    """Objects of the store with their folders, and the journal of the database, so many times."""
    assert sum("/blobs/" in path for path in disk.synced) >= blobs, disk.synced
    assert sum(path.endswith("limpide.db-wal") for path in disk.synced) >= journals, disk.synced


def test_an_lfs_upload_and_its_commit_are_on_the_disk_before_they_are_answered(tmp_path):
    large = random.Random(31).randbytes(3_000_000)

    def act(raw, _):
        assert raw.lfs_put("ada/here", large)[0] == 200
        assert raw.commit("ada/here", {"small.txt": b"small"}, {"large.bin": large})[0] == 200

    disk, answers = watched(tmp_path, act)
    # The batch, the upload, the commit.
    assert answers == 3
    # The content and its chunk table, and the folders they lie in; then the journal of the database, for both.
    synced_at_least(disk, blobs=4, journals=2)


def test_a_large_text_in_a_commit_is_on_the_disk_before_it_is_answered(tmp_path):
    def act(raw, _):
        assert raw.commit("ada/here", {"large.txt": random.Random(32).randbytes(300_000)})[0] == 200
        assert raw.call("DELETE", "/api/repos/delete", {"name": "here", "organization": "ada"})[0] == 200

    disk, answers = watched(tmp_path, act)
    assert answers == 2
    synced_at_least(disk, blobs=2, journals=2)


def test_an_upload_by_xet_is_on_the_disk_before_it_is_answered(tmp_path):
    def act(raw, server):
        eve = server.person("eve")
        file = eve.folder / "w.bin"
        file.write_bytes(random.Random(33).randbytes(3_000_000))
        eve.hf("upload", "eve/mine", file, "w.bin")

    disk, answers = watched(tmp_path, act)
    assert answers >= 5
    synced_at_least(disk, blobs=4, journals=3)


def test_a_disk_that_is_not_synced_is_noticed():
    """The judge itself: each line that lacks its sync."""
    disk = Disk("/d")
    for call, left in [
        ('openat(AT_FDCWD</>, "/d/blobs/tmp/x", O_RDWR|O_CREAT|O_EXCL, 0600) = 9</d/blobs/tmp/x>', set()),
        ('write(9</d/blobs/tmp/x>, "abc", 3) = 3', {"/d/blobs/tmp/x"}),
        ('mkdir("/d/blobs/x/aa", 0777) = 0', {"/d/blobs/tmp/x", "/d/blobs/x"}),
        ('renameat2(AT_FDCWD, "/d/blobs/tmp/x", AT_FDCWD, "/d/blobs/x/aa/f", 0) = 0',
         {"/d/blobs/x/aa/f", "/d/blobs/x", "/d/blobs/x/aa"}),
        ("fsync(9</d/blobs/x/aa/f>) = 0", {"/d/blobs/x", "/d/blobs/x/aa"}),
        ("fsync(9</d/blobs/x/aa>) = 0", {"/d/blobs/x"}),
        ("fsync(9</d/blobs/x>) = 0", set()),
        ('pwrite64(7</d/limpide.db-wal>, "x", 1, 0) = 1', {"/d/limpide.db-wal"}),
        ('pwrite64(7</d/limpide.db-shm>, "x", 1, 0) = 1', {"/d/limpide.db-wal"}),
        ("fdatasync(7</d/limpide.db-wal>) = 0", set()),
    ]:
        disk.see(call)
        assert disk.unsynced == left, call
    assert is_answer('writev(20<socket:[5]>, [{iov_base="HTTP/1.1 200 OK\\r\\n", iov_len=17}], 1) = 17')
    assert not is_answer('write(2</log>, "HTTP/1.1 200", 12) = 12')
