"""Figures of quality from its tables."""

import numpy as np
import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.quality.summaries import RANKED, depth_boxes, group_shares, model_ranking

LAYERS = pd.DataFrame(
    {
        "conv_depth_norm": [0, 0.05, 0.1, 0.95, 1],
        "n_filters": [64, 100, 1000, 5, 0],
        "non_finite_filters": [0, 36, 0, 0, 0],
        "sparsity": [0.1, 0.2, 0.3, np.nan, np.nan],
        "variance_entropy": [0.9, 0.5, 0.1, np.nan, np.nan],
        "state": ["diverse", "random-like", "degenerate", None, None],
    }
)


def quality_of(**columns) -> pd.DataFrame:
    """States of the layers of models or groups."""
    return pd.DataFrame(columns).assign(n_judged=12, degenerate=0.5, random_like=0.25, diverse=0.25)


@pytest.mark.parametrize("column", ["sparsity", "variance_entropy"])
def test_layers_are_boxes_by_depth_with_first_layers_apart(column, texts_of):
    figure = depth_boxes(LAYERS, column)
    rows = [text.get_text() for text in figure.axes[0].texts[:11]]
    assert rows[:3] == ["first layer (1)", "(0, .1] (2)", "(.1, .2] (0)"]
    assert rows[-1].endswith("(0; 2 not finite)")
    assert f"{column.replace('_', ' ')} of a layer" in texts_of(figure)
    assert [line.get_ydata()[0] for line in figure.axes[0].lines if list(line.get_xdata()) == [0, 1]] == [0.5]


@pytest.mark.parametrize("count", [2, RANKED + 5])
def test_the_first_models_of_the_table_are_ranked(count, texts_of):
    names = [f"model {k}" for k in range(count)]
    texts = texts_of(model_ranking(quality_of(model=names)))
    shown = min(count, RANKED)
    assert [text for text in texts if text.startswith("model ")] == [f"{name} (12)" for name in names[:shown]]
    assert f"{shown} of {count} models, most degenerate first" in texts
    with pytest.raises(FiltershiftError, match="no row"):
        model_ranking(quality_of(model=names)[:0])


def test_groups_have_a_panel_per_grouping_in_the_order_of_the_table(texts_of):
    groups = quality_of(grouping=["task", "task", "depth"], group=["b", "a", "01"])
    figure = group_shares(groups, {"depth": "Depth", "task": "Task"})
    panels = [axes for axes in figure.axes if axes.get_xlabel()]
    rows = [[text.get_text() for text in axes.texts if text.get_text().endswith("(12)")] for axes in panels]
    assert rows == [["b (12)", "a (12)"], ["01 (12)"]]
    assert [text for text in texts_of(figure) if text in ("Task", "Depth")] == ["Task", "Depth"]
    assert "none of the groups" in " ".join(texts_of(group_shares(groups[:0], {})))
