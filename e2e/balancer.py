"""nginx with `deploy/nginx.conf`, and the servers of one hub behind it, which are restarted one after the other."""

import json
import os
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

from faults.server import Server, eventually, free_port
from hub import HERE, Person

CONFIGURATION = HERE.parent / "deploy" / "nginx.conf"
# What the configuration asks of the servers.
NOTICE = {"LIMPIDE_SHUTDOWN_NOTICE": "5 s"}


class Replica(Server):
    """A server of a hub that has others."""

    def __init__(self, folder: Path, settings: dict[str, str], start: bool = True):
        folder.mkdir()
        super().__init__(folder, environment=settings | NOTICE, start=start)

    def entries(self) -> list[dict]:
        """The logs of all its starts."""
        lines = [line for log in self.logs for line in log.read_text().splitlines()]
        return [json.loads(line) for line in lines if line.startswith("{")]

    def restart(self) -> None:
        """Told to stop as by systemd or Kubernetes, and started again when it has stopped."""
        assert self.stop() == 0
        self.start()
        eventually(self.is_ready, what="it is ready again")

    def is_ready(self) -> bool:
        return answers(f"{self.url}/readyz")


class Balancer:
    """nginx, as people are told to set it up; only addresses are others."""

    def __init__(self, folder: Path, servers: list[Server]):
        folder.mkdir()
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "hub.conf").write_text(self._configuration(servers))
        (folder / "nginx.conf").write_text(self._surroundings())
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        self.process = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"])
        eventually(lambda: answers(f"{self.url}/healthz"), what="nginx answers")

    def _configuration(self, servers: list[Server]) -> str:
        text = CONFIGURATION.read_text()
        changes = {f"limpide-{number}:8080": f"127.0.0.1:{server.port}" for number, server in enumerate(servers, 1)}
        changes |= {"    listen 80;\n": f"    listen 127.0.0.1:{self.port};\n"}
        for told, here in changes.items():
            assert text.count(told) == 1, told
            text = text.replace(told, here)
        return text

    def _surroundings(self) -> str:
        """What a machine's own nginx.conf has around it, with places where anybody may write."""
        places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        return "\n".join([
            "error_log error.log;", "pid nginx.pid;", "worker_processes 2;", "events {}", "http {",
            """log_format acts escape=json '{"request": "$request", "status": $status, "servers": "$upstream_addr",'""",
            """    ' "statuses": "$upstream_status", "done": "$request_completion"}';""",
            "access_log access.log acts;", *(f"{place}_temp_path temp-{place};" for place in places),
            "include hub.conf;", "}",
        ])

    def stop(self) -> list[dict]:
        """Ends nginx; gives every request that it was asked."""
        time.sleep(0.1)
        self.process.terminate()
        self.process.wait(timeout=10)
        return [json.loads(line) for line in (self.folder / "access.log").read_text().splitlines()]

    def before(self, person: Person) -> Person:
        """A person who knows the hub by the address of nginx."""
        person.endpoint = self.url
        return person


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status == 200
    except OSError:
        return False
