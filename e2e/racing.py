"""What each of many clients does in a race, in a Python of its own: `racing.py NUMBER FOLDER ROLE`.

The clients of a story begin together: each says that it is ready and waits for the word to go. What came of
every act is written down, acknowledged or refused.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

CLIENTS = 64
STORIES = ("one branch", "own branches", "own repositories")
CROWD, BRANCHES = "ada/crowd", "ada/branches"
# Everybody writes this file, too.
SHARED = "shared.txt"
# The longest that a client waits for the others, or the others for it: it is never that long.
PATIENCE = 600


def main(number: int, folder: Path, role: str):
    from huggingface_hub import HfApi

    client = Client(HfApi(), number, folder)
    ROLES[role](client)
    (folder / f"{role}-{number}.json").write_text(json.dumps(client.acts))


class Client:
    def __init__(self, api, number: int, folder: Path):
        self.api, self.number, self.folder = api, number, folder
        self.acts = []
        self.commits = int((folder / "commits").read_text())

    def wait_for(self, story: str):
        (self.folder / f"ready-{story}-{self.number}").touch()
        deadline = time.monotonic() + PATIENCE
        while not (self.folder / f"go-{story}").exists():
            assert time.monotonic() < deadline, f"nobody says go for {story}"
            time.sleep(0.02)

    @property
    def over(self) -> bool:
        return (self.folder / "over").exists()

    def attempt(self, kind: str, act, **facts) -> dict:
        """Does something that may be refused, and writes down what came of it."""
        from huggingface_hub.errors import HfHubHTTPError

        status, result = 200, None
        try:
            result = act()
        except HfHubHTTPError as error:
            status = error.response.status_code
        self.acts.append({"kind": kind, "status": status, **facts})
        if kind == "commit" and status == 200:
            self.acts[-1]["oid"] = result.oid
        return result

    def commit(self, repo: str, branch: str, turn: int, *, shared: bool, careful: bool = False):
        """A commit of a file of the client's own, and perhaps of one that everybody writes."""
        from huggingface_hub import CommitOperationAdd

        title = f"{repo} {branch} client {self.number} turn {turn}"
        # The last one is large: it travels by Xet, or by LFS.
        large = turn == self.commits - 1
        files = {f"{self.number}/{turn}.{'bin' if large else 'txt'}": content(title, large)}
        if shared:
            files[SHARED] = content(title, False)
        parent = self.api.model_info(repo).sha if careful else None
        add = [CommitOperationAdd(path, text.encode()) for path, text in files.items()]
        self.attempt(
            "commit",
            lambda: self.api.create_commit(repo, add, commit_message=title, revision=branch, parent_commit=parent),
            repo=repo, branch=branch, title=title, files=files, parent=parent,
        )

    def upload_by_command(self, repo: str, turn: int):
        """The same with the `hf` command."""
        title = f"{repo} main client {self.number} command {turn}"
        path = f"{self.number}/command-{turn}.txt"
        source = Path(f"command-{turn}.txt")
        source.write_text(content(title, False))
        hf = Path(sys.executable).with_name("hf")
        run = subprocess.run(
            [hf, "upload", repo, source, path, "--commit-message", title], capture_output=True, text=True, timeout=PATIENCE
        )
        assert run.returncode == 0, run.stdout + run.stderr
        self.acts.append({"kind": "commit", "status": 200, "repo": repo, "branch": "main", "title": title,
                          "files": {path: source.read_text()}, "parent": None, "oid": None})


def content(title: str, large: bool) -> str:
    return f"{title}\n" * (3000 if large else 1)


def committer(client: Client):
    """One of the 64: commits to the branch of all, to a branch of its own, to a repository of its own."""
    client.wait_for("one branch")
    for turn in range(client.commits):
        client.commit(CROWD, "main", turn, shared=client.number % 4 == 0, careful=client.number % 8 == 7)
    if client.number % 16 == 0:
        client.upload_by_command(CROWD, client.commits)

    client.wait_for("own branches")
    branch = f"client/{client.number}"
    client.attempt("branch", lambda: client.api.create_branch(BRANCHES, branch=branch))
    for turn in range(client.commits):
        client.commit(BRANCHES, branch, turn, shared=True)

    client.wait_for("own repositories")
    repo = f"ada/own-{client.number}"
    client.attempt("create", lambda: client.api.create_repo(repo))
    for turn in range(client.commits):
        client.commit(repo, "main", turn, shared=True)


def reader(client: Client):
    """Downloads whole snapshots, and says which commit each is of and what was in it."""
    client.wait_for("one branch")
    turn = 0
    while not client.over:
        cache = Path(f"cache-{turn}")
        folder = Path(client.api.snapshot_download(CROWD, cache_dir=cache, max_workers=2))
        files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
        client.acts.append({"kind": "snapshot", "commit": folder.name, "files": digests(files)})
        listed = [commit.title for commit in client.api.list_repo_commits(CROWD)]
        client.acts.append({"kind": "history", "titles": listed})
        client.api.list_repo_refs(BRANCHES)
        list(client.api.list_models(author="ada", limit=50))
        turn += 1
        time.sleep(0.3)


def digests(files: dict[str, str]) -> dict[str, str]:
    import hashlib

    return {path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()}


def mover(client: Client):
    """Commits to a repository and moves it to and fro."""
    client.wait_for("one branch")
    here, there, turn = "ada/moving", "ada/moved", 0
    while not client.over:
        client.attempt("move", lambda: client.api.move_repo(here, there), to=there)
        here, there = there, here
        client.commit(here, "main", 1000 * client.number + turn, shared=False)
        turn += 1
        time.sleep(0.1)


def follower(client: Client):
    """Commits to the repository that moves, by its first name."""
    client.wait_for("one branch")
    turn = 0
    while not client.over:
        client.commit("ada/moving", "main", 1000 * client.number + turn, shared=False)
        turn += 1
        time.sleep(0.1)


def gardener(client: Client):
    """Creates and deletes branches and tags where others commit."""
    client.wait_for("one branch")
    while not client.over:
        for repo in (CROWD, BRANCHES):
            client.attempt("branch", lambda: client.api.create_branch(repo, branch="side"))
            client.attempt("tag", lambda: client.api.create_tag(repo, tag="v1", tag_message="one of many"))
            client.attempt("tag", lambda: client.api.delete_tag(repo, tag="v1"))
            client.attempt("branch", lambda: client.api.delete_branch(repo, branch="side"))
        time.sleep(0.1)


def squasher(client: Client):
    """Commits to a branch and squashes it, over and over."""
    client.wait_for("one branch")
    turn = 0
    client.attempt("branch", lambda: client.api.create_branch(BRANCHES, branch="squashed", exist_ok=True))
    while not client.over:
        client.commit(BRANCHES, "squashed", 1000 * client.number + turn, shared=False)
        client.attempt("squash", lambda: client.api.super_squash_history(BRANCHES, branch="squashed"))
        client.attempt("list", lambda: list(client.api.list_repo_tree(BRANCHES, revision="squashed", expand=True, recursive=True)))
        turn += 1


def deleter(client: Client):
    """Creates a repository that others commit to, and deletes it."""
    client.wait_for("one branch")
    while not client.over:
        client.attempt("create", lambda: client.api.create_repo("ada/brief", exist_ok=True))
        time.sleep(0.3)
        client.attempt("delete", lambda: client.api.delete_repo("ada/brief"))


def intruder(client: Client):
    """Commits to the repository that comes and goes, and reads it."""
    client.wait_for("one branch")
    turn = 0
    while not client.over:
        client.commit("ada/brief", "main", 1000 * client.number + turn, shared=True)
        client.attempt("list", lambda: list(client.api.list_repo_tree("ada/brief", expand=True)))
        client.attempt("list", lambda: client.api.list_repo_commits("ada/brief"))
        client.attempt("like", lambda: client.api.list_repo_refs("ada/brief"))
        turn += 1


ROLES = {role.__name__: role for role in (
    committer, reader, mover, follower, gardener, squasher, deleter, intruder,
)}

if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
