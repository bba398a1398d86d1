"""Files made from a few numbers: the driver and the clients make the same bytes without sending them."""

import functools
import random


@functools.lru_cache(maxsize=64)
def segment(seed: int, size: int) -> bytes:
    """Bytes that do not compress; every third segment is text, which does."""
    generator = random.Random(seed)
    if seed % 3:
        return generator.randbytes(size)
    word = generator.randbytes(40).hex().encode() + b"\n"
    return (word * (size // len(word) + 1))[:size]


def content(segments: list) -> bytes:
    """The bytes of a file that is described by `[[seed, size], ...]`."""
    return b"".join(segment(seed, size) for seed, size in segments)
