"""Results are drawn by the figures of the workflow."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import filtershift
from filtershift import FiltershiftError

BASIS = filtershift.pca(np.random.default_rng(0).normal(size=(50, 9)))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


def test_a_matrix_and_a_table_of_pairs(dataset) -> None:
    matrix = filtershift.plot(filtershift.shift(dataset, by="Task"))
    assert {"a", "b", "c", "3 groups"} <= set(texts(matrix))
    pairs = filtershift.shift(dataset, by="Task", intervals=True, resamples=20).assign(flag="within null")
    figure = filtershift.plot(pairs)
    assert {"a (3)", "b (2)", "c (1)", "not above noise"} <= set(texts(figure))
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_bases(dataset) -> None:
    one, several = filtershift.plot(BASIS), filtershift.plot({"own": BASIS, "data": filtershift.pca(dataset)})
    assert {"scaled filters", "50 filters, 1 model"} <= set(texts(one))
    assert {"own", "data", "1,275 filters, 3 models"} <= set(texts(several))


def test_densities_of_groups(dataset) -> None:
    rows = [text for text in texts(filtershift.plot(dataset, by="Task")) if text in ("a", "b", "c")]
    assert rows == filtershift.shift(dataset, by="Task").index.tolist()
    assert {"x", "y"} <= set(texts(filtershift.plot({"x": dataset[:2], "y": dataset[2:]}, variant="unscaled")))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda data: filtershift.plot(3), "plot draws what shift or pca returns.*not 3"),
        (filtershift.plot, "the column to group them by"),
        (lambda data: filtershift.plot(BASIS, by="Task"), "by='Task' groups filters; leave it out"),
        (lambda data: filtershift.plot(pd.DataFrame({"a": [1]}), by="Task"), "leave it out"),
        (lambda data: filtershift.plot(data.layers), "neither square nor of pairs"),
        (lambda data: filtershift.plot(pd.DataFrame({"a": ["x"]}, index=["a"])), "does not hold numbers"),
        (lambda data: filtershift.plot({}), "no group given"),
        (
            lambda data: filtershift.plot(filtershift.shift(data[:1], by="Task", intervals=True, resamples=2)),
            "the table is empty; shifts need two groups",
        ),
        (lambda data: filtershift.plot({"a": 3}), "group 'a': layer '0' has shape"),
        (lambda data: filtershift.plot(data, by="task"), "no column 'task'"),
    ],
)
def test_mistakes_are_one_line(dataset, wrong, said) -> None:
    with pytest.raises(FiltershiftError, match=said) as error:
        wrong(dataset)
    assert "\n" not in str(error.value)
