import numpy as np
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.nearest import Ranking, nearest


def ranking(labels: list[str]) -> Ranking:
    shift = np.linspace(0, 2, len(labels))
    return Ranking("by a title", labels, shift, shift * 0.8, shift * 1.5, shift < 0.5)


def test_any_labels_are_legible(labels, assert_legible) -> None:
    near = labels[:10]
    assert_legible(nearest({"mine": [ranking(near), ranking(near[:1])], near[-1]: [ranking(near[:3]), ranking(near)]}))


def test_noise_is_hollow_and_the_rest_filled() -> None:
    figure = nearest({"mine": [ranking(["a", "b", "c", "d"])]})
    marks = [line for axes in figure.axes for line in axes.lines]
    drawn = [(line.get_markerfacecolor(), line.get_xdata().tolist()) for line in marks]
    assert drawn[0][0] == "white"
    assert len(drawn[0][1]) == 4
    assert drawn[1][1] == pytest.approx([2 / 3, 4 / 3, 2])


def test_a_shift_or_interval_that_is_missing_is_not_drawn(assert_legible) -> None:
    nothing = np.full(2, np.nan)
    panel = Ranking("empty", ["a", "b"], nothing, nothing, nothing, np.array([True, True]))
    assert_legible(nearest({"mine": [panel]}))


@pytest.mark.parametrize("models", [{}, {"a": []}, {"a": [ranking(["x"])], "b": []}])
def test_models_without_panels_are_refused(models) -> None:
    with pytest.raises(FiltershiftError, match="groupings"):
        nearest(models)
