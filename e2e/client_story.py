"""What a user of any version of `huggingface_hub` does. It runs in that version's own environment: nothing else is there."""

import hashlib
import random
from pathlib import Path

from huggingface_hub import (
    CommitOperationAdd, CommitOperationDelete, HfApi, HfFileSystem, get_hf_file_metadata, hf_hub_download, hf_hub_url,
    snapshot_download,
)
from huggingface_hub.utils import EntryNotFoundError, GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

SIZE = 20_000_000


def weights(edited: bool = False) -> bytes:
    """Bytes that do not compress; edited, a few stand in the middle that were not there before."""
    data = random.Random(7).randbytes(SIZE)
    return data[: SIZE // 2] + b"edited" + data[SIZE // 2 :] if edited else data


def digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def share(repo: str) -> None:
    """Creates, uploads, edits, branches, tags, deletes; what the hub lists is what was done."""
    api = HfApi()
    assert api.whoami()["name"] == "ada"
    api.create_repo(repo)
    api.create_repo(repo, exist_ok=True)
    Path("weights.bin").write_bytes(weights())
    api.upload_file(path_or_fileobj=b'{"a": 1}', path_in_repo="config.json", repo_id=repo)
    api.upload_file(path_or_fileobj="weights.bin", path_in_repo="weights.bin", repo_id=repo)
    api.create_tag(repo, tag="v1")
    folder = Path("folder/deep")
    folder.mkdir(parents=True)
    for name in ("one.txt", "two.txt"):
        (folder / name).write_text(name)
    (folder / "many.bin").write_bytes(b"many" * 400_000)
    api.upload_folder(folder_path="folder", repo_id=repo)
    operations = [CommitOperationAdd("three.txt", b"three"), CommitOperationDelete("deep/two.txt")]
    api.create_commit(repo, operations, commit_message="three for two")
    api.create_branch(repo, branch="other")
    api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=repo, revision="other")
    api.delete_file("x.txt", repo, revision="other")

    expected = [".gitattributes", "config.json", "deep/many.bin", "deep/one.txt", "three.txt", "weights.bin"]
    assert sorted(api.list_repo_files(repo)) == expected
    assert sorted(api.list_repo_files(repo, revision="other")) == expected
    files = {file.path: file.size for file in api.list_repo_tree(repo, recursive=True) if hasattr(file, "blob_id")}
    assert sorted(files) == expected and files["weights.bin"] == SIZE
    info = api.model_info(repo, files_metadata=True)
    sizes = {file.rfilename: file.size for file in info.siblings}
    assert sizes == files
    assert [commit.title for commit in api.list_repo_commits(repo)][0] == "three for two"
    assert {branch.name for branch in api.list_repo_refs(repo).branches} == {"main", "other"}
    assert repo in [model.id for model in api.list_models(author="ada")]


def edit(repo: str) -> None:
    Path("weights.bin").write_bytes(weights(edited=True))
    HfApi().upload_file(path_or_fileobj="weights.bin", path_in_repo="weights.bin", repo_id=repo)


def share_two(repo: str) -> None:
    """One commit of two files, one of which is much larger."""
    api = HfApi()
    api.create_repo(repo)
    files = {"weights.bin": weights(), "small.bin": b"small" * 10_000}
    adds = [CommitOperationAdd(path_in_repo=path, path_or_fileobj=data) for path, data in files.items()]
    api.create_commit(repo, adds, commit_message="two files")


def fetch_two(repo: str) -> None:
    assert digest(hf_hub_download(repo, "weights.bin")) == hashlib.sha256(weights()).hexdigest()
    assert digest(hf_hub_download(repo, "small.bin")) == hashlib.sha256(b"small" * 10_000).hexdigest()


def fetch(repo: str) -> None:
    """Downloads one file, a tagged one, and everything, byte for byte."""
    assert digest(hf_hub_download(repo, "weights.bin")) == hashlib.sha256(weights(edited=True)).hexdigest()
    tagged = hf_hub_download(repo, "weights.bin", revision="v1")
    assert digest(tagged) == hashlib.sha256(weights()).hexdigest()
    folder = Path(snapshot_download(repo))
    assert (folder / "deep/one.txt").read_text() == "one.txt"
    assert (folder / "deep/many.bin").read_bytes() == b"many" * 400_000
    assert get_hf_file_metadata(hf_hub_url(repo, "weights.bin")).size == SIZE + 6


def fetch_one(repo: str) -> None:
    """Downloads a file; clients before 1.0 give up when a connection breaks, and go on when they are called again."""
    try:
        path = hf_hub_download(repo, "weights.bin")
    except Exception:
        path = hf_hub_download(repo, "weights.bin")
    assert digest(path) == hashlib.sha256(weights(edited=True)).hexdigest()


def send_one(repo: str, file: str) -> None:
    """Uploads a file; clients that give up when a connection breaks are asked again."""
    def send():
        HfApi().upload_file(path_or_fileobj=file, path_in_repo=file, repo_id=repo)

    HfApi().create_repo(repo)
    try:
        send()
    except Exception:
        send()


def use_paths(repo: str) -> None:
    """Writes, lists, reads a part of and removes files by their paths."""
    HfApi().create_repo(repo)
    disk, data = HfFileSystem(), bytes(range(250)) * 24_000
    with disk.open(f"{repo}/folder/words.txt", "w") as file:
        file.write("some words")
    with disk.open(f"{repo}/folder/large.bin", "wb") as file:
        file.write(data)
    disk.invalidate_cache()
    assert sorted(disk.glob(f"{repo}/folder/*")) == [f"{repo}/folder/large.bin", f"{repo}/folder/words.txt"]
    assert disk.read_text(f"{repo}/folder/words.txt") == "some words"
    with disk.open(f"{repo}/folder/large.bin", "rb", block_size=1 << 20) as file:
        file.seek(3_000_000)
        assert file.read(2_000_000) == data[3_000_000:5_000_000]
    disk.rm(f"{repo}/folder/words.txt")
    assert disk.ls(f"{repo}/folder", detail=False) == [f"{repo}/folder/large.bin"]


def be_kept_out(repo: str) -> None:
    """A gate keeps the files from somebody who was not let in, and says that it is one."""
    assert "weights.bin" in HfApi().list_repo_files(repo)
    try:
        hf_hub_download(repo, "config.json")
    except GatedRepoError as refusal:
        assert "restricted" in str(refusal)
    else:
        raise AssertionError("the gate let everybody in")


def be_refused(repo: str) -> None:
    """The refusals are those that this version knows by name."""
    for refusal, act in (
        (RepositoryNotFoundError, lambda: HfApi().model_info("ada/nothing")),
        (RepositoryNotFoundError, lambda: hf_hub_download("ada/nothing", "a")),
        (RevisionNotFoundError, lambda: hf_hub_download(repo, "config.json", revision="nothing")),
        (EntryNotFoundError, lambda: hf_hub_download(repo, "nothing.txt")),
    ):
        try:
            act()
        except refusal:
            continue
        raise AssertionError(f"{refusal.__name__} was not raised")
