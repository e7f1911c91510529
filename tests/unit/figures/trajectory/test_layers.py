import numpy as np
import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.trajectory.layers import layer_map


def moved(layers: int, checkpoints: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Layer k moves until checkpoint k, by a shift of k + 1."""
    rows = [
        {"layer": f"conv{k}", "checkpoint": float(t), "compared": kind, "shift": k + 1.0, "n_runs": 3}
        | {"n_above": 3 if t <= k else 1}
        for k in range(layers)
        for t in range(checkpoints)
        for kind in ("previous", "last")
        if (t > 0 if kind == "previous" else t < checkpoints - 1)
    ]
    names = [f"conv{k}" for k in range(layers)]
    return pd.DataFrame(rows), pd.DataFrame({"layer": names, "settles": np.arange(layers) + 1.0})


def cells(axes) -> np.ndarray:
    """The colour of the middle of each cell, (rows, columns, 3)."""
    [image] = axes.get_images()
    left, right, bottom, top = image.get_extent()
    rows, columns = round(bottom - top), round(right - left)
    blocks = image.get_array()
    high, wide = (size // count for size, count in zip(blocks.shape[:2], (rows, columns), strict=True))
    return blocks[high // 2 :: high, wide // 2 :: wide, :3]


def test_noise_is_white_and_what_is_not_compared_is_grey() -> None:
    figure = layer_map(*moved(3, 5), "epoch")
    previous, last = (cells(axes) for axes in figure.axes if axes.get_images())
    white, grey = (last == 255).all(axis=2), (last == 204).all(axis=2)
    assert white[:, :4].tolist() == [[t > k for t in range(4)] for k in range(3)]
    assert grey[:, 4].all()
    assert (previous[:, 0] == 204).all()
    assert last[2, 0].sum() < last[0, 0].sum()  # the larger shift is darker


def test_a_tick_marks_where_a_layer_has_settled() -> None:
    figure = layer_map(*moved(3, 5), "epoch")
    [ticks] = [lines for axes in figure.axes for lines in axes.collections if axes.get_images()]
    assert [segment[0, 0] for segment in ticks.get_segments()] == [0.5, 1.5, 2.5]


def test_a_hundred_layers_at_two_hundred_checkpoints_fit_on_a_page() -> None:
    figure = layer_map(*moved(100, 200), "epoch")
    width, height = figure.get_size_inches()
    assert width < 14
    assert height < 14
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert sum(text.startswith("conv") for text in texts) == 100


def test_without_a_layer_there_is_no_figure() -> None:
    shifts, summary = moved(1, 3)
    with pytest.raises(FiltershiftError, match="no layer to draw"):
        layer_map(shifts[:0], summary[:0], "epoch")
