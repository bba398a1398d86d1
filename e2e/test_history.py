"""Every change is a commit; every commit can be looked at, branched from and returned to."""

from both_ways import both_ways


def test_a_tree_tells_sizes_ids_and_last_commits(ada):
    answer = ada.does(tree)
    assert answer == {
        "names": [".gitattributes", "a", "a/b", "a/b/two.bin", "a/one.txt"],
        "git id": True,
        "lfs": [2_000_000, True],
        "last commits": {".gitattributes": "initial commit", "a": "add two", "a/b": "add two",
                         "a/b/two.bin": "add two", "a/one.txt": "add one"},
        "paths": ["a", "a/one.txt"],
    }


def tree():
    import hashlib

    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile

    from hub import git_id

    api = HfApi()
    api.create_repo("ada/tree")
    two = b"2" * 2_000_000
    for name, data, message in (("a/one.txt", b"one", "add one"), ("a/b/two.bin", two, "add two")):
        api.upload_file(repo_id="ada/tree", path_or_fileobj=data, path_in_repo=name, commit_message=message)
    entries = {entry.path: entry for entry in api.list_repo_tree("ada/tree", recursive=True, expand=True)}
    large = entries["a/b/two.bin"]
    assert isinstance(large, RepoFile)
    return {
        "names": sorted(entries),
        "git id": entries["a/one.txt"].blob_id == git_id(b"one"),
        "lfs": [large.lfs.size, large.lfs.sha256 == hashlib.sha256(two).hexdigest()],
        "last commits": {path: entry.last_commit.title for path, entry in sorted(entries.items())},
        "paths": sorted(entry.path for entry in api.get_paths_info("ada/tree", ["a", "a/one.txt", "nothing"])),
    }


def test_branches_and_tags_come_and_go(ada):
    assert ada.does(branches_and_tags) == {
        "branches": ["feature/x", "main"],
        "tags": ["v1.0"],
        "on the branch": [".gitattributes", "branch.txt"],
        "on main": [".gitattributes"],
        "tag again": "HfHubHTTPError 409",
        "after": [["main"], []],
        "main stays": "HfHubHTTPError 403",
    }


def branches_and_tags():
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api, name = HfApi(), "ada/branches"
    api.create_repo(name)

    def attempt(act, *arguments, **more):
        try:
            act(name, *arguments, **more)
        except HfHubHTTPError as error:
            return f"{type(error).__name__} {error.response.status_code}"

    def refs():
        found = api.list_repo_refs(name)
        return [sorted(ref.name for ref in refs) for refs in (found.branches, found.tags)]

    api.create_branch(name, branch="feature/x")
    api.upload_file(repo_id=name, path_or_fileobj=b"x", path_in_repo="branch.txt", revision="feature/x")
    api.create_tag(name, tag="v1.0", revision="feature/x", tag_message="the first")
    branches, tags = refs()
    found = {
        "branches": branches,
        "tags": tags,
        "on the branch": sorted(api.list_repo_files(name, revision="feature/x")),
        "on main": api.list_repo_files(name),
        "tag again": attempt(api.create_tag, tag="v1.0"),
    }
    api.delete_branch(name, branch="feature/x")
    api.delete_tag(name, tag="v1.0")
    return found | {"after": refs(), "main stays": attempt(api.delete_branch, branch="main")}


@both_ways
def test_files_are_copied_moved_and_deleted_in_one_commit(ada):
    assert ada.does(rearrange) == {
        "files": [".gitattributes", "copy.bin", "copy.txt", "moved.bin"],
        "same": [True, True, True],
        "commits": ["rearranged", "filled", "initial commit"],
        "deleted": [".gitattributes"],
    }


def rearrange():
    from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi

    api, name, data = HfApi(), "ada/moves", b"large" * 500_000
    api.create_repo(name)
    files = {"a.txt": b"small", "a.bin": data, "b.bin": data[::-1], "old/one.txt": b"1", "old/two.bin": data}
    adds = [CommitOperationAdd(path, content) for path, content in files.items()]
    api.create_commit(name, adds, commit_message="filled")
    api.create_commit(name, [
        CommitOperationCopy("a.txt", "copy.txt"),
        CommitOperationCopy("a.bin", "copy.bin"),
        CommitOperationCopy("b.bin", "moved.bin"),
        CommitOperationDelete("b.bin"),
        CommitOperationDelete("a.txt"),
        CommitOperationDelete("a.bin"),
        CommitOperationDelete("old/", is_folder=True),
    ], commit_message="rearranged")

    def get(path):
        return open(api.hf_hub_download(name, path), "rb").read()

    found = {
        "files": sorted(api.list_repo_files(name)),
        "same": [get("copy.txt") == b"small", get("copy.bin") == data, get("moved.bin") == data[::-1]],
        "commits": [commit.title for commit in api.list_repo_commits(name)],
    }
    api.delete_files(name, delete_patterns=["*"])
    return found | {"deleted": api.list_repo_files(name)}


def test_a_commit_on_a_branch_that_has_moved_on_is_refused(ada):
    assert ada.does(conflict) == {
        "status": 412,
        "message": True,
        "files": [".gitattributes", "first.txt", "third.txt"],
    }


def conflict():
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api, name = HfApi(), "ada/conflict"
    api.create_repo(name)

    def put(path, parent=None):
        api.upload_file(repo_id=name, path_or_fileobj=b"x", path_in_repo=path, parent_commit=parent)

    start = api.model_info(name).sha
    put("first.txt", start)
    status, message = None, ""
    try:
        put("second.txt", start)
    except HfHubHTTPError as error:
        status, message = error.response.status_code, str(error)
    put("third.txt", api.model_info(name).sha)
    return {
        "status": status,
        "message": "The branch was updated since you opened this page" in message,
        "files": sorted(api.list_repo_files(name)),
    }


def test_commits_made_at_once_are_all_kept(ada):
    assert ada.does(crowd) == {"files": 17, "commits": 17}


def crowd():
    from concurrent.futures import ThreadPoolExecutor

    from huggingface_hub import HfApi

    api, name = HfApi(), "ada/crowd"
    api.create_repo(name)

    def put(number):
        api.upload_file(repo_id=name, path_or_fileobj=str(number).encode(), path_in_repo=f"{number}.txt")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(16)))
    return {"files": len(api.list_repo_files(name)), "commits": len(api.list_repo_commits(name))}


@both_ways
def test_a_squashed_history_keeps_the_files(ada):
    assert ada.does(squash) == {"titles": ["all in one"], "same": True}


def squash():
    from huggingface_hub import HfApi

    api, name, data = HfApi(), "ada/squash", b"large" * 500_000
    api.create_repo(name)
    api.upload_file(repo_id=name, path_or_fileobj=b"first", path_in_repo="w.bin")
    api.upload_file(repo_id=name, path_or_fileobj=data, path_in_repo="w.bin")
    api.super_squash_history(name, commit_message="all in one")
    return {
        "titles": [commit.title for commit in api.list_repo_commits(name)],
        "same": open(api.hf_hub_download(name, "w.bin"), "rb").read() == data,
    }
