import numpy as np
import pytest

from filtershift.analysis.trajectory.chance import chance_shifts
from filtershift.analysis.trajectory.steps import parts_of_shifts
from made_checkpoints import RATIO, WIDTH, histogram


def filters(rng, n, heavy):
    drawn = rng.normal(size=(n, 9)) * 2 * np.sqrt(RATIO)
    return drawn * np.exp(0.7 * rng.normal(size=(n, 1))) if heavy else drawn


@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize(("one", "other"), [(60, 60), (800, 800), (900, 300)])
def test_as_many_samples_exceed_it_as_should(one, other, heavy) -> None:
    rng = np.random.default_rng(1)
    a = np.stack([histogram(filters(rng, one, heavy)) for _ in range(250)])
    b = np.stack([histogram(filters(rng, other, heavy)) for _ in range(250)])
    shift = parts_of_shifts(a, b, WIDTH, RATIO).sum(axis=1)
    for level, least, most in ((0.5, 0.38, 0.62), (0.95, 0.005, 0.09)):
        above = shift > chance_shifts(a, b, WIDTH, RATIO, np.full(250, level))
        assert least <= above.mean() <= most


def test_mean_is_that_of_filters_dealt_out_anew() -> None:
    rng = np.random.default_rng(2)
    one, other = histogram(filters(rng, 500, True)), histogram(filters(rng, 500, True))
    both = one + other
    dealt = np.stack([rng.multivariate_hypergeometric(part, 500, 400, method="marginals") for part in both], axis=1)
    shift = parts_of_shifts(dealt, both - dealt, WIDTH, RATIO).sum(axis=1)
    median = chance_shifts(one[None], other[None], WIDTH, RATIO, np.array([0.5]))[0]
    assert median == pytest.approx(np.median(shift), rel=0.03)


def test_full_bins_give_the_chi_square_distribution() -> None:
    # 70 bins of 20,000 filters a side: 69 free bins of mean 1 / n + 1 / n each.
    even = np.full((1, 9, 70), 20_000)
    mean = chance_shifts(even, even, WIDTH, RATIO, np.array([0.5]))[0]
    assert mean == pytest.approx(69 * 2 / 1_400_000, rel=0.01)


def test_samples_of_less_than_two_filters_have_none() -> None:
    one = np.zeros((2, 9, 70), int)
    one[0, :, 3], one[1, :, 3] = 1, 0
    assert np.isnan(chance_shifts(one, one, WIDTH, RATIO, np.full(2, 0.95))).all()


def test_equal_filters_have_a_floor_of_0() -> None:
    one = np.zeros((1, 9, 70), int)
    one[..., 3] = 50
    assert chance_shifts(one, one, WIDTH, RATIO, np.array([0.95])) == pytest.approx([0], abs=1e-9)
