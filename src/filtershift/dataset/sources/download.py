"""Download a large file in several attempts if necessary, verify it, and decompress it as a stream."""

import fcntl
import hashlib
import lzma
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx
from tqdm import tqdm

from filtershift.dataset.sources.disk_space import check_space
from filtershift.errors import FiltershiftError
from filtershift.files import whole_file

ATTEMPTS = 5  # in a row without a new byte, before a download fails
TIMEOUT = httpx.Timeout(60)  # seconds without data
BLOCK = 1 << 20

_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


def download(url: str, checksum: str, path: Path, algorithm: str = "md5", beside: int = 0, pause: float = 5) -> None:
    """Download `url` to `path`; continue from `path`.part if an earlier attempt, of this run or another, left it.

    If the connection breaks or the server is busy, the download is tried again after a pause, which grows by `pause`
    seconds each time. After `ATTEMPTS` attempts in a row without a new byte it fails, and `path`.part is kept for the
    next run. Progress goes to stderr. The file appears whole and verified or not at all.

    Args:
        url: address of the file.
        checksum: expected checksum, in hexadecimal.
        path: where to save the file.
        algorithm: what the checksum is, "md5" or "sha256".
        beside: bytes that must be free on the disk in addition to the file.
        pause: seconds.

    Raises:
        FiltershiftError: the server refuses, the disk is too small, another run is downloading the file, or it has
            another checksum.
    """
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("ab") as file, _alone(file, path):
        _fetch_all(url, file, beside, pause)
        file.flush()
        found = _checksum(part, algorithm)
        if found != checksum:
            part.unlink()
            wrong = f"wrong {algorithm.upper()}, expected {checksum}, found {found}"
            raise FiltershiftError(f"{url}: {wrong}; file removed, get it again")
        part.replace(path)


def unpack(packed: Path, path: Path, size: int) -> None:
    """Decompress the .xz file `packed` to `path`, which must have `size` bytes then. Progress goes to stderr.

    Raises:
        FiltershiftError: the disk is too small, `packed` is damaged or cut off, or the result has another size.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    check_space(path, size)
    written = 0
    try:
        with (
            whole_file(path) as beside,
            lzma.open(packed) as source,
            beside.open("wb") as target,
            _bar(path, size) as bar,
        ):
            while written <= size and (block := source.read(BLOCK)):
                written += target.write(block)
                bar.update(len(block))
            if written != size:
                found = f"more than {size:,}" if written > size else f"only {written:,}"
                raise FiltershiftError(f"{packed}: unpacks to {found} bytes; expected {size:,}")
    except (lzma.LZMAError, EOFError) as error:
        raise FiltershiftError(f"{packed}: is damaged or cut off ({error}); delete it to get it again") from error


@contextmanager
def _alone(file: BinaryIO, path: Path) -> Iterator[None]:
    """Lock the file, so that no other process downloads to it; remove it afterwards if it is empty."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FiltershiftError(f"{path}: another run is downloading it; wait for that one") from None
    try:
        yield
    finally:
        if os.fstat(file.fileno()).st_size == 0:
            Path(file.name).unlink(missing_ok=True)


def _fetch_all(url: str, file: BinaryIO, beside: int, pause: float) -> None:
    """Append the missing part of the file, in several attempts if necessary."""
    failures = 0
    with httpx.Client(follow_redirects=True, timeout=TIMEOUT, headers={"Accept-Encoding": "identity"}) as client:
        while True:
            before = file.tell()
            try:
                return _fetch(client, url, file, beside)
            except httpx.TransportError as error:
                failures = 0 if file.tell() > before else failures + 1
                reason = f"{type(error).__name__} {error}".strip()
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise FiltershiftError(f"{url}: {error}") from error
            if failures == ATTEMPTS:
                kept = f"; {file.tell():,} bytes are kept; run the same command again to continue"
                raise FiltershiftError(f"{url}: {ATTEMPTS} attempts in a row brought nothing ({reason}){kept}")
            time.sleep(pause * failures)


def _fetch(client: httpx.Client, url: str, file: BinaryIO, beside: int) -> None:
    """One attempt to download the missing part."""
    have = file.tell()
    with client.stream("GET", url, headers={"Range": f"bytes={have}-"} if have else {}) as answer:
        if answer.status_code == 416:  # nothing is missing; the checksum decides whether the file is right
            return
        if answer.status_code == 429 or answer.status_code >= 500:
            raise httpx.RemoteProtocolError(f"{answer.status_code} {answer.reason_phrase}")
        if answer.status_code not in (200, 206):
            raise FiltershiftError(f"{url}: the server answers {answer.status_code} {answer.reason_phrase}")
        start, total = _extent(answer)
        if start not in (0, have):
            raise FiltershiftError(f"{url}: the server sends the file from byte {start:,}; expected byte {have:,}")
        file.truncate(start)
        file.seek(start)
        if total is not None:
            check_space(Path(file.name), total - start + beside)
        with _bar(Path(file.name), total, start) as bar:
            # No chunk size: it would hold bytes back, which are lost when the connection breaks.
            for block in answer.iter_raw():
                file.write(block)
                bar.update(len(block))
        if total is not None and file.tell() < total:
            raise httpx.ReadError("the connection was closed too early")


def _extent(answer: httpx.Response) -> tuple[int, int | None]:
    """The position of an answer's first byte, and the size of the whole file if the server says it."""
    if answer.status_code == 206:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        return (int(found[1]), int(found[2])) if found else (0, None)
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def _checksum(path: Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file, _bar(path, path.stat().st_size, what="verify") as bar:
        while block := file.read(BLOCK):
            digest.update(block)
            bar.update(len(block))
    return digest.hexdigest()


@contextmanager
def _bar(path: Path, total: int | None, done: int = 0, what: str = "") -> Iterator[tqdm]:
    title = f"{what} {path.name}".strip()
    with tqdm(total=total, initial=done, desc=title, unit="B", unit_scale=True, mininterval=1) as bar:
        yield bar
