"""Git beside `git http-backend`: the stock client pushes, clones and fetches the same history, at each server in turn."""

import os
import random
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from servers import GitHttpBackend, Limpide
from wire import Wire

Hub = Limpide | GitHttpBackend
MAIN = "refs/heads/main"
# Nothing of this machine's or a user's configuration.
ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
}
# A client that tidies its own repository does so while nobody looks at the clock.
SETTINGS = ["-c", "maintenance.auto=false", "-c", "gc.auto=0"]


def run(bench) -> list[dict]:
    """A row for each act, with both servers' figures."""
    with Limpide(bench.folder / "limpide") as ours, GitHttpBackend(bench.folder / "git") as theirs:
        return [*large(bench, [ours, theirs]), *small(bench, [ours, theirs])]


def large(bench, hubs: list[Hub]) -> list[dict]:
    """A history of many files and commits, and what is added to it."""
    history = History(bench.folder / "large.git", *bench.large_history)
    clients = [Client(hub, history, bench.folder / f"clone-{number}") for number, hub in enumerate(hubs)]
    for client in clients:
        client.hub.create("large")
        client.does("first push", lambda: client.push_to_new("large"))
    for _ in range(bench.repeat + 1):
        for client in clients:
            client.hub.forget_mirrors()
            for act in ("first clone", "second clone"):
                client.does(act, lambda: client.clone("large"))
                client.has_all()
    for _ in range(bench.repeat * bench.commits + 1):
        history.change_a_file()
        for client in clients:
            client.does("push of one commit", lambda: client.push("large"))
            client.does("fetch of one commit", client.fetch)
            client.has_all()
            client.does("fetch of nothing new", client.fetch)
    return rows(history, clients)


def small(bench, hubs: list[Hub]) -> list[dict]:
    """A whole history into a new repository, time and again."""
    history = History(bench.folder / "small.git", *bench.small_history)
    clients = [Client(hub, history, bench.folder / f"clone-{number}") for number, hub in enumerate(hubs)]
    for turn in range(bench.repeat + 1):
        for client in clients:
            client.hub.create(f"small-{turn}")
            client.does("first push", lambda: client.push_to_new(f"small-{turn}"))
    return rows(history, clients)


def rows(history: "History", clients: list["Client"]) -> list[dict]:
    """A row for each act."""
    told = []
    for act in clients[0].taken:
        of = {client.hub.name: client.figures(act) for client in clients}
        ours, theirs = of.values()
        told.append({
            "act": act, "files": history.files, "commits": history.commits, **of,
            "ratio": ours["cpu_ms"] / theirs["cpu_ms"] if theirs["cpu_ms"] else None, "time ratio": ours["ms"] / theirs["ms"],
        })
    return told


class History:
    """A bare repository whose commits each add as many files, in folders of 1000, and change one that is there."""

    def __init__(self, repository: Path, files: int, commits: int):
        self.repository, self.files, self.commits = repository, files, commits
        self.random = random.Random(5)
        started = time.perf_counter()
        git(repository.parent, "init", "--quiet", "--bare", "--initial-branch", "main", repository)
        self._import(self._first())
        print(f"git: {files} files in {commits} commits: made in {time.perf_counter() - started:.1f} s", flush=True)

    def change_a_file(self) -> None:
        """Adds a commit."""
        self._import([self._commit([self._any(self.files)], after=f"from {MAIN}^0\n")])

    def head(self) -> str:
        return git(self.repository, "rev-parse", MAIN)

    def _import(self, commits: Iterable[str]) -> None:
        command = ["git", "fast-import", "--quiet"]
        with subprocess.Popen(command, cwd=self.repository, env=ENVIRONMENT, stdin=subprocess.PIPE, text=True) as importing:
            importing.stdin.writelines(commits)
        if importing.returncode:
            raise RuntimeError(f"git fast-import failed with {importing.returncode}")

    def _first(self) -> Iterator[str]:
        for number in range(self.commits):
            first, end = (self.files * part // self.commits for part in (number, number + 1))
            yield self._commit([*range(first, end), *([self._any(first)] if first else [])])

    def _any(self, files: int) -> int:
        return self.random.randrange(files)

    def _commit(self, files: list[int], after: str = "") -> str:
        """In the language of `git fast-import`: new contents for some files."""
        lines = [f"commit {MAIN}\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata 7\nchange\n{after}"]
        for number in files:
            # Two hundred letters that were never there before.
            text = self.random.randbytes(100).hex()
            lines.append(f"M 100644 inline {number // 1000:04}/{number % 1000:04}.txt\ndata {len(text)}\n{text}\n")
        return "".join(lines)


class Client:
    """The stock `git` at one hub, with a history to push and a clone; what its acts have cost so far."""

    def __init__(self, hub: Hub, history: History, folder: Path):
        self.hub, self.history, self.folder = hub, history, folder
        self.way: list[str] = []
        self.taken: dict[str, list[dict]] = {}

    def push_to_new(self, name: str) -> None:
        """Where there is a first commit, as in a new repository of limpide, this history takes its place."""
        self.git(self.history.repository, "push", "--quiet", "--force", self.hub.git_address(name), MAIN)

    def push(self, name: str) -> None:
        self.git(self.history.repository, "push", "--quiet", self.hub.git_address(name), MAIN)

    def clone(self, name: str) -> None:
        """Without the files' way out of the repository, which is the client's alone."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.git(self.folder.parent, "clone", "--quiet", "--no-checkout", self.hub.git_address(name), self.folder)

    def fetch(self) -> None:
        self.git(self.folder, "fetch", "--quiet")

    def has_all(self) -> None:
        """Checks that the clone has come as far as the history."""
        there = git(self.folder, "rev-parse", "refs/remotes/origin/main")
        if there != self.history.head():
            raise RuntimeError(f"{self.hub.name} gave {there} instead of {self.history.head()}")

    def git(self, folder: Path, *words) -> str:
        return git(folder, *self.hub.git_settings(), *self.way, *words)

    def does(self, act: str, work: Callable[[], None]) -> None:
        """Measures an act; at its first time, by a way on which bytes are counted."""
        taken = self.taken.setdefault(act, [])
        if taken:
            taken.append(self._timed(work))
        else:
            with Wire(self.hub.port) as wire:
                self.way = ["-c", f"url.{wire.url}.insteadOf={self.hub.url}"]
                taken.append(self._timed(work) | {"bytes": wire.counted})
            self.way = []
        print(f"git {self.hub.name}: {act}: {taken[-1]}", flush=True)

    def _timed(self, work: Callable[[], None]) -> dict:
        self.hub.rest()
        before, started = self.hub.cpu(), time.perf_counter()
        work()
        ms = (time.perf_counter() - started) * 1000
        self.hub.rest()
        return {"ms": ms, "cpu_ms": (self.hub.cpu() - before) * 1000}

    def figures(self, act: str) -> dict:
        """The median time and the mean CPU, which the kernel counts in hundredths of a second."""
        first, *rest = self.taken[act]
        # What is too long to be done twice was timed on the counted way.
        counted = rest or [first]
        return {
            "ms": statistics.median(one["ms"] for one in counted),
            "cpu_ms": statistics.mean(one["cpu_ms"] for one in counted),
            "KiB": first["bytes"] / 1024,
        }


def git(folder: Path, *words) -> str:
    """Runs the stock `git`, which must succeed; gives what it printed."""
    run = subprocess.run(["git", *SETTINGS, *map(str, words)], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"git failed in {folder}: {run.stderr}")
    return run.stdout.strip()
