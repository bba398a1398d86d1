"""People who push with the stock `git` and `git-lfs`: what they push is there as if it had been uploaded with `hf`, and
what the hub does not take is refused in words that say what to do."""

import hashlib
import shutil
import threading
import zlib

import pytest
from both_ways import on_disk_only
from clones import fsck, history, sign_in
from hub import Hub, safetensors, same_files, sha256
from programs import git, try_git

LARGE = 3_000_000


@pytest.fixture
def clone(hub, ada, eve):
    """A clone of a new public model; eve may clone it too."""
    return fresh(hub, ada, "model")


def fresh(hub, person, name, kind="model"):
    person.does(make, name, kind)
    sign_in(person)
    prefix = "" if kind == "model" else f"{kind}s/"
    git(person, "clone", f"{hub.url}/{prefix}{person.name}/{name}", name)
    return person.folder / name


def make(name, kind):
    from huggingface_hub import HfApi

    api = HfApi()
    owner = api.whoami()["name"]
    api.create_repo(f"{owner}/{name}", repo_type=kind, space_sdk="static" if kind == "space" else None)


def commit(person, clone, message, files: dict | None = None) -> str:
    """Commits files, given by their paths, with all else that changed; gives the commit's id."""
    for name, content in (files or {}).items():
        path = clone / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    git(person, "add", "--all", folder=clone)
    git(person, "commit", "--allow-empty", "--message", message, folder=clone)
    return head(person, clone)


def head(person, clone, revision="HEAD") -> str:
    return git(person, "rev-parse", revision, folder=clone).strip()


def refused(person, clone, *words) -> str:
    """What is said of a push that is refused."""
    run = try_git(person, "push", *words, folder=clone)
    assert run.returncode != 0, run.stderr
    return run.stderr


def test_what_is_pushed_is_there_as_if_it_had_been_uploaded(hub, ada, eve, clone):
    git(ada, "lfs", "track", "*.safetensors", folder=clone)
    safetensors(clone / "model.safetensors", LARGE, seed=1)
    card = "---\nlicense: mit\ntags: [pushed]\n---\n# Pushed\n"
    commit(ada, clone, "first push", {"README.md": card, "deep/words.txt": "one\ntwo\n"})
    commit(ada, clone, "second push", {"deep/words.txt": "one\nthree\n"})
    git(ada, "push", folder=clone)
    revision = head(ada, clone)

    told = ada.does(tell, "ada/model")
    assert told["sha"] == revision
    assert told["commits"] == ["second push", "first push", "initial commit"]
    assert told["license"] == "mit" and "pushed" in told["tags"]
    assert told["last"]["deep/words.txt"] == "second push"
    assert told["last"]["README.md"] == "first push"
    assert told["last"][".gitattributes"] in ("first push", "initial commit")
    assert told["lfs"] == {"model.safetensors": LARGE}

    sign_in(eve)
    git(eve, "clone", f"{hub.url}/ada/model", "clone")
    hers = eve.folder / "clone"
    fsck(eve, hers)
    assert history(eve, hers) == told["commits"]
    assert git(eve, "blame", "--porcelain", "deep/words.txt", folder=hers) == git(
        ada, "blame", "--porcelain", "deep/words.txt", folder=clone
    )
    assert sha256(hers / "model.safetensors") == sha256(clone / "model.safetensors")
    eve.hf("download", "ada/model", "--revision", revision, "--local-dir", eve.folder / "there")
    shutil.rmtree(hers / ".git")
    same_files(hers, eve.folder / "there")

    ada.does(upload, str(clone / "model.safetensors"))
    git(ada, "pull", "--ff-only", folder=clone)
    assert history(ada, clone)[:2] == ["uploaded", "second push"]
    assert sha256(clone / "again.safetensors") == sha256(clone / "model.safetensors")
    fsck(ada, clone)
    commit(ada, clone, "third push", {"words.txt": "on top of an upload\n"})
    git(ada, "push", folder=clone)
    assert ada.does(tell, "ada/model")["commits"][:2] == ["third push", "uploaded"]


def tell(repo):
    from huggingface_hub import HfApi

    api = HfApi()
    info = api.repo_info(repo)
    tree = list(api.list_repo_tree(repo, recursive=True, expand=True))
    files = [entry for entry in tree if hasattr(entry, "blob_id")]
    return {
        "sha": info.sha,
        "commits": [commit.title for commit in api.list_repo_commits(repo)],
        "tags": info.tags,
        "license": (info.card_data or {}).get("license"),
        "last": {entry.path: entry.last_commit.title for entry in tree},
        "lfs": {entry.path: entry.lfs.size for entry in files if entry.lfs},
        "files": {entry.path: entry.blob_id for entry in files},
    }


def upload(file):
    from huggingface_hub import HfApi

    HfApi().upload_file(
        repo_id="ada/model", path_or_fileobj=file, path_in_repo="again.safetensors", commit_message="uploaded",
    )


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("end", ["", ".git"], ids=["plain", "dot git"])
def test_branches_and_tags_come_move_and_go(hub, ada, clone, version, end):
    git(ada, "config", "protocol.version", version, folder=clone)
    git(ada, "remote", "set-url", "origin", f"{hub.url}/ada/model{end}", folder=clone)
    commit(ada, clone, "on main", {"a.txt": "a\n"})
    git(ada, "tag", "light", folder=clone)
    git(ada, "tag", "--annotate", "heavy", "--message", "in words", folder=clone)
    git(ada, "switch", "--create", "feature/x", folder=clone)
    commit(ada, clone, "on feature", {"b.txt": "b\n"})
    git(ada, "push", "--all", folder=clone)
    git(ada, "push", "--tags", folder=clone)
    main, feature = head(ada, clone, "main"), head(ada, clone)
    assert ada.does(refs) == {"main": main, "feature/x": feature, "light": main, "heavy": main}

    git(ada, "commit", "--amend", "--message", "amended", folder=clone)
    assert "non-fast-forward" in refused(ada, clone, "origin", "feature/x")
    git(ada, "push", "--force-with-lease", "origin", "feature/x", folder=clone)
    git(ada, "tag", "--force", "light", folder=clone)
    git(ada, "push", "--force", "origin", "light", "main", ":heavy", folder=clone)
    amended = head(ada, clone)
    assert ada.does(refs) == {"main": main, "feature/x": amended, "light": amended}

    git(ada, "push", "--delete", "origin", "feature/x", folder=clone)
    git(ada, "push", "origin", "HEAD:refs/heads/feature", folder=clone)
    assert "refs/heads/feature is in the way" in refused(ada, clone, "origin", "HEAD:refs/heads/feature/y")
    assert ada.does(refs) == {"main": main, "feature": amended, "light": amended}
    git(ada, "clone", f"{hub.url}/ada/model", "again")
    fsck(ada, ada.folder / "again")


def refs():
    from huggingface_hub import HfApi

    all = HfApi().list_repo_refs("ada/model")
    return {ref.name: ref.target_commit for ref in all.branches + all.tags}


@pytest.mark.parametrize("kind", ["dataset", "space"])
def test_datasets_and_spaces_are_pushed_to_as_well(hub, ada, kind):
    clone = fresh(hub, ada, "other", kind)
    commit(ada, clone, "pushed", {"words.txt": "words"})
    git(ada, "push", folder=clone)
    assert ada.does(read, kind) == "words"


def read(kind):
    from huggingface_hub import hf_hub_download

    return open(hf_hub_download("ada/other", "words.txt", repo_type=kind)).read()


def test_merges_renames_and_history_made_elsewhere(hub, ada, clone):
    """A history with all that git has: it is pushed over the one that the hub began."""
    git(ada, "init", "--initial-branch", "main", "elsewhere")
    there = ada.folder / "elsewhere"
    commit(ada, there, "root", {"a/one.txt": "1\n" * 50, "a/two.txt": "2\n", "run.sh": "#!/bin/sh\n"})
    git(ada, "update-index", "--chmod=+x", "run.sh", folder=there)
    (there / "link").symlink_to("a/one.txt")
    commit(ada, there, "a link")
    git(ada, "switch", "--create", "side", folder=there)
    commit(ada, there, "on the side", {"b/side.txt": "side\n"})
    git(ada, "switch", "main", folder=there)
    git(ada, "mv", "a", "moved", folder=there)
    commit(ada, there, "a folder moves", {"moved/two.txt": "zwei\n"})
    git(ada, "merge", "--no-ff", "side", "--message", "both", folder=there)
    git(ada, "revert", "--no-edit", "HEAD~1", folder=there)
    git(ada, "remote", "add", "origin", f"{hub.url}/ada/model", folder=there)
    assert "fetch first" in refused(ada, there, "origin", "main")
    git(ada, "push", "--force", "origin", "main", folder=there)
    same_view(ada, there)
    # What was force-pushed away is still known by its id, and can be pushed again.
    git(ada, "push", "--force", "origin", "main", folder=clone)
    git(ada, "push", "--force", "origin", "main", folder=there)
    same_view(ada, there)


def same_view(person, clone) -> None:
    """The hub tells of the files of a revision what git tells."""
    told = person.does(tell, "ada/model")
    listed = git(person, "ls-tree", "-r", "HEAD", folder=clone).splitlines()
    files = {line.split("\t")[1]: line.split()[2] for line in listed}
    assert told["files"] == files
    for path in files:
        last = git(person, "log", "-1", "--format=%s", "--", path, folder=clone).strip()
        assert told["last"][path] == last, path
    assert sorted(told["commits"]) == sorted(history(person, clone))


def test_a_shallow_clone_can_be_pushed_from(hub, ada, clone):
    for number in range(3):
        commit(ada, clone, f"number {number}", {"n.txt": f"{number}\n"})
    git(ada, "push", folder=clone)
    git(ada, "clone", "--depth", "1", f"{hub.url}/ada/model", "shallow")
    shallow = ada.folder / "shallow"
    commit(ada, shallow, "from a shallow clone", {"s.txt": "s\n"})
    git(ada, "push", folder=shallow)
    git(ada, "pull", "--ff-only", folder=clone)
    assert history(ada, clone)[0] == "from a shallow clone"
    # But not history that ends where the hub has nothing.
    git(ada, "init", "--initial-branch", "main", "elsewhere")
    there = ada.folder / "elsewhere"
    for number in range(3):
        commit(ada, there, f"far {number}", {"f.txt": f"{number}\n"})
    git(ada, "clone", "--depth", "1", there.as_uri(), "cut")
    cut = ada.folder / "cut"
    git(ada, "remote", "set-url", "origin", f"{hub.url}/ada/model", folder=cut)
    assert "Git refuses what was sent" in refused(ada, cut, "--force", "origin", "main:far")


def test_large_files_belong_in_lfs(hub, ada, clone):
    limit = 10 << 20
    commit(ada, clone, "too large", {"data/big.txt": b"x" * (limit + 1), "fits.txt": b"x" * limit})
    said = refused(ada, clone)
    assert "contains files larger than 10 MiB" in said and "data/big.txt (11 MiB)" in said
    assert "git lfs migrate import" in said and "fits.txt" not in said
    # A later commit without it does not help: it would stay in history.
    git(ada, "rm", "data/big.txt", folder=clone)
    commit(ada, clone, "gone again")
    assert "data/big.txt" in refused(ada, clone)
    # What the words say to do.
    git(ada, "lfs", "migrate", "import", "--above=10MiB", "--yes", folder=clone)
    git(ada, "push", folder=clone)
    assert ada.does(tell, "ada/model")["commits"][0] == "gone again"
    assert nothing_else(hub)


def nothing_else(hub) -> bool:
    """No push has left anything behind that is not the hub's."""
    pushes = hub.data / "git" / "pushes"
    return not pushes.exists() or not list(pushes.iterdir())


def test_pointers_stand_for_something(hub, ada, eve, clone):
    git(ada, "lfs", "track", "*.bin", folder=clone)
    commit(ada, clone, "large", {"a.bin": b"a" * 1000})
    said = refused(ada, clone, "--no-verify")
    assert "content of LFS pointers was not uploaded" in said and "a.bin (oid " in said and "git lfs push --all" in said
    git(ada, "lfs", "push", "--all", "origin", folder=clone)
    git(ada, "push", folder=clone)

    # Someone else's object: knowing its name does not give it away.
    hers = fresh(hub, eve, "hers")
    pointer = git(ada, "show", "HEAD:a.bin", folder=clone)
    git(eve, "config", "filter.lfs.clean", "cat", folder=hers)
    commit(eve, hers, "stolen", {"b.txt": pointer})
    assert "b.txt (oid " in refused(eve, hers, "--no-verify")


def test_cards_say_what_can_be_read(hub, ada, clone):
    commit(ada, clone, "bad card", {"README.md": "---\nlicense: my-own\n---\n"})
    said = refused(ada, clone)
    assert "metadata of README.md is not valid" in said and '"license" must be one of' in said.replace('\\"', '"')
    commit(ada, clone, "worse", {"README.md": "---\na: [\n---\n"})
    assert "Invalid YAML" in refused(ada, clone)
    commit(ada, clone, "good", {"README.md": "---\nlicense: mit\n---\n"})
    git(ada, "push", folder=clone)


def test_paths_are_such_that_every_system_can_write_them(hub, ada, clone):
    """Git on a disk refuses most of these: they come from a program that writes trees by itself."""
    blob = git(ada, "hash-object", "-w", ".gitattributes", folder=clone).strip()
    for name in ("a\tb", "..\\climbs", "x" * 256):
        tree = plumb(ada, clone, f"100644 blob {blob}\t{name}\0")
        git(ada, "update-ref", "refs/heads/bad", branch_of(ada, clone, tree), folder=clone)
        said = refused(ada, clone, "origin", "bad")
        assert "paths that cannot be kept on every system" in said, name
    for name in (".git", "..", "git~1"):
        tree = plumb(ada, clone, f"100644 blob {blob}\t{name}\0")
        git(ada, "update-ref", "refs/heads/bad", branch_of(ada, clone, tree), folder=clone)
        assert "Git refuses what was sent" in refused(ada, clone, "origin", "bad"), name


def branch_of(person, clone, tree) -> str:
    return git(person, "commit-tree", tree, "-m", "bad", folder=clone).strip()


def plumb(person, clone, line) -> str:
    """A tree of this one line, whatever it says."""
    mode, kind, rest = line.rstrip("\0").split(" ", 2)
    blob, name = rest.split("\t", 1)
    body = f"{mode} {name}\0".encode() + bytes.fromhex(blob)
    whole = f"tree {len(body)}\0".encode() + body
    oid = hashlib.sha1(whole).hexdigest()
    path = clone / ".git" / "objects" / oid[:2] / oid[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(whole))
    return oid


def test_some_refs_are_not_for_everybody(hub, ada, eve, clone):
    assert "default branch cannot be deleted" in refused(ada, clone, "origin", ":main")
    assert "only branches and tags" in refused(ada, clone, "origin", "HEAD:refs/pr/1")
    tree = git(ada, "rev-parse", "HEAD^{tree}", folder=clone).strip()
    assert "does not stand on a commit" in refused(ada, clone, "origin", f"{tree}:refs/tags/tree")
    assert ada.does(refs) == {"main": head(ada, clone)}

    # All or nothing, where that was asked.
    commit(ada, clone, "new", {"a.txt": "a"})
    assert "atomic push failed" in refused(ada, clone, "--atomic", "origin", "main", "HEAD:refs/pr/1")
    assert ada.does(refs) == {"main": head(ada, clone, "HEAD~1")}
    said = refused(ada, clone, "origin", "main", "HEAD:refs/pr/1")
    assert "main -> main" in said
    assert ada.does(refs) == {"main": head(ada, clone)}

    commit(ada, clone, "newer", {"a.txt": "b"})
    sign_in(eve)
    (eve.folder / "hers").symlink_to(clone)
    stranger = try_git(eve, "-c", "safe.directory=*", "push", folder=eve.folder / "hers")
    assert stranger.returncode != 0 and "403" in stranger.stderr
    nobody = hub.home("nobody")
    anyone = try_git(nobody, "-c", "safe.directory=*", "push", folder=clone)
    assert anyone.returncode != 0 and "could not read Username" in anyone.stderr


def test_what_only_a_refused_ref_leads_to_is_not_kept(hub, ada, clone):
    git(ada, "push", "origin", "HEAD:refs/heads/dev", folder=clone)
    commit(ada, clone, "good", {"good.txt": "good\n"})
    git(ada, "switch", "--create", "wide", folder=clone)
    # A folder of folders, too large for a row of the database.
    wide = commit(ada, clone, "wide", {f"wide/{number:05}/file.txt": f"{number}\n" for number in range(2500)})
    said = refused(ada, clone, "origin", "main", "HEAD:refs/heads/dev/wide")
    assert "refs/heads/dev is in the way" in said
    assert ada.does(refs) == {"main": head(ada, clone, "main"), "dev": head(ada, clone, "main~1")}
    assert not ada.does(knows, wide)
    # That the hub holds no half of it, `limpide check` sees at the end.


def knows(revision):
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RevisionNotFoundError

    try:
        return HfApi().repo_info("ada/model", revision=revision).sha == revision
    except RevisionNotFoundError:
        return False


def test_of_two_who_push_one_is_told_to_fetch_first(hub, ada, clone):
    """All saw the same commit: one push or API commit wins, and the others lose nothing."""
    writers = 6
    clones = []
    for number in range(writers):
        git(ada, "clone", f"{hub.url}/ada/model", f"writer-{number}")
        clones.append(ada.folder / f"writer-{number}")
        commit(ada, clones[-1], f"by {number}", {f"{number}.txt": "x" * 1000})
    said = [None] * writers
    api = threading.Thread(target=lambda: ada.does(commit_by_api, 4))

    def push(number):
        run = try_git(ada, "push", folder=clones[number])
        said[number] = "" if run.returncode == 0 else run.stderr

    threads = [threading.Thread(target=push, args=(number,)) for number in range(writers)] + [api]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for words in filter(None, said):
        assert "fetch first" in words, words
    for number in [number for number in range(writers) if said[number]]:
        git(ada, "pull", "--rebase", folder=clones[number])
        git(ada, "push", folder=clones[number])
    expected = {f"by {number}" for number in range(writers)} | {f"api {number}" for number in range(4)}
    assert set(ada.does(tell, "ada/model")["commits"]) == expected | {"initial commit"}
    git(ada, "pull", "--ff-only", folder=clone)
    fsck(ada, clone)
    same_view(ada, clone)


def commit_by_api(count):
    from huggingface_hub import CommitOperationAdd, HfApi

    for number in range(count):
        file = CommitOperationAdd(path_in_repo=f"api-{number}.txt", path_or_fileobj=b"words")
        HfApi().create_commit("ada/model", operations=[file], commit_message=f"api {number}")


def test_a_push_in_the_first_words_of_a_client_may_be_packed(hub, ada, clone):
    """Many refs make a long request, which git sends in pieces; a repository that moved is pushed to all the same."""
    commit(ada, clone, "base", {"a.txt": "a"})
    for number in range(300):
        git(ada, "update-ref", f"refs/tags/many/{number:04}", "HEAD", folder=clone)
    git(ada, "-c", "http.postBuffer=1000", "push", "origin", "main", "--tags", folder=clone)
    assert len(ada.does(refs)) == 301
    ada.hf("repos", "move", "ada/model", "ada/moved")
    commit(ada, clone, "after the move", {"a.txt": "b"})
    git(ada, "push", folder=clone)
    assert ada.does(tell, "ada/moved")["commits"][0] == "after the move"


@on_disk_only
def test_a_quota_is_kept_by_all_ways_in(tmp_path):
    hub = Hub(tmp_path, {"LIMPIDE_LIMITS_OWNER": "100 KiB"})
    ada = hub.person("ada")
    try:
        clone = fresh(hub, ada, "model")
        commit(ada, clone, "fits", {"a.txt": "a" * 50_000})
        git(ada, "push", folder=clone)
        commit(ada, clone, "does not", {"b.txt": "b" * 60_000})
        said = refused(ada, clone)
        assert "quota of ada is used up" in said and "Delete a repository" in said
        git(ada, "reset", "--hard", "HEAD~1", folder=clone)
        commit(ada, clone, "in LFS", {"c.bin": b"c" * 60_000})
        # Nothing of it is sent in vain.
        assert "quota of ada is used up" in refused(ada, clone)
        assert "quota of ada is used up" in ada.does(upload_too_much)
        told = ada.does(tell, "ada/model")
        assert told["commits"] == ["fits", "initial commit"]
    finally:
        assert hub.stop() == 0
        assert not hub.failures()
        hub.check()


def upload_too_much():
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        HfApi().upload_file(repo_id="ada/model", path_or_fileobj=b"d" * 60_000, path_in_repo="d.txt")
    except HfHubHTTPError as error:
        return str(error)
