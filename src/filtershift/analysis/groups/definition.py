"""The definition of a meta-grouping; `filtershift.analysis.groups.assign` applies it."""

from dataclasses import dataclass, field

ORDERS = ("shift", "natural", "label")


@dataclass(frozen=True)
class Grouping:
    """A meta-grouping of layers, as a file of ``config/grouping`` defines it.

    Attributes:
        by: columns of the layer table whose values make the label, joined by " / "; without columns everything is one
            group.
        where: for each column the labels, or shell patterns; only layers with one of these are used.
        exclude: for each column the labels, or shell patterns; layers with one of these are left out.
        map: shell patterns over the joined label, each with the label to use instead; a label that is itself one of
            the new ones keeps its name, unless a pattern is that label. Otherwise the first match counts, whatever the
            case of letters, and layers without a match are left out.
        bins: edges of intervals (a, b] of one numeric column; the first interval includes both ends.
        order: the display order of groups: "shift" (ascending mean shift), "natural" (bins and map as written;
            otherwise by label, with numbers compared by value), or "label".
        min_filters: groups with fewer filters are left out.
        min_models: groups with fewer models are left out.
    """

    by: list[str]
    where: dict[str, list[str]] = field(default_factory=dict)
    exclude: dict[str, list[str]] = field(default_factory=dict)
    map: dict[str, str] = field(default_factory=dict)
    bins: list[float] = field(default_factory=list)
    order: str = "shift"
    min_filters: int = 1
    min_models: int = 1
