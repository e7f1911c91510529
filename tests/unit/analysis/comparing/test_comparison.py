import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.analysis.comparing.comparison import (
    Side,
    compare_bases,
    matchable,
    named_shifts,
    not_one_group,
    one_sided,
    pair_shift,
    same_named,
    unlabelled,
)
from filtershift.analysis.comparing.joint_passes import JointMeasures, Measurable, measure_jointly
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.passes.bases import Basis
from filtershift.passes.filter_array import FilterArray
from filtershift.passes.moments import measure_moments

BINS = 14
EPSILON = 1.1920929e-07
HOW = Resampling(resamples=50)
Filters = list[np.ndarray]


def made(seed: int, *sizes: int) -> Filters:
    """The filters of layers of these sizes."""
    rng = np.random.default_rng(seed)
    return [
        (rng.normal(0.1 * k, 1, (n, 9)) @ rng.normal(0, 0.6, (9, 9))).astype(np.float32) for k, n in enumerate(sizes)
    ]


def measured(*filters: Filters) -> JointMeasures:
    arrays = [FilterArray(layers) for layers in filters]
    return measure_jointly(
        [Measurable(one, one.row_ranges, measure_moments(one, one.row_ranges)) for one in arrays], BINS
    )


def scaled(filters: np.ndarray) -> np.ndarray:
    return filters / np.abs(filters).max(axis=1, keepdims=True)


class Naive:
    """Both sets at once, in plain numpy: the principal components of all filters, and histograms over their extent."""

    def __init__(self, here: Filters, there: Filters, variant: int) -> None:
        self.sets = [
            [scaled(rows.astype(float)) if variant == 0 else rows.astype(float) for rows in one]
            for one in (here, there)
        ]
        everything = np.concatenate([*self.sets[0], *self.sets[1]])
        variance, vectors = np.linalg.eigh(np.cov(everything, rowvar=False))
        self.ratio, components = variance[::-1] / variance.sum(), vectors.T[::-1]
        leading = np.abs(components).argmax(axis=1)
        self.components = components * np.sign(components[np.arange(9), leading])[:, None]
        self.mean = everything.mean(axis=0)
        values = self.coefficients(everything)
        self.edges = np.linspace(values.min(), values.max(), BINS + 1)

    def coefficients(self, filters: np.ndarray) -> np.ndarray:
        return (filters - self.mean) @ self.components.T

    def counts(self, filters: np.ndarray) -> np.ndarray:
        clipped = np.clip(self.coefficients(filters), self.edges[0], self.edges[-1])
        return np.stack([np.histogram(values, self.edges)[0] for values in clipped.T])

    def shift(self, here: list[int], there: list[int]) -> float:
        """D between some layers of the one and some of the other."""
        p, q = (
            self.probability(np.concatenate([layers[k] for k in chosen]))
            for layers, chosen in zip(self.sets, (here, there), strict=True)
        )
        return float(self.ratio @ (p * np.log(p / q) + q * np.log(q / p)).sum(axis=1))

    def probability(self, filters: np.ndarray) -> np.ndarray:
        density = self.counts(filters) / (len(filters) * (self.edges[1] - self.edges[0]))
        density[density == 0] = EPSILON
        return density / density.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("variant", [0, 1])
def test_two_sets_are_measured_as_if_they_were_one(variant: int) -> None:
    here, there = made(1, 300, 200, 80), made(2, 150, 400)
    found, naive = measured(here, there), Naive(here, there, variant)
    basis: Basis = found.bases[variant]
    assert basis.components == pytest.approx(naive.components, abs=1e-9)
    assert basis.mean == pytest.approx(naive.mean, abs=1e-9)
    assert basis.explained_variance_ratio == pytest.approx(naive.ratio)
    assert found.edges[variant] == pytest.approx(naive.edges)
    assert [layers.tolist() for layers in found.layers] == [[0, 1, 2], [0, 1]]
    for counts, layers in zip(found.counts, naive.sets, strict=True):
        for counted, rows in zip(counts[:, variant], layers, strict=True):
            np.testing.assert_array_equal(counted, naive.counts(rows))


def table_of(models: list[str], layers: Filters) -> pd.DataFrame:
    return pd.DataFrame({"model": models, "n_filters": [len(rows) for rows in layers]})


def groups_of(labels: list[str], layers: Filters) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Layer and group, and the sizes of the groups."""
    groups = pd.DataFrame({"layer": range(len(labels)), "group": labels})
    table = groups.assign(n_filters=[len(rows) for rows in layers])
    sizes = table.groupby("group", sort=False, as_index=False).agg(
        n_filters=("n_filters", "sum"), n_layers=("layer", "size")
    )
    return groups, sizes.assign(n_models=1)


def compared(
    here: Filters,
    there: Filters,
    labels: tuple[list[str], list[str]],
    models: tuple[list[str], list[str]],
    how: Resampling = HOW,
):
    found = measured(here, there)
    sides = [
        Side(counts[:, 0], matchable(table_of(names, layers)))
        for counts, names, layers in zip(found.counts, models, (here, there), strict=True)
    ]
    groups, sizes = zip(*(groups_of(of, layers) for of, layers in zip(labels, (here, there), strict=True)), strict=True)
    width, ratio = found.edges[0][1] - found.edges[0][0], found.bases[0].explained_variance_ratio
    return named_shifts(tuple(sides), groups, same_named(*sizes), width, ratio, "test", how)


def test_shifts_of_groups_of_the_same_name_are_those_of_the_formula() -> None:
    here, there = made(1, 300, 200, 80, 250), made(2, 150, 400, 90)
    labels = ["a", "b", "a", "c"], ["b", "a", "d"]
    table = compared(here, there, labels, (["m", "n", "o", "p"], ["q", "r", "s"]))
    naive = Naive(here, there, 0)
    assert table["group"].tolist() == ["a", "b"]
    assert table["shift"].tolist() == pytest.approx([naive.shift([0, 2], [1]), naive.shift([1], [0])], rel=1e-6)
    assert table[[f"component_{i}" for i in range(9)]].sum(axis=1).to_numpy() == pytest.approx(
        table["shift"].to_numpy()
    )
    assert table[["n_filters_here", "n_filters_there", "n_layers_here"]].to_numpy().tolist() == [
        [380, 400, 2],
        [200, 150, 1],
    ]
    assert table[["corrected", "low", "high", "floor", "null"]].notna().all(axis=None)
    assert not table["same_models"].any()


def test_a_copy_is_at_no_distance_whatever_is_resampled() -> None:
    layers = made(3, *[100] * 16)
    names, labels = ["m"] * 10 + ["n"] * 6, ["a"] * 16
    [row] = compared(layers, layers, (labels, labels), (names, names)).to_dict("records")
    assert [row[key] for key in ("shift", "corrected", "low", "high", "flag")] == [0, 0, 0, 0, "below floor"]
    assert row["same_models"]
    assert row["floor"] > 0


def test_a_change_of_every_filter_of_the_same_models_rises_above_noise() -> None:
    """However much the models differ from one another."""
    before = made(4, *[4000] * 12)
    after = [rows * np.float32([1] * 8 + [0]) for rows in before]
    names, labels = [f"net {k // 2}" for k in range(12)], ["a"] * 12
    [row] = compared(before, after, (labels, labels), (names, names)).to_dict("records")
    assert row["same_models"]
    assert row["flag"] == "above"
    assert 0 < row["low"] < row["corrected"] < row["high"]


def test_models_of_one_name_but_other_sizes_are_two() -> None:
    here, there = made(5, 300, 200), made(5, 300, 210)
    labels, names = ["a", "a"], ["m", "m"]
    [row] = compared(here, there, (labels, labels), (names, names)).to_dict("records")
    assert not row["same_models"]


def test_a_group_without_finite_filters_has_no_shift() -> None:
    here, there = made(6, 300, 200), made(7, 300, 200)
    there[1][:] = np.nan
    labels = (["a", "b"], ["a", "b"])
    table = compared(here, there, labels, (["m", "n"], ["o", "p"]))
    assert table["shift"].isna().tolist() == [False, True]
    assert table["flag"].tolist()[1] == "too small"
    assert table["n_filters_there"].tolist() == [300, 0]


def test_without_draws_there_are_shifts_alone() -> None:
    here, there, named = made(8, 300, 200), made(9, 300, 200), (["a", "b"], ["a", "b"])
    table = compared(here, there, named, named, Resampling(resamples=0))
    assert table[["corrected", "low", "high", "floor", "null", "flag"]].isna().all(axis=None)
    assert table["shift"].tolist() == compared(here, there, named, named)["shift"].tolist()


COUNTS = st.integers(0, 2**32).map(
    lambda seed: np.random.default_rng(seed).integers(0, 5, (9, 6)) + np.eye(9, 6, dtype=int)
)


@given(COUNTS, COUNTS)
def test_a_shift_is_symmetric_and_never_negative(here: np.ndarray, there: np.ndarray) -> None:
    ratio = np.arange(9, 0, -1) / 45
    parts = pair_shift(here, there, 0.1, ratio)
    assert (parts >= 0).all()
    assert (pair_shift(there, here, 0.1, ratio) == parts).all()
    assert not pair_shift(here, here.copy(), 0.1, ratio).any()


def test_what_only_one_has_is_listed() -> None:
    here = pd.DataFrame({"group": ["a", "b"], "n_filters": [10, 20], "n_layers": 1, "n_models": 1})
    there = pd.DataFrame({"group": ["c", "b"], "n_filters": [30, 40], "n_layers": 2, "n_models": 1})
    assert same_named(here, there)[["group", "n_filters_here", "n_filters_there"]].to_numpy().tolist() == [
        ["b", 20, 40]
    ]
    assert one_sided("task", {"results/x": here, "results/y": there}).to_numpy().tolist() == [
        ["group", "task: a", "only in results/x", 10],
        ["group", "task: c", "only in results/y", 30],
    ]


def test_angles_between_components() -> None:
    ratio = np.arange(9, 0, -1) / 45
    turn = np.eye(9)
    turn[:2, :2] = [[np.cos(0.1), np.sin(0.1)], [-np.sin(0.1), np.cos(0.1)]]
    turn[3] *= -1
    turn[[7, 8]] = turn[[8, 7]]
    own, other = ({"components": components, "explained_variance_ratio": ratio} for components in (np.eye(9), turn))
    table = compare_bases(own, other, own)
    assert table["angle"].tolist() == pytest.approx([*[np.degrees(0.1)] * 2, 0, 0, 0, 0, 0, 90, 90])
    assert table["cosine"].tolist() == pytest.approx([*[np.cos(0.1)] * 2, 1, 1, 1, 1, 1, 0, 0], abs=1e-15)
    assert not compare_bases(other, other, own)["angle"].any()


def test_groups_without_a_label_are_not_one_group() -> None:
    groups = ["unknown", "regular / unknown", "unknown net", "a"]
    same = pd.DataFrame({"group": groups, "n_filters_here": 10, "n_filters_there": 5})
    assert unlabelled(same).tolist() == [True, True, False, False]
    rows = not_one_group("task", same[unlabelled(same)])
    assert rows["name"].tolist() == ["task: unknown", "task: regular / unknown"]
    assert rows["count"].tolist() == [15, 15]
