import numpy as np
import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.layerwise.depth import layer_changes

FLAGS = ("above", "above rounding", "within null", "same", "too small")


def layers(names: list[str], variants: tuple[str, ...] = ("scaled", "unscaled")) -> pd.DataFrame:
    k = np.arange(len(names))
    flags = [FLAGS[row % len(FLAGS)] for row in k]
    table = pd.DataFrame(
        {"layer": names, "shift": 0.1 * k, "low": 0.05 * k, "high": 0.2 * k, "null": 0.1, "flag": flags}
    )
    table["relative_change"] = np.where(k % 3 == 2, np.nan, 0.01 * k)
    return pd.concat([table.assign(variant=variant) for variant in variants])


def test_any_names_are_legible(labels, assert_legible) -> None:
    assert_legible(layer_changes(layers(labels)))


def test_a_panel_per_variant_and_one_of_changes(texts_of) -> None:
    texts = texts_of(layer_changes(layers(["a", "b"])))
    assert {"D, scaled filters", "D, unscaled filters", "relative change of weights, ‖ΔW‖ / ‖W‖"} <= set(texts)
    unpaired = layers(["a", "b"], ("unscaled",)).assign(relative_change=np.nan)
    texts = texts_of(layer_changes(unpaired))
    assert "D, scaled filters" not in texts
    assert not [text for text in texts if text.startswith("relative change")]


def test_only_layers_above_noise_are_filled() -> None:
    axes = layer_changes(layers(["a", "b", "c", "d", "e"])).axes[1]
    filled = {line.get_color(): len(line.get_xdata()) for line in axes.lines if line.get_marker() == "o"}
    assert filled == {"#4878a8": 1, "#a9c1d8": 1, "white": 3}


def test_no_change_at_all_and_no_layer(assert_legible) -> None:
    assert_legible(layer_changes(layers(["a"]).assign(shift=0, low=0, high=0, null=0, relative_change=0)))
    with pytest.raises(FiltershiftError, match="nothing to draw"):
        layer_changes(layers([]))
