import numpy as np
import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.quality.profile import layer_profiles

QUALITY = pd.DataFrame({"conv_depth_norm": np.linspace(0, 1, 50), "variance_entropy": np.linspace(0.2, 0.9, 50)})


def layers(model: str, names: list[str]) -> pd.DataFrame:
    states = [("degenerate", "random-like", "diverse", None)[k % 4] for k in range(len(names))]
    entropy = np.linspace(0.1, 0.9, len(names))
    entropy[-1] = np.nan
    table = pd.DataFrame({"layer_name": names, "variance_entropy": entropy, "state": states})
    return table.assign(model=model, conv_depth_norm=np.linspace(0, 1, len(names)))


def test_any_names_are_legible(labels, assert_legible) -> None:
    placed = pd.concat([layers(labels[-1], labels), layers("other", labels[:2])])
    assert_legible(layer_profiles(placed, QUALITY))


def test_degenerate_layers_are_named_up_to_twelve(texts_of) -> None:
    names = [f"layer {k}" for k in range(60)]
    texts = texts_of(layer_profiles(layers("mine", names), QUALITY))
    assert [text for text in texts if text.startswith("layer ")] == [f"layer {k}" for k in range(0, 48, 4)]
    assert "and 3 more" in texts


def test_a_model_without_degenerate_layers_says_so(texts_of) -> None:
    fine = layers("mine", ["conv1"]).assign(state="diverse")
    assert "no degenerate layer" in texts_of(layer_profiles(fine, QUALITY))


def test_layers_of_a_placement_are_one_panel_per_model_before_those_of_the_data_set(texts_of) -> None:
    placed = pd.DataFrame(
        {
            "model": ["b", "a", "b"],
            "layer_name": ["conv1", "conv2", "conv3"],
            "conv_depth_norm": [0, 0.5, 1.0],
            "variance_entropy": [0.2, 0.7, np.nan],
            "state": ["degenerate", "diverse", None],
        }
    )
    quality = pd.DataFrame({"conv_depth_norm": [0.25, 0.75], "variance_entropy": [0.5, 0.6]})
    figure = layer_profiles(placed, quality)
    texts = texts_of(figure)
    assert [text for text in texts if text in ("a", "b")] == ["b", "a"]
    assert [text for text in texts if text.startswith("conv")] == ["conv1"]
    assert texts.count("no degenerate layer") == 1
    first, second = (axes for axes in figure.axes if axes.get_xlabel())
    points = [sorted(x for line in axes.lines[2:] for x in line.get_xdata() if 0 <= x <= 1) for axes in (first, second)]
    for axes in (first, second):
        assert any(line.get_xdata().tolist() == [0.25, 0.75] for line in axes.lines)
    assert 0.5 in points[1]
    with pytest.raises(FiltershiftError, match="no model"):
        layer_profiles(placed[:0], quality)
