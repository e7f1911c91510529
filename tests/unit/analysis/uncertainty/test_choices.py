"""Intervals, floors and nulls under every choice: against the shifts themselves, and on data sets of known shifts."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from coefficient_moments import made_moments
from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import GAUSSIAN, KNOWN, PAPER, Choices
from filtershift.analysis.shifts.divergences import chosen_parts
from filtershift.analysis.shifts.weighting import load_fine_counts
from filtershift.analysis.uncertainty.grouped_layers import grouped_layers, load_grouped_layers, rounded
from filtershift.analysis.uncertainty.intervals import Resampling, measure_uncertainty
from filtershift.analysis.uncertainty.noise import above_noise, flags
from filtershift.analysis.uncertainty.null_groups import null_groups
from filtershift.analysis.uncertainty.resampling import ResamplingUnits
from filtershift.analysis.uncertainty.sampled_shifts import shifts_between, shifts_of_halves
from filtershift.passes.histograms import REFINE
from simulated import RATIO, Group, Population, simulate, true_shift
from stored_histograms import saved

FINE = 4 * REFINE
# Layer 9 is in no group, layer 8 has no filters; models 0 and 1 are in both of the first groups.
SIZES = [300, 900, 50, 2000, 400, 70, 600, 10, 0, 500]
GROUP_OF = {0: 0, 1: 1, 2: 0, 3: 1, 4: 0, 5: 2, 6: 2, 7: 0, 8: 1}
MODEL = pd.Series([0, 0, 1, 1, 2, 3, 3, 2, 2, 9])
# Those of means and covariances are in test_moment_layers.py.
OF_HISTOGRAMS = [kind for kind in KNOWN["divergence"] if kind not in GAUSSIAN]
EVERY = [
    Choices(*values)
    for values in product(KNOWN["weighting"], [*KNOWN["extent"], [-0.7, 0.6]], KNOWN["epsilon"], OF_HISTOGRAMS)
] + [Choices(weights="equal"), Choices(weights="equal", divergence="js")]
MOMENTS = made_moments(SIZES)
PAIRS = np.array([0, 0, 1]), np.array([1, 2, 2])


@pytest.fixture(scope="module")
def histograms(tmp_path_factory):
    """Stored histograms of layers; their outermost bins are often empty."""
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.full(FINE, 0.3), (len(SIZES), 9))
    p[:, :, [0, 1, -1]] *= 1e-3
    counts = rng.multinomial(np.array(SIZES)[:, None], p / p.sum(axis=-1, keepdims=True))
    return saved(tmp_path_factory.mktemp("histograms"), counts.astype(np.int32))


def loaded(paths, group_of, choices, model=MODEL):
    groups = Membership(["a", "b", "c"], [3, 3, 1], group_of)
    fine = load_fine_counts(paths, MOMENTS, groups, [choices.weighting], model)
    return load_grouped_layers(paths, groups, model, RATIO, choices), chosen_parts(fine, choices, 4, RATIO).sum(axis=0)


@pytest.mark.parametrize("choices", EVERY, ids=str)
def test_the_observed_shift_is_that_of_the_d_matrix(histograms, choices):
    layers, matrix = loaded(histograms, GROUP_OF, choices)
    found = measure_uncertainty(layers, "task", Resampling(resamples=10), *PAIRS)
    np.testing.assert_allclose(found.shift, matrix[PAIRS], rtol=2e-4)
    for values in vars(found).values():
        assert np.isfinite(values).all()
    observed = ResamplingUnits(layers).observed
    halves = shifts_of_halves(layers, observed[PAIRS[0]], observed[PAIRS[1]])
    np.testing.assert_allclose(halves, matrix[PAIRS], rtol=2e-4)


@pytest.mark.parametrize("weighting", KNOWN["weighting"])
@pytest.mark.parametrize("epsilon", KNOWN["epsilon"])
def test_a_resample_is_the_shift_of_models_that_many_times(histograms, tmp_path, weighting, epsilon):
    """Of the data set in which a model that is drawn twice is there twice."""
    choices = Choices(weighting=weighting, epsilon=epsilon)
    group_of = {layer: group for layer, group in GROUP_OF.items() if group < 2}
    layers, _ = loaded(histograms, group_of, choices)
    often = np.array([2, 1, 0], np.float32)
    units = ResamplingUnits(layers)
    drawn = np.stack([units._sums(often[None, : span.stop - span.start], span)[0] for span in units.spans[:2]])[None]
    copied = [layer for layer in group_of for _ in range(int(often[MODEL[layer]]))]
    nth = [copied[:k].count(layer) for k, layer in enumerate(copied)]
    counts = _stored(histograms)[copied].astype(np.int32)
    again = {k: group_of[layer] for k, layer in enumerate(copied)}
    model = pd.Series([MODEL[layer] + 10 * times for layer, times in zip(copied, nth, strict=True)])
    _, matrix = loaded(saved(tmp_path, counts), again, choices, model)
    pair = np.array([0]), np.array([1])
    drawn = np.concatenate([drawn, np.zeros_like(drawn[:, :1])], axis=1)
    np.testing.assert_allclose(shifts_between(layers, [drawn], *pair, 1)[0], matrix[pair], rtol=1e-4)


def _stored(paths):
    import tables

    with tables.open_file(paths[0]) as file:
        return file.root.extent[:]


def own_bins(n, group, model, weighting):
    """Layers that each have a bin of their own, so that a histogram tells how much of each is in it."""
    counts = np.zeros((len(n), 9, len(n)), int)
    counts[np.arange(len(n)), :, np.arange(len(n))] = np.asarray(n)[:, None]
    group, model = np.array(group), np.array(model)
    return grouped_layers(counts, 0.1, RATIO, group, group.max() + 1, model, choices=Choices(weighting=weighting))


@pytest.mark.parametrize(("weighting", "owners"), [("layer", 4), ("model", 2)])
def test_what_takes_a_place_weighs_as_much_as_what_was_there(weighting, owners):
    # Every group has two models of two layers, of very different sizes.
    n = [200_000, 50_000, 3_000_000, 1_000_000, 100_000, 700_000, 20_000, 900_000]
    layers = own_bins(n, np.repeat([0, 1], 4), np.repeat(range(4), 2), weighting)
    sample = np.concatenate(list(null_groups(layers, np.random.default_rng(0), 200)))[:, :, layers.component == 0]
    total = np.add.reduceat(n, [0, 4])
    np.testing.assert_allclose(sample.sum(axis=-1), np.broadcast_to(total, (200, 2)), rtol=1e-5)
    shares = sample / total[:, None]
    if weighting == "model":
        shares = shares.reshape(200, 2, 4, 2).sum(axis=-1)
    # Each counts as many times the same as places it takes.
    np.testing.assert_allclose(shares * owners, np.rint(shares * owners), atol=1e-4)


@pytest.mark.parametrize("weighting", ["layer", "model"])
def test_small_layers_are_not_replaced_by_exact_ones(weighting):
    """What comes to a layer of 100 filters is as uneven as 100 filters are."""
    rng = np.random.default_rng(0)
    n = np.repeat([100, 50_000], 20)
    counts = rng.multinomial(n[:, None], np.full((9, 10), 0.1))
    group, model = np.repeat([0, 1, 2, 3], 10), np.arange(40) // 2
    layers = grouped_layers(counts, 0.1, RATIO, group, 4, model, choices=Choices(weighting=weighting))
    sample = np.concatenate(list(null_groups(layers, rng, 100))).reshape(100, 4, 9, 10)
    spread = (sample / sample.sum(axis=-1, keepdims=True)).std(axis=(0, 2, 3))
    assert spread[:2].min() > 0.7 * np.sqrt(0.09 / 1000)
    assert spread[:2].min() > 3 * spread[2:].max()


def test_counts_of_shared_bins_are_rounded_to_as_many():
    rng = np.random.default_rng(0)
    component = np.repeat(np.arange(9), 30)
    counts = rng.dirichlet(np.ones(30), (5, 9)).reshape(5, 270) * 1000
    whole = rounded(counts.astype(np.float32), component)
    np.testing.assert_array_equal(whole, np.rint(whole))
    np.testing.assert_array_equal(whole.reshape(5, 9, 30).sum(axis=-1), 1000)
    assert np.abs(whole - counts).max() < 1.01
    integers = rng.integers(0, 2**24, (5, 270)).astype(np.float32)
    np.testing.assert_array_equal(rounded(integers, component), integers)


@pytest.mark.parametrize("extent", ["quantile", "symmetric"])
def test_a_group_of_one_layer_is_halved_in_bins_that_are_shared(histograms, extent):
    layers, _ = loaded(histograms, GROUP_OF | {6: 1}, Choices(extent=extent))
    assert layers.resampled == ["models", "models", "filters"]
    one, other = ResamplingUnits(layers).halves(np.random.default_rng(0), 2, 20)
    for half in (one, other):
        assert (half >= 0).all()
        np.testing.assert_array_equal(np.add.reduceat(half, np.searchsorted(layers.component, range(9)), axis=1), 35)


KINDS = [Choices(divergence=kind) for kind in OF_HISTOGRAMS] + [
    Choices(weighting="layer"),
    Choices(weighting="model", divergence="js"),
    Choices(epsilon="pseudocount"),
]
USUAL = Population()
MOVED = [USUAL.probability(move) for move in (0.0, 0.0, 1.0, 2.0)]


@pytest.mark.slow
@pytest.mark.parametrize("choices", KINDS, ids=str)
def test_intervals_hold_the_true_shift_and_equal_groups_are_not_flagged(choices):
    how, true = Resampling(resamples=200), [true_shift(MOVED[0], p, choices.divergence) for p in MOVED[1:]]
    groups = [Group(8, move) for move in (0.0, 0.0, 1.0, 2.0)]
    a, b, held, above = np.zeros(3, int), np.arange(1, 4), [], []
    for seed in range(20):
        layers = simulate(np.random.default_rng(seed), USUAL, groups, choices)
        found = measure_uncertainty(layers, "simulated", how, a, b)
        held.append((found.low <= true) & (true <= found.high))
        above.append(above_noise(flags(found.shift, np.maximum(found.floor[a], found.floor[b]), found.null, found.low)))
    assert np.mean(held) > 0.85
    assert np.mean(held, axis=0).min() > 0.75
    assert np.mean(above, axis=0)[0] < 0.1
    assert np.mean(above, axis=0)[2] > 0.8


def test_the_papers_choices_leave_out_empty_bins_and_others_do_not():
    counts = np.zeros((2, 9, 5), int)
    counts[:, :, 2] = 3
    arguments = counts, 0.1, RATIO, np.arange(2), 2, np.arange(2)
    assert grouped_layers(*arguments).counts.shape == (2, 9)
    assert grouped_layers(*arguments, choices=PAPER).counts.shape == (2, 9)
    assert grouped_layers(*arguments, choices=Choices(divergence="tv")).counts.shape == (2, 45)
