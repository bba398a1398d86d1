"""The crate `hf-hub`: 0.5, which fetches, and 1.0, which also sends; each through its two faces."""

import os
from pathlib import Path

import pytest
from hub import HERE, Counter, sha256
from programs import SIZE, attempt, run, weights

MIB = 1 << 20
REPO = "ada/model"


def program(name: str) -> Path:
    """What `cargo build --manifest-path e2e/clients/rust/Cargo.toml` made."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "clients/rust/target"))
    found = target / "debug" / name
    assert found.exists(), f"{found} is not built: cargo build --manifest-path e2e/clients/rust/Cargo.toml"
    return found


@pytest.fixture
def model(ada):
    """A repository with a large file and a small one in a folder."""
    folder = ada.folder / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(weights())
    (folder / "deep" / "config.json").write_text("{}")
    (folder / "empty.txt").touch()
    ada.hf("upload", REPO, folder)
    return folder


@pytest.mark.parametrize("face", ["sync", "tokio"])
def test_hf_hub_0_5_lists_and_fetches(ada, model, face):
    hub_0_5 = program("hub-0-5")
    there = ada.elsewhere()
    names = run(there, hub_0_5, face, "list", REPO).split()
    assert sorted(names) == [".gitattributes", "deep/config.json", "empty.txt", "weights.bin"]
    # An empty file too: the crate learns the length of a file by asking for its first byte.
    for name in ("weights.bin", "deep/config.json", "empty.txt"):
        path = Path(run(there, hub_0_5, face, "get", REPO, name))
        assert sha256(path) == sha256(model / name)
    missing = attempt(there, hub_0_5, face, "get", REPO, "nothing.txt")
    assert missing.returncode != 0 and b"404" in missing.stderr


@pytest.mark.parametrize("face", ["sync", "tokio"])
def test_hf_hub_0_5_goes_on_after_a_cut(hub, ada, model, face):
    there = ada.elsewhere()
    cutter = Counter(hub, cut_after=SIZE // 2)
    there.endpoint = cutter.url
    cut = attempt(there, program("hub-0-5"), face, "get", REPO, "weights.bin")
    assert cut.returncode != 0 and cutter.cuts == 1
    path = Path(run(there, program("hub-0-5"), face, "get", REPO, "weights.bin"))
    cutter.close()
    assert sha256(path) == sha256(model / "weights.bin")
    # Of the tokio face whole pieces are kept, of two megabytes.
    assert cutter.received < SIZE + 4 * MIB, cutter.received


def test_hf_hub_1_0_sends_edits_and_fetches(hub, ada, counter):
    hub_1_0 = program("hub-1-0")
    folder = ada.folder / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "config.json").write_text("{}")
    (folder / "weights.bin").write_bytes(weights())
    assert run(ada, hub_1_0, "async", "whoami") == "ada"
    assert run(ada, hub_1_0, "async", "create", REPO) == f"{hub.url}/{REPO}"
    run(ada, hub_1_0, "async", "upload-folder", REPO, folder)
    first = run(ada, hub_1_0, "async", "sha", REPO, "main")
    run(ada, hub_1_0, "async", "branch", REPO, "old")

    edited = ada.folder / "edited.bin"
    edited.write_bytes(weights(edited=True))
    ada.endpoint = counter.url
    run(ada, hub_1_0, "async", "upload", REPO, edited, "weights.bin")
    # In chunks, or it would be the whole file.
    assert counter.sent < 2 * MIB, counter.sent
    run(ada, hub_1_0, "async", "upload", REPO, folder / "deep" / "config.json", "more.json")
    run(ada, hub_1_0, "async", "delete", REPO, "more.json")

    there = ada.elsewhere()
    listed = {".gitattributes", "deep/config.json 2 git", f"weights.bin {SIZE + 6} xet"}
    names = run(there, hub_1_0, "async", "list", REPO).splitlines()
    assert {name.split()[0] if name.startswith(".git") else name for name in names} == listed
    for revision, file in (("main", edited), (first, folder / "weights.bin"), ("old", folder / "weights.bin")):
        assert sha256(Path(run(there, hub_1_0, "async", "get", REPO, "weights.bin", revision))) == sha256(file)
    run(there, hub_1_0, "async", "part", REPO, "weights.bin", "14999000", "15001000", "part")
    assert (there.folder / "part").read_bytes() == edited.read_bytes()[14_999_000:15_001_000]
    snapshot = Path(run(ada.elsewhere(), hub_1_0, "async", "snapshot", REPO))
    assert sha256(snapshot / "weights.bin") == sha256(edited)
    assert (snapshot / "deep" / "config.json").read_text() == "{}"


def test_hf_hub_1_0_works_without_async(ada, model):
    hub_1_0 = program("hub-1-0")
    edited = ada.folder / "edited.bin"
    edited.write_bytes(weights(edited=True))
    run(ada, hub_1_0, "blocking", "upload", REPO, edited, "weights.bin")
    there = ada.elsewhere()
    assert f"weights.bin {SIZE + 6} xet" in run(there, hub_1_0, "blocking", "list", REPO).splitlines()
    path = Path(run(there, hub_1_0, "blocking", "get", REPO, "weights.bin", "main"))
    assert sha256(path) == sha256(edited)


def test_hf_hub_1_0_is_refused_by_name(ada, model):
    for words, refusal in (
        (("get", REPO, "nothing.txt", "main"), b"EntryNotFound"),
        (("get", REPO, "weights.bin", "nothing"), b"NotFound"),
        (("list", "ada/nothing"), b"RepoNotFound"),
    ):
        refused = attempt(ada, program("hub-1-0"), "async", *words)
        assert refused.returncode != 0 and refusal in refused.stderr, refused.stderr


def test_a_download_by_hf_hub_1_0_that_is_cut_goes_on(hub, ada, model):
    # Within one call; what a call that failed had fetched, 1.0 fetches again.
    there = ada.elsewhere()
    cutter = Counter(hub, cut_after=SIZE // 2)
    there.endpoint = cutter.url
    path = Path(run(there, program("hub-1-0"), "async", "get", REPO, "weights.bin", "main"))
    cutter.close()
    assert cutter.cuts == 1
    assert sha256(path) == sha256(model / "weights.bin")
