"""What a meta-grouping is; `filtershift.analysis.groups.assign` applies one."""

from dataclasses import dataclass, field

ORDERS = ("shift", "natural", "label")


@dataclass(frozen=True)
class Grouping:
    """A meta-grouping of layers, as a file of ``config/grouping`` defines it.

    Attributes:
        by: columns of the layer table whose values make the label, joined by " / "; none: everything is one group.
        where: per column the labels, or shell patterns over them, a layer may have to take part.
        exclude: per column the labels, or shell patterns, with which a layer takes no part.
        map: shell patterns over the joined label and the label to use instead, first match first; a layer
            that matches none is left out.
        bins: edges of intervals (a, b] of one numeric column, the first closed at both ends.
        order: how groups are drawn: by ascending mean shift, in natural order (bins and map as written, else
            numbers by value), or by label.
        min_filters: smaller groups are left out.
        min_models: groups of fewer models are left out.
    """

    by: list[str]
    where: dict[str, list[str]] = field(default_factory=dict)
    exclude: dict[str, list[str]] = field(default_factory=dict)
    map: dict[str, str] = field(default_factory=dict)
    bins: list[float] = field(default_factory=list)
    order: str = "shift"
    min_filters: int = 1
    min_models: int = 1
