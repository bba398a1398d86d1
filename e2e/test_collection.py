"""What people delete leaves the hub, and the stock clients, who remember for weeks what they sent, get it back when they send it again."""

import json

import pytest

from hub import safetensors, sha256

LARGE = 3_000_000


def test_a_client_sends_again_what_was_purged_since_it_sent_it(hub, ada):
    file = ada.folder / "model.safetensors"
    safetensors(file, LARGE, seed=1)
    ada.hf("upload", "ada/gone", file)
    ada.hf("repos", "delete", "ada/gone", "--yes")
    full = hub.stored()

    assert "files would be taken: 1 (2 MiB before deduplication)" in hub.command("gc", "--dry-run")
    assert hub.stored() > full - 100_000
    taken = json.loads(hub.command("gc", "--purge", "--format", "json"))
    assert taken["files"] == 1 and taken["xorbs"] >= 1, taken
    assert hub.stored() < full - LARGE * 0.9

    # The same computer, with all that its client has kept.
    ada.hf("upload", "ada/again", file)
    there = ada.elsewhere()
    there.hf("download", "ada/again", "--local-dir", there.folder / "there")
    assert sha256(there.folder / "there" / "model.safetensors") == sha256(file)


def test_without_a_purge_a_client_need_not_send_it_again(hub, ada, counter):
    ada.endpoint = counter.url
    file = ada.folder / "model.safetensors"
    safetensors(file, LARGE, seed=2)
    ada.hf("upload", "ada/gone", file)
    first = counter.sent
    assert first > LARGE * 0.9
    ada.hf("repos", "delete", "ada/gone", "--yes")
    hub.command("gc")
    ada.hf("upload", "ada/again", file)
    assert counter.sent - first < LARGE * 0.1, "its chunks are kept for as long as clients rely on them"
    there = ada.elsewhere()
    there.hf("download", "ada/again", "--local-dir", there.folder / "there")
    assert sha256(there.folder / "there" / "model.safetensors") == sha256(file)


def replace_and_squash():
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi()
    api.create_repo("ada/model")
    upload = lambda name: api.upload_file(path_or_fileobj=name, path_in_repo=name, repo_id="ada/model")
    upload("first.safetensors")
    api.delete_file("first.safetensors", "ada/model")
    refused = ""
    try:
        upload("second.safetensors")
    except HfHubHTTPError as error:
        refused = str(error)
    api.super_squash_history("ada/model")
    upload("second.safetensors")
    return [refused, sorted(api.list_repo_files("ada/model"))]


@pytest.mark.parametrize("settings", [{"LIMPIDE_LIMITS_OWNER": "4 MiB"}])
def test_a_squash_makes_room_at_once(hub, ada):
    for seed, name in enumerate(("first", "second")):
        safetensors(ada.folder / f"{name}.safetensors", LARGE, seed)
    refused, files = ada.does(replace_and_squash)
    assert "quota" in refused, refused
    assert files == [".gitattributes", "second.safetensors"]


def what_is_left():
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session, parse_ratelimit_headers

    left = parse_ratelimit_headers(get_session().get(f"{constants.ENDPOINT}/api/models").headers)
    return [left.resource_type, left.remaining, left.limit, left.window_seconds]


@pytest.mark.parametrize("settings", [{"LIMPIDE_LIMITS_REQUESTS": "500"}])
def test_the_client_reads_how_many_requests_are_left(hub):
    stranger = hub.home("stranger")
    assert stranger.does(what_is_left) == ["api", 499, 500, 300]
