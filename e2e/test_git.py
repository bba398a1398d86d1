"""People who clone with the stock `git` and `git-lfs` get what others uploaded, history and all, and keep up with it."""

import shutil
import threading

import pytest
from both_ways import on_disk_only
from clones import fsck, history, sign_in
from hub import safetensors, same_files, sha256
from programs import git, try_git

LARGE = 3_000_000


@pytest.fixture
def model(ada):
    """A public model with a text, a large file in a folder, a second commit, a branch and two tags."""
    folder = ada.folder / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "notes.txt").write_text("one\n")
    safetensors(folder / "deep" / "model.safetensors", LARGE, seed=1)
    ada.does(make_model, str(folder))
    (folder / "notes.txt").write_text("two\n")
    return folder


def make_model(folder):
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo("ada/model")
    api.upload_folder(repo_id="ada/model", folder_path=folder, commit_message="first files")
    api.create_tag("ada/model", tag="v1")
    api.create_tag("ada/model", tag="v2", tag_message="the second")
    api.create_branch("ada/model", branch="dev")
    api.upload_file(
        repo_id="ada/model", path_or_fileobj=b"two\n", path_in_repo="notes.txt", commit_message="second",
    )


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("end", ["", ".git"], ids=["plain", "dot git"])
def test_a_clone_has_files_history_branches_and_tags(hub, ada, eve, model, version, end):
    sign_in(eve)
    git(eve, "-c", f"protocol.version={version}", "clone", f"{hub.url}/ada/model{end}", "clone")
    clone = eve.folder / "clone"
    assert sha256(clone / "deep" / "model.safetensors") == sha256(model / "deep" / "model.safetensors")
    assert (clone / "notes.txt").read_text() == "two\n"
    assert history(eve, clone) == ["second", "first files", "initial commit"]
    assert history(eve, clone, "origin/dev") == ["first files", "initial commit"]
    assert git(eve, "tag", "--list", folder=clone).split() == ["v1", "v2"]
    assert git(eve, "cat-file", "-t", "v2", folder=clone).strip() == "tag"
    assert git(eve, "status", "--porcelain", folder=clone) == ""
    blame = git(eve, "blame", "--porcelain", "notes.txt", folder=clone)
    assert "summary second" in blame and "author ada" in blame
    fsck(eve, clone)
    head = git(eve, "rev-parse", "HEAD", folder=clone).strip()
    listed = eve.does(commits, "ada/model")
    assert listed[0] == head

    there = eve.folder / "there"
    eve.hf("download", "ada/model", "--local-dir", there)
    shutil.rmtree(clone / ".git")
    same_files(clone, there)


def commits(repo):
    from huggingface_hub import HfApi

    return [commit.commit_id for commit in HfApi().list_repo_commits(repo)]


@pytest.mark.parametrize("kind", ["dataset", "space"])
def test_datasets_and_spaces_are_cloned_from_their_own_addresses(hub, ada, kind):
    ada.does(make, kind)
    sign_in(ada)
    git(ada, "clone", f"{hub.url}/{kind}s/ada/other", "clone")
    assert (ada.folder / "clone" / "words.txt").read_text() == "words"
    fsck(ada, ada.folder / "clone")


def make(kind):
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo("ada/other", repo_type=kind, space_sdk="static" if kind == "space" else None)
    api.upload_file(repo_id="ada/other", repo_type=kind, path_or_fileobj=b"words", path_in_repo="words.txt")


@pytest.mark.parametrize("version", [0, 2])
def test_clones_may_be_shallow_partial_or_of_one_branch(hub, ada, model, version):
    sign_in(ada)
    address, speak = f"{hub.url}/ada/model", ("-c", f"protocol.version={version}")
    git(ada, *speak, "clone", "--depth", "1", address, "shallow")
    assert history(ada, ada.folder / "shallow") == ["second"]
    git(ada, *speak, "fetch", "--unshallow", folder=ada.folder / "shallow")
    assert len(history(ada, ada.folder / "shallow")) == 3
    fsck(ada, ada.folder / "shallow")

    git(ada, *speak, "clone", "--filter=blob:none", "--no-checkout", address, "partial")
    partial = ada.folder / "partial"
    missing = git(ada, "rev-list", "--objects", "--all", "--missing=print", folder=partial)
    assert [line for line in missing.splitlines() if line.startswith("?")]
    git(ada, *speak, "checkout", "main", folder=partial)
    assert (partial / "notes.txt").read_text() == "two\n"

    git(ada, *speak, "clone", "--single-branch", "--branch", "dev", address, "single")
    assert git(ada, "branch", "--remotes", folder=ada.folder / "single").split() == ["origin/dev"]
    git(ada, *speak, "clone", "--branch", "v1", address, "tagged")
    assert history(ada, ada.folder / "tagged") == ["first files", "initial commit"]


def test_a_clone_keeps_up_with_what_others_change(hub, ada, eve, model):
    sign_in(eve)
    git(eve, "clone", f"{hub.url}/ada/model", "clone")
    clone = eve.folder / "clone"
    ada.does(change)
    git(eve, "pull", "--ff-only", folder=clone)
    assert (clone / "notes.txt").read_text() == "three\n"
    assert sha256(clone / "more.safetensors") == sha256(model / "deep" / "model.safetensors")
    git(eve, "fetch", "--prune", folder=clone)
    branches = git(eve, "branch", "--remotes", "--format=%(refname:short)", folder=clone).split()
    assert "origin/feature/x" in branches and "origin/dev" not in branches

    ada.does(squash)
    git(eve, "fetch", folder=clone)
    assert history(eve, clone, "origin/main") == ["all in one"]
    fsck(eve, clone)


def change():
    from huggingface_hub import CommitOperationAdd, CommitOperationCopy, HfApi

    api = HfApi()
    api.create_commit("ada/model", commit_message="third", operations=[
        CommitOperationAdd(path_in_repo="notes.txt", path_or_fileobj=b"three\n"),
        CommitOperationCopy(src_path_in_repo="deep/model.safetensors", path_in_repo="more.safetensors"),
    ])
    api.create_branch("ada/model", branch="feature/x")
    api.delete_branch("ada/model", branch="dev")


def squash():
    from huggingface_hub import HfApi

    HfApi().super_squash_history("ada/model", commit_message="all in one")


def test_a_long_history_is_fetched_from_where_a_clone_stands(hub, ada, counter):
    """What git says of its own history is packed with gzip; what it gets is what is new."""
    sign_in(ada)
    ada.does(many, 0, 40)
    git(ada, "clone", f"{counter.url}/ada/long", "clone")
    clone = ada.folder / "clone"
    # Commits of one's own, which the hub does not know: git offers many of them before both find what they share.
    for number in range(80):
        git(ada, "commit", "--allow-empty", "--message", f"own {number}", folder=clone)
    ada.does(many, 40, 42)
    counter.reset()
    git(ada, "fetch", folder=clone)
    assert history(ada, clone, "origin/main")[0] == "number 41"
    assert counter.received < 10_000
    fsck(ada, clone)


def many(start, end):
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi()
    api.create_repo("ada/long", exist_ok=True)
    for number in range(start, end):
        file = CommitOperationAdd(path_in_repo=f"{number % 7}.txt", path_or_fileobj=f"{number}\n".encode())
        api.create_commit("ada/long", operations=[file], commit_message=f"number {number}")


def test_who_may_not_read_may_not_clone(hub, ada, eve):
    large = ada.folder / "large.safetensors"
    safetensors(large, LARGE, seed=2)
    ada.does(make_private, str(large))
    address = f"{hub.url}/ada/private"
    anyone = try_git(ada, "clone", address, "anyone")
    assert anyone.returncode != 0 and "could not read Username" in anyone.stderr
    absent = try_git(ada, "clone", f"{hub.url}/ada/absent", "absent")
    assert absent.returncode != 0 and "could not read Username" in absent.stderr
    sign_in(eve)
    stranger = try_git(eve, "clone", address, "stranger")
    assert stranger.returncode != 0 and "not found" in stranger.stderr
    sign_in(ada)
    git(ada, "clone", address, "mine")
    assert sha256(ada.folder / "mine" / "large.safetensors") == sha256(large)

    ada.hf("repos", "move", "ada/private", "ada/moved")
    git(ada, "fetch", folder=ada.folder / "mine")
    git(ada, "clone", f"{address}.git", "by-old-name")
    assert sha256(ada.folder / "by-old-name" / "large.safetensors") == sha256(large)


def make_private(file):
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo("ada/private", private=True)
    api.upload_file(repo_id="ada/private", path_or_fileobj=file, path_in_repo="large.safetensors")


def test_what_is_not_there_is_refused_in_words(hub, ada, model):
    sign_in(ada)
    git(ada, "clone", f"{hub.url}/ada/model", "clone")
    missing = try_git(ada, "fetch", "origin", "0" * 39 + "1", folder=ada.folder / "clone")
    assert missing.returncode != 0 and "not our ref" in missing.stderr


@on_disk_only
def test_of_many_clones_at_once_one_makes_the_mirror(hub, ada, model):
    faults = []

    def clone(number):
        run = try_git(ada, "clone", "--bare", f"{hub.url}/ada/model", f"clone-{number}")
        if run.returncode:
            faults.append(run.stderr)

    threads = [threading.Thread(target=clone, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(list(hub.data.glob("git/*.git/objects/pack/*.pack"))) == 1
    for number in range(0, 50, 10):
        fsck(ada, ada.folder / f"clone-{number}")


@on_disk_only
def test_mirrors_can_be_thrown_away(hub, ada, model):
    git(ada, "clone", "--bare", f"{hub.url}/ada/model", "one")
    shutil.rmtree(hub.data / "git")
    git(ada, "clone", "--bare", f"{hub.url}/ada/model", "two")
    # What a process that was killed leaves behind.
    [mirror] = hub.data.glob("git/*.git")
    (mirror / "limpide-known").unlink()
    (mirror / "packed-refs").write_text("")
    git(ada, "clone", "--bare", f"{hub.url}/ada/model", "three")
    for name in ("one", "two", "three"):
        fsck(ada, ada.folder / name)
        assert len(history(ada, ada.folder / name, "main")) == 3


def test_people_tell_each_other_what_they_edit(hub, ada, eve, model):
    sign_in(ada)
    sign_in(eve)
    hub.command("org", "create", "lab")
    for name, role in (("ada", "admin"), ("eve", "write")):
        hub.command("org", "member", "add", "lab", name, "--role", role)
    ada.does(make_shared)
    for person in (ada, eve):
        git(person, "clone", f"{hub.url}/lab/shared", "shared")
    mine, hers = ada.folder / "shared", eve.folder / "shared"
    git(eve, "lfs", "lock", "notes.txt", folder=hers)
    assert "notes.txt\teve" in git(ada, "lfs", "locks", folder=mine)
    again = try_git(ada, "lfs", "lock", "notes.txt", folder=mine)
    assert again.returncode != 0 and "already locked" in again.stderr

    git(ada, "lfs", "lock", "more.txt", folder=mine)
    of_others = try_git(eve, "lfs", "unlock", "more.txt", folder=hers)
    assert of_others.returncode != 0 and "locked by ada" in of_others.stderr
    by_force = try_git(eve, "lfs", "unlock", "--force", "more.txt", folder=hers)
    assert by_force.returncode != 0 and "locked by ada" in by_force.stderr
    # Ada manages the organisation.
    git(ada, "lfs", "unlock", "--force", "notes.txt", folder=mine)
    git(ada, "lfs", "unlock", "more.txt", folder=mine)
    assert git(eve, "lfs", "locks", folder=hers) == ""


def make_shared():
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi()
    api.create_repo("lab/shared")
    files = [CommitOperationAdd(path_in_repo=name, path_or_fileobj=b"words\n") for name in ("notes.txt", "more.txt")]
    api.create_commit("lab/shared", operations=files, commit_message="files")
