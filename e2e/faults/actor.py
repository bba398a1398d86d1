"""Somebody who works with the stock client for as long as the loop runs: reads acts, one JSON object a line,
does each, and says what came of it. Who is told to commits with `git` and `git-lfs`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from contents import content


def add(file):
    from huggingface_hub import CommitOperationAdd

    return CommitOperationAdd(path_in_repo=file["path"], path_or_fileobj=content(file["segments"]))


def commit(api, repo, kind, branch, files, deleted, title):
    from huggingface_hub import CommitOperationDelete

    operations = [add(file) for file in files] + [CommitOperationDelete(path) for path in deleted]
    done = api.create_commit(repo, operations, repo_type=kind, revision=branch, commit_message=title)
    return done.oid


def push(api, repo, kind, branch, files, deleted, title):
    """The same commit, from a clone."""
    prefix = "" if kind == "model" else f"{kind}s/"
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder)
        git("clone", "--quiet", "--depth", "1", "--branch", branch, f"{api.endpoint}/{prefix}{repo}", clone)
        for file in files:
            path = clone / file["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content(file["segments"]))
        for path in deleted:
            (clone / path).unlink()
        git("-C", clone, "add", "--all")
        git("-C", clone, "commit", "--quiet", "--message", title)
        git("-C", clone, "push", "--quiet")
        return git("-C", clone, "rev-parse", "HEAD").strip()


def git(*words):
    run = subprocess.run(["git", *map(str, words)], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"git {words[0]}: {run.stderr}")
    return run.stdout


def sign_in_to_git(endpoint):
    """Files of LFS stay where they are: a commit needs their pointers."""
    git("lfs", "install", "--skip-smudge")
    git("config", "--global", "user.name", "actor")
    git("config", "--global", "user.email", "actor@example.org")
    git("config", "--global", "credential.helper", "store")
    address = endpoint.replace("://", f"://hf_user:{os.environ['HF_TOKEN']}@")
    (Path.home() / ".git-credentials").write_text(address + "\n")


def create(api, repo, kind):
    api.create_repo(repo, repo_type=kind)


def delete(api, repo, kind):
    api.delete_repo(repo, repo_type=kind)


def move(api, repo, kind, to):
    api.move_repo(repo, to, repo_type=kind)


def duplicate(api, repo, kind, to):
    api.duplicate_repo(repo, to, repo_type=kind)


def create_branch(api, repo, kind, branch, start):
    api.create_branch(repo, branch=branch, revision=start, repo_type=kind)


def delete_branch(api, repo, kind, branch):
    api.delete_branch(repo, branch=branch, repo_type=kind)


def create_tag(api, repo, kind, tag, start):
    api.create_tag(repo, tag=tag, revision=start, repo_type=kind)


def delete_tag(api, repo, kind, tag):
    api.delete_tag(repo, tag=tag, repo_type=kind)


def squash(api, repo, kind, branch, title):
    api.super_squash_history(repo, branch=branch, repo_type=kind, commit_message=title)


ACTS = {act.__name__: act for act in (
    commit, create, delete, move, duplicate, create_branch, delete_branch, create_tag, delete_tag, squash,
)}


def main():
    from huggingface_hub import HfApi
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    api = HfApi()
    if "git" in sys.argv:
        sign_in_to_git(api.endpoint)
        ACTS["commit"] = push
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"done": ACTS[asked.pop("act")](api, **asked)}
        except Exception as error:  # noqa: BLE001  Whatever a client says of a server that died is told.
            answer = {"error": f"{type(error).__name__}: {error}"[:2000]}
        print(json.dumps(answer), flush=True)


main()
