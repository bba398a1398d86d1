"""A real hub for one test: the program on an empty folder, and people who use it with the stock clients."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import uuid
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
# Long enough for a gigabyte on a busy machine with two cores.
PATIENCE = 300


def program() -> Path:
    """The limpide to test: the one named, or what cargo built last."""
    named = os.environ.get("LIMPIDE_TEST_PROGRAM")
    target = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))
    built = [target / profile / "limpide" for profile in ("debug", "release")]
    candidates = [Path(named)] if named else sorted(
        (path for path in built if path.exists()), key=lambda path: path.stat().st_mtime, reverse=True
    )
    if not candidates:
        raise FileNotFoundError("no limpide to test: run `cargo build`, or set LIMPIDE_TEST_PROGRAM")
    return candidates[0]


class Hub:
    """A running server, its data folder and its log."""

    def __init__(self, folder: Path, settings: dict[str, str] | None = None):
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log.json"
        self.people = []
        # Another server of a hub on PostgreSQL and S3 is told where that hub keeps its things.
        self.settings = servers(folder.name) if settings is None else settings
        self.environment = plain_environment() | self.settings
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program(), "serve", "--data", self.data, "--address", "127.0.0.1:0", "--log-format", "json"],
                stdout=subprocess.PIPE, stderr=log, cwd=folder, env=self.environment, text=True,
            )
        self.welcome = self._welcome()
        self.url = self.welcome.split("limpide serves ", 1)[1].split()[0]

    def _welcome(self) -> str:
        """What the program says when it starts: at the first time up to the last command to try."""
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            # A server that is not the first says its address, and no more.
            if "hf upload" in line or line.startswith("limpide serves") and len(lines) == 1:
                return "".join(lines)
        raise AssertionError(f"limpide did not start: {self.log.read_text()}")

    def command(self, *words, stdin: str | None = None) -> str:
        """Runs `limpide …` on this hub's data folder, beside the server."""
        run = subprocess.run(
            [program(), *words, "--data", self.data],
            input=stdin, capture_output=True, text=True, timeout=60, cwd=self.folder, env=self.environment,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    def person(self, name: str, *, without_xet: bool = False, role: str = "write") -> "Person":
        """A new user with a token, a home of their own, and the stock clients."""
        self.command("user", "create", name)
        token = self.command("token", "create", name, "--role", role).strip()
        return self.home(name, token, without_xet=without_xet)

    def home(self, name: str, token: str | None = None, *, without_xet: bool = False) -> "Person":
        """An empty home, signed in with `token` where there is one."""
        person = Person(self, name, self.folder / f"home-{len(self.people)}", without_xet)
        self.people.append(person)
        if token:
            person.keep(token)
        return person

    def entries(self) -> list[dict]:
        """The log so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def failures(self) -> list[dict]:
        """What a server should never do: break, or say that it broke."""
        return [
            entry for entry in self.entries()
            if entry.get("level") == "ERROR" or entry.get("status", 0) >= 500 and entry["status"] != 501
        ]

    def stored(self) -> int:
        """Bytes in the data folder: content, chunk tables, database, its journal, everything."""
        return sum(path.stat().st_size for path in self.data.rglob("*") if path.is_file())

    def memory(self) -> int:
        """The most memory that the server has taken so far, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))

    def check(self, fast: bool = False) -> None:
        """`limpide check`, which must find nothing; `fast` leaves out the bytes of content."""
        run = subprocess.run(
            [program(), "check", "--data", self.data, *(["--fast"] if fast else [])],
            capture_output=True, text=True, timeout=600, cwd=self.folder, env=self.environment,
        )
        assert run.returncode == 0, f"limpide check: {run.stdout}\n{run.stderr}"

    def stop(self) -> int:
        """Ends the server as an operator does; gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()


@contextmanager
def sound(folder: Path, settings: dict[str, str]):
    """A hub that must not break while this lasts, stops in order and is sound."""
    hub = Hub(folder, servers(folder.name) | settings)
    yield hub
    status = hub.stop()
    failures = hub.failures()
    hub.check()
    for person in hub.people:
        person.leave()
    shutil.rmtree(hub.data, ignore_errors=True)
    assert not failures
    assert status == 0


class Person:
    """Somebody at a computer with the stock clients, whose only setting is `HF_ENDPOINT`."""

    def __init__(self, hub: Hub, name: str, home: Path, without_xet: bool):
        self.hub = hub
        self.name = name
        self.folder = home
        self.endpoint = hub.url
        self.without_xet = without_xet
        # The Python that has this person's version of the clients.
        self.python = Path(sys.executable)
        # More of the client's settings, where a story is about them.
        self.settings = {}
        home.mkdir()

    @property
    def environment(self) -> dict[str, str]:
        environment = plain_environment() | {
            "HOME": str(self.folder),
            "HF_ENDPOINT": self.endpoint,
            # The clients' own look-up of newer versions: a test talks to nobody but the hub.
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        } | self.settings
        if self.without_xet:
            environment["HF_HUB_DISABLE_XET"] = "1"
        return environment

    def keep(self, token: str) -> None:
        """Signs in: what `hf auth login --token` leaves behind."""
        cache = self.folder / ".cache" / "huggingface"
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "token").write_text(token)

    def elsewhere(self) -> "Person":
        """The same person at another computer: nothing is cached there."""
        token = (self.folder / ".cache" / "huggingface" / "token").read_text()
        person = self.hub.home(self.name, token, without_xet=self.without_xet)
        person.python = self.python
        return person

    def try_hf(self, *words) -> subprocess.CompletedProcess:
        """Runs `hf …` and gives what came of it."""
        hf = Path(sys.executable).with_name("hf")
        return subprocess.run(
            [hf, *map(str, words)], capture_output=True, text=True, timeout=PATIENCE, cwd=self.folder,
            env=self.environment, stdin=subprocess.DEVNULL,
        )

    def hf(self, *words) -> str:
        """Runs `hf …`, which must succeed; gives what it printed."""
        run = self.try_hf(*words)
        assert run.returncode == 0, f"hf {' '.join(map(str, words))}\n{run.stdout}\n{run.stderr}"
        return run.stdout

    def does(self, act, *arguments):
        """Runs a function of a test module in a Python of its own, as this person; gives what it returns.

        Arguments and results travel as JSON. A process of its own, because clients read their settings and
        caches once, when they are imported.
        """
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)
        run = subprocess.run(
            [self.python, HERE / "act.py", act.__module__, act.__name__, json.dumps(arguments), answer],
            capture_output=True, text=True, timeout=PATIENCE, cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL,
        )
        assert run.returncode == 0, f"{act.__name__}{arguments}\n{run.stdout}\n{run.stderr}"
        return json.loads(answer.read_text())

    def leave(self) -> None:
        """Removes everything this person kept."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Counter:
    """Stands between a client and the hub, and counts the bytes that pass.

    With `cut_after`, the connection over which that byte is `received` from the hub, or `sent` to it, is cut there, once.
    """

    def __init__(self, hub: Hub, cut_after: int | None = None, cut: str = "received"):
        host, port = hub.url.removeprefix("http://").split(":")
        self.hub = (host, int(port))
        self.sent = 0
        self.received = 0
        self.cut_after = cut_after
        self.cut = cut
        self.cuts = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()
            # Only the thread holds the socket: while it is open, a client that is cut may wait for it to be read.
            del client

    def _connect(self, client: socket.socket):
        """Passes on what comes from both sides, and closes both when both have ended."""
        with client:
            try:
                server = socket.create_connection(self.hub)
            except OSError:
                # What a client sees when nobody listens: the connection ends at once.
                return
            with server:
                exchange = {}
                answers = threading.Thread(target=self._pass, args=(server, client, "received", exchange), daemon=True)
                answers.start()
                self._pass(client, server, "sent", exchange)
                answers.join()

    def _pass(self, source: socket.socket, target: socket.socket, way: str, exchange: dict):
        ends = [(target, socket.SHUT_WR), (source, socket.SHUT_RD)]
        try:
            while piece := source.recv(1 << 20):
                self._forward(piece, target, way, exchange)
        except Cut:
            ends = [(source, socket.SHUT_RDWR), (target, socket.SHUT_RDWR)]
        except OSError:
            pass
        for end, how in ends:
            try:
                end.shutdown(how)
            except OSError:
                pass

    def _forward(self, piece: bytes, target: socket.socket, way: str, exchange: dict):
        """One piece on its way; both ways of a connection share an `exchange`."""
        with self.lock:
            passed = self._count(piece, way)
            cut = way == self.cut and not self.cuts and self.cut_after is not None and passed >= self.cut_after
            self.cuts += cut
        if cut:
            raise Cut
        target.sendall(piece)

    def _count(self, piece: bytes, way: str) -> int:
        setattr(self, way, getattr(self, way) + len(piece))
        return getattr(self, way)

    def reset(self) -> None:
        with self.lock:
            self.sent = self.received = 0

    def close(self) -> None:
        self.listener.close()


class Cut(Exception):
    """A connection is to end here, on both sides."""


def on_servers() -> bool:
    """Whether hubs keep their rows in PostgreSQL and their bytes in S3: `with-servers python -m pytest …`."""
    return "LIMPIDE_TEST_S3" in os.environ


def servers(name: str) -> dict[str, str]:
    """The settings of a hub on the servers of `with-servers`, with a database and a folder of its own."""
    if not on_servers():
        return {}
    admin, place = os.environ["LIMPIDE_TEST_POSTGRES"], json.loads(os.environ["LIMPIDE_TEST_S3"])
    database = f"test_{uuid.uuid4().hex}"
    subprocess.run(["psql", "--quiet", admin, "--command", f"CREATE DATABASE {database}"], check=True)
    return {
        "LIMPIDE_DATABASE": admin.removesuffix("/postgres") + f"/{database}",
        "LIMPIDE_S3_PREFIX": f"{name}-{database}",
    } | {f"LIMPIDE_S3_{key.upper()}": value for key, value in place.items()}


def plain_environment() -> dict[str, str]:
    """Nothing of the machine's own settings reaches the program or the clients."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {"PATH": path, "LANG": "C.UTF-8", "HOME": "/nonexistent"}


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_id(data: bytes) -> str:
    """The id that git gives to these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def safetensors(path: Path, size: int, seed: int) -> None:
    """A file of `size` bytes that a reader of safetensors accepts, and that does not compress."""
    import random

    header = {"weight": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}}
    # The header grows with the numbers in it; 200 bytes hold it, padded with spaces as the format allows.
    length = 200
    payload = size - 8 - length
    header["weight"] |= {"shape": [payload], "data_offsets": [0, payload]}
    generator = random.Random(seed)
    with path.open("wb") as file:
        file.write(length.to_bytes(8, "little"))
        file.write(json.dumps(header).encode().ljust(length))
        while payload > 0:
            piece = generator.randbytes(min(payload, 1 << 24))
            file.write(piece)
            payload -= len(piece)


def same_files(one: Path, other: Path) -> None:
    """Both folders hold the same files, byte for byte."""
    def listing(folder: Path) -> dict[str, str]:
        files = (path for path in folder.rglob("*") if path.is_file())
        inside = ((path.relative_to(folder), path) for path in files)
        return {str(name): sha256(path) for name, path in inside if name.parts[0] not in (".cache", ".huggingface")}

    assert listing(one) == listing(other)
