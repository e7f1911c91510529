"""Choose layers by the values of their columns, or by a mask."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.errors import FiltershiftError, did_you_mean

_SEVERAL = (list, tuple, set, frozenset, range, np.ndarray, pd.Series, pd.Index)


def column_of(layers: pd.DataFrame, column: object) -> pd.Series:
    """A column of the layer table.

    Raises:
        FiltershiftError: there is none of this name.
    """
    if not isinstance(column, str) or column not in layers.columns:
        known = [str(name) for name in layers.columns]
        raise FiltershiftError(
            f"the layers have no column {shown(column)}{nearest(column, known)}; theirs are: {', '.join(known)}"
        )
    return layers[column]


def with_values(layers: pd.DataFrame, column: str, wanted: object) -> pd.DataFrame:
    """The rows that have this value in a column, or one of these values; None stands for a missing one.

    Raises:
        FiltershiftError: there is no such column, no row with such a value, or ``wanted`` is no value.
    """
    values = column_of(layers, column)
    several: list[Any] = list(wanted) if isinstance(wanted, _SEVERAL) else [wanted]
    if not all(pd.api.types.is_scalar(one) for one in several):
        raise FiltershiftError(
            f"where compares for equality: expected for {column} a value or a list of values, not {shown(wanted)}; "
            f"give other conditions as a mask, as in where(filters.layers['{column}'] > 3)"
        )
    found = values.isin(several) | (values.isna() & any(pd.isna(one) for one in several))
    if not found.any():
        known = [str(value) for value in values.dropna().unique()]
        more = ", …" if len(known) > 10 else ""
        near = "".join(nearest(one, known) for one in several[:1])
        raise FiltershiftError(
            f"no layer has {column}={shown(wanted)}{near}; there is {', '.join(known[:10]) or 'nothing'}{more}"
        )
    return layers[found]


def with_mask(layers: pd.DataFrame, mask: object) -> pd.DataFrame:
    """The rows at which a mask is true: a boolean Series with the index of the table, or one boolean for each row.

    Raises:
        FiltershiftError: it is no such mask, or true nowhere.
    """
    given = _booleans(layers, mask)
    if not given.any():
        raise FiltershiftError(f"where: the mask is true for none of the {len(layers):,} layers")
    return layers[given]


def _booleans(layers: pd.DataFrame, mask: object) -> NDArray[np.bool_]:
    expected = (
        f"where expects a boolean for each of the {len(layers):,} layers, as in filters.layers['n_filters'] > 100"
    )
    if isinstance(mask, pd.Series):
        if not layers.index.isin(mask.index).all() or mask.index.has_duplicates:
            raise FiltershiftError("where: the mask has another index than filters.layers; make it from that table")
        given = mask.reindex(layers.index).tolist()
    elif isinstance(mask, (list, tuple, np.ndarray, pd.Index)):
        given = list(mask)
    else:
        raise FiltershiftError(f"{expected}, not {shown(mask)}")
    if len(given) != len(layers):
        raise FiltershiftError(f"{expected}; this mask has {len(given):,}")
    # A comparison with a missing value is a missing boolean.
    given = [False if pd.api.types.is_scalar(one) and pd.isna(one) else one for one in given]
    if wrong := [one for one in given if not isinstance(one, (bool, np.bool_))]:
        raise FiltershiftError(f"{expected}, not {shown(wrong[0])}")
    return np.array(given, bool)


def nearest(given: object, known: Sequence[str]) -> str:
    """The known name nearest to one that is not known, as an addition to a message; "" if none is near."""
    hint = did_you_mean(str(given), known).removeprefix(", ")
    return f" ({hint})" if hint else ""


def shown(value: object) -> str:
    """A value as quoted in a message: short, in one line; of anything but plain values only the type."""
    if isinstance(value, (str, int, float, Path, type(None))):
        return repr(value)[:80]
    if isinstance(value, (list, tuple, dict, set)) and len(text := repr(value)) <= 60 and text.isprintable():
        return text
    return f"an object of type {type(value).__name__}"


def check_whole(name: str, value: object, least: int, most: int) -> None:
    """Raise a FiltershiftError if a parameter is not a whole number in this range."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= most:
        raise FiltershiftError(f"{name} must be a whole number from {least:,} to {most:,}, not {shown(value)}")
