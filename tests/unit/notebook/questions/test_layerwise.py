import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

import filtershift as fs
from two_models import net


@pytest.fixture(scope="module")
def weights() -> tuple[dict, dict]:
    """Two checkpoints, of which one layer differs; names are those of a state dict."""
    before = {f"{name}.weight": array for name, array in net(1).items()}
    return before, {**before, "layer2.conv.weight": 1.3 * before["layer2.conv.weight"]}


def test_arrays_files_and_filters_give_the_same_answer(weights: tuple[dict, dict], tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.safetensors", "b.safetensors")]
    for file, arrays in zip(files, weights, strict=True):
        save_file(arrays, file)
    live = fs.layerwise(*weights)
    assert live.moved["layer"].tolist() == ["layer2.conv"]
    assert set(live.layers.loc[live.layers["layer"] != "layer2.conv", "flag"]) == {"same"}
    assert repr(live) == "<before → after: 1 of 4 layers moved>"
    for pair in (files, [str(files[0]), fs.from_arrays(weights[1])], [weights[0], files[1]]):
        mixed = fs.layerwise(*pair)
        assert mixed.layers["shift"].tolist() == pytest.approx(live.layers["shift"].tolist())
        assert mixed.layers["matched_by"].unique().tolist() == ["name"]
    assert repr(fs.layerwise(files[0], files[0])) == "<a (before) → a (after): 0 of 4 layers moved>"


@pytest.mark.slow
def test_a_result_draws_itself_and_writes_its_page(weights: tuple[dict, dict], tmp_path: Path) -> None:
    found = fs.layerwise(weights[0], {**weights[1], "head.weight": np.ones((10, 10))}, resamples=20)
    assert found.unmatched["name"].tolist() == ["after: head.weight"]
    assert found.plot()._repr_png_().startswith(b"\x89PNG")
    assert "layer2.conv" in found._repr_html_()
    page = found.page(tmp_path / "changes")
    assert re.search("layer2.conv", page.read_text())
    assert found.page(tmp_path / "changes") == page
    (tmp_path / "changes/mine.txt").touch()
    with pytest.raises(
        fs.FiltershiftError, match=r"changes: would be replaced, but holds mine.txt; choose a new folder"
    ):
        found.page(tmp_path / "changes")


def test_mistakes_name_the_side(weights: tuple[dict, dict]) -> None:
    with pytest.raises(fs.FiltershiftError, match=r"after: .*gone.pt: no such file"):
        fs.layerwise(weights[0], "gone.pt")
    with pytest.raises(fs.FiltershiftError, match=r"before: layer 'a' has shape \(2, 2\), not"):
        fs.layerwise({"a": np.ones((2, 2))}, weights[1])
    several = fs.from_arrays(weights[0]) + fs.from_arrays(weights[1])
    with pytest.raises(fs.FiltershiftError, match=r"after: holds 2 models; choose one, as in filters.where\(model="):
        fs.layerwise(weights[0], several)
    with pytest.raises(fs.FiltershiftError, match="resamples must be a whole number from 1"):
        fs.layerwise(*weights, resamples=0)
