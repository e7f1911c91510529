"""A fingerprint that identifies a data set file without reading all of it."""

import hashlib
from pathlib import Path

import numpy as np

BLOCKS, BLOCK = 64, 4096


def fingerprint(path: Path) -> str:
    """A hash of a file, 32 hexadecimal digits.

    It covers the size and 64 blocks of 4 KB, evenly spaced from the first byte to the last. Two data sets with
    different weights differ in nearly every block, even if name, size and time are the same.
    """
    size = path.stat().st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=16)
    with path.open("rb") as file:
        for start in np.linspace(0, max(size - BLOCK, 0), BLOCKS).astype(np.int64).tolist():
            file.seek(start)
            digest.update(file.read(BLOCK))
    return digest.hexdigest()
