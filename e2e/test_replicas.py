"""Two servers of one hub behind the real nginx, with the very file of `deploy/`: each in turn is restarted, and nobody notices."""

import hashlib
import http.client
import json
import random
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from balancer import Balancer, Replica, answers
from both_ways import on_servers_only
from clones import history, sign_in
from faults.server import eventually
from hub import PATIENCE, Counter, servers, sha256
from programs import git, token, weights

pytestmark = on_servers_only

UPLOAD = 24_000_000
REPOS = ["ada/xet", "ada/lfs"]


@pytest.fixture
def replicas(tmp_path):
    """Two servers on one database and one bucket."""
    settings = servers(tmp_path.name)
    both = [Replica(tmp_path / name, settings) for name in ("first", "second")]
    yield both
    with ThreadPoolExecutor() as threads:
        statuses = list(threads.map(Replica.stop, both))
    both[0].check()
    for person in both[0].people + both[1].people:
        person.leave()
    assert not [failure for replica in both for failure in replica.failures()]
    assert statuses == [0, 0]


@pytest.fixture
def balancer(replicas, tmp_path):
    balancer = Balancer(tmp_path / "nginx", replicas)
    yield balancer
    balancer.stop()


def test_nobody_notices_that_servers_are_restarted(replicas, balancer, tmp_path):
    ada = balancer.before(replicas[0].person("ada"))
    kept = ada.folder / "model.bin"
    kept.write_bytes(weights())
    ada.does(prepare, [*REPOS, "ada/kept"], str(kept))
    people = Crowd(balancer, ada, tmp_path / "over")
    with ThreadPoolExecutor(8) as threads:
        acts = [threads.submit(act, kept) for act in people.acts]
        try:
            eventually(people.are_all_there, patience=PATIENCE, what="everybody has begun")
            slow = [threads.submit(people.read_slowly, kept) for _ in replicas]
            for replica in replicas:
                replica.restart()
        finally:
            people.over.touch()
        uploaded = acts[0].result() | acts[1].result()
        counts = [act.result() for act in acts[2:] + slow]

    requests = balancer.stop()
    print(f"{len(requests)} requests, {len(uploaded)} uploads, and so often did the others what they do: {counts}")
    check_requests(requests, replicas)
    # What was acknowledged is there, byte for byte, whichever server is asked.
    for replica in replicas:
        later = replica.home("ada", token(ada))
        assert later.does(look, REPOS) == uploaded


def check_requests(requests: list[dict], replicas: list[Replica]):
    """As nginx saw them: every one was answered, also those that a client would have tried again."""
    failed = [request for request in requests if request["status"] >= 499 or not request["done"]]
    assert not failed, failed[:5]
    for replica in replicas:
        assert any(request["servers"].endswith(f":{replica.port}") for request in requests)
    assert any("," in request["servers"] for request in requests), "nginx never met a server that was away"


def test_two_servers_may_begin_at_once_on_nothing(tmp_path):
    settings = servers(tmp_path.name)
    both = [Replica(tmp_path / name, settings, start=False) for name in ("first", "second")]
    for replica in both:
        replica.begin()
    for replica in both:
        eventually(replica.is_ready, patience=PATIENCE, what="it is ready")
    for replica in both:
        replica.process.send_signal(signal.SIGTERM)
    words = [replica.process.communicate(timeout=30)[0] for replica in both]
    # One of them made the administrator, and shows the token.
    assert sorted("hf auth login" in said for said in words) == [False, True], words
    assert [replica.process.returncode for replica in both] == [0, 0]
    assert not [failure for replica in both for failure in replica.failures()]


def test_a_server_that_does_not_reach_its_bucket_says_so_soon(tmp_path):
    """Those who ask, a balancer and Prometheus, wait for some seconds and no longer."""
    settings = servers(tmp_path.name)
    relay = Relay(SimpleNamespace(url=settings["LIMPIDE_S3_ENDPOINT"]))
    replica = Replica(tmp_path / "only", settings | {"LIMPIDE_S3_ENDPOINT": relay.url})
    assert answers(f"{replica.url}/readyz") and "limpide_ready 1" in figures(replica)
    relay.is_silent = True
    began = time.monotonic()
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{replica.url}/readyz", timeout=8)
    assert refusal.value.code == 503 and b"did not answer within 3 s" in refusal.value.read()
    assert "limpide_ready 0" in figures(replica)
    assert time.monotonic() - began < 8
    # It lives: to start it again would help nobody.
    assert answers(f"{replica.url}/healthz")
    relay.is_silent = False
    eventually(replica.is_ready, what="it is ready again")
    assert "limpide_ready 1" in figures(replica)
    assert replica.stop() == 0
    relay.close()


class Relay(Counter):
    """Stands between a server and its bucket, and at times passes nothing on."""

    is_silent = False

    def _forward(self, piece: bytes, target: socket.socket, way: str, exchange: dict):
        if not self.is_silent:
            super()._forward(piece, target, way, exchange)


def figures(replica: Replica) -> str:
    with urllib.request.urlopen(f"{replica.url}/metrics", timeout=8) as answer:
        return answer.read().decode()


class Crowd:
    """Those who use the hub meanwhile: each does the same again and again, until it is over."""

    def __init__(self, balancer: Balancer, ada, over: Path):
        self.balancer = balancer
        self.over = over
        self.xet, self.reader, self.cloner = (balancer.before(ada.elsewhere()) for _ in range(3))
        self.lfs = balancer.before(ada.elsewhere())
        self.lfs.without_xet = True
        self.token = token(ada)
        sign_in(self.cloner)
        self.begun = [over.with_name(f"begun-{number}") for number in range(4)]
        self.acts = [self.upload, self.upload_plainly, self.download, self.clone, self.ask, self.ask]

    def are_all_there(self) -> bool:
        return all(path.exists() for path in self.begun)

    def upload(self, _) -> dict:
        return self.xet.does(keep_uploading, REPOS[0], 1, [str(self.begun[0]), str(self.over)])

    def upload_plainly(self, _) -> dict:
        return self.lfs.does(keep_uploading, REPOS[1], 2, [str(self.begun[1]), str(self.over)])

    def download(self, kept: Path) -> int:
        return self.reader.does(keep_downloading, "ada/kept", sha256(kept), [str(self.begun[2]), str(self.over)])

    def clone(self, kept: Path) -> int:
        """Clones with LFS, commits and pushes; at the end every push is in the history."""
        folder, pushed = self.cloner.folder / "clone", []
        while not self.over.exists():
            git(self.cloner, "clone", f"{self.balancer.url}/ada/kept", folder)
            assert sha256(folder / "model.bin") == sha256(kept)
            title = f"push {len(pushed)}"
            (folder / "notes.txt").write_text(title)
            git(self.cloner, "add", "--all", folder=folder)
            git(self.cloner, "commit", "--message", title, folder=folder)
            git(self.cloner, "push", folder=folder)
            pushed.append(title)
            shutil.rmtree(folder)
            self.begun[3].touch()
        git(self.cloner, "clone", f"{self.balancer.url}/ada/kept", folder)
        assert history(self.cloner, folder)[: len(pushed)] == pushed[::-1]
        return len(pushed)

    def ask(self, _) -> int:
        """Sends what no proxy may send twice, without trying again, on connections that stay."""
        connection = http.client.HTTPConnection("127.0.0.1", self.balancer.port, timeout=PATIENCE)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        asked = 0
        while not self.over.exists():
            body = json.dumps({"paths": ["model.bin"]})
            connection.request("POST", "/api/models/ada/kept/paths-info/main", body, headers)
            answer = connection.getresponse()
            found = json.loads(answer.read())
            assert answer.status == 200 and found[0]["path"] == "model.bin", found
            asked += 1
            time.sleep(random.uniform(0, 0.02))
        connection.close()
        return asked

    def read_slowly(self, kept: Path) -> int:
        """A download that takes longer than the notice that a server gives."""
        connection = http.client.HTTPConnection("127.0.0.1", self.balancer.port, timeout=PATIENCE)
        connection.request("GET", "/ada/kept/resolve/main/model.bin")
        answer, digest, pieces = connection.getresponse(), hashlib.sha256(), 0
        while piece := answer.read(1_000_000):
            digest.update(piece)
            pieces += 1
            time.sleep(0.3)
        assert answer.status == 200 and digest.hexdigest() == sha256(kept)
        return pieces


def prepare(repos, kept):
    from huggingface_hub import HfApi

    for repo in repos:
        HfApi().create_repo(repo)
    HfApi().upload_file(repo_id="ada/kept", path_or_fileobj=kept, path_in_repo="model.bin")
    # What a proxy may not spell otherwise: a branch is one piece of an address.
    HfApi().create_branch("ada/kept", branch="feature/x")
    assert HfApi().file_exists("ada/kept", "model.bin", revision="feature/x")


def keep_uploading(repo, seed, signs):
    """The SHA-256 of every file whose commit was acknowledged."""
    from huggingface_hub import HfApi

    begun, over = map(Path, signs)
    chance, uploaded = random.Random(seed), {}
    while not over.exists():
        data, name = chance.randbytes(UPLOAD), f"{len(uploaded)}.bin"
        HfApi().upload_file(repo_id=repo, path_or_fileobj=data, path_in_repo=name)
        uploaded[f"{repo}/{name}"] = hashlib.sha256(data).hexdigest()
        begun.touch()
    return uploaded


def keep_downloading(repo, expected, signs):
    from huggingface_hub import snapshot_download

    begun, over = map(Path, signs)
    times = 0
    while not over.exists():
        folder = Path(f"copy-{times}")
        snapshot_download(repo, local_dir=folder)
        assert sha256(folder / "model.bin") == expected
        shutil.rmtree(folder)
        times += 1
        begun.touch()
    return times


def look(repos):
    """Every file of these repositories, as a client without a cache finds it."""
    from huggingface_hub import snapshot_download

    found = {}
    for repo in repos:
        folder = Path(snapshot_download(repo))
        found |= {f"{repo}/{path.name}": sha256(path) for path in folder.glob("*.bin")}
    return found
