"""Large files that LFS sends part by part: by versions of `huggingface_hub` without Xet, and by git-lfs with `hf lfs-enable-largefiles`."""

import hashlib
import random

import client_story as story
import pytest
from both_ways import on_disk_only
from clones import sign_in
from hub import Counter, Hub, servers, sha256
from programs import cache, git
from test_javascript import Scripter

MIB = 1 << 20
# Four parts, the last of which is short.
SIZE = 3 * MIB + 500_000
SETTINGS = {"LIMPIDE_LIMITS_LFS_PART": "1 MiB"}


@pytest.fixture
def settings():
    return SETTINGS


def weights(seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(SIZE)


def parts_taken(hub) -> int:
    """How many parts the hub has acknowledged."""
    return sum(
        entry.get("method") == "PUT" and "/parts/" in entry.get("path", "") and entry.get("status") == 200
        for entry in hub.entries()
    )


@pytest.mark.parametrize("environment", ["0.23", "0.30-lfs", "0.36", "1.28", "2.4"])
def test_a_version_without_xet_sends_a_large_file_in_parts(hub, environment):
    ada = hub.person("ada", without_xet=True)
    if environment != "2.4":
        ada.python = cache() / f"clients-{environment}/bin/python"
    # 20 parts of the weights, and one of the smaller file: the hub names one way for all files of a commit.
    ada.does(story.share_two, "ada/model")
    assert parts_taken(hub) == 21
    ada.elsewhere().does(story.fetch_two, "ada/model")


def fetch(repo, path):
    from huggingface_hub import hf_hub_download

    with open(hf_hub_download(repo, path), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@on_disk_only
def test_parts_leave_nothing_behind_and_the_same_file_by_xet_stores_nothing(hub):
    ada, eve = hub.person("ada", without_xet=True), hub.person("eve")
    before = hub.stored()
    ada.does(upload, "ada/model")
    assert parts_taken(hub) == 4
    stored = hub.stored()
    assert SIZE < stored - before < SIZE + MIB
    eve.does(upload, "eve/model")
    assert parts_taken(hub) == 4
    # Rows, and the database's journal of them.
    assert hub.stored() - stored < MIB


def upload(repo):
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo(repo, exist_ok=True)
    api.upload_file(repo_id=repo, path_or_fileobj=weights(), path_in_repo="w.bin")


def test_after_a_cut_one_part_is_sent_again(hub):
    ada = hub.person("ada", without_xet=True)
    cutter = Counter(hub, cut_after=SIZE // 2, cut="sent")
    ada.endpoint = cutter.url
    ada.does(upload, "ada/model")
    cutter.close()
    assert cutter.cuts == 1
    assert cutter.sent < SIZE + 1.2 * MIB, cutter.sent
    assert ada.elsewhere().does(fetch, "ada/model", "w.bin") == hashlib.sha256(weights()).hexdigest()


def test_parts_survive_a_killed_server(tmp_path):
    folder = tmp_path / "killed"
    folder.mkdir()
    hub = Hub(folder, servers(folder.name) | SETTINGS)
    ada = hub.person("ada", without_xet=True)
    told = ada.does(announce, "ada/model")
    address, tags = hub.url, {}
    for numbers in ([2, 1], [4, 3]):
        tags |= ada.does(send, told, numbers, address, hub.url)
        hub.process.kill()
        hub.process.wait()
        hub.process.stdout.close()
        hub = Hub(folder, hub.settings)
    ada.hub, ada.endpoint = hub, hub.url
    hub.people.append(ada)
    ada.does(complete, told, tags, address, hub.url)
    ada.does(upload, "ada/model")
    assert not parts_taken(hub)
    assert ada.does(fetch, "ada/model", "w.bin") == hashlib.sha256(weights()).hexdigest()
    assert hub.stop() == 0
    assert not hub.failures()
    hub.check()


def announce(repo):
    from huggingface_hub import HfApi
    from huggingface_hub.lfs import UploadInfo, post_lfs_batch_info

    HfApi().create_repo(repo)
    info = UploadInfo.from_bytes(weights())
    objects, errors, transfer = post_lfs_batch_info([info], token=None, repo_type="model", repo_id=repo)
    assert (errors, transfer) == ([], "multipart")
    return objects[0]


def send(told, numbers, old, new):
    from huggingface_hub.utils import get_session, hf_raise_for_status

    tags = {}
    for number in numbers:
        address = told["actions"]["upload"]["header"][f"{number:05}"].replace(old, new)
        answer = get_session().put(address, content=weights()[(number - 1) * MIB : number * MIB])
        hf_raise_for_status(answer)
        tags[str(number)] = answer.headers["etag"]
    return tags


def complete(told, tags, old, new):
    from huggingface_hub.utils import get_session, hf_raise_for_status

    parts = [{"partNumber": int(number), "etag": tag} for number, tag in tags.items()]
    address = told["actions"]["upload"]["href"].replace(old, new)
    for _ in range(2):
        hf_raise_for_status(get_session().post(address, json={"oid": told["oid"], "parts": parts}))


def test_git_lfs_sends_parts_where_large_files_are_enabled(hub, ada):
    sign_in(ada)
    ada.does(create, "ada/model")
    git(ada, "clone", f"{hub.url}/ada/model", "clone")
    clone = ada.folder / "clone"
    ada.hf("lfs-enable-largefiles", clone)
    git(ada, "lfs", "track", "*.bin", folder=clone)
    (clone / "w.bin").write_bytes(weights())
    (clone / "small.bin").write_bytes(b"small" * 10_000)
    git(ada, "add", "--all", folder=clone)
    git(ada, "commit", "--message", "large", folder=clone)
    git(ada, "push", folder=clone)
    taken = parts_taken(hub)
    # The hub names one way for all objects that it is asked for at once.
    assert taken == 5
    git(ada, "lfs", "push", "--all", "origin", folder=clone)
    assert parts_taken(hub) == taken

    ada.does(upload_again, "ada/model", str(clone))
    assert parts_taken(hub) == taken
    git(ada, "clone", f"{hub.url}/ada/model", "there")
    assert sha256(ada.folder / "there" / "w.bin") == sha256(clone / "w.bin")


def create(repo):
    from huggingface_hub import HfApi

    HfApi().create_repo(repo)


def upload_again(repo, folder):
    from huggingface_hub import HfApi

    HfApi().upload_folder(repo_id=repo, folder_path=folder, allow_patterns="*.bin")


def test_the_javascript_client_without_xet_sends_parts(hub, ada):
    script = Scripter(ada)
    folder = ada.folder / "notes"
    folder.mkdir()
    (folder / "w.bin").write_bytes(weights())
    script.does("create", "ada/model")
    script.does("upload", "ada/model", "lfs", folder)
    assert parts_taken(hub) == 4
    assert ada.does(fetch, "ada/model", "notes/w.bin") == hashlib.sha256(weights()).hexdigest()
