"""The quality of models, of groups and by depth, against sums over layers."""

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.quality.summaries import MEASURES, SUMMARY, WEIGHTED, depth_rows, group_quality, model_quality
from filtershift.files import read_table, write_table

STATES = {"d": "degenerate", "r": "random-like", "v": "diverse", "-": None}


@pytest.fixture
def quality(rng: np.random.Generator) -> pd.DataFrame:
    """Ten layers of four models: "b", "a" and "c" with 2 of 4, 1 of 2 and 0 of 1 degenerate, "d" not to be judged."""
    table = pd.DataFrame(
        {
            "layer": np.arange(10) * 10,
            "model_id": [7, 7, 7, 7, 7, 3, 3, 5, 9, 9],
            "model": ["b"] * 5 + ["a"] * 2 + ["c", "d", "d"],
            "conv_depth_norm": [0, 0.1, 0.2, 0.1 + 0.2, 1, 0, 0.95, 0, 0, 1],
            "n_filters": [100, 4, 200, 1, 300, 50, 60, 10, 2, 1],
            "non_finite_filters": [0, 0, 0, 0, 100, 0, 60, 0, 0, 0],
            "out_channels": [10, 2, 20, 1, 30, 5, 6, 10, 2, 1],
            "random_like": [False, np.nan, True, np.nan, False, False, False, True, np.nan, np.nan],
            "state": [STATES[state] for state in "ddr-vdvr--"],
            **{name: rng.uniform(0, 1, 10) for name in MEASURES},
        }
    )
    table.loc[[3, 8, 9], "variance_entropy"] = np.nan
    table.loc[[0, 7], "orthogonality"] = np.nan
    return table


@pytest.fixture(params=["computed", "read back"])
def either(request, quality, tmp_path):
    """The table as it is computed, and from its file."""
    if request.param == "computed":
        return quality
    write_table(tmp_path / "layers.csv", quality)
    return read_table(tmp_path / "layers.csv", text=("model",))


def test_models_come_most_degenerate_first_and_of_equals_the_most_random_like(either):
    models = model_quality(either)
    assert models.columns.tolist() == ["model_id", "model", *SUMMARY]
    assert models["model"].tolist() == ["b", "a", "c", "d"]
    assert models["model_id"].tolist() == [7, 3, 5, 9]
    assert models["n_filters"].tolist() == [605, 110, 10, 3]
    assert models["n_layers"].tolist() == [5, 2, 1, 2]
    assert models["n_judged"].tolist() == [4, 2, 1, 0]
    alike = either.assign(state="diverse")
    assert model_quality(alike)["model"].tolist() == ["a", "b", "c", "d"]


def test_shares_are_those_of_the_layers_judged(either):
    shares = model_quality(either)[["degenerate", "random_like", "diverse"]]
    expected = [[0.5, 0.25, 0.25], [0.5, 0, 0.5], [0, 1, 0], [np.nan] * 3]
    np.testing.assert_array_equal(shares, expected)


def test_means_count_every_layer_once_and_leave_missing_values_out(either):
    models = model_quality(either).set_index("model")
    for model, layers in either.groupby("model"):
        for name in MEASURES:
            known = [value for value in layers[name] if not np.isnan(value)]
            expected = sum(known) / len(known) if known else np.nan
            assert models.loc[model, name] == pytest.approx(expected, rel=1e-12, nan_ok=True)
    assert models["variance_entropy"].isna().tolist() == [False, False, False, True]
    assert models["orthogonality"].isna().tolist() == [False, False, True, False]


def test_weighted_means_count_filters_or_what_the_paper_counts(either):
    models = model_quality(either).set_index("model")
    for model, layers in either.groupby("model"):
        filters = layers["n_filters"] - layers["non_finite_filters"]
        for name in WEIGHTED:
            clean = filters * (1 - layers["sparsity"]) if "clean" in name else filters
            weight = layers["out_channels"] if name == "orthogonality" else clean
            known = [(v, w) for v, w in zip(layers[name], weight, strict=True) if not np.isnan(v)]
            expected = sum(v * w for v, w in known) / sum(w for _, w in known) if known else np.nan
            assert models.loc[model, f"weighted_{name}"] == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_the_weighted_sparsity_is_the_share_of_all_filters():
    layers = pd.DataFrame({"n_filters": [10, 90], "sparsity": [1.0, 0.1], "layer": [0, 1], "state": None, "model": "m"})
    layers = layers.assign(model_id=0, non_finite_filters=0, **dict.fromkeys(set(MEASURES) - {"sparsity"}, np.nan))
    [row] = model_quality(layers).itertuples()
    assert (row.sparsity, row.weighted_sparsity) == pytest.approx((0.55, 0.19))
    assert np.isnan(row.weighted_orthogonality)


def test_groups_come_in_their_order_with_the_layers_they_have(either):
    task = Membership(["x10", "x2"], [2, 1], {0: 1, 20: 1, 50: 0, 70: 0, 40: 1})
    everything = Membership(["all"], [4], dict.fromkeys(range(0, 100, 10), 0))
    groups = group_quality(either, {"task": task, "all": everything})
    assert groups.columns.tolist() == ["grouping", "group", "n_models", *SUMMARY]
    assert groups["grouping"].tolist() == ["task", "task", "all"]
    assert groups["group"].tolist() == ["x10", "x2", "all"]
    assert groups["n_models"].tolist() == [2, 1, 4]
    assert groups["n_filters"].tolist() == [60, 600, 728]
    assert groups["n_layers"].tolist() == [2, 3, 10]
    assert groups["n_judged"].tolist() == [2, 3, 7]
    np.testing.assert_allclose(groups["degenerate"], [1 / 2, 1 / 3, 3 / 7])
    np.testing.assert_allclose(groups["random_like"], [1 / 2, 1 / 3, 2 / 7])
    np.testing.assert_allclose(groups["diverse"], [0, 1 / 3, 2 / 7])
    layers = either.set_index("layer")
    np.testing.assert_allclose(groups["sparsity"][0], layers.loc[[50, 70], "sparsity"].mean())
    np.testing.assert_allclose(groups["orthogonality"][0], layers.loc[50, "orthogonality"])


def test_groups_of_models_are_the_models(quality):
    names = ["a", "b", "c", "d"]
    number = dict(zip(quality["layer"], quality["model"].map(names.index), strict=True))
    groups = group_quality(quality, {"model": Membership(names, [1] * 4, number)}).set_index("group")
    models = model_quality(quality).set_index("model").loc[names]
    pd.testing.assert_frame_equal(groups[[*SUMMARY]], models[[*SUMMARY]], check_names=False)


def test_no_grouping_makes_an_empty_table(quality):
    table = group_quality(quality, {})
    assert table.empty
    assert table.columns.tolist() == ["grouping", "group", "n_models", *SUMMARY]


def test_models_of_one_name_stay_two(quality):
    quality["model_id"] = range(10)
    assert len(model_quality(quality)) == 10


def test_a_data_set_of_which_no_layer_can_be_judged(quality, tmp_path):
    write_table(tmp_path / "layers.csv", quality.assign(state=None, orthogonality=np.nan))
    models = model_quality(read_table(tmp_path / "layers.csv", text=("model",)))
    assert models["model"].tolist() == ["a", "b", "c", "d"]
    assert models["n_judged"].tolist() == [0] * 4
    assert models[["degenerate", "diverse", "orthogonality"]].isna().all(axis=None)


def test_rows_by_depth(either):
    rows = dict(depth_rows(either, "sparsity"))
    deciles = [f"(.{k}, .{k + 1}]" for k in range(1, 9)]
    assert list(rows) == ["first layer", "(0, .1]", *deciles, "(.9, 1]"]
    expected = {
        "first layer": [0, 5, 7, 8],
        "(0, .1]": [1],
        "(.1, .2]": [2],
        "(.2, .3]": [3],  # .1 + .2, which is above .3 but for rounding
        "(.9, 1]": [4, 6, 9],
    }
    for label, values in rows.items():
        np.testing.assert_array_equal(values, either["sparsity"].to_numpy()[expected.get(label, [])], err_msg=label)


def test_rows_by_depth_hold_missing_values_and_labels(either):
    assert np.isnan(dict(depth_rows(either, "variance_entropy"))["first layer"]).tolist() == [False] * 3 + [True]
    assert dict(depth_rows(either, "state"))["(.1, .2]"].tolist() == ["random-like"]
