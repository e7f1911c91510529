"""The interval of a layer against a sum of squares, of which everything is known."""

import numpy as np
import pytest
from scipy.special import stdtrit

from filtershift.analysis.layerwise.interval import shift_interval


def test_ends_are_where_the_measured_shift_is_t_deviations_away() -> None:
    halves, shift, units = np.array([0.41, 0.5, 0.45, 0.44]), 0.4, 12
    corrected, low, high = shift_interval(halves, shift, units, 0.95)
    bias = halves.mean() - shift
    slope = halves.var() / (2 * bias + 4 * shift)
    assert corrected == pytest.approx(shift - bias)
    for end in (low, high):
        deviation = np.sqrt(slope * (2 * bias + 4 * end))
        assert abs(shift - bias - end) == pytest.approx(stdtrit(units - 1, 0.975) * deviation)


@pytest.mark.parametrize("true", [0.0, 0.5, 4.0])
def test_sums_of_squares_of_means_are_covered(true: float) -> None:
    random, covered, found = np.random.default_rng(0), [], []
    chosen = random.random((200, 20)).argsort(axis=1) < 10
    for _ in range(300):
        values = random.normal(size=(20, 30)) + np.sqrt(true / 30)
        halves = ((chosen @ values / 10) ** 2).sum(axis=1)
        corrected, low, high = shift_interval(halves, float((values.mean(axis=0) ** 2).sum()), 20, 0.95)
        covered.append(low <= true <= high)
        found.append(corrected)
    assert np.mean(covered) >= 0.9
    assert np.mean(found) == pytest.approx(true, abs=0.2)  # cut at 0


def test_no_shift_at_all_is_certain() -> None:
    assert shift_interval(np.zeros(20), 0.0, 16, 0.95) == (0, 0, 0)


def test_a_shift_smaller_than_its_bias_is_none() -> None:
    corrected, low, high = shift_interval(np.array([0.4, 0.5]), 0.2, 16, 0.95)
    assert (corrected, low) == (0, 0)
    assert high > 0
