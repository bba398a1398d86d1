"""Large and small files go in and come out unchanged, and only what is new travels."""

import shutil

from both_ways import both_ways, on_disk_only
from hub import safetensors, same_files, sha256

MIB = 1 << 20


@on_disk_only
@both_ways
def test_a_folder_with_a_gibibyte_of_weights_comes_back_byte_for_byte(hub, ada):
    folder = ada.folder / "model"
    (folder / "nested" / "deep").mkdir(parents=True)
    safetensors(folder / "model.safetensors", 1024 * MIB, seed=1)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Large\n")
    (folder / "config.json").write_text("{}")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "nested" / "deep" / "words and spaces, 100% é?#.txt").write_text("unusual name")
    safetensors(folder / "nested" / "small.safetensors", 70_000, seed=2)

    ada.hf("upload", "ada/large", folder)
    there = ada.folder / "there"
    ada.hf("download", "ada/large", "--local-dir", there)
    (there / ".gitattributes").unlink()
    same_files(folder, there)

    shutil.rmtree(there)
    commits = ada.does(commits_of, "ada/large")
    again = ada.hf("upload", "ada/large", folder)
    assert ada.does(commits_of, "ada/large") == commits, again


def commits_of(name):
    from huggingface_hub import HfApi

    return [commit.commit_id for commit in HfApi().list_repo_commits(name)]


@on_disk_only
@both_ways
def test_a_mebibyte_inserted_in_512_costs_two_at_most(hub, ada, counter, without_xet):
    ada.endpoint = counter.url
    file = ada.folder / "model.safetensors"
    safetensors(file, 512 * MIB, seed=3)
    ada.hf("upload", "ada/edited", file, "model.safetensors")
    stored, uploaded = hub.stored(), counter.sent
    assert uploaded > 512 * MIB

    edited = ada.folder / "edited.safetensors"
    data = file.read_bytes()
    safetensors(edited, MIB, seed=4)
    edited.write_bytes(data[: 256 * MIB] + edited.read_bytes() + data[256 * MIB :])
    del data
    counter.reset()
    ada.hf("upload", "ada/edited", edited, "model.safetensors")
    grown = hub.stored() - stored
    print(f"1 MiB inserted in 512 MiB: {counter.sent / MIB:.2f} MiB sent, {grown / MIB:.2f} MiB stored")
    # A client without Xet knows of no chunks and sends the whole file; what is stored grows as little.
    assert counter.sent <= 2 * MIB or without_xet
    assert grown <= 2 * MIB

    there = ada.hf("download", "ada/edited", "model.safetensors", "--local-dir", ada.folder / "there")
    assert sha256(ada.folder / "there" / "model.safetensors") == sha256(edited), there


@on_disk_only
def test_another_person_s_upload_of_a_known_file_stores_nothing_twice(hub, ada, eve):
    file = ada.folder / "model.safetensors"
    safetensors(file, 64 * MIB, seed=5)
    ada.hf("upload", "ada/mine", file, "model.safetensors")
    stored = hub.stored()
    eve.hf("upload", "eve/mine", file, "model.safetensors")
    assert hub.stored() - stored < MIB
    eve.hf("download", "eve/mine", "model.safetensors", "--local-dir", eve.folder / "there")
    assert sha256(eve.folder / "there" / "model.safetensors") == sha256(file)


@both_ways
def test_branch_tag_and_commit_each_give_their_own_bytes(ada):
    assert ada.does(versions) == {
        "main": "third",
        "old": "first",
        "v1": "first",
        "by commit": "second",
        "by short name of nothing": "RevisionNotFoundError",
    }


def versions():
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RevisionNotFoundError

    api = HfApi()
    api.create_repo("ada/versions")

    def put(text):
        # Large enough for LFS by its name, and different in every byte.
        return api.upload_file(repo_id="ada/versions", path_or_fileobj=text.encode() * 100_000, path_in_repo="w.bin")

    def get(revision):
        path = api.hf_hub_download("ada/versions", "w.bin", revision=revision)
        data = open(path, "rb").read().decode()
        word = data[: len(data) // 100_000]
        assert data == word * 100_000
        return word

    put("first")
    api.create_branch("ada/versions", branch="old")
    api.create_tag("ada/versions", tag="v1")
    second = put("second").oid
    put("third")
    found = {"main": get("main"), "old": get("old"), "v1": get("v1"), "by commit": get(second)}
    try:
        get("nothing")
    except RevisionNotFoundError as error:
        found["by short name of nothing"] = type(error).__name__
    return found


@both_ways
def test_bytes_from_memory_and_from_an_open_file_are_uploaded_alike(ada):
    assert ada.does(from_memory) == {"bytes.bin": True, "stream.bin": True, "small.txt": True}


def from_memory():
    import io
    import random

    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo("ada/memory")
    data = random.Random(6).randbytes(3_000_000)
    api.upload_file(repo_id="ada/memory", path_or_fileobj=data, path_in_repo="bytes.bin")
    # The client sends open files by LFS even where it knows Xet.
    api.upload_file(repo_id="ada/memory", path_or_fileobj=io.BytesIO(data[::-1]), path_in_repo="stream.bin")
    api.upload_file(repo_id="ada/memory", path_or_fileobj=io.BytesIO(b"words"), path_in_repo="small.txt")
    expected = {"bytes.bin": data, "stream.bin": data[::-1], "small.txt": b"words"}
    return {
        name: open(api.hf_hub_download("ada/memory", name), "rb").read() == content
        for name, content in expected.items()
    }


@both_ways
def test_a_snapshot_holds_what_was_asked_for(ada):
    assert ada.does(snapshot) == {
        "all": [".gitattributes", "a/one.txt", "a/two.bin", "b/three.json"],
        "some": ["a/one.txt", "b/three.json"],
        "verified": True,
    }


def snapshot():
    from pathlib import Path

    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo("ada/snapshot")
    for name, data in {"a/one.txt": b"1", "a/two.bin": b"2" * 1_000_000, "b/three.json": b"{}"}.items():
        api.upload_file(repo_id="ada/snapshot", path_or_fileobj=data, path_in_repo=name)

    def files(folder):
        paths = (path.relative_to(folder) for path in Path(folder).rglob("*") if path.is_file())
        return sorted(str(path) for path in paths if path.parts[0] != ".cache")

    everything = files(api.snapshot_download("ada/snapshot"))
    some = api.snapshot_download("ada/snapshot", local_dir="some", ignore_patterns=["*.bin", ".git*"])
    verified = api.verify_repo_checksums("ada/snapshot")
    return {"all": everything, "some": files(some), "verified": not verified.mismatches}
