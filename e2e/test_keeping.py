"""Hubs that are backed up while people work, restored elsewhere, moved to other servers, and used by stock clients there."""

import subprocess
import threading
import time

import pytest

from clones import fsck, sign_in
from hub import Hub, on_servers, plain_environment, program, safetensors, servers, sha256
from programs import git

LARGE = 3_000_000


def limpide(folder, settings, *words) -> str:
    """Runs `limpide …` where no server is."""
    run = subprocess.run(
        [program(), *map(str, words)], capture_output=True, text=True, timeout=120, cwd=folder,
        env=plain_environment() | settings,
    )
    assert run.returncode == 0, f"{words}: {run.stdout}\n{run.stderr}"
    return run.stdout


@pytest.fixture
def model(hub, ada):
    return fill(hub, ada)


def fill(hub, ada):
    """A model that came by `hf upload`, with a second commit that was pushed by `git`, which a clone holds."""
    folder = ada.folder / "model"
    folder.mkdir()
    (folder / "notes.txt").write_text("one\n")
    (folder / "long.txt").write_text("line\n" * 40_000)
    safetensors(folder / "model.safetensors", LARGE, seed=1)
    ada.hf("upload", "ada/model", folder)
    sign_in(ada)
    git(ada, "clone", f"{hub.url}/ada/model", "clone")
    clone = ada.folder / "clone"
    safetensors(clone / "pushed.safetensors", LARGE, seed=2)
    (clone / "notes.txt").write_text("two\n")
    git(ada, "add", "--all", folder=clone)
    git(ada, "commit", "--message", "pushed", folder=clone)
    git(ada, "push", folder=clone)
    return clone


def expect_the_model(hub, person, clone):
    """The person gets the same files and the same history from this hub, by `hf` and by `git`."""
    there = person.folder / "there"
    person.hf("download", "ada/model", "--local-dir", there)
    sign_in(person)
    git(person, "clone", f"{hub.url}/ada/model", "copy")
    copy = person.folder / "copy"
    fsck(person, copy)
    heads = [git(person, "rev-parse", "HEAD", folder=folder) for folder in (clone, copy)]
    assert heads[0] == heads[1]
    for name in ("notes.txt", "long.txt", "model.safetensors", "pushed.safetensors"):
        assert sha256(copy / name) == sha256(there / name) == sha256(clone / name), name


def test_a_backup_taken_while_people_upload_is_restored_elsewhere_and_serves_them(hub, ada, model, tmp_path):
    stop = threading.Event()
    uploaded = []

    def keep_uploading(person, number):
        while not stop.is_set():
            name = f"more-{number}-{len(uploaded)}.safetensors"
            safetensors(person.folder / name, LARGE // 2, seed=hash(name) % 10_000)
            person.hf("upload", f"ada/more-{number}", person.folder / name)
            uploaded.append((number, name))

    people = [ada.elsewhere() for _ in range(2)]
    threads = [threading.Thread(target=keep_uploading, args=each) for each in zip(people, range(2), strict=True)]
    for thread in threads:
        thread.start()
    try:
        # Somebody is always uploading; each has come to an end once at least.
        while len({number for number, _ in uploaded}) < 2:
            assert all(thread.is_alive() for thread in threads)
            time.sleep(0.1)
        backup = tmp_path / "backup"
        before = list(uploaded)
        hub.command("backup", str(backup))
        said = hub.command("backup", str(backup))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert " were there)" in said and " 0 were there" not in said

    folder = tmp_path / "restored"
    folder.mkdir()
    settings = servers("restored")
    limpide(folder, settings, "restore", backup, "--data", folder / "data")
    restored = Hub(folder, settings=settings)
    eve = restored.home("ada", (ada.folder / ".cache/huggingface/token").read_text())
    expect_the_model(restored, eve, model)
    for number, name in before:
        eve.hf("download", f"ada/more-{number}", name, "--local-dir", eve.folder / "more")
        assert sha256(eve.folder / "more" / name) == sha256(people[number].folder / name)
    restored.check()
    assert (restored.stop(), restored.failures()) == (0, [])


@pytest.mark.skipif(not on_servers(), reason="there is no PostgreSQL and no S3 to move to")
def test_a_hub_moves_from_one_machine_to_postgresql_and_s3_and_people_go_on(tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    hub = Hub(here, settings={})
    ada = hub.person("ada")
    clone = fill(hub, ada)
    assert hub.stop() == 0
    settings = servers("moved")
    place = {name.removeprefix("LIMPIDE_S3_").lower().replace("_", "-"): value for name, value in settings.items()}
    database = place.pop("limpide-database")
    lines = [f'database = "{database}"', f'data = "{tmp_path / "there"}"', "[s3]"]
    lines += [f'{name} = "{value}"' for name, value in place.items()]
    (tmp_path / "there.toml").write_text("\n".join(lines))
    said = limpide(here, {}, "migrate", "--data", hub.data, "--to", tmp_path / "there.toml")
    assert "verified" in said

    folder = tmp_path / "moved"
    folder.mkdir()
    moved = Hub(folder, settings=settings)
    eve = moved.home("ada", (ada.folder / ".cache/huggingface/token").read_text())
    expect_the_model(moved, eve, clone)
    safetensors(eve.folder / "later.safetensors", LARGE, seed=3)
    eve.hf("upload", "ada/model", eve.folder / "later.safetensors")
    eve.hf("download", "ada/model", "--local-dir", eve.folder / "all")
    assert sha256(eve.folder / "all" / "later.safetensors") == sha256(eve.folder / "later.safetensors")
    moved.check()
    assert (moved.stop(), moved.failures()) == (0, [])
