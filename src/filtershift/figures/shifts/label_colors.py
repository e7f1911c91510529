"""Groups coloured by a label that their layers have in common, and the legend of these colours."""

from collections.abc import Sequence

from filtershift.analysis.groups.assign import UNKNOWN
from filtershift.analysis.groups.common import CommonLabels
from filtershift.figures.drawing.legend import Legend, measure_legend
from filtershift.figures.drawing.palette import GREY, Color
from filtershift.figures.drawing.style import group_colors


def label_colors(common: CommonLabels, groups: Sequence[str]) -> list[Color]:
    """Return the colour of each group: that of its label in figures of a grouping by this column, or `GREY`."""
    colors = _colors(common)
    return [colors.get(common.of_group[group], GREY) for group in groups]


def label_legend(common: CommonLabels, groups: Sequence[str], height: float) -> Legend:
    """Measure the legend of these groups' labels, with the number of groups of each, for a height in inches."""
    counts, colors = common.counted(groups), _colors(common)
    fills = [colors.get(label, GREY) for label in counts]
    return measure_legend(list(counts), fills, height, common.column, list(counts.values()))


def _colors(common: CommonLabels) -> dict[str, Color]:
    return {**group_colors(common.labels), UNKNOWN: GREY}
