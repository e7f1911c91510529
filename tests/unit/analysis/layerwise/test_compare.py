import json

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.layerwise.compare import ABOVE_ROUNDING, SAME, Layerwise, compare_layers
from filtershift.analysis.layerwise.summary import by_chance, change_bases, check_limit, moved, summary
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.analysis.uncertainty.noise import ABOVE, TOO_SMALL
from filtershift.errors import FiltershiftError
from filtershift.passes.bases import Basis
from filtershift.passes.histograms import Grid
from filtershift.passes.patterns import symmetry_patterns
from two_models import layers_of, net

DRAWS = Resampling(200)


def compared(before: dict, after: dict, **options) -> Layerwise:
    return compare_layers(layers_of("before", before), layers_of("after", after), DRAWS, **options)


def perturbed(weights: dict, layer: str) -> dict:
    noise = np.random.default_rng(9).normal(0, 0.05 * weights[layer].std(), weights[layer].shape)
    return {**weights, layer: (weights[layer] + noise).astype(np.float32)}


@pytest.mark.parametrize(("layer", "flag"), [("layer2.conv", ABOVE), ("layer3.conv", ABOVE_ROUNDING)])
def test_the_one_layer_with_five_percent_of_noise_is_first_and_alone(layer: str, flag: str) -> None:
    before = net(1)
    found = compared(before, perturbed(before, layer))
    others = found.layers[found.layers["layer"] != layer]
    assert (others["shift"] == 0).all()
    assert (others["flag"] == SAME).all()
    first = moved(found.layers)
    assert set(first["layer"]) == {layer}
    assert flag in first["flag"].tolist()
    assert first["relative_change"].iloc[-1] == pytest.approx(0.05, rel=0.05)
    assert by_chance(found) == pytest.approx(0.05)


def test_a_scaled_layer_moves_in_unscaled_filters_alone() -> None:
    before = net(1)
    found = compared(before, {**before, "layer1.conv": 1.05 * before["layer1.conv"]}).layers
    own = found[found["layer"] == "layer1.conv"].set_index("variant")
    assert own.at["unscaled", "flag"] == ABOVE
    assert own.at["unscaled", "relative_change"] == pytest.approx(0.05, rel=1e-4)
    assert own.at["scaled", "shift"] == pytest.approx(0, abs=1e-6)
    assert own.at["scaled", "flag"] == SAME


@pytest.mark.slow
def test_another_training_of_the_same_net_is_noise() -> None:
    flags = pd.concat([compared(net(2 * k), net(2 * k + 1)).layers for k in range(8)])["flag"]
    assert (flags == ABOVE_ROUNDING).sum() == 0
    assert (flags == ABOVE).mean() <= 0.1


def test_swapped_models_give_the_mirrored_answer() -> None:
    before, after = net(1), perturbed(net(2), "layer1.conv")
    one, other = compared(before, after).layers, compared(after, before).layers
    means = [f"mean_shift_{i}" for i in range(9)]
    same = ["shift", "corrected", "low", "high", "floor", "null", "p", "cosine_mean", "component_3"]
    assert one[same].to_numpy() == pytest.approx(other[same].to_numpy(), rel=1e-3, abs=1e-7, nan_ok=True)
    assert one[means].to_numpy() == pytest.approx(-other[means].to_numpy(), abs=1e-6)
    assert one["flag"].tolist() == other["flag"].tolist()
    assert one["sparsity_before"].tolist() == other["sparsity_after"].tolist()


def test_the_same_input_gives_the_same_table_for_any_number_of_threads() -> None:
    before, after = net(1), net(2)
    one, other = compared(before, after).layers, compared(before, after, threads=2).layers
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_renamed_layers_and_those_without_a_partner() -> None:
    before = net(1)
    after = {f"module.{name}": weights for name, weights in before.items()} | {"module.head": net(3)["layer1.conv"]}
    found = compared(before, after)
    assert (found.layers["flag"] == SAME).all()
    assert found.layers["layer_after"].iloc[0] == "module.layer0.conv"
    assert found.skipped["name"].tolist() == ["after: module.head"]


def test_a_pruned_copy_moves_and_says_what_was_pruned() -> None:
    before = net(1)
    after = {name: np.where(np.abs(w) < np.quantile(np.abs(w), 0.5), 0, w) for name, w in before.items()}
    rows = compared(before, after).layers
    large = rows[rows["n_filters_before"] > 200]
    assert (large["flag"] == ABOVE).all()
    assert (rows["variance_entropy_after"] != rows["variance_entropy_before"]).all()


def test_layers_of_another_width_are_compared_without_pairs_of_filters() -> None:
    before, after = net(1), net(2, ((16, 1), (48, 16), (32, 48), (16, 16)))
    found = compared(before, after)
    rows = found.layers.set_index(["variant", "layer"])
    assert np.isnan(rows.loc["scaled"]["relative_change"]).tolist() == [True, True, True, False]
    assert np.isfinite(rows["shift"]).all()
    assert rows.loc[("scaled", "layer1.conv"), "n_units_after"] == 48


def test_a_layer_of_few_channels_is_too_small_unless_it_is_a_copy() -> None:
    shapes = ((16, 3), (3, 16))
    before, after = net(1, shapes), net(2, shapes)
    assert compared(before, after).layers["flag"].tolist()[1::2] == [TOO_SMALL] * 2
    copy = perturbed(before, "layer1.conv")
    assert ABOVE_ROUNDING in compared(before, copy).layers["flag"].tolist()[1::2]


def test_components_have_names_only_in_a_basis_of_named_axes() -> None:
    before, even, wide = net(1), np.full(9, 1 / 9), np.array([-6.0, 6.0])
    basis, grid = Basis(symmetry_patterns(), np.zeros(9), even, even, 1), Grid(wide, 70, wide)
    assert compared(before, before, reference=((basis, basis), (grid, grid))).axes[:2] == ("mean", "centre")
    assert compared(before, before).axes is None


def test_nothing_in_common_is_an_error() -> None:
    with pytest.raises(FiltershiftError, match="no layer of before has a partner in after"):
        compared({"a": np.ones((4, 4, 3, 3))}, {"b": np.ones((5, 4, 3, 3))})
    with pytest.raises(FiltershiftError, match="no layer has finite filters in both before and after"):
        compared({"a": np.full((4, 4, 3, 3), np.nan)}, {"a": np.full((4, 4, 3, 3), np.nan)})


def test_eigenfilters_of_the_change() -> None:
    before = net(1)
    pattern = np.array([0, 1, 0, 1, -4, 1, 0, 1, 0.0]).reshape(3, 3)
    added = np.random.default_rng(0).normal(size=(32, 32, 1, 1)) * 0.05 * pattern
    bases = change_bases(compared(before, {**before, "layer2.conv": before["layer2.conv"] + added}))
    assert list(bases) == ["layer2.conv"]
    basis = bases["layer2.conv"]
    assert basis.explained_variance_ratio[0] == pytest.approx(1, abs=1e-4)
    assert abs(basis.components[0] @ pattern.ravel()) == pytest.approx(np.linalg.norm(pattern), rel=1e-3)
    assert change_bases(compared(before, before)) == {}


def test_scripts_get_a_summary_and_a_limit() -> None:
    before = net(1)
    told = summary(compared(before, perturbed(before, "layer2.conv")))
    assert (told["layers"], told["unchanged"], told["unmatched"]) == (4, 3, 0)
    assert [row["layer"] for row in told["moved"]] == ["layer2.conv"] * 2
    assert told["variants"] == ["scaled", "unscaled"]
    with pytest.raises(FiltershiftError, match=r"fail_above: 1 of 4 layers moved by more than D = 1e-06 \(scaled"):
        check_limit(json.loads(json.dumps(told)), 1e-6)
    check_limit(told, 10)


def test_a_layer_that_is_not_finite_has_not_moved_and_exceeds_every_limit() -> None:
    before = net(1)
    found = compared(before, {**before, "layer2.conv": before["layer2.conv"] * np.nan})
    assert "layer2.conv" not in found.layers["layer"].tolist()
    assert found.skipped[["kind", "name", "reason"]].to_numpy().tolist() == [
        ["layer not finite", "after: layer2.conv", "no filter is finite"]
    ]
    with pytest.raises(FiltershiftError, match="in 1 layers no filter is finite"):
        check_limit(json.loads(json.dumps(summary(found))), 1e6)
