"""Intervals, floors and nulls on data sets whose shifts are known; `benchmarks/intervals.py` does this at length."""

import numpy as np
import pytest

from filtershift.analysis.uncertainty.intervals import Resampling, measure_uncertainty
from filtershift.analysis.uncertainty.noise import above_noise, flags
from simulated import SIGMA, Group, Population, binned, simulate, simulate_shared, true_shift

pytestmark = pytest.mark.slow

HOW = Resampling(resamples=300)
SEEDS = range(30)
USUAL = Population()
SHIFTS = (0.0, 0.0, 0.3, 1.0, 2.0)
TRUE = np.array([true_shift(USUAL.probability(0), USUAL.probability(shift)) for shift in SHIFTS[1:]])


def measured(layers, a, b):
    found = measure_uncertainty(layers, "simulated", HOW, a, b)
    return found, flags(found.shift, np.maximum(found.floor[a], found.floor[b]), found.null, found.low)


def with_the_first(groups):
    return np.zeros(groups - 1, int), np.arange(1, groups)


def test_true_distributions_are_those_of_many_models():
    rng = np.random.default_rng(0)
    models = [USUAL.model(rng, (1, 1)) for _ in range(20_000)]
    drawn = np.mean([binned(mean[0] + SIGMA, sigma[0]) for mean, sigma, _ in models], axis=0)
    assert np.abs(drawn - USUAL.probability(1.0)).sum(axis=1).max() < 0.02
    # Two normal distributions a standard deviation apart have KL = 1/2 in each direction.
    narrow = Population(models=0, scales=0, layers=0)
    assert true_shift(narrow.probability(0), narrow.probability(1)) == pytest.approx(1, rel=0.01)


@pytest.mark.parametrize("models", [3, 10])
def test_intervals_hold_the_true_shift(models):
    groups = [Group(models, shift) for shift in SHIFTS]
    pairs = with_the_first(len(groups))
    found = [measured(simulate(np.random.default_rng(seed), USUAL, groups), *pairs)[0] for seed in SEEDS]
    names = ("low", "high", "shift", "corrected")
    low, high, shift, corrected = (np.stack([getattr(one, name) for one in found]) for name in names)
    held = (low <= TRUE) & (high >= TRUE)
    assert held.mean() > 0.92
    # The shift itself is too large, so plain percentiles would hold the truth far less often.
    assert (shift.mean(axis=0) > TRUE).all()
    # The correction removes most of what is too much.
    assert np.abs(corrected.mean(axis=0) - TRUE).sum() < 0.5 * (shift.mean(axis=0) - TRUE).sum()
    assert ((low <= corrected) & (corrected <= high)).all()
    assert (high > shift).mean() > 0.9
    # They are of use: narrower than the shift is large, and above 0, where there is much of it.
    if models == 10:
        assert (high - low)[:, -1].mean() < TRUE[-1]
        assert (low[:, -1] > 0).all()
    assert (low[:, 0] == 0).mean() > 0.95


def test_intervals_of_groups_that_share_models_are_as_narrow_as_these_make_them():
    """What models have in common moves all groups alike: it is no noise between them."""
    shifts, pairs = (0.0, 0.5), with_the_first(2)
    together, apart = [], []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        population = Population(models=1.0, layers=0.1, scales=0.0, count=20)
        together.append(measured(simulate_shared(rng, population, shifts, 12), *pairs)[0])
        apart.append(measured(simulate(rng, population, [Group(12, shift) for shift in shifts]), *pairs)[0])
    true = true_shift(population.probability(0), population.probability(0.5))
    for found in (together, apart):
        assert np.mean([one.low[0] <= true <= one.high[0] for one in found]) >= 0.85
    wide, narrow = (np.mean([one.high[0] - one.low[0] for one in found]) for found in (apart, together))
    assert narrow < wide / 2


@pytest.mark.parametrize("models", [2, 10])
def test_equal_groups_are_above_the_null_as_often_as_it_says(models):
    pairs = np.triu_indices(7, 1)
    null, floor, above = [], [], []
    for seed in SEEDS:
        found, flag = measured(simulate(np.random.default_rng(seed), USUAL, [Group(models)] * 7), *pairs)
        null.append(found.shift > found.null)
        floor.append(found.shift > np.maximum(found.floor[pairs[0]], found.floor[pairs[1]]))
        above.append(above_noise(flag))
    assert 0.01 < np.mean(null) < 0.10
    assert np.mean(floor) < 0.10
    assert np.mean(above) < 0.05


@pytest.mark.parametrize("size", [(1, 50), (5, 10), (1, 1000)])
def test_a_group_of_few_filters_is_no_outlier(size):
    """Its shifts are by far the largest, and no more than chance."""
    groups, pairs = [Group(5), Group(10), Group(20), Group(1, size=size)], (np.arange(3), np.full(3, 3))
    flagged, shift = [], []
    for seed in SEEDS:
        found, flag = measured(simulate(np.random.default_rng(seed), USUAL, groups), *pairs)
        flagged.append(above_noise(flag))
        shift.append(found.shift)
    assert np.mean(shift) > 5 * 0.06
    assert np.mean(flagged) < 0.06


def test_true_shifts_of_several_models_are_found():
    groups = [Group(12, shift) for shift in (0.0, 0.0, 0.0, 1.0)]
    flagged = []
    for seed in SEEDS:
        layers = simulate(np.random.default_rng(seed), USUAL, groups)
        flagged.append(above_noise(measured(layers, np.arange(3), np.full(3, 3))[1]))
    assert np.mean(flagged) > 0.95


def test_few_models_that_are_far_apart_are_found_though_intervals_reach_0():
    """Intervals of three models are wide: if they had to be above 0, too, a third of these shifts would be lost."""
    groups, pair = [Group(3, shift) for shift in SHIFTS], (np.array([0]), np.array([4]))
    made = [simulate(np.random.default_rng(seed), USUAL, groups) for seed in SEEDS]
    flag = np.concatenate([measured(layers, *pair)[1] for layers in made])
    assert above_noise(flag).mean() > 0.9
    assert set(flag) >= {"above", "above, interval reaches 0"}


def test_more_filters_make_no_model_more():
    """Thirty times the filters leave an interval as wide: models are what varies."""
    groups, widths = [Group(6, 0.0), Group(6, 1.0)], []
    for filters in (1000, 30_000):
        population = Population(filters=filters)
        found = [measured(simulate(np.random.default_rng(s), population, groups), *with_the_first(2))[0] for s in SEEDS]
        widths.append(np.mean([one.high[0] - one.low[0] for one in found]))
    assert widths[1] == pytest.approx(widths[0], rel=0.25)
