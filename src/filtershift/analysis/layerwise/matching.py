"""Which layer of one model is the counterpart of which layer of another."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.results import SKIPPED

NAME, ORDER = "name", "order"
"""How two layers were matched: they have the same name, or the same shape and the same rank among such layers."""

NOT_FINITE = "layer not finite"
"""The kind of a layer that has a partner, but of which either has no finite filter."""

_SHAPE = ["out_channels", "n_filters"]


def match_layers(before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[int, int, str]]:
    """Pairs of layers of two tables with `COLUMNS`: position before, position after, and how they were matched.

    Layers of the same name belong together, also if all names of one model have a prefix that the other's lack, such
    as `module.`. Of the rest the first layers of a shape belong together, then the second ones, and so on. Both rules
    are symmetric: swapped models give the same pairs. In the order of the first model.
    """
    names = _without_prefix(_names(before), _names(after))
    place = [{name: k for k, name in enumerate(own) if own.count(name) == 1 and name} for own in names]
    pairs = {k: (place[1][name], NAME) for name, k in place[0].items() if name in place[1]}
    taken = {other for other, _ in pairs.values()}
    shape_of = _SHAPE if not (before["out_channels"].isna().any() or after["out_channels"].isna().any()) else _SHAPE[1:]
    left = _by_shape(after[shape_of], [k for k in range(len(after)) if k not in taken])
    for shape, own in _by_shape(before[shape_of], [k for k in range(len(before)) if k not in pairs]).items():
        pairs |= {k: (other, ORDER) for k, other in zip(own, left[shape], strict=False)}
    return [(k, *pairs[k]) for k in sorted(pairs)]


def with_shapes_of_partners(
    tables: tuple[pd.DataFrame, pd.DataFrame], pairs: Sequence[tuple[int, int, str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables, with the output channels of a layer that has none those of its partner with as many filters."""
    channels = [table["out_channels"].to_numpy(float, copy=True) for table in tables]
    for one, other, _ in pairs:
        if tables[0]["n_filters"][one] == tables[1]["n_filters"][other]:
            both = channels[0][one], channels[1][other]
            channels[0][one], channels[1][other] = (own if own > 0 else both[1 - k] for k, own in enumerate(both))
    first, second = (table.assign(out_channels=own) for table, own in zip(tables, channels, strict=True))
    return first, second


def unmatched(
    tables: tuple[pd.DataFrame, pd.DataFrame], names: tuple[str, str], pairs: Sequence[tuple[int, int, str]]
) -> pd.DataFrame:
    """The layers of both models (their tables and names) without a partner, as rows kind, name, reason, count."""
    rows = []
    for side in range(2):
        matched = {pair[side] for pair in pairs}
        for k, row in enumerate(tables[side].to_dict("records")):
            if k not in matched:
                reason = f"{names[1 - side]} has no layer of this name, and none of its shape {_shape(row)} is left"
                rows.append(("layer", f"{names[side]}: {label(row)}", reason, int(row["n_filters"])))
    return pd.DataFrame(rows, columns=list(SKIPPED))


def not_finite(
    tables: tuple[pd.DataFrame, pd.DataFrame],
    names: tuple[str, str],
    pairs: Sequence[tuple[int, int, str]],
    finite: NDArray[np.int64],
) -> tuple[list[tuple[int, int, str]], pd.DataFrame]:
    """The pairs that can be compared, and the layers of others that have no finite filter, as rows like `unmatched`.

    Args:
        tables: the layers of both models.
        names: of both models.
        pairs: as `match_layers` gives them.
        finite: how many filters of each layer are finite, those of the second model behind those of the first.
    """
    sides = finite[: len(tables[0])], finite[len(tables[0]) :]
    rows = []
    for one, other, _ in pairs:
        for side, place in enumerate((one, other)):
            if not sides[side][place]:
                row = tables[side].iloc[place].to_dict()
                rows.append((NOT_FINITE, f"{names[side]}: {label(row)}", "no filter is finite", int(row["n_filters"])))
    kept = [pair for pair in pairs if sides[0][pair[0]] and sides[1][pair[1]]]
    return kept, pd.DataFrame(rows, columns=list(SKIPPED))


def label(row: Mapping[Any, Any]) -> str:
    """The name of a layer, or its depth where it has none."""
    return str(row["layer_name"]) if row["layer_name"] else f"depth {row['conv_depth']:g}"


def _names(table: pd.DataFrame) -> list[str]:
    return [name or "" for name in table["layer_name"]]


def _without_prefix(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    """The names of both models, without the one prefix whose removal makes most of them equal, if any does."""
    found = [Counter(_prefixes(names, set(others))) for names, others in ((one, other), (other, one))]
    ranked = [(count, side, prefix) for side in range(2) for prefix, count in found[side].items()]
    count, side, prefix = max(ranked, default=(0, 0, ""))
    if count <= len(set(one) & set(other) - {""}):
        return one, other
    renamed = [name.removeprefix(prefix) for name in (one, other)[side]]
    return (renamed, other) if side == 0 else (one, renamed)


def _prefixes(names: list[str], others: set[str]) -> Iterator[str]:
    """What stands before the end of a name, after a dot or a slash, that is itself a name of the other model."""
    for name in names:
        for k, character in enumerate(name, start=1):
            if character in "./" and name[k:] in others:
                yield name[:k]


def _by_shape(table: pd.DataFrame, rows: list[int]) -> defaultdict[tuple, list[int]]:
    """Rows of a table of shapes, in order, by the shape of their layers."""
    found = defaultdict(list)
    shapes = table.to_numpy(int).tolist()
    for k in rows:
        found[tuple(shapes[k])].append(k)
    return found


def _shape(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["out_channels"]) or not row["out_channels"]:
        return f"({row['n_filters']:.0f} filters)"
    return f"({row['out_channels']:.0f}, {row['n_filters'] / row['out_channels']:.0f}, 3, 3)"
