"""Which file it is, without reading all of it."""

import hashlib
from pathlib import Path

import numpy as np

BLOCKS, BLOCK = 64, 4096


def fingerprint(path: Path) -> str:
    """32 hexadecimal digits of a file's size and of 64 blocks of 4 KB, evenly spaced from its first byte to its last.

    Two data sets with other weights differ in nearly every block, whatever their names, sizes and times say.
    """
    size = path.stat().st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=16)
    with path.open("rb") as file:
        for start in np.linspace(0, max(size - BLOCK, 0), BLOCKS).astype(np.int64).tolist():
            file.seek(start)
            digest.update(file.read(BLOCK))
    return digest.hexdigest()
