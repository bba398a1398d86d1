"""Signing and verifying a folder beside the Python package `model-signing`, and beside `sha256sum` on the same bytes."""

import os
import random
import shutil
import subprocess
from pathlib import Path

from audit import cost
from measure import GIB, MIB, Samples
from servers import limpide

# A model in a few shards, and the small files around it.
SHARDS, SMALL = 4, 100


def run(bench) -> list[dict]:
    """A row for each program and act."""
    folder = bench.folder / "signed"
    size = make(folder, 2 * bench.size)
    key, public = bench.folder / "key.pem", bench.folder / "public.pem"
    said("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    said("openssl", "pkey", "-in", key, "-pubout", "-out", public)
    rows = [row(bench, act, program, words, size) for act, program, words in acts(bench.folder, folder, key, public)]
    shutil.rmtree(folder)
    return rows


def acts(outside: Path, folder: Path, key: Path, public: Path):
    """What is measured. Each program verifies what it signed itself."""
    python = Path(os.environ.get("LIMPIDE_CACHE", Path.home() / ".cache/limpide")) / "signing/bin/model_signing"
    ours, theirs = outside / "limpide.sig", outside / "python.sig"
    yield "sign", "limpide", [limpide(), "sign", folder, "--key", key, "--output", ours]
    yield "sign", "model_signing", [python, "sign", "key", "--private_key", key, "--signature", theirs, folder]
    yield "verify", "limpide", [limpide(), "verify", folder, "--key", public, "--signature", ours]
    yield "verify", "model_signing", [python, "verify", "key", "--public_key", public, "--signature", theirs, folder]
    yield "sign with BLAKE3", "limpide", [limpide(), "sign", folder, "--key", key, "--output", ours, "--hash", "blake3"]
    yield "hash alone", "sha256sum", ["sh", "-c", f"find '{folder}' -type f -exec sha256sum {{}} + > /dev/null"]


def row(bench, act: str, program: str, words: list, size: int) -> dict:
    samples = Samples()
    for _ in range(bench.repeat):
        samples.add(**cost(words))
    figures = samples.medians()
    row = {"act": act, "program": program, **figures, "cpu_s_gib": figures["cpu_seconds"] * GIB / size}
    print(f"signing {row}", flush=True)
    return row


def make(folder: Path, size: int) -> int:
    """A folder of about this size; gives its bytes. Reading it leaves it in the kernel's cache, so that all meet it there."""
    folder.mkdir()
    block = random.Random(7).randbytes(MIB)
    for number in range(SHARDS):
        with (folder / f"model-{number}.safetensors").open("wb") as file:
            for _ in range(size // SHARDS // MIB):
                file.write(block)
    for number in range(SMALL):
        (folder / f"part-{number}.py").write_text(f"print({number})\n" * 100)
    return sum(path.stat().st_size for path in folder.iterdir())


def said(*words) -> None:
    subprocess.run([*map(str, words)], check=True, capture_output=True)
