import numpy as np
import pytest

from filtershift.analysis.layerwise import noise
from filtershift.analysis.layerwise.noise import layer_noise, layer_shift
from filtershift.analysis.layerwise.units import UnitSums
from filtershift.analysis.shifts.d_matrix import component_shifts, probabilities
from filtershift.analysis.uncertainty.intervals import Resampling

WIDTH, RATIO = 0.5, np.full(9, 1 / 9)
DRAWS = Resampling(200)


def sums_of(coefficients: np.ndarray) -> UnitSums:
    """The sums of units from coefficients (units, n, 9), on ten bins from -2.5 to 2.5."""
    bins = np.clip((coefficients + 2.5) / WIDTH, 0, 9).astype(int)
    counts = (bins[..., None] == np.arange(10)).sum(axis=1)
    n = np.full(len(coefficients), coefficients.shape[1])
    energy = np.log((coefficients**2).sum(axis=2).mean(axis=1))
    sums = coefficients.sum(axis=1), (coefficients**2).sum(axis=1)
    return UnitSums(counts.astype(np.float32), np.column_stack([n, *sums, energy, np.ones(len(n))]))


def test_the_shift_is_that_of_a_d_matrix(rng: np.random.Generator) -> None:
    counts = rng.integers(0, 30, (2, 9, 10))
    expected = component_shifts(probabilities(counts, WIDTH))[:, 0, 1] * RATIO
    assert layer_shift(counts, WIDTH, RATIO) == pytest.approx(expected)


@pytest.mark.parametrize("is_paired", [True, False])
def test_swapped_sides_are_judged_alike(rng: np.random.Generator, is_paired: bool) -> None:
    one = sums_of(rng.normal(size=(12, 20, 9)))
    other = sums_of(rng.normal(0.1, 1.1, size=(12 if is_paired else 15, 20, 9)))
    found, mirrored = (vars(layer_noise(pair, is_paired, WIDTH, RATIO, DRAWS)) for pair in ((one, other), (other, one)))
    assert found == pytest.approx(mirrored, rel=1e-4)


def test_equal_sides_are_no_change(rng: np.random.Generator) -> None:
    side = sums_of(rng.normal(size=(12, 20, 9)))
    found = layer_noise((side, side), True, WIDTH, RATIO, DRAWS)
    assert (found.corrected, found.low, found.high, found.null, found.p) == (0, 0, 0, 0, 1)
    assert found.floor > 0


@pytest.mark.parametrize(("units", "filters"), [(7, 100), (12, 4)])
def test_few_units_or_filters_have_no_interval(rng: np.random.Generator, units: int, filters: int) -> None:
    found = layer_noise([sums_of(rng.normal(size=(units, filters, 9))) for _ in range(2)], True, WIDTH, RATIO, DRAWS)
    assert np.isnan([found.corrected, found.low, found.high]).all()
    assert found.null > 0


@pytest.mark.parametrize("is_paired", [True, False])
def test_p_is_seldom_small_by_chance(is_paired: bool) -> None:
    found = []
    for seed in range(150):
        random = np.random.default_rng(seed)
        # Channels differ in mean and scale.
        sides = [
            random.normal(size=(units, 12, 9)) * np.exp(0.5 * random.normal(size=(units, 1, 1)))
            + 0.5 * random.normal(size=(units, 1, 9))
            for units in (16, 16 if is_paired else 20)
        ]
        pair = sums_of(sides[0]), sums_of(sides[1])
        found.append(layer_noise(pair, is_paired, WIDTH, RATIO, Resampling(60)).p)
    assert np.mean(np.array(found) <= 0.2) == pytest.approx(0.2, abs=0.1)
    assert np.mean(np.array(found) <= 0.05) <= 0.1


@pytest.mark.parametrize("change", ["mean", "spread", "scale"])
def test_a_change_is_seen(rng: np.random.Generator, change: str) -> None:
    before = rng.normal(size=(32, 32, 9))
    after = {
        "mean": before + 0.2,
        "spread": before + 0.3 * rng.normal(size=before.shape),
        "scale": 1.02 * before,
    }[change]
    assert layer_noise((sums_of(before), sums_of(after)), True, WIDTH, RATIO, DRAWS).p < 0.02


def test_few_units_cannot_reach_a_small_p(rng: np.random.Generator) -> None:
    pair = sums_of(rng.normal(size=(4, 100, 9))), sums_of(rng.normal(1, 1, size=(4, 100, 9)))
    assert layer_noise(pair, True, WIDTH, RATIO, DRAWS).least_p == 1 / 8
    assert layer_noise(pair, True, WIDTH, RATIO, DRAWS).p > 0.05
    assert layer_noise(pair, False, WIDTH, RATIO, DRAWS).least_p == pytest.approx(1 / 70)


def test_exchanged_units_are_those_of_loops(rng: np.random.Generator) -> None:
    one, other = (sums_of(rng.normal(size=(5, 7, 9))) for _ in range(2))
    draws = rng.integers(0, 2, (3, 5)).astype(np.float32)
    first, second = noise._exchanged((one, other), draws, paired=True)
    for k, draw in enumerate(draws, start=1):
        expected = sum(one.counts[u] if own else other.counts[u] for u, own in enumerate(draw))
        assert (first.counts[k] == expected).all()
        assert first.counts[k] + second.counts[k] == pytest.approx(one.counts.sum(axis=0) + other.counts.sum(axis=0))
    assert (first.counts[0] == one.counts.sum(axis=0)).all()
