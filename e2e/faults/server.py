"""A hub that can be killed and started again, on the same data folder and the same port."""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from hub import Counter, Hub, plain_environment, program  # noqa: E402


class Server(Hub):
    """A `Hub` whose process comes and goes. Each start writes a log of its own."""

    def __init__(self, folder: Path, *, data: Path | None = None, settings=(), environment=None, start=True):
        self.folder = folder
        self.data = data or folder / "data"
        self.settings = list(map(str, settings))
        self.people = []
        self.environment = plain_environment() | (environment or {})
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.logs = []
        self.starts = 0
        self.welcome = ""
        if start:
            self.start()

    def begin(self) -> None:
        """Starts the process and does not wait for it."""
        self.log = self.folder / f"log-{self.starts:05}.json"
        self.starts += 1
        self.logs.append(self.log)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program(), "serve", "--data", self.data, "--address", f"127.0.0.1:{self.port}",
                 "--log-format", "json", *self.settings],
                stdout=subprocess.PIPE, stderr=log, cwd=self.folder, env=self.environment, text=True,
            )

    def start(self) -> None:
        """Starts the process and waits until it serves."""
        self.begin()
        for line in self.process.stdout:
            self.welcome += line
            if "limpide serves" in line:
                # What follows at a first start is read, so that the pipe never fills.
                threading.Thread(target=self._rest, args=(self.process.stdout,), daemon=True).start()
                return
        raise AssertionError(f"limpide did not start: {self.log.read_text()}")

    def _rest(self, stdout) -> None:
        try:
            for line in stdout:
                self.welcome += line
        except ValueError:
            pass

    def kill(self) -> None:
        """`kill -9`, now."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        if self.process is not None:
            self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def open_files(self) -> int:
        """How many files and sockets the process holds, besides those of its database: that opens more when it is busy."""
        held = 0
        for entry in Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                held += "/limpide.db" not in str(entry.readlink())
            except FileNotFoundError:
                # Closed in between.
                pass
        return held

    def memory(self) -> int:
        """The resident memory of the process, in bytes."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * 4096

    def processor_seconds(self) -> float:
        """The time that the process has spent on processors."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to clients: it stays free in between."""
    import random

    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Watch:
    """Waits for bytes to pass, in one direction, and then calls once."""

    def __init__(self, way: str, needle: bytes, call, skip: int = 0):
        self.way, self.needle, self.call, self.skip = way, needle, call, skip


class Proxy(Counter):
    """A `Counter` that outlives the hub, and tells when a request or its answer passes."""

    def __init__(self, hub):
        self.watches = []
        super().__init__(hub)

    def watch(self, watch: Watch | None) -> None:
        with self.lock:
            self.watches = [watch] if watch else []

    def _forward(self, piece: bytes, target: socket.socket, way: str, exchange: dict):
        with self.lock:
            self._count(piece, way)
            watch = self._hit(piece, way, exchange)
        if watch and way == "received":
            watch.call()
        target.sendall(piece)
        # A request goes on its way first: the moment is counted from there.
        if watch and way == "sent":
            watch.call()

    def _hit(self, piece: bytes, way: str, exchange: dict) -> Watch | None:
        """The watch whose moment this is; `exchange` keeps the one whose request went by and whose answer is awaited."""
        if way == "received":
            return exchange.pop("asked", None)
        for watch in self.watches:
            if watch.needle in piece[:400]:
                if watch.skip:
                    watch.skip -= 1
                    continue
                self.watches = []
                if watch.way == "answer":
                    exchange["asked"] = watch
                    return None
                return watch
        return None


def eventually(true, patience: float = 30, what: str = "") -> None:
    """Waits until something holds."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"it did not come to pass: {what}"
        time.sleep(0.02)
