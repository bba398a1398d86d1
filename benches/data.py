"""The files that loads move: the same bytes for the same seed."""

import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy

_PIECE = 1 << 24


def make(path: Path, kind: str, size: int, seed: int) -> None:
    """A file of `size` bytes: `random`, `bf16` or `text`."""
    pieces = {"random": _random, "bf16": _bf16, "text": _text}[kind](seed)
    left = size
    with path.open("wb") as file:
        while left > 0:
            left -= file.write(next(pieces)[:left])


def make_edited(path: Path, original: Path, inserted: int, seed: int) -> None:
    """A file with so many new random bytes in the middle of another."""
    with original.open("rb") as old, path.open("wb") as file:
        left = original.stat().st_size // 2
        while left > 0:
            left -= file.write(old.read(min(left, _PIECE)))
        file.write(random.Random(seed).randbytes(inserted))
        shutil.copyfileobj(old, file, _PIECE)


def _random(seed: int) -> Iterator[bytes]:
    """What does not compress."""
    generator = random.Random(seed)
    while True:
        yield generator.randbytes(_PIECE)


def _bf16(seed: int) -> Iterator[bytes]:
    """Weights as training leaves them: normally distributed, the upper half of a 32-bit float."""
    generator = numpy.random.default_rng(seed)
    while True:
        weights = generator.standard_normal(_PIECE // 2, dtype=numpy.float32) * numpy.float32(0.02)
        yield (weights.view(numpy.uint32) >> 16).astype("<u2").tobytes()


def _text(seed: int) -> Iterator[bytes]:
    """Lines of JSON with words of a vocabulary, the frequent ones frequently."""
    generator = numpy.random.default_rng(seed)
    letters = numpy.array(list("etaoinshrdlucmfwypvbgk"))
    words = ["".join(generator.choice(letters, length)) for length in generator.integers(2, 10, 20_000)]
    number = 0
    while True:
        lines = []
        for _ in range(20_000):
            # A square makes low numbers, the frequent words, likelier.
            picked = (generator.random(60) ** 2 * len(words)).astype(int).tolist()
            lines.append(json.dumps({"id": number, "text": " ".join([words[index] for index in picked])}))
            number += 1
        yield "\n".join(lines).encode() + b"\n"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
