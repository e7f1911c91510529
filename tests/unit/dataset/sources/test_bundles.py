"""Bundles of any files: what is packed comes out, and nothing else does."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import filtershift
from filtershift.dataset.sources import bundles
from filtershift.dataset.sources.bundle_manifest import RunSettings
from filtershift.dataset.sources.bundles import read_manifest, unpack, write_bundle
from filtershift.errors import FiltershiftError
from made_bundle import configuration

Contents = dict[str, bytes]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle whose files hold their own names, some thousand times."""
    names = RunSettings.of(configuration(), "test").files
    for name in names:
        (tmp_path / "six" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "six" / name).write_text(name * 1000)
    write_bundle(tmp_path / "six.zip", {name: tmp_path / "six" / name for name in names}, configuration())
    return tmp_path / "six.zip"


def contents(path: Path) -> Contents:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path: Path, change: Callable[[Contents], object]) -> None:
    """Change files of a bundle, but not what its manifest says."""
    files = contents(path)
    change(files)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def edit_manifest(**values: object) -> Callable[[Contents], object]:
    def change(files: Contents) -> None:
        files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), **values}).encode()

    return change


def test_what_is_packed_comes_out(bundle: Path, tmp_path: Path) -> None:
    manifest = unpack(bundle, tmp_path / "out")
    found = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == set(manifest.members)
    for name in found:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "six" / name).read_bytes()
    assert manifest.settings == RunSettings.of(configuration(), "test")
    assert manifest.settings.titles == {"Task": "The task"}
    assert manifest.settings.placing == ["Task"]


def test_equal_statistics_make_equal_bytes(bundle: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    for path in (tmp_path / "six").rglob("*"):
        path.touch()
    names = RunSettings.of(configuration(), "test").files
    write_bundle(again, {name: tmp_path / "six" / name for name in reversed(names)}, configuration())
    assert again.read_bytes() == bundle.read_bytes()


def test_paths_of_the_machine_stay_there(bundle: Path) -> None:
    assert b"/home/me" in json.dumps(configuration()).encode()
    assert b"/home/me" not in contents(bundle)["manifest.json"]


def test_files_follow_from_the_configuration() -> None:
    settings = RunSettings.of(configuration(shards=3, variants=["scaled"], uncertainty={"resamples": 9}), "test")
    assert "statistics/moments.3-of-3.h5" in settings.files
    assert "scaled/shift/Task.intervals.csv" in settings.files
    assert not any("unscaled/" in name or "groups/all" in name for name in settings.files)


HOSTILE = {
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:-100]), "is no bundle, or was cut or damaged"),
    "empty": (lambda path: path.write_bytes(b""), "is no bundle, or was cut or damaged"),
    "another zip": (lambda path: rewrite(path, lambda files: files.pop("manifest.json")), "it has no manifest.json"),
    "changed": (
        lambda path: rewrite(path, lambda files: files.update({"models.csv": files["models.csv"].replace(b"m", b"n")})),
        "models.csv was changed: its SHA-256",
    ),
    "longer": (
        lambda path: rewrite(path, lambda files: files.update({"models.csv": b"x"})),
        "models.csv has 1 bytes; manifest.json says 10,000",
    ),
    "outside": (
        lambda path: rewrite(path, lambda files: files.update({"../evil": b"x"})),
        "holds '../evil', which is not as manifest.json says",
    ),
    "a pickle": (lambda path: rewrite(path, lambda files: files.update({"a.pkl": b"x"})), "holds 'a.pkl'"),
    "outside, listed": (
        lambda path: rewrite(path, edit_manifest(files={"/etc/evil": {"size": 1, "sha256": "0" * 64}})),
        "'/etc/evil' is not part of a bundle",
    ),
    "a file less": (lambda path: rewrite(path, lambda files: files.pop("models.csv")), "holds a file twice, or lacks"),
    "no JSON": (
        lambda path: rewrite(path, lambda files: files.update({"manifest.json": b"[" * 100_000})),
        "its manifest.json is damaged",
    ),
    "no checksum": (
        lambda path: rewrite(path, edit_manifest(files={"models.csv": {"size": True}})),
        "no size and SHA-256 of each file",
    ),
    "another version": (
        lambda path: rewrite(path, edit_manifest(format=2, filtershift="9.9.9")),
        f"made by filtershift '9.9.9', in format 2; this is filtershift {filtershift.__version__}, which reads",
    ),
    "another configuration": (
        lambda path: rewrite(path, edit_manifest(configuration=configuration(shards=2))),
        "'statistics/extent.1-of-1.h5' is not part of a bundle, as the run was configured",
    ),
    "a name that is a path": (
        lambda path: rewrite(
            path, edit_manifest(configuration=configuration(dataset={"name": "../x", "batch_norm": ""}))
        ),
        "is not the configuration of a finished run",
    ),
    "no configuration": (
        lambda path: rewrite(path, edit_manifest(configuration=[1])),
        "is not the configuration of a finished run",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_bundles_are_refused_in_one_line(kind: str, bundle: Path, tmp_path: Path) -> None:
    damage, said = HOSTILE[kind]
    damage(bundle)
    with pytest.raises(FiltershiftError) as refused:
        unpack(bundle, tmp_path / "deep/out")
    message = str(refused.value)
    assert message.startswith(f"{bundle}: ")
    assert said in message
    assert "\n" not in message
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - {bundle}
    assert all(path.is_relative_to(tmp_path / "six") or path.is_relative_to(tmp_path / "deep/out") for path in written)


def test_a_file_that_is_there_twice(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("models.csv", "other")
    with pytest.raises(FiltershiftError, match="holds a file twice"):
        unpack(bundle, tmp_path / "out")


def test_what_unpacks_to_too_much(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "SUSPECT_SIZE", 5_000)
    with pytest.raises(FiltershiftError, match=r"claims 15,000 bytes out of .*; no statistics are so large, or"):
        unpack(bundle, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_manifest_is_read_alone_and_a_missing_file_is_named(bundle: Path, tmp_path: Path) -> None:
    rewrite(bundle, lambda files: files.update({"models.csv": b"x"}))
    assert read_manifest(bundle).settings.name == "six"
    with pytest.raises(FiltershiftError, match=r"none\.zip: no such file; expected a bundle"):
        read_manifest(tmp_path / "none.zip")
