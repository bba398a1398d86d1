"""`@huggingface/hub` for JavaScript, run by Node, with and without Xet."""

import json

import pytest
from hub import HERE, Counter, git_id, sha256
from programs import SIZE, cache, run, token, weights

MIB = 1 << 20
REPO = "ada/model"


class Scripter:
    """A person whose client is the JavaScript one: the hub and the token are given to it, for it reads no settings."""

    def __init__(self, person):
        self.person = person
        # Node finds packages beside the script.
        (person.folder / "stories.mjs").write_text((HERE / "clients/node/stories.mjs").read_text())
        (person.folder / "node_modules").symlink_to(cache() / "node/node_modules")
        person.settings["HF_TOKEN"] = token(person)

    def does(self, act: str, *words):
        # The client itself prints what it downloads into a cache.
        return json.loads(run(self.person, "node", "stories.mjs", act, *words).splitlines()[-1])


@pytest.fixture
def script(ada):
    return Scripter(ada)


@pytest.fixture(params=["xet", "lfs"])
def way(request):
    return request.param


@pytest.fixture
def model(ada):
    """A folder as the client uploads it: under its own name."""
    folder = ada.folder / "notes"
    folder.mkdir()
    (folder / "weights.bin").write_bytes(weights())
    (folder / "two.txt").write_text("two")
    (folder / "empty.txt").touch()
    return folder


def test_a_repository_is_made_filled_listed_and_changed(hub, script, model):
    assert script.does("whoAmI") == "ada"
    assert script.does("create", REPO) == f"{hub.url}/{REPO}"
    script.does("upload", REPO, "xet", model)
    script.does("commit", REPO)
    script.does("put", REPO, "more.txt", "more")
    head = script.does("remove", REPO, "more.txt")

    files = script.does("list", REPO)
    del files[".gitattributes"]
    assert files == {"notes/empty.txt": 0, "notes/three.txt": 5, "notes/weights.bin": SIZE}
    assert script.does("commits", REPO)[2] == "three for two"
    assert script.does("models", "ada") == [REPO]
    assert script.does("info", REPO) == {"name": REPO, "private": False, "author": "ada", "sha": head}
    assert script.does("refusal", "ada/nothing") == 404
    small = script.does("about", REPO, "notes/three.txt")
    assert small == {"size": 5, "etag": f'"{git_id(b"three")}"'}
    assert script.does("about", REPO, "notes/empty.txt")["size"] == 0
    assert script.does("about", REPO, "nothing.txt") is None


def test_large_files_come_back_byte_for_byte_and_edits_send_only_what_is_new(script, model, counter, way):
    script.does("create", REPO)
    script.does("upload", REPO, way, model)
    weights_file = model / "weights.bin"
    about = script.does("about", REPO, "notes/weights.bin")
    assert (about["size"], about["etag"]) == (SIZE, f'"{sha256(weights_file)}"')
    # Asked as Xet clients ask, the hub tells of chunks.
    assert len(about["xet"]) == 64
    assert script.does("digest", REPO, "notes/weights.bin", way) == sha256(weights_file)
    part = script.does("part", REPO, "notes/weights.bin", way, 14_999_000, 15_001_000)
    assert bytes.fromhex(part) == weights_file.read_bytes()[14_999_000:15_001_000]

    weights_file.write_bytes(weights(edited=True))
    script.person.endpoint = counter.url
    script.does("upload", REPO, way, model)
    assert (counter.sent < 2 * MIB) == (way == "xet"), counter.sent
    assert script.does("digest", REPO, "notes/weights.bin", way) == sha256(weights_file)


def test_a_snapshot_is_the_whole_repository(script, model):
    script.does("create", REPO)
    script.does("upload", REPO, "lfs", model)
    names = ["weights.bin", "two.txt", "empty.txt"]
    digests = script.does("snapshot", REPO, *(f"notes/{name}" for name in names))
    assert digests == {f"notes/{name}": sha256(model / name) for name in names}


def test_a_download_of_chunks_that_is_cut_goes_on(hub, script, model):
    script.does("create", REPO)
    script.does("upload", REPO, "xet", model)
    cutter = Counter(hub, cut_after=SIZE // 2)
    script.person.endpoint = cutter.url
    digest = script.does("digest", REPO, "notes/weights.bin", "xet")
    cutter.close()
    assert digest == sha256(model / "weights.bin")
    assert cutter.cuts == 1
