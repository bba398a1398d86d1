"""Old and new versions of `huggingface_hub`, each from an environment of its own, with and without Xet."""

import os
from pathlib import Path

import client_story as story
import pytest
from hub import Counter

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
        cache = Path(os.environ.get("LIMPIDE_CACHE", Path.home() / ".cache/limpide"))
        # 0.30 knows no HF_HUB_DISABLE_XET: those who do not want Xet do not install hf_xet.
        environment = "0.30-lfs" if version == "0.30" and not xet else version
        person.python = cache / f"clients-{environment}/bin/python"
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
