import numpy as np
import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.profile import Profile, profile, profile_of_placement

REFERENCE = np.linspace(0, 1, 50), np.linspace(0.2, 0.9, 50)


def layers(names: list[str]) -> Profile:
    states = [("degenerate", "random-like", "diverse", "")[k % 4] for k in range(len(names))]
    entropy = np.linspace(0.1, 0.9, len(names))
    entropy[-1] = np.nan
    return Profile(np.linspace(0, 1, len(names)), entropy, states, names)


def test_any_names_are_legible(labels, assert_legible) -> None:
    assert_legible(profile({labels[-1]: layers(labels), "other": layers(labels[:2])}, REFERENCE))


def test_degenerate_layers_are_named_up_to_twelve(texts_of) -> None:
    names = [f"layer {k}" for k in range(60)]
    texts = texts_of(profile({"mine": layers(names)}, REFERENCE))
    assert [text for text in texts if text.startswith("layer ")] == [f"layer {k}" for k in range(0, 48, 4)]
    assert "and 3 more" in texts


def test_a_model_without_degenerate_layers_says_so(texts_of) -> None:
    fine = Profile(np.array([0.5]), np.array([0.8]), ["diverse"], ["conv1"])
    assert "no degenerate layer" in texts_of(profile({"mine": fine}, REFERENCE))


def test_no_model_is_refused() -> None:
    with pytest.raises(FiltershiftError, match="no model"):
        profile({}, REFERENCE)


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
    figure = profile_of_placement(placed, quality)
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
        profile_of_placement(placed[:0], quality)
