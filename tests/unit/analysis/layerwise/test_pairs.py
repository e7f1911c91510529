import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.layerwise.noise import layer_shift
from filtershift.analysis.layerwise.pairs import ALL, find_pairs, over_pairs, pair_shifts
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.errors import FiltershiftError

RATIO = np.full(9, 1 / 9)


def layer_table(models: list[tuple[str, str | None, str]]) -> pd.DataFrame:
    """Two layers of each model, the first and the last: its name, whether it is robust, its architecture."""
    rows = [
        {"model_id": k, "model": model, "robust": robust, "net": net, "conv_depth_norm": depth, "n_filters": 40}
        for k, (model, robust, net) in enumerate(models)
        for depth in (0.0, 1.0)
    ]
    return pd.DataFrame(rows).rename_axis("layer")


MODELS = [
    ("a", "no", "resnet"),
    ("b", "yes", "resnet"),
    ("c", "yes", "resnet"),
    ("d", "no", "vgg"),
    ("e", "yes", "vgg"),
    ("f", None, "vgg"),
    ("g", "yes", "vit"),
]


def test_pairs_agree_in_some_labels_and_differ_in_one() -> None:
    pairs, skipped = find_pairs(layer_table(MODELS), "robust", ["net"])
    names = pairs[["group", "before_name", "after_name"]].to_numpy().tolist()
    assert names == [["resnet", "a", "b"], ["resnet", "a", "c"], ["vgg", "d", "e"]]
    assert pairs["contrast"].unique().tolist() == ["no → yes"]
    assert skipped[["name", "reason"]].to_numpy().tolist() == [
        ["f", "a label is missing"],
        ["g", "no model differs from it in robust alone"],
    ]
    assert skipped["count"].tolist() == [80, 80]


def test_without_labels_to_agree_in_all_models_are_compared() -> None:
    pairs, _ = find_pairs(layer_table(MODELS[:4]), "net", [])
    assert pairs["contrast"].tolist() == ["resnet → vgg"] * 3
    assert pairs["group"].tolist() == [ALL] * 3


def test_mistakes_name_the_column() -> None:
    with pytest.raises(FiltershiftError, match=r"layerwise.pairs: there is no column 'robst', did you mean 'robust'"):
        find_pairs(layer_table(MODELS), "robst", ["net"])
    with pytest.raises(FiltershiftError, match="no two models agree in model and differ in robust"):
        find_pairs(layer_table(MODELS), "robust", ["model"])


def test_shifts_are_those_of_summed_histograms(rng: np.random.Generator) -> None:
    layers = layer_table(MODELS)
    counts = rng.integers(0, 20, (len(layers), 9, 5))
    pairs, _ = find_pairs(layers, "robust", ["net"])
    found = pair_shifts(pairs, layers, {"scaled": (counts, 0.5, RATIO)}).set_index(["after_name", "depth"])
    assert found.index.get_level_values("depth").unique().tolist() == ["[0, .1]", "(.9, 1]", ALL]
    # Model c is the third one, with layers 4 and 5; it is compared with a, of layers 0 and 1.
    first, whole = found.loc[("c", "[0, .1]")], found.loc[("c", ALL)]
    assert first["shift"] == pytest.approx(layer_shift(counts[[0, 4]], 0.5, RATIO).sum())
    assert whole["shift"] == pytest.approx(
        layer_shift(np.stack([counts[:2].sum(0), counts[4:6].sum(0)]), 0.5, RATIO).sum()
    )
    assert whole["component_2"] == pytest.approx(
        layer_shift(np.stack([counts[:2].sum(0), counts[4:6].sum(0)]), 0.5, RATIO)[2]
    )
    assert whole["n_filters_after"] == counts[4:6, 0].sum()


def test_intervals_are_over_groups(rng: np.random.Generator) -> None:
    groups = np.repeat([f"g{k}" for k in range(30)], 2)
    shift = np.repeat(rng.exponential(size=30), 2)
    table = pd.DataFrame({"variant": "scaled", "contrast": "a → b", "group": groups, "depth": ALL, "shift": shift})
    table = table.assign(n_filters_before=100, n_filters_after=np.arange(60) + 80)
    [row] = over_pairs(table, Resampling(2000)).to_dict("records")
    assert (row["n_pairs"], row["n_groups"]) == (60, 30)
    assert row["mean"] == pytest.approx(shift.mean())
    assert row["n_filters"] == 100
    # Twice the standard error of 30 groups, not of 60 pairs.
    assert row["high"] - row["low"] == pytest.approx(3.9 * shift[::2].std() / 30**0.5, rel=0.15)
    [row] = over_pairs(table[:2], Resampling(20)).to_dict("records")
    assert np.isnan(row["low"])
    assert over_pairs(table.assign(shift=np.nan), Resampling(20)).empty
