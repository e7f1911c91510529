"""Models out of wheels and source archives."""

import tarfile
import zipfile

import pytest

from filtershift.dataset.sources.archives import copy_model
from filtershift.errors import FiltershiftError
from tiny_models import write_source_archive, write_wheel

CONTENT = b"not a model, but bytes" * 10
FILES = {"zoo/a.onnx": CONTENT, "zoo/b.onnx": b"b", "zoo/c.param": b"7767517", "zoo/c.bin": b"weights"}


@pytest.fixture(params=[write_wheel, write_source_archive])
def archive(request, tmp_path):
    """A wheel, and a source archive, each with the path of its files in it."""
    path = request.param(tmp_path, "tiny", "1.0", FILES)
    return path, "" if path.suffix == ".whl" else "tiny-1.0/"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "new").mkdir()
    return tmp_path / "new"


def test_a_model_is_copied_alone(archive, folder):
    path, top = archive
    assert copy_model(path, f"{top}zoo/a.onnx", folder).read_bytes() == CONTENT
    assert [file.name for file in folder.iterdir()] == ["a.onnx"]


def test_weights_come_with_the_model(archive, folder):
    path, top = archive
    assert copy_model(path, f"{top}zoo/c.param", folder) == folder / "c.param"
    assert (folder / "c.bin").read_bytes() == b"weights"


def test_a_missing_member_lists_those_there(archive, folder):
    path, top = archive
    with pytest.raises(FiltershiftError, match=rf"no member 'c\.onnx'; found {top}zoo/a\.onnx, {top}zoo/b\.onnx"):
        copy_model(path, "c.onnx", folder)


def test_members_whose_names_do_not_print_are_listed(tmp_path, folder):
    path = write_wheel(tmp_path, "odd", "1", {"a\x1b[31m\n.onnx": b"x"})
    with pytest.raises(FiltershiftError, match=r"found a\\x1b\[31m\\n\.onnx$"):
        copy_model(path, "b.onnx", folder)


@pytest.mark.parametrize("member", ["/etc/passwd", "../a.onnx", "tiny/../../a.onnx", "..\\a.onnx"])
def test_members_stay_inside_the_package(tmp_path, folder, member):
    path = write_wheel(tmp_path, "bad", "1", {member: b"x"})
    with pytest.raises(FiltershiftError, match="must be a path inside the package"):
        copy_model(path, member, folder)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_only_files_are_read_from_a_tar(kind, tmp_path, folder):
    entry = tarfile.TarInfo("a.onnx")
    entry.type, entry.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "odd-1.tar.gz", "w:gz") as archive:
        archive.addfile(entry)
    with pytest.raises(FiltershiftError, match=r"odd-1\.tar\.gz: no member 'a\.onnx'; found no model$"):
        copy_model(tmp_path / "odd-1.tar.gz", "a.onnx", folder)


@pytest.mark.parametrize(("write", "top"), [(write_wheel, ""), (write_source_archive, "bomb-1/")])
def test_a_bomb_is_refused_before_it_is_read(write, top, tmp_path, folder):
    path = write(tmp_path, "bomb", "1", {"a.onnx": bytes(65 << 20)})
    with pytest.raises(FiltershiftError, match=r"claims 68,157,440 bytes out of [\d,]+; no model compresses so well$"):
        copy_model(path, f"{top}a.onnx", folder)
    assert list(folder.iterdir()) == []


def test_a_declared_size_that_lies_is_refused(tmp_path, folder):
    path = tmp_path / "lie.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.onnx", CONTENT)
    raw = path.read_bytes()
    size, half = len(CONTENT).to_bytes(4, "little"), (len(CONTENT) // 2).to_bytes(4, "little")
    path.write_bytes(raw.replace(size + size, half + half))  # compressed and full size, in both headers
    with pytest.raises(FiltershiftError, match=r"lie\.whl: member 'a\.onnx' cannot be read"):
        copy_model(path, "a.onnx", folder)


def test_names_that_are_no_text_are_refused(tmp_path, folder):
    path = write_wheel(tmp_path, "odd", "1", {"ü.onnx": b"x"})
    path.write_bytes(path.read_bytes().replace("ü".encode(), b"\xff\xfe"))
    with pytest.raises(FiltershiftError, match=r"member 'a\.onnx' cannot be read: 'utf-8' codec can't decode"):
        copy_model(path, "a.onnx", folder)


def test_a_source_archive_that_is_cut_off(tmp_path, folder):
    path = write_source_archive(tmp_path, "cut", "1", {"a.onnx": bytes(range(256)) * 1000})
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FiltershiftError, match=r"^cut-1\.tar\.gz: member 'cut-1/a\.onnx' cannot be read: [^\n]+$"):
        copy_model(path, "cut-1/a.onnx", folder)


def test_a_file_that_is_no_zip(tmp_path, folder):
    (tmp_path / "no.whl").write_bytes(b"no zip")
    with pytest.raises(FiltershiftError, match=r"^no\.whl: member 'a\.onnx' cannot be read: File is not a zip file$"):
        copy_model(tmp_path / "no.whl", "a.onnx", folder)
