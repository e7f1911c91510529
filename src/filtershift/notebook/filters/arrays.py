"""Arrays, tensors and networks in memory as filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from filtershift.errors import FiltershiftError, one_line
from filtershift.notebook.filters.choosing import shown
from filtershift.notebook.filters.filters import Filters
from filtershift.passes.filter_array import FilterArray
from filtershift.results import SKIPPED

_SHAPES = "(out, in, 3, 3), (n, 3, 3) or (n, 9)"


def from_arrays(layers: Mapping[str, ArrayLike] | Sequence[ArrayLike] | ArrayLike) -> Filters:
    """Arrays or tensors as layers: one, several, or several by name, such as ``net.state_dict()``; or a network.

    An array of four dimensions (out, in, 3, 3) is the weight of a convolution; others are filters, (n, 3, 3) or (n, 9).
    Of arrays by name those called ``….weight`` must have four dimensions, because matrices of linear layers may have
    the shape (n, 9). Everything else is left out and listed in the attribute ``skipped``.

    Tensors may be of any floating type (also bfloat16), on any device, and part of a computation. The weights are
    copied, so training may go on.

    Raises:
        FiltershiftError: no array is left, or what is given holds no arrays.
    """
    named, by_name = _named(layers)
    taken: dict[str, NDArray] = {}
    skipped: list[tuple[str, str, str, int]] = []
    for name, given in named.items():
        try:
            taken[name] = _weights(as_array(given), is_weight=by_name and name.endswith(".weight"))
        except FiltershiftError as error:
            skipped.append(("array", name, str(error), 0))
    if not taken:
        if not skipped:
            raise FiltershiftError("no layer given; give one array at least")
        _, name, reason, _ = skipped[0]
        more = "; none of the other arrays holds 3×3 filters" if len(skipped) > 1 else ""
        raise FiltershiftError(f"layer '{name}' {reason}{more}")
    source = FilterArray(list(taken.values()))
    return Filters(source, _layers(taken), source.row_ranges, pd.DataFrame(skipped, columns=list(SKIPPED)))


def as_filters(filters: Filters | ArrayLike) -> Filters:
    """Filters as they are, anything else as of `from_arrays`."""
    return filters if isinstance(filters, Filters) else from_arrays(filters)


def as_array(given: Any) -> NDArray:
    """An array, or a tensor of PyTorch, without importing that; the reason begins after the name of the layer."""
    if isinstance(given, Filters) or hasattr(given, "state_dict"):
        raise FiltershiftError(f"is {shown(given)}, not an array; join Filters with +, give networks one by one")
    try:
        if hasattr(given, "detach"):
            try:
                return given.numpy(force=True)
            except TypeError:  # NumPy has no bfloat16
                return given.float().numpy(force=True)
        array = np.asarray(given)
        # bfloat16 and others of ml_dtypes, which JAX uses.
        return array.astype(np.float32) if array.dtype.name.startswith(("bfloat", "float8")) else array
    except (TypeError, ValueError, RuntimeError) as error:
        raise FiltershiftError(f"is no array ({one_line(error)})") from None


def _named(layers: Any) -> tuple[dict[str, Any], bool]:
    """What is given by name, and whether it came with names."""
    if isinstance(layers, (str, bytes, Path)):
        raise FiltershiftError(f"{shown(layers)} is a path, not filters; open it with open_dataset or read_model")
    if isinstance(layers, (Filters, pd.DataFrame, pd.Series, type(None), bool)):
        raise FiltershiftError(f"expected arrays of shape {_SHAPES}, not {shown(layers)}")
    if hasattr(layers, "state_dict") and not isinstance(layers, type):
        layers = layers.state_dict()
    if callable(layers):
        raise FiltershiftError(f"expected arrays of shape {_SHAPES}, not {shown(layers)}")
    if not isinstance(layers, Mapping):
        several = layers if isinstance(layers, (list, tuple)) else [layers]
        return {str(k): given for k, given in enumerate(several)}, False
    for name, given in layers.items():
        if isinstance(given, Mapping):
            raise FiltershiftError(f"'{name}' is a mapping, not an array; give one of arrays, as state_dict() returns")
    return {str(name): given for name, given in layers.items()}, True


def _weights(array: NDArray, is_weight: bool) -> NDArray:
    """The array in float32 or float64, if it holds filters; the reason begins after the name of the layer."""
    bare = (array.ndim == 2 and array.shape[1] == 9) or (array.ndim == 3 and array.shape[1:] == (3, 3))
    if not bare and not (array.ndim == 4 and array.shape[2:] == (3, 3)):
        raise FiltershiftError(f"has shape {array.shape}, not {_SHAPES}")
    if is_weight and bare:
        raise FiltershiftError(f"has shape {array.shape}, not (out, in, 3, 3) as a weight of a 3×3 convolution")
    if array.dtype.kind not in "fiu":
        raise FiltershiftError(f"has type {array.dtype}; expected real numbers")
    return array.astype(np.float64 if array.dtype == np.float64 else np.float32)


def _layers(arrays: Mapping[str, NDArray]) -> pd.DataFrame:
    """The layer table of arrays, in their order."""
    last = max(len(arrays) - 1, 1)
    rows = [
        {
            "model_id": 0,
            "model": "arrays",
            "layer_name": name,
            "conv_depth": k,
            "conv_depth_norm": k / last,
            "n_filters": array.size // 9,
            "out_channels": array.shape[0] if array.ndim == 4 else None,
            "in_channels": array.shape[1] if array.ndim == 4 else None,
            "groups": 1 if array.ndim == 4 else None,
        }
        for k, (name, array) in enumerate(arrays.items())
    ]
    return pd.DataFrame(rows).rename_axis("layer")
