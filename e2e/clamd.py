"""ClamAV's real daemon for one test. Its own list of viruses cannot be had here: it knows one made-up marker."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

MARKER = b"limpide-virus-marker-7f3a: harmless, and known to one scanner only"
VIRUS = "Limpide.Test.Marker.UNOFFICIAL"
# Larger files are refused by the daemon.
LARGEST = 1 << 20


class Clamd:
    """The daemon, its list and its socket, in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.socket = folder / "clamd.ctl"
        self.address = f"unix:{self.socket}"
        list_of_viruses = folder / "viruses"
        list_of_viruses.mkdir(parents=True)
        (list_of_viruses / "test.ndb").write_text(f"{VIRUS.removesuffix('.UNOFFICIAL')}:0:*:{MARKER.hex()}\n")
        self.configuration = folder / "clamd.conf"
        self.configuration.write_text(
            f"Foreground yes\nDatabaseDirectory {list_of_viruses}\nLocalSocket {self.socket}\n"
            f"TemporaryDirectory {folder}\nStreamMaxLength {LARGEST}\n"
        )
        self.process = None
        self.start()

    def start(self) -> None:
        with (self.folder / "clamd.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["clamd", "--config-file", self.configuration], stdout=log, stderr=log,
                env={"PATH": f"{os.environ['PATH']}:/usr/sbin"},
            )
        for _ in range(600):
            if self._answers():
                return
            assert self.process.poll() is None, (self.folder / "clamd.log").read_text()
            time.sleep(0.1)
        raise AssertionError("clamd did not start")

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.socket))
            except OSError:
                return False
            connection.sendall(b"zPING\0")
            return connection.recv(16) == b"PONG\0"

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)
