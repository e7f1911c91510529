import os
from pathlib import Path

import pytest

from filtershift.dataset.fingerprint import fingerprint


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, 300_000])
def test_it_is_that_of_the_content_not_of_name_and_time(tmp_path: Path, size: int) -> None:
    one, other = (written(tmp_path / name, b"a" * size) for name in ("one", "other"))
    os.utime(other, (0, 0))
    assert fingerprint(one) == fingerprint(other)
    assert len(fingerprint(one)) == 32


@pytest.mark.parametrize("changed", [0, 4095, 299_999])
def test_other_bytes_at_the_ends_are_seen(tmp_path: Path, changed: int) -> None:
    content = bytearray(300_000)
    before = fingerprint(written(tmp_path / "file", bytes(content)))
    content[changed] = 1
    assert fingerprint(written(tmp_path / "file", bytes(content))) != before


def test_another_size_is_seen(tmp_path: Path) -> None:
    sizes = (0, 1, 4096, 8192, 10_000_000)
    assert len({fingerprint(written(tmp_path / "file", bytes(size))) for size in sizes}) == len(sizes)


def test_small_files_are_seen_whole(tmp_path: Path) -> None:
    content = bytearray(100_000)
    before = fingerprint(written(tmp_path / "file", bytes(content)))
    content[54_321] = 1
    assert fingerprint(written(tmp_path / "file", bytes(content))) != before
