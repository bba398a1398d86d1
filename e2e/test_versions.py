"""Old and new versions of `huggingface_hub`, each from an environment of its own, with and without Xet."""

import client_story as story
import pytest
from hub import Counter, safetensors, same_files, sha256
from programs import cache, run, token

# The environments that `scripts/setup-tests` made: a version, and whether it can speak Xet.
VERSIONS = [("0.23", False), ("0.30", True), ("0.36", True), ("1.28", True), ("2.4", True)]
WAYS = [(version, xet) for version, can in VERSIONS for xet in ([False, True] if can else [False])]

MIB = 1 << 20


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{'xet' if way[1] else 'lfs'}")
def way(request):
    return request.param


@pytest.fixture
def xet(way):
    return way[1]


@pytest.fixture
def reader(hub, way):
    """Somebody with this version of the client."""
    version, xet = way
    person = hub.person("ada", without_xet=not xet)
    if version != "2.4":
        # 0.30 knows no HF_HUB_DISABLE_XET: those who do not want Xet do not install hf_xet.
        environment = "0.30-lfs" if version == "0.30" and not xet else version
        person.python = cache() / f"clients-{environment}/bin/python"
    return person


def test_a_version_shares_and_fetches(reader, counter, xet):
    reader.does(story.share, "ada/model")
    reader.endpoint = counter.url
    reader.does(story.edit, "ada/model")
    # Xet sends the chunks around the edit; LFS the whole file.
    assert (counter.sent < 2 * MIB) == xet, counter.sent
    reader.elsewhere().does(story.fetch, "ada/model")
    reader.does(story.be_refused, "ada/model")


def test_a_download_that_is_cut_goes_on(hub, reader, xet):
    reader.does(story.share, "ada/model")
    reader.does(story.edit, "ada/model")
    cutter = Counter(hub, cut_after=story.SIZE * 3 // 4)
    elsewhere = reader.elsewhere()
    elsewhere.endpoint = cutter.url
    elsewhere.does(story.fetch_one, "ada/model")
    cutter.close()
    assert cutter.cuts == 1
    # These clients keep what came in whole steps of 10 MiB; Xet clients fetch a cut run of chunks again.
    assert xet or cutter.received < story.SIZE * 1.4, cutter.received


def test_a_version_uses_paths(reader):
    reader.does(story.use_paths, "ada/disk")


def test_the_command_line_of_a_version_uploads_and_downloads(reader, way):
    # It was called so until 0.34, and has been `hf` since.
    name = "huggingface-cli" if way[0] in ("0.23", "0.30") else "hf"
    command = reader.python.with_name(name)
    folder = reader.folder / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "weights.bin").write_bytes(story.weights())
    (folder / "config.json").write_text("{}")
    run(reader, command, "upload", "ada/model", folder)
    there = reader.elsewhere()
    run(there, command, "download", "ada/model", "--local-dir", "there")
    (there.folder / "there" / ".gitattributes").unlink()
    same_files(folder, there.folder / "there")


def test_a_version_knows_a_gate(hub, reader):
    reader.does(story.share, "ada/model")
    gate = ("--request", "PUT", "--json", '{"gated": "manual"}', f"{hub.url}/api/models/ada/model/settings")
    run(reader, "curl", "--silent", "--fail", "--header", f"Authorization: Bearer {token(reader)}", *gate)
    eve = hub.person("eve", without_xet=reader.without_xet)
    eve.python = reader.python
    eve.does(story.be_kept_out, "ada/model")


def test_an_upload_that_is_cut_goes_on(hub, reader, xet):
    file = reader.folder / "weights.bin"
    file.write_bytes(story.weights())
    cutter = Counter(hub, cut_after=story.SIZE // 2, cut="sent")
    reader.endpoint = cutter.url
    reader.does(story.send_one, "ada/model", file.name)
    cutter.close()
    assert cutter.cuts == 1
    # One part of LFS, and one run of chunks: what was cut is sent again, and nothing more often.
    assert cutter.sent < story.SIZE * 1.7, cutter.sent
    assert fetched(hub, reader) == sha256(file)


def test_an_upload_that_was_cut_does_not_send_again_what_had_arrived(hub, ada):
    file = ada.folder / "weights.bin"
    safetensors(file, 200_000_000, seed=9)
    cutter = Counter(hub, cut_after=150_000_000, cut="sent")
    ada.endpoint = cutter.url
    ada.does(story.send_one, "ada/model", file.name)
    cutter.close()
    assert cutter.cuts == 1
    # Chunks travel in runs of 64 MiB: one of them is sent again.
    assert cutter.sent < 200_000_000 + 70 * MIB, cutter.sent
    assert fetched(hub, ada) == sha256(file)


def fetched(hub, person) -> str:
    """What anybody gets who downloads the file."""
    url = f"{hub.url}/ada/model/resolve/main/weights.bin"
    run(person, "curl", "--silent", "--fail", "--output", "fetched.bin", url)
    return sha256(person.folder / "fetched.bin")
