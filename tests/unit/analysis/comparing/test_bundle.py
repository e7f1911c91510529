"""Bundles of a real, small run: what is read in them, and files that only look like those of a run."""

import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from filtershift.analysis.comparing.bundle import read_bundle, unpacked_bundle
from filtershift.analysis.comparing.reference import load_reference
from filtershift.errors import FiltershiftError
from filtershift.files import read_table
from made_bundle import make_bundle, make_results
from six_layers import LAYERS

MOMENTS, EXTENT = "statistics/moments.1-of-1.h5", "statistics/extent.1-of-1.h5"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "six"
    make_results(folder)
    return folder


def test_a_bundle_is_a_folder_of_results(results: Path, tmp_path: Path) -> None:
    bundle = make_bundle(results, tmp_path / "any name.zip")
    reference, name = read_bundle(
        bundle, lambda folder, settings: (load_reference(folder, settings.placing, settings.variants), folder.name)
    )
    assert name == "six"
    assert len(reference.quality) == len(LAYERS)
    for variant in ("scaled", "unscaled"):
        counts = reference.counts["Task", variant]
        assert list(counts) == ["a", "b", "c"]
        # Layers 0, 2 and 5 are of task a.
        np.testing.assert_array_equal(counts["a"], reference.layer_counts[variant][[0, 2, 5]].sum(axis=0))
    with unpacked_bundle(bundle) as folder:
        assert (folder / MOMENTS).read_bytes() == (results / MOMENTS).read_bytes()
    assert not folder.exists()


def external(file: h5py.File) -> None:
    del file["n"]
    file["n"] = h5py.ExternalLink("/etc/passwd", "/n")


def soft(file: h5py.File) -> None:
    file["again"] = h5py.SoftLink("/n")


def stored_elsewhere(file: h5py.File) -> None:
    del file["n"]
    file.create_dataset("n", (6,), np.int64, external=[("/etc/hostname", 0, 48)])


def texts(file: h5py.File) -> None:
    del file["n"]
    file["n"] = ["a"] * 6


def too_few(file: h5py.File) -> None:
    for name in list(file):
        values = file[name][:-1]
        del file[name]
        file[name] = values


def nothing(file: h5py.File) -> None:
    del file["mean"]


def flat(file: h5py.File) -> None:
    values = file["mean"][()].ravel()[: len(LAYERS)]
    del file["mean"]
    file["mean"] = values


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (external, "moments.1-of-1.h5: 'n' is a link; expected arrays of numbers"),
        (soft, "'again' is a link"),
        (stored_elsewhere, "'n' is no plain array of numbers"),
        (texts, "'n' is no plain array of numbers"),
        (too_few, "LayerMoments are not those of the 6 layers"),
        (nothing, "holds other files than filtershift writes (TypeError: "),
        (flat, "holds other files than filtershift writes (IndexError: "),
    ],
)
def test_files_of_others_are_refused(
    change: Callable[[h5py.File], None], said: str, results: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(results, tmp_path / "six")
    with h5py.File(folder / MOMENTS, "a") as file:
        change(file)
    bundle = make_bundle(folder, tmp_path / "six.zip")
    with pytest.raises(FiltershiftError) as refused, unpacked_bundle(bundle):
        pass
    message = str(refused.value)
    assert message.startswith(f"{bundle}: ")
    assert said in message
    assert "\n" not in message


def test_noise_instead_of_hdf5(results: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(results, tmp_path / "six")
    (folder / EXTENT).write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 9)
    with (
        pytest.raises(FiltershiftError, match="holds other files"),
        unpacked_bundle(make_bundle(folder, tmp_path / "b")),
    ):
        pass


def test_tables_of_another_run(results: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(results, tmp_path / "six")
    table = (folder / "quality/layers.csv").read_text().splitlines()
    (folder / "quality/layers.csv").write_text("\n".join(table[:-1]))
    assert len(read_table(folder / "quality/layers.csv")) == len(LAYERS) - 1
    bundle = make_bundle(folder, tmp_path / "six.zip")
    with pytest.raises(FiltershiftError, match="not those of one run"), unpacked_bundle(bundle):
        pass
    with (
        pytest.raises(FiltershiftError, match="not those of one run"),
        unpacked_bundle(make_bundle(results, tmp_path / "other bins.zip", bins=30)),
    ):
        pass
