"""What claims are made of, against plain computations on the models of each draw."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from filtershift.analysis.claims.about_shifts import models_against_groupings
from filtershift.analysis.claims.evidence import Evidence, layer_table, resampled
from filtershift.analysis.claims.groups import (
    UndecidedError,
    compared,
    covariances,
    from_normal,
    model_shifts,
    spreads,
    whole,
)
from filtershift.analysis.claims.statistics import rank_correlation, weighted_quantile
from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.d_matrix import shift_tables
from made_evidence import EDGES, FALLING, Model, make
from numpy_reference import made_basis

TASKS = ("a", "b", "c")
MODELS = [Model(task=task, at=0.3 * t + 0.1 * k, n=20_000 + 1000 * k) for t, task in enumerate(TASKS) for k in range(3)]


def drawn(evidence: Evidence, draw: int) -> Evidence:
    """The data set of a draw, models that are in it twice as two models."""
    times = evidence.weight[draw].astype(int)
    return make([MODELS[m] for m, count in enumerate(times) for _ in range(count)], draws=1)


def of_tasks(evidence: Evidence) -> dict[str, np.ndarray]:
    task = evidence.cells["task"]
    return {label: evidence.counts[task == k].sum(axis=0) for k, label in enumerate(evidence.labels["task"])}


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_shifts_are_those_of_the_data_set_in_each_draw() -> None:
    evidence = make(MODELS, draws=20)
    found = compared(evidence, "task")
    assert (found.labels, [len(models) for models in found.members], len(found.models)) == (
        ["a", "b", "c"],
        [3, 3, 3],
        9,
    )
    complete = 0
    for draw in range(21):
        groups = of_tasks(drawn(evidence, draw))
        sizes = pd.DataFrame({"group": list(groups), "n_filters": 0, "n_layers": 0, "n_models": 0})
        matrix, *_ = shift_tables(groups, EDGES, evidence.basis.explained_variance_ratio, sizes, "natural")
        if len(groups) == len(TASKS):
            complete += 1
            np.testing.assert_allclose(found.shift[draw], matrix, rtol=1e-9, atol=1e-12)
    assert complete > 15
    assert found.pairs[0].tolist() == [found.shift[0][pair] for pair in ((0, 1), (0, 2), (1, 2))]
    assert found.median[0] == pytest.approx(np.median(found.pairs[0]))
    assert found.means[0][1] == pytest.approx((found.shift[0, 1, 0] + found.shift[0, 1, 2]) / 2)


def test_shifts_between_models() -> None:
    evidence = make([*MODELS, Model(n=9000)])
    models, shift = model_shifts(evidence)
    assert models.tolist() == list(range(9))
    groups = {str(m): evidence.counts[evidence.model == m].sum(axis=0) for m in range(9)}
    sizes = pd.DataFrame({"group": list(groups), "n_filters": 0, "n_layers": 0, "n_models": 0})
    matrix, *_ = shift_tables(groups, EDGES, evidence.basis.explained_variance_ratio, sizes, "natural")
    np.testing.assert_allclose(shift, matrix, rtol=1e-9, atol=1e-12)


def test_small_and_unknown_groups_are_left_out() -> None:
    more = [Model(task="unknown")] * 3 + [Model(task="few models")] * 2 + [Model(task="few filters", n=3000)] * 3
    found = compared(make([*MODELS, *more]), "task")
    assert (found.labels, found.description) == (["a", "b", "c"], "3 of 6 groups of task")
    with pytest.raises(UndecidedError, match="the group few filters of task has less than 3 lineages of models and"):
        whole(make([*MODELS, *more]), "task", 5)
    with pytest.raises(UndecidedError, match="the grouping task has 3 groups; it takes 5"):
        whole(make(MODELS), "task", 5)


def test_variants_count_as_one_model() -> None:
    variants = [replace(model, lineage=f"{model.task} {k % 2}") for k, model in enumerate(MODELS)]
    with pytest.raises(UndecidedError, match=r"0 of 3 groups.* the next are a \(2 lineages, 63,000 filters\), b"):
        compared(make(variants), "task")
    far = [replace(MODELS[0], lineage="far", at=at) for at in (-2, 2)]
    evidence = make([*(replace(model, data_type=model.task) for model in MODELS), *far], draws=1)
    shift = model_shifts(evidence)[1]
    apart = [shift[a, b] for a in range(11) for b in range(a + 1, 11) if a < 9]
    others = max(compared(evidence, name).median[0] for name in ("task", "data_type", "depth_decile"))
    assert models_against_groupings(evidence).draws[0] == pytest.approx(np.median(apart) / others)


def test_covariances_are_those_of_the_mixture() -> None:
    evidence = make(MODELS, draws=3)
    task = evidence.cells["task"].to_numpy()
    found = covariances(evidence, task, 3)
    for draw in range(4):
        n = evidence.n * evidence.weight[draw][evidence.model]
        for group in range(3):
            if (n * (task == group)).sum() == 0:
                assert np.isnan(found[draw, group]).all()
                continue
            share = n * (task == group) / (n * (task == group)).sum()
            mean = share @ evidence.mean
            apart = evidence.mean - mean
            within = np.einsum("c,cij->ij", share, evidence.scatter / evidence.n[:, None, None])
            expected = within + np.einsum("c,ci,cj->ij", share, apart, apart)
            np.testing.assert_allclose(found[draw, group], expected, rtol=1e-9, atol=1e-12)


def test_spreads_are_along_the_components() -> None:
    evidence = make([replace(model, at=0) for model in MODELS], draws=1)
    turned = replace(evidence, basis=made_basis(np.eye(9)[::-1]))
    np.testing.assert_allclose(spreads(evidence, compared(evidence, "task"))[0], np.tile(FALLING, (3, 1)))
    np.testing.assert_allclose(spreads(turned, compared(turned, "task"))[0], np.tile(FALLING[::-1], (3, 1)))


def test_distance_from_normal() -> None:
    apart = (0.0, 1.0, 2.0)
    models = [Model(task=task, apart=gap, spread=(0.5,) * 9) for task, gap in zip(TASKS, apart, strict=True)] * 3
    evidence = make(models, draws=1)
    distance = from_normal(evidence, compared(evidence, "task"))[0]
    assert distance[0] < 0.01
    assert 3 * distance[0] < distance[1] < distance[2] / 3


NUMBERS = st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 4)), min_size=1, max_size=12)


@given(NUMBERS, st.sampled_from([0.25, 0.5, 0.75]))
def test_weighted_quantiles_are_those_of_repeated_values(pairs: list[tuple[int, int]], share: float) -> None:
    values, times = (np.array(column) for column in zip(*pairs, strict=True))
    [found] = weighted_quantile(values.astype(float), [times.astype(float)], share)
    if times.sum() == 0:
        assert np.isnan(found)
    else:
        assert found == np.quantile(np.repeat(values, times), share, method="averaged_inverted_cdf")


@given(st.integers(3, 12), st.integers(0, 999))
def test_rank_correlation_is_that_of_scipy(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, rows = rng.permutation(n).astype(float) // 2, rng.integers(0, 5, (3, n)).astype(float)
    for row, found in zip(rows, rank_correlation(values, rows), strict=True):
        if np.ptp(row) > 0:
            assert found == pytest.approx(spearmanr(values, row).statistic)
        else:
            assert np.isnan(found)


def test_a_row_that_lacks_a_value_has_no_correlation() -> None:
    assert np.isnan(rank_correlation(np.arange(3.0), np.array([[1.0, np.nan, 3.0]]))).all()


def test_models_of_one_lineage_are_drawn_together() -> None:
    weight = resampled(np.array([4, 2, 4, 9, 2, 4]), 200, 3)
    assert weight[0].tolist() == [1] * 6
    np.testing.assert_array_equal(weight[:, [0, 0, 1]], weight[:, [2, 5, 4]])
    assert set(weight[:, [0, 1, 3]].sum(axis=1)) == {3}


def test_the_first_draw_is_the_data_set() -> None:
    weight = resampled(np.arange(7), 40, 3)
    assert weight[0].tolist() == [1] * 7
    assert (weight.sum(axis=1) == 7).all()
    assert len(np.unique(weight, axis=0)) > 30


def test_layer_table_numbers_models_and_groups() -> None:
    layers = pd.DataFrame(
        {"layer": range(4), "model_id": [7, 7, 3, 5], "model": ["x", "x", "x", "y"], "n_filters": [1, 2, 3, 4]}
    )
    quality = layers[["layer", "model", "n_filters"]].assign(sparsity=0.5)
    groups = Membership(["g", "h"], [1, 2], {0: 1, 1: 0, 3: 1})
    models, table = layer_table(layers, quality, {"task": groups})
    assert models["n_filters"].tolist() == [3, 3, 4]
    assert models["training_set"].isna().all()
    assert table["model"].tolist() == [0, 0, 1, 2]
    assert table["task"].tolist() == [1, 0, -1, 1]
    labelled = layers.assign(**{"Training-Dataset": ["a", None, None, "b"]})
    assert layer_table(labelled, quality, {})[0]["training_set"].fillna("?").tolist() == ["a", "?", "b"]


def test_shifts_in_another_basis_than_the_papers_decide_nothing() -> None:
    evidence = replace(make(MODELS, draws=2), axes="dct")
    for measure in (lambda: from_normal(evidence, compared(evidence, "task")), lambda: model_shifts(evidence)):
        with pytest.raises(UndecidedError, match="compare in the PCA basis of all filters; this run has basis=dct"):
            measure()
    assert np.isfinite(covariances(evidence, evidence.cells["task"].to_numpy(), 3)).all()
