"""Somebody who works with the stock client for as long as the loop runs: reads acts, one JSON object a line,
does each, and says what came of it."""

import json
import sys

from contents import content


def add(file):
    from huggingface_hub import CommitOperationAdd

    return CommitOperationAdd(path_in_repo=file["path"], path_or_fileobj=content(file["segments"]))


def commit(api, repo, kind, branch, files, deleted, title):
    from huggingface_hub import CommitOperationDelete

    operations = [add(file) for file in files] + [CommitOperationDelete(path) for path in deleted]
    done = api.create_commit(repo, operations, repo_type=kind, revision=branch, commit_message=title)
    return done.oid


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
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"done": ACTS[asked.pop("act")](api, **asked)}
        except Exception as error:  # noqa: BLE001  Whatever a client says of a server that died is told.
            answer = {"error": f"{type(error).__name__}: {error}"[:2000]}
        print(json.dumps(answer), flush=True)


main()
