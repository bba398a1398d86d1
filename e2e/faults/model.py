"""What one actor knows to be acknowledged, what each act would make of it, and what the hub shows of it."""

import copy
import hashlib
import http.client
import json
import random
from urllib.parse import quote

from contents import content
from hub import git_id

# The id of a commit whose answer was not seen: any new one will do.
UNSEEN = None


def applied(world: dict, act: dict, done=UNSEEN) -> dict:
    """The actor's repositories, once the act is done."""
    world = copy.deepcopy(world)
    name = act["repo"]
    repo = world.get(name)
    match act["act"]:
        case "create":
            world[name] = {"kind": act["kind"], "branches": {"main": {"commits": [UNSEEN], "files": {}}}, "tags": {}}
        case "delete":
            del world[name]
        case "move":
            world[act["to"]] = world.pop(name)
        case "duplicate":
            world[act["to"]] = copy.deepcopy(repo)
        case "create_branch":
            repo["branches"][act["branch"]] = copy.deepcopy(repo["branches"][act["start"]])
        case "delete_branch":
            del repo["branches"][act["branch"]]
        case "create_tag":
            repo["tags"][act["tag"]] = repo["branches"][act["start"]]["commits"][0]
        case "delete_tag":
            del repo["tags"][act["tag"]]
        case "squash":
            repo["branches"][act["branch"]]["commits"] = [UNSEEN]
        case "commit":
            branch = repo["branches"][act["branch"]]
            branch["commits"].insert(0, done)
            for path in act["deleted"]:
                del branch["files"][path]
            for file in act["files"]:
                branch["files"][file["path"]] = file["segments"]
    return world


def names(act: dict) -> set:
    """The repositories that an act is about."""
    return {act["repo"]} | ({act["to"]} if "to" in act else set())


class Planner:
    """Decides what an actor does next, by its seed and by what it has."""

    def __init__(self, owner: str, seed: str):
        self.owner = owner
        self.random = random.Random(seed)
        self.count = 0

    def next(self, world: dict) -> dict:
        self.count += 1
        if not world or len(world) < 3 and self.random.random() < 0.2:
            kind = self.random.choice(["model", "dataset"])
            return {"act": "create", "repo": self._name(), "kind": kind}
        repo = self.random.choice(sorted(world))
        state = world[repo]
        act = self._of(repo, state, len(world))
        return act | {"kind": state["kind"]}

    def _of(self, repo: str, state: dict, repositories: int) -> dict:
        branches, branch = sorted(state["branches"]), self.random.choice(sorted(state["branches"]))
        chance = self.random.random()
        if chance < 0.08:
            return {"act": "squash", "repo": repo, "branch": branch, "title": f"squash {self.count}"}
        if chance < 0.16:
            return {"act": "move", "repo": repo, "to": self._name()}
        if chance < 0.22 and repositories > 1:
            return {"act": "delete", "repo": repo}
        if chance < 0.28 and repositories < 6:
            return {"act": "duplicate", "repo": repo, "to": self._name()}
        if chance < 0.34:
            return {"act": "create_branch", "repo": repo, "branch": f"branch-{self.count}", "start": branch}
        if chance < 0.40 and len(branches) > 1:
            return {"act": "delete_branch", "repo": repo, "branch": [name for name in branches if name != "main"][0]}
        if chance < 0.45:
            return {"act": "create_tag", "repo": repo, "tag": f"tag-{self.count}", "start": branch}
        if chance < 0.48 and state["tags"]:
            return {"act": "delete_tag", "repo": repo, "tag": sorted(state["tags"])[0]}
        return self._commit(repo, branch, state["branches"][branch]["files"])

    def _commit(self, repo: str, branch: str, held: dict) -> dict:
        files, taken = [], set()
        for _ in range(self.random.choice([1, 1, 2, 4])):
            file = self._edited(held) if held and self.random.random() < 0.5 else self._new()
            if file["path"] not in taken:
                taken.add(file["path"])
                files.append(file)
        rest = sorted(set(held) - taken)
        deleted = [self.random.choice(rest)] if rest and (len(held) > 8 or self.random.random() < 0.3) else []
        title = f"commit {self.count}"
        return {"act": "commit", "repo": repo, "branch": branch, "files": files, "deleted": deleted, "title": title}

    def _new(self) -> dict:
        seed = self.random.randrange(1 << 40)
        match self.random.choice(["text", "large text", "binary", "binary", "large binary"]):
            case "text":
                return {"path": f"notes/{self.count}.txt", "segments": [[seed, self.random.randrange(1, 3000)]]}
            case "large text":
                # Kept by git, and too large for a row of the database.
                return {"path": f"{self.count}.md", "segments": [[seed, self.random.randrange(100_000, 400_000)]]}
            case "binary":
                sizes = [[seed + part, self.random.randrange(50_000, 400_000)] for part in range(3)]
                return {"path": f"weights/{self.count}.bin", "segments": sizes}
            case _:
                sizes = [[seed + part, self.random.randrange(500_000, 2_000_000)] for part in range(4)]
                return {"path": f"{self.count}.safetensors", "segments": sizes}

    def _edited(self, held: dict) -> dict:
        path = self.random.choice(sorted(held))
        segments = copy.deepcopy(held[path])
        place = self.random.randrange(len(segments))
        new = [self.random.randrange(1 << 40), self.random.randrange(1, 60_000)]
        if self.random.random() < 0.5:
            segments[place] = new
        else:
            segments.insert(place, new)
        return {"path": path, "segments": segments[:8]}

    def _name(self) -> str:
        self.count += 1
        return f"{self.owner}/repo-{self.count}"


class Looker:
    """Reads what the hub shows, over plain HTTP."""

    def __init__(self, port: int, token: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, expected=(200,)):
        for attempt in (0, 1):
            try:
                self.connection.request("GET", path, headers=self.headers)
                answer = self.connection.getresponse()
                body = answer.read()
                break
            except (http.client.HTTPException, OSError):
                # The connection is from before the kill.
                self.connection.close()
                if attempt:
                    raise
        assert answer.status in expected, f"GET {path}: {answer.status} {body[:300]!r}"
        return answer.status, body

    def json(self, path: str):
        return json.loads(self.get(path)[1])

    def repo(self, name: str, kind: str) -> dict | None:
        """What is there under this very name."""
        status, _ = self.get(f"/api/{kind}s/{name}", (200, 404, 307))
        if status != 200:
            return None
        base = f"/api/{kind}s/{name}"
        refs = self.json(f"{base}/refs")
        branches = {}
        for ref in refs["branches"]:
            commits = [commit["id"] for commit in self.json(f"{base}/commits/{ref['name']}?limit=1000")]
            assert commits[0] == ref["targetCommit"]
            tree = self.json(f"{base}/tree/{ref['name']}?recursive=true")
            files = {
                entry["path"]: (entry["size"], entry["lfs"]["oid"] if "lfs" in entry else entry["oid"])
                for entry in tree if entry["type"] == "file" and entry["path"] != ".gitattributes"
            }
            branches[ref["name"]] = {"commits": commits, "files": files}
        return {"kind": kind, "branches": branches, "tags": {tag["name"]: tag["targetCommit"] for tag in refs["tags"]}}

    def download(self, name: str, kind: str, branch: str, path: str, segments: list) -> int:
        """Fetches a file, which must be as it was sent, byte for byte."""
        prefix = "" if kind == "model" else f"{kind}s/"
        _, body = self.get(f"/{prefix}{name}/resolve/{branch}/{quote(path)}")
        assert body == content(segments), f"{name} {branch} {path}: other bytes came back"
        return len(body)


def difference(expected: dict | None, seen: dict | None) -> str | None:
    """What is not as expected; None when all is. Fills in the ids that were not seen before."""
    if expected is None or seen is None:
        return None if expected is seen else f"expected {brief(expected)}, found {brief(seen)}"
    if set(expected["branches"]) != set(seen["branches"]):
        return f"branches {sorted(expected['branches'])}, found {sorted(seen['branches'])}"
    for name, branch in expected["branches"].items():
        there = seen["branches"][name]
        if len(branch["commits"]) != len(there["commits"]):
            return f"{name} has {len(branch['commits'])} commits, found {len(there['commits'])}"
        for known, commit in zip(branch["commits"], there["commits"], strict=True):
            if known not in (UNSEEN, commit):
                return f"{name} has the commit {known}, found {commit}"
        if set(branch["files"]) != set(there["files"]):
            return f"{name} has {sorted(branch['files'])}, found {sorted(there['files'])}"
        for path, segments in branch["files"].items():
            size, digest = there["files"][path]
            data = content(segments)
            if size != len(data) or digest not in (hashlib.sha256(data).hexdigest(), git_id(data)):
                return f"{name} {path} is another file"
    if set(expected["tags"]) != set(seen["tags"]):
        return f"tags {sorted(expected['tags'])}, found {sorted(seen['tags'])}"
    for tag, commit in expected["tags"].items():
        if commit not in (UNSEEN, seen["tags"][tag]):
            return f"the tag {tag} is at {commit}, found at {seen['tags'][tag]}"
    for name, branch in expected["branches"].items():
        branch["commits"] = seen["branches"][name]["commits"]
    expected["tags"] = dict(seen["tags"])
    return None


def brief(repo: dict | None) -> str:
    return "nothing" if repo is None else f"a repository with the branches {sorted(repo['branches'])}"
