"""Downloads from a server on the loopback interface: whole, cut off, refused, wrong; and what they unpack to."""

import fcntl
import hashlib
import lzma
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from filtershift.dataset.sources.download import ATTEMPTS, download, unpack
from filtershift.errors import FiltershiftError

CONTENT = bytes(range(256)) * 1200
MD5 = hashlib.md5(CONTENT).hexdigest()
CUT = 100_000


class Handler(BaseHTTPRequestHandler):
    """`/whole` knows ranges, `/plain` does not, `/cut` breaks off after `CUT` bytes, `/stuck` sends none."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        self.server.asked.append(self.headers.get("Range"))
        kind = self.path.strip("/")
        if kind == "moved":
            self.answer(302, b"", Location="/whole")
        elif kind == "missing":
            self.answer(404, b"no such file")
        elif kind == "busy":
            self.answer(503 if len(self.server.asked) < 3 else 200, CONTENT)
        elif kind == "round":
            self.answer(302, b"", Location="/round")
        elif kind == "huge":
            self.answer(200, b"x", **{"Content-Length": str(10**18)})
        elif kind == "other":
            self.answer(200, CONTENT[::-1])
        elif kind == "shorter":
            self.answer(200, CONTENT[:-1])
        elif kind == "plain":
            self.answer(200, CONTENT)
        else:
            self.send_range({"cut": CUT, "stuck": 0}.get(kind, len(CONTENT)))

    def send_range(self, most: int) -> None:
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        if start >= len(CONTENT):
            self.answer(416, b"")
            return
        length = len(CONTENT) - start
        within = {"Content-Range": f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"} if start else {}
        self.answer(206 if start else 200, CONTENT[start : start + most], **{"Content-Length": str(length), **within})

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    served: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.asked = []
    served.url = f"http://127.0.0.1:{served.server_port}"
    thread = threading.Thread(target=served.serve_forever, args=(0.01,))
    thread.start()
    yield served
    served.shutdown()
    served.server_close()
    thread.join()


@pytest.mark.parametrize("kind", ["whole", "plain", "moved", "busy"])
def test_a_file_arrives(server: Any, tmp_path: Path, kind: str) -> None:
    download(f"{server.url}/{kind}", MD5, tmp_path / "new/file.xz", pause=0)
    assert (tmp_path / "new/file.xz").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file.xz"]


def test_a_broken_connection_is_taken_up_where_it_broke(server: Any, tmp_path: Path) -> None:
    download(f"{server.url}/cut", MD5, tmp_path / "file", pause=0)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.asked == [None, *(f"bytes={start}-" for start in range(CUT, len(CONTENT), CUT))]


@pytest.mark.parametrize(("kind", "asked"), [("whole", "bytes=5000-"), ("plain", "bytes=5000-")])
def test_an_earlier_run_is_taken_up(server: Any, tmp_path: Path, kind: str, asked: str) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:5000])
    download(f"{server.url}/{kind}", MD5, tmp_path / "file", pause=0)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.asked == [asked]


def test_all_there_but_the_name(server: Any, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT)
    download(f"{server.url}/whole", MD5, tmp_path / "file", pause=0)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_attempts_that_bring_nothing_end(server: Any, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:5000])
    with pytest.raises(FiltershiftError, match=r"5 attempts in a row brought nothing .*5,000 bytes are kept"):
        download(f"{server.url}/stuck", MD5, tmp_path / "file", pause=0)
    assert len(server.asked) == ATTEMPTS
    assert (tmp_path / "file.part").read_bytes() == CONTENT[:5000]
    assert not (tmp_path / "file").exists()


def test_two_runs_do_not_write_to_one_file(server: Any, tmp_path: Path) -> None:
    with (tmp_path / "file.part").open("ab") as other:
        other.write(CONTENT[:5000])
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(FiltershiftError, match="another run is downloading it"):
            download(f"{server.url}/whole", MD5, tmp_path / "file", pause=0)
    assert (tmp_path / "file.part").read_bytes() == CONTENT[:5000]


def test_no_server(server: Any, tmp_path: Path) -> None:
    server.server_close()
    with pytest.raises(FiltershiftError, match="brought nothing"):
        download(f"{server.url}/whole", MD5, tmp_path / "file", pause=0)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("round", "Exceeded maximum allowed redirects"),
        ("missing", "the server answers 404 Not Found"),
        ("huge", "MB of disk are needed"),
        ("other", f"wrong MD5, expected {MD5}, found"),
        ("shorter", f"wrong MD5, expected {MD5}, found"),
    ],
)
def test_what_cannot_be_right_is_told_in_one_line(server: Any, tmp_path: Path, kind: str, said: str) -> None:
    with pytest.raises(FiltershiftError, match=said) as caught:
        download(f"{server.url}/{kind}", MD5, tmp_path / "file", pause=0)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_room_for_what_comes_later_is_asked_for_first(server: Any, tmp_path: Path) -> None:
    with pytest.raises(FiltershiftError, match="MB of disk are needed"):
        download(f"{server.url}/whole", MD5, tmp_path / "file", beside=10**18, pause=0)
    assert not list(tmp_path.iterdir())


def test_a_damaged_part_is_removed_so_that_the_next_run_starts_anew(server: Any, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(b"?" * 5000)
    with pytest.raises(FiltershiftError, match="wrong MD5"):
        download(f"{server.url}/whole", MD5, tmp_path / "file", pause=0)
    download(f"{server.url}/whole", MD5, tmp_path / "file", pause=0)
    assert (tmp_path / "file").read_bytes() == CONTENT


def packed(folder: Path, content: bytes) -> Path:
    path = folder / "file.xz"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("streams", [1, 3])
def test_unpacks(tmp_path: Path, streams: int) -> None:
    unpack(packed(tmp_path, lzma.compress(CONTENT) * streams), tmp_path / "file", len(CONTENT) * streams)
    assert (tmp_path / "file").read_bytes() == CONTENT * streams


@pytest.mark.parametrize(
    ("content", "size", "said"),
    [
        (lzma.compress(CONTENT)[:-20], len(CONTENT), "is damaged or cut off"),
        (lzma.compress(CONTENT)[:50] + b"?" * 50, len(CONTENT), "is damaged or cut off"),
        (b"not xz at all", len(CONTENT), "is damaged or cut off"),
        (lzma.compress(CONTENT), len(CONTENT) - 1, "unpacks to more than 307,199 bytes; expected 307,199"),
        (lzma.compress(CONTENT), len(CONTENT) + 1, "unpacks to only 307,200 bytes; expected 307,201"),
        (lzma.compress(CONTENT), 10**18, "MB of disk are needed"),
    ],
)
def test_what_does_not_unpack_leaves_nothing(tmp_path: Path, content: bytes, size: int, said: str) -> None:
    path = packed(tmp_path, content)
    with pytest.raises(FiltershiftError, match=said):
        unpack(path, tmp_path / "file", size)
    assert [left.name for left in tmp_path.iterdir()] == ["file.xz"]


@pytest.mark.slow
def test_a_bomb_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    path = packed(tmp_path, lzma.compress(bytes(200 << 20), preset=0))
    with pytest.raises(FiltershiftError, match="more than 1,000 bytes"):
        unpack(path, tmp_path / "file", 1000)
