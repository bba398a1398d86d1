"""`limpide backup`, `restore` and `migrate`, killed at random moments and run again; and clients that remember what a
restored hub does not have."""

import random
import shutil
import subprocess
import time

from hub import plain_environment, program, safetensors, sha256
from server import Server

KILLS = 6


def fill(server):
    """Large files and many small ones by the stock client, in several commits."""
    ada = server.person("ada")
    for number in range(3):
        folder = ada.folder / f"files-{number}"
        folder.mkdir()
        safetensors(folder / f"{number}.safetensors", 6_000_000, seed=number)
        for each in range(60):
            path = folder / f"{number}-{each}.txt"
            path.write_bytes(f"{number} {each}\n".encode() * (30_000 if each < 4 else 1))
        ada.hf("upload", "ada/model", folder)
    return ada


def begin(folder, *words):
    return subprocess.Popen(
        [program(), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        env=plain_environment(),
    )


def run(folder, *words) -> tuple[str, float]:
    """What a run says that must succeed, and how long it took."""
    start = time.monotonic()
    process = begin(folder, *words)
    said, complaint = process.communicate(timeout=120)
    assert process.returncode == 0, f"{words}: {said}\n{complaint}"
    return said, time.monotonic() - start


def kill_again_and_again(folder, longest: float, seed: int, *words) -> None:
    """Kills runs at random moments, later ones later: some have done all but their last steps."""
    generator = random.Random(seed)
    for number in range(KILLS):
        process = begin(folder, *words)
        time.sleep(generator.uniform(0.3, 1) * longest * (number + 1) / KILLS)
        process.kill()
        process.communicate()


def test_a_backup_that_is_killed_leaves_the_former_one_and_goes_on(server, tmp_path):
    fill(server)
    words = ("backup", tmp_path / "backup", "--data", server.data)
    _, took = run(tmp_path, *words)
    for number in range(2):
        # What was killed is never whole: every object is to be copied again.
        shutil.rmtree(tmp_path / "second", ignore_errors=True)
        shutil.copytree(tmp_path / "backup", tmp_path / "second")
        shutil.rmtree(tmp_path / "second" / "objects" / "x")
        process = begin(tmp_path, "backup", tmp_path / "second", "--data", server.data)
        time.sleep(took * (number + 0.5) / 2)
        process.kill()
        process.communicate()
        run(tmp_path, "backup", tmp_path / "second", "--data", server.data)
        run(tmp_path, "restore", tmp_path / "second", "--data", tmp_path / f"restored-{number}")
    kill_again_and_again(tmp_path, took, 7, *words)
    said, _ = run(tmp_path, "restore", tmp_path / "backup", "--data", tmp_path / "restored")
    assert "sound: 1 repositories" in said
    run(tmp_path, *words)
    run(tmp_path, "check", "--data", tmp_path / "restored")


def test_a_restore_that_is_killed_goes_on(server, tmp_path):
    fill(server)
    run(tmp_path, "backup", tmp_path / "backup", "--data", server.data)
    _, took = run(tmp_path, "restore", tmp_path / "backup", "--data", tmp_path / "measured")
    words = ("restore", tmp_path / "backup", "--data", tmp_path / "restored")
    for seed in range(2):
        shutil.rmtree(tmp_path / "restored", ignore_errors=True)
        # Half of the time is for the look at the end, and it must not have ended.
        kill_again_and_again(tmp_path, took / 2, seed, *words)
        finish(tmp_path, *words)
        run(tmp_path, "check", "--data", tmp_path / "restored")


def test_a_move_that_is_killed_goes_on_and_is_not_served_before(server, tmp_path):
    fill(server)
    server.stop()
    for name in ("measured", "moved"):
        (tmp_path / f"{name}.toml").write_text(f'data = "{tmp_path / name}"\n')
    _, took = run(tmp_path, "migrate", "--data", server.data, "--to", "measured.toml")
    words = ("migrate", "--data", server.data, "--to", "moved.toml")
    for seed in range(2):
        shutil.rmtree(tmp_path / "moved", ignore_errors=True)
        kill_again_and_again(tmp_path, took, seed, *words)
        finish(tmp_path, *words)
        run(tmp_path, "check", "--data", tmp_path / "moved")
    run(tmp_path, "check", "--data", server.data)


def finish(folder, *words) -> None:
    """Runs to the end; one that was killed in its last moment may have come there already."""
    process = begin(folder, *words)
    said, complaint = process.communicate(timeout=120)
    assert process.returncode == 0 or "the database is not empty: there is a hub in it" in complaint, (said, complaint)


def test_a_client_that_remembers_what_a_restored_hub_does_not_have_sends_it_again(server, tmp_path):
    """The client keeps for weeks, by the address of the store, what it has sent there."""
    ada = fill(server)
    run(tmp_path, "backup", tmp_path / "backup", "--data", server.data)
    later = ada.folder / "later.safetensors"
    safetensors(later, 6_000_000, seed=77)
    ada.hf("upload", "ada/model", later)
    assert server.stop() == 0
    run(tmp_path, "restore", tmp_path / "backup", "--data", tmp_path / "restored")
    restored = Server(tmp_path, data=tmp_path / "restored", start=False)
    # At the same address as before: to the client it is the same hub.
    restored.port, restored.url = server.port, server.url
    restored.start()
    ada.hf("upload", "ada/model", later)
    bob = ada.elsewhere()
    bob.hf("download", "ada/model", "later.safetensors", "--local-dir", bob.folder / "there")
    assert sha256(bob.folder / "there" / "later.safetensors") == sha256(later)
    assert (restored.stop(), restored.failures()) == (0, [])
    restored.check()
