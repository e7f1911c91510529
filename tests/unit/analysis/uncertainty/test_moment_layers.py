"""Draws of moments: against the moments of filters that are there, and on data sets of known distances."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from coefficient_moments import made_layers, moments_of
from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import GAUSSIAN, KNOWN, Choices
from filtershift.analysis.shifts.gaussian import gaussian_parts, gaussians
from filtershift.analysis.shifts.weighting import filter_weights
from filtershift.analysis.uncertainty.intervals import Resampling, _stretch, measure_uncertainty
from filtershift.analysis.uncertainty.moment_layers import gaussians_of, moment_layers
from filtershift.analysis.uncertainty.noise import above_noise, flags
from filtershift.analysis.uncertainty.resampling import ResamplingUnits
from filtershift.analysis.uncertainty.sampled_shifts import shifts_between, shifts_of_halves
from simulated import Group, Population, simulate, true_distance

# Models 0 and 1 are in both of the first groups; layer 8 has no filters, layer 9 is in no group.
SIZES = [300, 900, 50, 2000, 400, 70, 600, 10, 0, 500]
GROUP_OF = {0: 0, 1: 1, 2: 0, 3: 1, 4: 0, 5: 2, 6: 2, 7: 0, 8: 1}
MODEL = pd.Series([0, 0, 1, 1, 2, 3, 3, 2, 2, 9])
MOMENTS = moments_of(made_layers(SIZES))
PAIRS = np.array([0, 0, 1]), np.array([1, 2, 2])


def layers_of(choices, group_of=GROUP_OF, moments=MOMENTS, model=MODEL):
    groups = max(group_of.values()) + 1
    labels = [str(g) for g in range(groups)]
    return moment_layers(moments, Membership(labels, [1] * groups, group_of), model, choices)


def d_matrix(choices, group_of=GROUP_OF, moments=MOMENTS, model=MODEL):
    layers, group = np.array(list(group_of)), np.array(list(group_of.values()))
    own = moments.of(layers)
    weight = filter_weights(choices.weighting, own.n.astype(float), group, model[layers].to_numpy(), group.max() + 1)
    return gaussian_parts(gaussians(own, weight, group, group.max() + 1), choices.divergence).sum(axis=0)


@pytest.mark.parametrize("divergence", GAUSSIAN)
@pytest.mark.parametrize("weighting", KNOWN["weighting"])
def test_the_observed_shift_is_that_of_the_d_matrix(weighting, divergence):
    choices = Choices(weighting=weighting, divergence=divergence)
    layers, matrix = layers_of(choices), d_matrix(choices)
    assert layers.resampled == ["models", "models", "layers"]
    found = measure_uncertainty(layers, "task", Resampling(resamples=10), *PAIRS)
    np.testing.assert_allclose(found.shift, matrix[PAIRS], rtol=1e-5)
    # A group of two models has no interval.
    ends = {name for name, values in vars(found).items() if not np.isfinite(values).all()}
    assert ends == {"low", "high"}
    observed = ResamplingUnits(layers).observed
    halves = shifts_of_halves(layers, observed[PAIRS[0]], observed[PAIRS[1]])
    np.testing.assert_allclose(halves, matrix[PAIRS], rtol=1e-5)


@pytest.mark.parametrize("weighting", KNOWN["weighting"])
def test_a_resample_is_the_shift_of_models_that_many_times(weighting):
    choices = Choices(weighting=weighting, divergence="frechet")
    group_of = {layer: group for layer, group in GROUP_OF.items() if group < 2}
    layers, often = layers_of(choices, group_of), np.array([2, 1, 0], np.float32)
    units = ResamplingUnits(layers)
    drawn = np.stack([units._sums(often[None, : span.stop - span.start], span)[0] for span in units.spans])[None]
    copied = [layer for layer in group_of for _ in range(int(often[MODEL[layer]]))]
    nth = [copied[:k].count(layer) for k, layer in enumerate(copied)]
    filters = made_layers(SIZES)
    again = moments_of([filters[layer] for layer in copied])
    model = pd.Series([MODEL[layer] + 10 * times for layer, times in zip(copied, nth, strict=True)])
    matrix = d_matrix(choices, {k: group_of[layer] for k, layer in enumerate(copied)}, again, model)
    found = shifts_between(layers, [drawn], np.array([0]), np.array([1]), 1)
    assert found[0, 0] == pytest.approx(matrix[0, 1], rel=1e-4)


def one_layer(n):
    return layers_of(Choices(divergence="frechet"), {0: 0}, moments_of(made_layers([n])), pd.Series([0]))


@pytest.mark.parametrize("n", [5, 40])
def test_filters_drawn_anew_vary_as_those_of_a_normal_distribution_do(n):
    layers, rng = one_layer(n), np.random.default_rng(0)
    given = gaussians_of(layers.counts[0])
    found = gaussians_of(layers.redrawn(rng, np.tile(layers.counts, (4000, 1))))
    drawn = np.random.default_rng(1).multivariate_normal(given.mean, given.covariance, (4000, n))
    means = drawn.mean(axis=1)
    covariances = np.einsum("dni,dnj->dij", *[drawn - means[:, None]] * 2) / n
    scale = np.sqrt(np.diag(given.covariance))
    for ours, theirs, unit in (
        (found.mean, means, scale),
        (found.covariance, covariances, np.outer(scale, scale)),
    ):
        np.testing.assert_allclose(ours.mean(axis=0) / unit, theirs.mean(axis=0) / unit, atol=6 / np.sqrt(4000 * n))
        np.testing.assert_allclose(ours.std(axis=0) / unit, theirs.std(axis=0) / unit, rtol=0.1, atol=0.01)


def test_halves_of_a_layer_differ_as_halves_of_its_filters_do():
    n, rng = 60, np.random.default_rng(0)
    [filters] = made_layers([n])
    layers = one_layer(n)
    ours = shifts_of_halves(layers, *layers.split(rng, layers.counts[0], 1000))
    orders = rng.permuted(np.tile(np.arange(n), (1000, 1)), axis=1)
    halves = [moments_of([filters[order[: n // 2]], filters[order[n // 2 :]]]) for order in orders]
    theirs = [gaussian_parts(gaussians(both, np.ones(2), np.arange(2), 2), "frechet")[:, 0, 1].sum() for both in halves]
    assert np.median(ours) == pytest.approx(np.median(theirs), rel=0.06)
    assert np.quantile(ours, 0.95) == pytest.approx(np.quantile(theirs, 0.95), rel=0.1)


def test_filters_left_of_a_layer_vary_the_less_the_more_are_left():
    n, layers, rng = 1000, one_layer(1000), np.random.default_rng(0)
    [filters] = made_layers([n])
    for share in (0.05, 0.8):
        left = layers.thinned(rng, np.tile(layers.counts, (1500, 1)), np.full((1500, 1), share))
        assert left[:, 0].mean() == pytest.approx(n * share, rel=0.02)
        assert left[:, 0].std() == pytest.approx(np.sqrt(n * share * (1 - share)), rel=0.1)
        taken = [filters[rng.random(n) < share] for _ in range(1500)]
        found, theirs = gaussians_of(left), moments_of(taken)
        np.testing.assert_allclose(found.mean.std(axis=0), theirs.mean.std(axis=0), rtol=0.1)
        of_theirs = (theirs.scatter / theirs.n[:, None, None]).std(axis=0)
        np.testing.assert_allclose(found.covariance.std(axis=0), of_theirs, rtol=0.2, atol=2e-3)
    everything = layers.thinned(rng, layers.counts, np.ones((1, 1)))
    np.testing.assert_allclose(everything, layers.counts)
    assert not layers.thinned(rng, layers.counts, np.zeros((1, 1))).any()


def test_what_is_left_of_unlike_layers_is_as_uneven_as_their_filters():
    """Of which layer a filter is left matters more than which filter of a layer."""
    rng = np.random.default_rng(0)
    own = [rng.normal(size=(20_000, 9)) * scale for scale in (0.1, 3.0)]
    layers = layers_of(Choices(divergence="frechet"), {0: 0, 1: 0}, moments_of(own), pd.Series([0, 0]))
    left = layers.thinned(rng, np.tile(layers.counts, (1500, 1, 1)), np.full((1500, 2, 1), 1e-3)).sum(axis=1)
    found = np.trace(gaussians_of(left).covariance, axis1=1, axis2=2)
    taken = np.concatenate(own)[rng.integers(0, 40_000, (1500, 40))]
    assert found.std() == pytest.approx(taken.var(axis=1).sum(axis=-1).std(), rel=0.1)


USUAL = Population(filters=100)
GROUPS = [Group(10), Group(10), Group(10, 0.3, scale=1.1), Group(10, 1.0, scale=1.3), Group(10, 2.0, scale=2.0)]


@pytest.mark.slow
@pytest.mark.parametrize("divergence", GAUSSIAN)
def test_intervals_hold_the_true_shift_and_equal_groups_are_not_flagged(divergence):
    how, a, b = Resampling(resamples=100), np.zeros(4, int), np.arange(1, 5)
    known = [USUAL.gaussian(group.shift, group.scale) for group in GROUPS]
    true = [true_distance(known[0], other, divergence) for other in known[1:]]
    held, flagged = [], []
    for seed in range(20):
        layers = simulate(np.random.default_rng(seed), USUAL, GROUPS, Choices(divergence=divergence))
        found = measure_uncertainty(layers, "simulated", how, a, b)
        held.append((found.low <= true) & (true <= found.high))
        flagged.append(
            above_noise(flags(found.shift, np.maximum(found.floor[a], found.floor[b]), found.null, found.low))
        )
    assert np.mean(held) > 0.8
    assert np.mean(flagged, axis=0)[0] < 0.1
    assert np.mean(flagged, axis=0)[-1] > 0.9


@pytest.mark.slow
def test_an_interval_begins_at_0_if_the_shift_is_not_above_noise():
    a, b = np.zeros(4, int), np.arange(1, 5)
    below, ends = [], []
    for seed in range(20):
        layers = simulate(np.random.default_rng(seed), USUAL, [Group(3)] * 5, Choices(divergence="bures"))
        found = measure_uncertainty(layers, "simulated", Resampling(resamples=100), a, b)
        below.append((found.shift <= found.null) | (found.shift <= np.maximum(found.floor[a], found.floor[b])))
        ends.append([found.low, found.corrected, found.high])
    low, corrected, high = np.moveaxis(ends, 1, 0)
    assert (low[np.array(below)] == 0).all()
    assert ((low <= corrected) & (corrected <= high)).all()
    assert np.mean(low > 0) < 0.1


@pytest.mark.parametrize(
    ("a", "b", "freedom"),
    [
        ([5] * 3, [5] * 3, 4),
        ([5] * 5, [5] * 5, 8),
        ([5] * 3, [5] * 30, 2.42),
        ([40, *[10] * 9], [40, *[10] * 9], 2 * (13**2 / 25 - 1)),  # units of unequal size count as fewer
        ([1000, *[5] * 9], [5] * 3, 4),  # but never as fewer than three
        ([1000], [1000], 1998),  # filters of a layer
    ],
)
def test_degrees_of_freedom_are_welchs(a, b, freedom):
    sizes = [*a, *b]
    moments = moments_of(made_layers(sizes))
    members = Membership(["a", "b"], [0, 0], {k: int(k >= len(a)) for k in range(len(sizes))})
    layers = moment_layers(moments, members, pd.Series(range(len(sizes))), Choices(divergence="frechet"))
    found = _stretch(layers, ResamplingUnits(layers), np.array([0]), np.array([1]), 0.95)
    assert found[0] == pytest.approx(stdtrit(freedom, 0.975) / 1.96, rel=2e-3)
