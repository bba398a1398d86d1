"""Clients that are programs of their own: run with a person's home and hub, and with nothing of the machine's."""

import os
import random
import subprocess
from pathlib import Path

from hub import PATIENCE, Person

SIZE = 30_000_000


def cache() -> Path:
    """Where `scripts/setup-tests` puts what is not Debian's."""
    return Path(os.environ.get("LIMPIDE_CACHE", Path.home() / ".cache/limpide"))


def attempt(person: Person, *words) -> subprocess.CompletedProcess:
    """Runs a program as this person and gives what came of it."""
    return subprocess.run(
        [*map(str, words)], capture_output=True, timeout=PATIENCE, cwd=person.folder, env=person.environment,
        stdin=subprocess.DEVNULL,
    )


def run(person: Person, *words) -> str:
    """Runs a program, which must succeed; gives what it printed."""
    done = attempt(person, *words)
    said = f"{' '.join(map(str, words))}\n{done.stdout.decode()}\n{done.stderr.decode()}"
    assert done.returncode == 0, said
    return done.stdout.decode().strip()


def try_git(person: Person, *words, folder: Path | None = None) -> subprocess.CompletedProcess:
    """Runs `git …` without anything of the machine's configuration, and gives what came of it."""
    settings = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return subprocess.run(
        ["git", *map(str, words)], capture_output=True, text=True, timeout=PATIENCE, cwd=folder or person.folder,
        env=person.environment | settings, stdin=subprocess.DEVNULL,
    )


def git(person: Person, *words, folder: Path | None = None) -> str:
    """Runs `git …`, which must succeed; gives what it printed."""
    run = try_git(person, *words, folder=folder)
    assert run.returncode == 0, f"git {' '.join(map(str, words))}\n{run.stdout}\n{run.stderr}"
    return run.stdout


def token(person: Person) -> str:
    return (person.folder / ".cache" / "huggingface" / "token").read_text()


def weights(edited: bool = False) -> bytes:
    """Bytes that do not compress; edited, a few stand in the middle that were not there before."""
    data = random.Random(11).randbytes(SIZE)
    return data[: SIZE // 2] + b"edited" + data[SIZE // 2 :] if edited else data
