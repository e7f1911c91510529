import numpy as np
import pytest

from filtershift.analysis.layerwise.changes import FilterChange, filter_changes, scaled


def filter_change(before: np.ndarray, after: np.ndarray) -> FilterChange:
    return filter_changes(before, after, len(before))[1]


def test_a_change_is_that_of_numpy(rng: np.random.Generator) -> None:
    before = rng.normal(size=(500, 9))
    after = before.copy()
    after[:100] += rng.normal(0, 0.1, (100, 9))
    found = filter_change(before, after)
    moved = after - before
    cosines = (before * after).sum(axis=1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)
    assert found.changed == 0.2
    assert found.relative == pytest.approx(np.linalg.norm(moved) / np.linalg.norm(before))
    assert found.cosines == pytest.approx([cosines.mean(), *np.quantile(cosines, [0.25, 0.5, 0.75])])
    assert found.moment == pytest.approx(moved.T @ moved / 500)
    one, other = scaled(before), scaled(after)
    assert filter_changes(before, after, 500)[0].relative == pytest.approx(
        np.linalg.norm(other - one) / np.linalg.norm(one)
    )


@pytest.mark.parametrize(("units", "spread"), [(3, 0.1), (16, 0.5)])
def test_filters_that_changed_are_related_and_others_are_not(units: int, spread: float) -> None:
    for seed in range(100):
        random = np.random.default_rng(seed)
        before, other, noise = random.normal(size=(3, 10 * units, 9)) @ np.diag(0.6 ** np.arange(9))
        mean = 2 * random.normal(size=9)
        assert filter_changes(before + mean, before + mean + spread * noise, units)[1].related
        assert not filter_changes(before + mean, other + mean, units)[1].related


def test_filters_that_are_not_finite_in_both_do_not_count(rng: np.random.Generator) -> None:
    before, after = rng.normal(size=(2, 50, 9))
    expected = filter_change(before[2:], after[2:])
    before[0, 3], after[1, 4] = np.nan, np.inf
    assert vars(filter_change(before, after))["relative"] == pytest.approx(expected.relative)
    assert np.isnan(filter_change(before[:1], after[:1]).relative)


def test_zero_filters(rng: np.random.Generator) -> None:
    filters = rng.normal(size=(20, 9))
    same = filter_change(0 * filters, 0 * filters)
    assert (same.changed, same.relative, same.related) == (0, 0, False)
    assert np.isnan(same.cosines).all()
    assert filter_change(0 * filters, filters).relative == np.inf
    assert (scaled(0 * filters) == 0).all()


def test_scaled_filters_have_a_largest_weight_of_one(rng: np.random.Generator) -> None:
    filters = rng.normal(size=(20, 9)).astype(np.float32)
    assert np.abs(scaled(filters)).max(axis=1) == pytest.approx(np.ones(20))
    assert scaled(filters) == pytest.approx(scaled(3 * filters))
