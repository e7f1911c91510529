"""Read the tensors of one model from a safetensors file, or from several.

Format: https://huggingface.co/docs/safetensors. The library checks that the header and the tensors fit the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import ml_dtypes  # noqa: F401 - installed with onnx; adds bfloat16 to numpy
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from filtershift.dataset.models.model import NAMES, ORDER
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.dataset.models.tensors.axes import in_order
from filtershift.dataset.models.tensors.model import model_of_tensors
from filtershift.dataset.models.tensors.names import natural
from filtershift.errors import FiltershiftError, one_line

READABLE = ("F64", "F32", "F16", "BF16")


def read_safetensors(path: Path) -> StoredModel:
    """Read the tensors of a file.

    The safetensors library stores tensors sorted by name, so the order of the model is lost. Such tensors are sorted by
    name with numbers compared by value (layer.2 before layer.10), and `depth_source` is "names". Tensors in any other
    order keep it. Weights of frameworks that order their axes otherwise are turned, see `in_order`.

    Raises:
        FiltershiftError: the file is not a safetensors file, or it contradicts itself.
    """
    return model_of_files([path])


def model_of_files(files: Sequence[Path]) -> StoredModel:
    """The same for a model in several files."""
    stored = [tensors for file in files for tensors in _by_type(file)]
    formats = frozenset(said for file in files if (said := _format(file)))
    tensors = in_order([tensor for of_type in stored for tensor in of_type], formats)
    if all(_is_sorted([tensor.name for tensor in of_type if tensor.size]) for of_type in stored):
        return model_of_tensors(sorted(tensors, key=lambda tensor: natural(tensor.name)), NAMES)
    return model_of_tensors(tensors, ORDER)


def names_in(path: Path) -> list[str]:
    """The names of the tensors in a file."""
    return [tensor.name for of_type in _by_type(path) for tensor in of_type]


def _by_type(path: Path) -> list[list[StoredTensor]]:
    """Tensors in the order of the file, split where the data type changes: the library sorts by type, then by name."""
    try:
        with safe_open(path, "numpy") as file:
            by_type = groupby(file.offset_keys(), key=lambda key: file.get_slice(key).get_dtype())
            return [[_tensor(path, key, file.get_slice(key)) for key in keys] for _, keys in by_type]
    except OSError as error:
        raise FiltershiftError(f"{path.name} cannot be read ({error.strerror or one_line(error)})") from None
    except SafetensorError as error:
        raise FiltershiftError(f"{path.name} is not a safetensors file ({one_line(error)})") from None


def _format(path: Path) -> str:
    """The framework that the metadata of a file name, "" if none."""
    with safe_open(path, "numpy") as file:
        return str((file.metadata() or {}).get("format", ""))


def _tensor(path: Path, key: str, view: Any) -> StoredTensor:
    kind = view.get_dtype()
    return StoredTensor(
        name=key,
        shape=tuple(view.get_shape()),
        place=(path, key),
        load=partial(_load, path, key),
        left_out="" if kind in READABLE else f"quantised (weights are {kind})",
    )


def _load(path: Path, key: str) -> NDArray[np.float32]:
    with safe_open(path, "numpy") as file:
        values: NDArray[np.float32] = file.get_tensor(key).astype(np.float32)
    return values


def _is_sorted(names: list[str]) -> bool:
    return all(first < second for first, second in pairwise(names))
