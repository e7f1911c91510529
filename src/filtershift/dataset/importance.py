"""The importance of layers as a user measured it: a column of the data set, or a table of layers by name."""

from pathlib import Path

import pandas as pd

from filtershift.errors import FiltershiftError, did_you_mean
from filtershift.results import SKIPPED

NAMES = ["model", "layer_name"]
VALUE = "importance"


def importance_of_layers(layers: pd.DataFrame, given: str) -> tuple[pd.Series, pd.DataFrame]:
    """The importance of each layer, missing where it is not known, and the rows of a table that fit no layer.

    Args:
        layers: the layer table, indexed by layer.
        given: a column of it; or the path of a CSV file with the columns model, layer_name and importance.

    Raises:
        FiltershiftError: in one line, what is wrong with the column or the table.
    """
    if not given.endswith(".csv"):
        return _of_column(layers, given), pd.DataFrame(columns=list(SKIPPED))
    table = read_importance(Path(given))
    if "layer_name" not in layers:
        raise FiltershiftError(f"importance: {given}: the layers of this data set have no names; give a column of it")
    named = layers.reset_index()[["layer", *NAMES]].astype(dict.fromkeys(NAMES, str))
    joined = named.merge(table, on=NAMES, how="left").set_index("layer")[VALUE]
    fits = pd.MultiIndex.from_frame(table[NAMES]).isin(pd.MultiIndex.from_frame(named[NAMES]))
    if table.empty:
        raise FiltershiftError(f"importance: {given} has no rows; expected one per layer")
    if not fits.any():
        row = table.iloc[0]
        raise FiltershiftError(
            f"importance: {given}: no row fits a layer; expected names as in layers.csv, such as "
            f"{named['model'].iloc[0]!r}, {named['layer_name'].iloc[0]!r}, not {row['model']!r}, {row['layer_name']!r}"
        )
    name = table["model"] + ", layer " + table["layer_name"]
    left = pd.DataFrame({"kind": "importance", "name": name, "reason": "the data set has no such layer", "count": 0})
    return joined, left[~fits].reset_index(drop=True)


def read_importance(path: Path) -> pd.DataFrame:
    """A table of layers by name: columns model, layer_name and importance, other columns left out.

    Raises:
        FiltershiftError: in one line, the file, the row, what is wrong and what was expected.
    """
    at = f"importance: {path}"
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except OSError as error:
        raise FiltershiftError(f"{at}: {error.strerror or error}; expected a CSV file") from None
    except ValueError as error:
        raise FiltershiftError(f"{at}: not a CSV file ({' '.join(str(error).split())[:100]})") from None
    for name in (*NAMES, VALUE):
        if name not in table:
            raise FiltershiftError(f"{at}: there is no column {name!r}; expected model, layer_name, importance")
    numbers = pd.to_numeric(table[VALUE].where(table[VALUE] != ""), errors="coerce")
    for row in table.index[numbers.isna() & (table[VALUE] != "")][:1]:
        raise FiltershiftError(
            f"{at}: row {row + 2}: importance must be a number, not {str(table.loc[row, VALUE])[:80]!r}"
        )
    for row in table.index[table.duplicated(NAMES)][:1]:
        raise FiltershiftError(
            f"{at}: row {row + 2}: the layer {table.at[row, 'layer_name']!r} of "
            f"{table.at[row, 'model']!r} is there already; expected one row per layer"
        )
    return table[NAMES].assign(**{VALUE: numbers})


def _of_column(layers: pd.DataFrame, column: str) -> pd.Series:
    if column not in layers:
        near = did_you_mean(column, map(str, layers.columns)) or "; name a column of layers.csv, or a .csv file"
        raise FiltershiftError(f"importance: there is no column {column!r}{near}")
    numbers = pd.to_numeric(layers[column], errors="coerce")
    for layer in layers.index[numbers.isna() & layers[column].notna()][:1]:
        text = str(layers.loc[layer, column])[:80]
        raise FiltershiftError(f"importance: column {column!r}: layer {layer} has {text!r}; expected a number")
    return numbers.rename(VALUE)
