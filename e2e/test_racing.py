"""64 stock clients at once, each a process of its own, while others download, move, delete and squash."""

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

import racing
from hub import HERE, Hub, on_servers

# Commits of each client in each of the three stories. More of them measure; two find what is wrong.
COMMITS = int(os.environ.get("LIMPIDE_TEST_RACE_COMMITS", "2"))

# Everybody but the 64: the role, and how many play it.
OTHERS = (
    ("reader", 2), ("mover", 1), ("follower", 1), ("gardener", 1), ("squasher", 2), ("deleter", 1), ("intruder", 1),
)


@pytest.fixture
def servers(hub, tmp_path):
    """The hub; on PostgreSQL and S3 a second server of the same hub beside it."""
    if not on_servers():
        yield [hub]
        return
    folder = tmp_path / "second"
    folder.mkdir()
    second = Hub(folder, settings=hub.settings)
    yield [hub, second]
    status, failures = second.stop(), second.failures()
    assert not failures
    assert status == 0


def test_no_commit_of_64_clients_is_lost_or_doubled(servers, ada, tmp_path):
    ada.does(prepare, racing.CROWD, racing.BRANCHES, "ada/moving")
    race = Race(servers, ada, tmp_path / "race")
    for story in racing.STORIES:
        race.run(story)
    acts = race.end()

    found = ada.does(look, racing.CROWD, racing.BRANCHES, racing.CLIENTS)
    commits = [act for act in acts if act["kind"] == "commit"]
    check_crowd(acts, [act for act in commits if act["repo"] == racing.CROWD], found["crowd"])
    for number in range(racing.CLIENTS):
        check_own(commits, racing.BRANCHES, f"client/{number}", found["branches"][number])
        check_own(commits, f"ada/own-{number}", "main", found["repositories"][number])
    check_squashed(commits, found["squashed"])
    check_moved(commits, found["moved"])
    check_refusals(acts)


class Race:
    """All clients, started together."""

    def __init__(self, servers: list[Hub], ada, folder: Path):
        self.folder = folder
        folder.mkdir()
        (folder / "commits").write_text(str(COMMITS))
        roles = [("committer", number) for number in range(racing.CLIENTS)]
        for role, many in OTHERS:
            roles += [(role, len(roles) + number) for number in range(many)]
        self.clients = {}
        for role, number in roles:
            person = ada.elsewhere()
            person.endpoint = servers[number % len(servers)].url
            person.without_xet = number % 3 == 2
            log = (folder / f"{role}-{number}.log").open("wb")
            self.clients[role, number] = subprocess.Popen(
                [sys.executable, HERE / "racing.py", str(number), folder, role],
                cwd=person.folder, env=person.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
            log.close()

    def run(self, story: str):
        """Waits until everybody is ready, and says go."""
        waiting = racing.CLIENTS + (sum(many for _, many in OTHERS) if story == racing.STORIES[0] else 0)
        self.wait(lambda: len(list(self.folder.glob(f"ready-{story}-*"))) >= waiting)
        (self.folder / f"go-{story}").touch()

    def wait(self, is_done):
        deadline = time.monotonic() + racing.PATIENCE
        while not is_done():
            broken = [client for client, process in self.clients.items() if process.poll() not in (None, 0)]
            late = time.monotonic() > deadline
            if broken or late:
                self.kill()
            assert not broken, self.last_words(broken[0])
            assert not late, "somebody waits for ever"
            time.sleep(0.05)

    def end(self) -> list[dict]:
        """What everybody did, when all have come to an end."""
        crowd = [process for (role, _), process in self.clients.items() if role == "committer"]
        self.wait(lambda: all(process.poll() is not None for process in crowd))
        (self.folder / "over").touch()
        self.wait(lambda: all(process.poll() is not None for process in self.clients.values()))
        acts = []
        for role, number in self.clients:
            acts += read(self.folder / f"{role}-{number}.json")
        return acts

    def kill(self):
        for process in self.clients.values():
            process.kill()
            process.wait()

    def last_words(self, client) -> str:
        role, number = client
        return f"{role} {number}: {(self.folder / f'{role}-{number}.log').read_text()[-3000:]}"


def read(path: Path):
    import json

    return json.loads(path.read_text())


def prepare(*names):
    from huggingface_hub import HfApi

    for name in names:
        HfApi().create_repo(name)


def look(crowd, branches, clients):
    """Histories and files of everything, as a client without a cache finds them."""
    from huggingface_hub import HfApi

    api = HfApi()

    def all_of(repo, branch="main"):
        commits = list(api.list_repo_commits(repo, revision=branch))
        folder = Path(api.snapshot_download(repo, revision=branch, max_workers=2))
        files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
        return {
            "titles": [commit.title for commit in commits][::-1],
            "ids": [commit.commit_id for commit in commits][::-1],
            "files": racing.digests(files),
        }

    moved = next(name for name in ("ada/moved", "ada/moving") if api.model_info(name).id == name)
    return {
        "crowd": all_of(crowd),
        "branches": [all_of(branches, f"client/{number}") for number in range(clients)],
        "repositories": [all_of(f"ada/own-{number}") for number in range(clients)],
        "squashed": all_of(branches, "squashed"),
        "moved": all_of(moved),
    }


def acknowledged(commits: list[dict]) -> dict[str, dict]:
    """Commits by title: titles are unique."""
    done = {act["title"]: act for act in commits if act["status"] == 200}
    assert len(done) == sum(act["status"] == 200 for act in commits)
    return done


def check_kept(done: dict[str, dict], found: dict):
    """Every acknowledged commit is there once, and no other."""
    assert found["titles"][0] == "initial commit"
    assert Counter(found["titles"][1:]) == Counter(done.keys())
    assert len(set(found["ids"])) == len(found["ids"])
    for title, oid in zip(found["titles"], found["ids"]):
        assert title == "initial commit" or done[title]["oid"] in (None, oid)


def files_after(titles: list[str], done: dict[str, dict], first: dict[str, str]) -> dict[str, str]:
    """The files that these commits leave, made one after the other."""
    files = dict(first)
    for title in titles[1:]:
        files |= racing.digests(done[title]["files"])
    return files


def check_crowd(acts: list[dict], commits: list[dict], found: dict):
    done = acknowledged(commits)
    check_kept(done, found)
    first = {".gitattributes": found["files"][".gitattributes"]}
    assert found["files"] == files_after(found["titles"], done, first)
    # A commit that names its parent was made on it, or refused.
    for act in commits:
        assert act["status"] in (200, 412)
        if act["status"] == 200 and act["parent"]:
            assert act["parent"] == found["ids"][found["titles"].index(act["title"]) - 1]
    # Every download was of one commit, whole; every list was the beginning of the history.
    snapshots = [act for act in acts if act["kind"] == "snapshot"]
    assert snapshots
    for snapshot in snapshots:
        until = found["ids"].index(snapshot["commit"]) + 1
        assert snapshot["files"] == files_after(found["titles"][:until], done, first)
    for listed in (act["titles"][::-1] for act in acts if act["kind"] == "history"):
        assert listed == found["titles"][: len(listed)]


def check_own(commits: list[dict], repo: str, branch: str, found: dict):
    own = [act for act in commits if (act["repo"], act["branch"]) == (repo, branch)]
    assert [act["status"] for act in own] == [200] * COMMITS
    done = acknowledged(own)
    check_kept(done, found)
    # Nobody else commits here: the order is the client's own.
    assert found["titles"][1:] == [act["title"] for act in own]
    assert found["files"] == files_after(found["titles"], done, {".gitattributes": found["files"][".gitattributes"]})


def check_squashed(commits: list[dict], found: dict):
    """A squash loses no file."""
    own = [act for act in commits if (act["repo"], act["branch"]) == (racing.BRANCHES, "squashed")]
    assert own and all(act["status"] == 200 for act in own)
    for act in own:
        assert racing.digests(act["files"]).items() <= found["files"].items()


def check_moved(commits: list[dict], found: dict):
    """What was acknowledged under either name is in the one history."""
    check_kept(acknowledged([act for act in commits if act["repo"] in ("ada/moved", "ada/moving")]), found)


def check_refusals(acts: list[dict]):
    """Refusals say what the matter is: gone, taken, outdated, renamed; never that the hub broke."""
    statuses = Counter((act["kind"], act["status"]) for act in acts if "status" in act)
    assert {status for _, status in statuses} <= {200, 307, 404, 409, 412}, statuses
