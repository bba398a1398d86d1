"""The servers that are measured: limpide and its peers, each on an empty folder, on a port of its own, with its defaults."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import measure

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("LIMPIDE_CACHE", Path.home() / ".cache" / "limpide"))
LOCAL_CAS_SERVER = CACHE / "local_cas_server" / "bin" / "local_cas_server"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    """A running server and its folder; ends, and takes the folder with it, when its `with` block does."""

    name = ""
    ready = "/"

    def __init__(self, folder: Path, *, keep: bool = False):
        self.folder = folder
        self.keep = keep
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        started = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, cwd=folder, env=self.environment(), start_new_session=True
            )
        self._wait()
        self.start_seconds = time.perf_counter() - started

    def command(self) -> list:
        """The command line."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Nothing of this machine's settings."""
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/nonexistent"}

    def _wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", self.ready)
                if connection.getresponse().status < 500:
                    return
            except OSError:
                time.sleep(0.001)
        raise RuntimeError(f"{self.name} did not start: {self.log.read_text()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if not self.keep:
            shutil.rmtree(self.folder)

    def processes(self) -> list[int]:
        """Those that were started; what they start belongs to them."""
        return [self.process.pid]

    def cpu(self) -> float:
        return sum(map(measure.cpu_seconds, self.processes()))

    def peak(self) -> int:
        return sum(map(measure.peak_memory, self.processes()))

    def memory(self) -> int:
        return sum(map(measure.memory, self.processes()))

    def forget_peak(self) -> None:
        for process in self.processes():
            measure.forget_peak(process)

    def rest(self) -> None:
        """Waits until no git that it started runs, and nothing is left to do: then all CPU of what was asked is counted."""
        deadline, before = time.monotonic() + 600, None
        while time.monotonic() < deadline:
            busy = any(name.startswith("git") for process in self.processes() for name in measure.names(process))
            now = None if busy else self.cpu()
            if now is not None and now == before:
                return
            before = now
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} works on and on: {self.log.read_text()[-2000:]}")


def stored(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def limpide() -> Path:
    """The program to measure: the one named, or the optimised build."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", CACHE / "target"))
    return Path(os.environ.get("LIMPIDE_BENCH_PROGRAM", target / "release" / "limpide"))


class Limpide(Server):
    """A hub, its administrator's token, and the few requests that prepare a load."""

    name = "limpide"
    ready = "/readyz"

    def __init__(self, folder: Path, *, keep: bool = False):
        super().__init__(folder, keep=keep)
        token = folder / "token"
        if not token.exists():
            token.write_text(re.search(r"\bhf_\w+", self.log.read_text()).group())
        self.token = token.read_text()

    def command(self) -> list:
        return [limpide(), "serve", "--data", "data", "--address", f"127.0.0.1:{self.port}"]

    def ask(self, method: str, path: str, body: object = None, content_type: str = "application/json") -> dict:
        """One request of the API, which must succeed; gives the JSON of the answer."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type}
        request = urllib.request.Request(f"{self.url}{path}", data=body, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read() or b"null")

    def create(self, name: str) -> None:
        """A public model of the administrator."""
        self.ask("POST", "/api/repos/create", {"type": "model", "name": name})

    def commit(self, name: str, changes: list[dict]) -> None:
        lines = [{"key": "header", "value": {"summary": "Add files"}}, *changes]
        body = b"\n".join(json.dumps(line).encode() for line in lines)
        self.ask("POST", f"/api/models/admin/{name}/commit/main", body, "application/x-ndjson")

    def commit_lfs(self, name: str, path: str, sha256: str, size: int) -> None:
        value = {"path": path, "oid": sha256, "algo": "sha256", "size": size}
        self.commit(name, [{"key": "lfsFile", "value": value}])

    def lfs_address(self, name: str, sha256: str, size: int, act: str = "upload") -> str:
        """Where the LFS batch request says that the object is to be put, or for the act `download` is to be had."""
        asked = {"operation": act, "transfers": ["basic"], "objects": [{"oid": sha256, "size": size}]}
        answer = self.ask("POST", f"/admin/{name}.git/info/lfs/objects/batch", asked, "application/vnd.git-lfs+json")
        return answer["objects"][0]["actions"][act]["href"]

    def git_address(self, name: str) -> str:
        return f"{self.url}/admin/{name}"

    def git_settings(self) -> list[str]:
        """What tells the stock `git` to call itself the administrator."""
        return ["-c", f"http.extraHeader=Authorization: Bearer {self.token}"]

    def forget_mirrors(self) -> None:
        """The next who clones is the first."""
        for mirror in (self.folder / "data" / "git").glob("*.git"):
            shutil.rmtree(mirror)

    def stored(self) -> int:
        return stored(self.folder / "data")

    def xet_pass(self, name: str, act: str) -> dict:
        """What a Xet client needs to `read` or `write`."""
        told = self.ask("GET", f"/api/models/admin/{name}/xet-{act}-token/main")
        return {"endpoint": told["casUrl"], "token": told["accessToken"], "token_expiry_unix_secs": told["exp"]}


class LocalCas(Server):
    """The content store that upstream ships to test its client with: no hub, no accounts."""

    name = "local_cas_server"
    ready = "/health"

    def command(self) -> list:
        return [LOCAL_CAS_SERVER, "--data-directory", "data", "--port", str(self.port)]


class Nginx(Server):
    """Files of one folder; PUT stores there."""

    name = "nginx"
    serves = "dav_methods PUT;"

    def __init__(self, folder: Path, root: Path):
        self.root = root
        super().__init__(folder)

    def command(self) -> list:
        template = (HERE / "nginx.conf").read_text().replace("@SERVES@", self.serves)
        here = {"PORT": str(self.port), "ROOT": str(self.root), "FOLDER": str(self.folder)}
        for name, value in here.items():
            template = template.replace(f"@{name}@", value)
        (self.folder / "nginx.conf").write_text(template)
        return ["nginx", "-c", self.folder / "nginx.conf", "-e", "stderr"]

    def environment(self) -> dict[str, str]:
        return super().environment() | {"PATH": f"{os.environ['PATH']}:/usr/sbin"}

    def stored(self) -> int:
        return stored(self.root)


class GitHttpBackend(Nginx):
    """Bare repositories, served by `git http-backend`, which fcgiwrap runs for each request: everybody may read and push."""

    name = "git http-backend"
    ready = "/ready"
    serves = (HERE / "git_http.conf").read_text()

    def __init__(self, folder: Path):
        super().__init__(folder, folder / "repositories")
        socket = folder / "fcgiwrap.socket"
        with self.log.open("ab") as log:
            # One process, which answers one request after the other, as Debian starts it.
            self.wrapper = subprocess.Popen(
                ["fcgiwrap", "-f", "-s", f"unix:{socket}"], stdout=log, stderr=log, cwd=folder,
                env=self.environment() | {"LD_PRELOAD": str(folder / "waits.so")}, start_new_session=True,
            )
        while not socket.exists():
            if self.wrapper.poll() is not None:
                raise RuntimeError(f"fcgiwrap did not start: {self.log.read_text()}")
            time.sleep(0.01)

    def command(self) -> list:
        self.root.mkdir()
        waits = self.folder / "waits.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", waits, HERE / "fcgiwrap.c", "-ldl"], check=True)
        git = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
        self.serves = self.serves.replace("@BACKEND@", f"{git}/git-http-backend")
        return super().command()

    def environment(self) -> dict[str, str]:
        return super().environment() | {"GIT_CONFIG_NOSYSTEM": "1"}

    def processes(self) -> list[int]:
        return [self.process.pid, self.wrapper.pid]

    def __exit__(self, *what):
        self.wrapper.terminate()
        self.wrapper.wait(timeout=30)
        super().__exit__(*what)

    def create(self, name: str) -> None:
        """An empty repository."""
        folder = self.root / f"{name}.git"
        for words in (["init", "--quiet", "--bare", "--initial-branch", "main"], ["config", "http.receivepack", "true"]):
            subprocess.run(["git", *words], check=True, env=self.environment() | {"GIT_DIR": str(folder)})

    def git_address(self, name: str) -> str:
        return f"{self.url}/{name}.git"

    def git_settings(self) -> list[str]:
        return []

    def forget_mirrors(self) -> None:
        """It serves the repositories themselves."""


class Registry(Server):
    """The registry of container images, which checks the SHA-256 of what it is sent."""

    name = "docker-registry"
    ready = "/v2/"

    def command(self) -> list:
        (self.folder / "config.yml").write_text((HERE / "registry.yml").read_text().replace("@PORT@", str(self.port)))
        return ["docker-registry", "serve", "config.yml"]

    def stored(self) -> int:
        return stored(self.folder / "data")

    def address(self, sha256: str) -> str:
        """Where a blob is to be had."""
        return f"{self.url}/v2/bench/blobs/sha256:{sha256}"

    def upload_address(self, sha256: str) -> str:
        """Where a blob of this SHA-256 is to be put."""
        request = urllib.request.Request(f"{self.url}/v2/bench/blobs/uploads/", data=b"", method="POST")
        with urllib.request.urlopen(request) as answer:
            location = urllib.parse.urljoin(self.url, answer.headers["Location"])
        return f"{location}{'&' if '?' in location else '?'}digest=sha256:{sha256}"
