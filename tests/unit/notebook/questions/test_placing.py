"""Models placed beside a bundle, from Python."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

import filtershift
from filtershift.analysis.comparing.placement import place as placed_beside
from filtershift.analysis.comparing.reference import load_reference
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from made_bundle import make_bundle, make_results
from six_layers import LAYERS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle six.zip, the model x of its data set, flat.safetensors without a 3×3 filter, and nan.safetensors."""
    folder = tmp_path_factory.mktemp("placing")
    make_results(folder / "six")
    make_bundle(folder / "six", folder / "six.zip")
    save_file({f"conv{k}.weight": np.ascontiguousarray(LAYERS[k]) for k in range(2)}, folder / "x.safetensors")
    save_file({"conv.weight": np.ones((2, 2, 1, 1), np.float32)}, folder / "flat.safetensors")
    save_file({"conv.weight": np.full((2, 2, 3, 3), np.nan, np.float32)}, folder / "nan.safetensors")
    return folder


def test_a_bundle_says_what_the_run_would(folder: Path) -> None:
    found = filtershift.place([folder / "x.safetensors"], folder / "six.zip", resamples=20, seed=3)
    reference = load_reference(folder / "six", ["Task"], ["scaled", "unscaled"])
    model = read_model_file(folder / "x.safetensors", "x")
    expected = placed_beside({"x": model}, reference, Resampling(20, 3))
    pd.testing.assert_frame_equal(found.shifts, expected.shifts)
    pd.testing.assert_frame_equal(found.layers, expected.layers)
    assert found.models["same_as"].tolist() == ["x"]
    assert found.dataset == "six"
    assert repr(found) == "<1 model placed in six>"
    assert "<th>group</th>" in found._repr_html_()
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.dataset = "other"  # type: ignore[misc]


def test_pages_need_no_other_file(folder: Path, tmp_path: Path) -> None:
    bundle = shutil.copy(folder / "six.zip", tmp_path / "six.zip")
    found = filtershift.place(str(folder / "x.safetensors"), bundle, resamples=0)
    page = found.page(tmp_path / "new/x.html").read_text()
    assert "Models placed in six</h1>" in page
    assert page.count('src="data:image/png;base64,') == 2
    assert "href" not in page.replace('href="#', "")
    assert ".csv" not in page
    explorer = found.explore(tmp_path / "explorer.html").path.read_text()
    assert '"marked": ["x (yours)"]' in explorer
    bundle.unlink()
    with pytest.raises(FiltershiftError, match=r"six\.zip: no such file"):
        found.explore(tmp_path / "explorer.html")


@pytest.mark.parametrize(
    ("model", "reference", "said"),
    [
        ("nan.safetensors", "six.zip", "there is nothing to place: no finite 3×3 filter in nan"),
        ("flat.safetensors", "six.zip", "there is nothing to place: no 3×3 filters in flat: "),
        ("none.onnx", "six.zip", "none.onnx: no such file"),
        ("x.safetensors", "none.zip", "none.zip: no such file; expected a bundle"),
        ("x.safetensors", "x.safetensors", "x.safetensors: is no bundle, or was cut or damaged"),
        ("x.safetensors", ".", "holds no results: expected a folder such as results/zoo"),
        (3, "six.zip", "place expects the path of a model, or a list of paths, not 3"),
        ("x.safetensors", 3, "place expects as reference a bundle or a folder of results, not 3"),
    ],
)
def test_mistakes_are_one_line(
    model: object, reference: object, said: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(FiltershiftError) as refused:
        filtershift.place(model, reference, resamples=0)  # type: ignore[arg-type]
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
