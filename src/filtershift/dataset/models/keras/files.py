"""Read what HDF5 files of Keras hold: names, shapes and places of arrays first, values when they are needed.

Only HDF5 can read the structure of its files, and damaged ones crash it: it runs in a separate process. Keras stores
values as they are, so they are read from their place in the file without HDF5; compressed ones take HDF5 again.

Layouts: keras/src/legacy/saving/legacy_h5_format.py (model_weights, layer_names, weight_names) and
keras/src/saving/saving_lib.py (layers/…/vars/0) in https://github.com/keras-team/keras.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.hdf5 import attribute, find_array, find_node, open_hdf5, reading
from filtershift.dataset.isolation import in_own_process
from filtershift.errors import FiltershiftError

DEEPEST = 40
"""Limit of nested groups; models in models in models have some ten levels."""
LARGEST_RATIO = 20
"""Limit of compression; weights hardly compress, and pruned ones by less than this."""

FLOATS = {"<f8": "f8", "<f4": "f4", "<f2": "f2", ">f8": ">f8", ">f4": ">f4", ">f2": ">f2"}
_BFLOAT16 = "bfloat16"
_TRAINING = ("optimizer_weights", "optimizer", "_optimizer")


@dataclass(frozen=True)
class Array:
    """An array of a file.

    Attributes:
        path: its name in the file, such as model_weights/conv/conv/kernel:0.
        shape: its size in each dimension, as stored.
        kind: numpy's code of its type, or bfloat16.
        offset: where its values start in the file; None if they are compressed.
        file: the file, or a zip file that contains it.
        content: the bytes of the file if it is in a zip file.
    """

    path: str
    shape: tuple[int, ...]
    kind: str
    offset: int | None
    file: Path
    content: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def is_float(self) -> bool:
        """Whether values are floating-point numbers that can be read."""
        return self.kind in FLOATS or self.kind == _BFLOAT16

    @property
    def size(self) -> int:
        """Number of bytes."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its values."""
        return np.dtype(ml_dtypes.bfloat16 if self.kind == _BFLOAT16 else self.kind)

    @property
    def place(self) -> tuple[Path, int | str]:
        """Where it is stored; two names of the same array have equal places."""
        return self.file, self.path if self.offset is None else self.offset

    def load(self) -> NDArray[np.float32]:
        """Its values, in its shape."""
        if self.offset is None:
            values = in_own_process(partial(_values, array=self), self.file)
        else:
            values = np.frombuffer(self._bytes(), self.dtype, math.prod(self.shape), self.offset).reshape(self.shape)
        return values.astype(np.float32)

    def _bytes(self) -> bytes | mmap.mmap:
        if self.content is not None:
            return self.content
        try:
            with self.file.open("rb") as stream:
                return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise FiltershiftError(f"{self.file.name} cannot be read ({error})") from None


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes:
        arrays: path in the file -> array, without those of optimisers.
        names: path of a group -> name of the layer whose weights it has, if the file says so.
        layers: layer -> paths of its arrays, in the order in which the legacy format lists both; else None.
        config: the description of the model in JSON; "" if there is none.
        version, backend: of the Keras that wrote the file, if it says so.
        is_dataset: whether it looks like a data set of filters.
    """

    arrays: Mapping[str, Array]
    names: Mapping[str, str]
    layers: Mapping[str, list[str]] | None
    config: str
    version: str
    backend: str
    is_dataset: bool


def read_content(path: Path, content: bytes | None = None) -> Content:
    """Read everything but the values.

    Args:
        path: an HDF5 file, or a zip file that contains one.
        content: the bytes of the HDF5 file in the zip file.

    Raises:
        FiltershiftError: the file is damaged, or it claims to hold more than it does.
    """
    found = in_own_process(partial(_content, content=content), path)
    size = path.stat().st_size if content is None else len(content)
    stored = {array.place: array for array in found.arrays.values()}
    for array in stored.values():
        if array.offset is not None and array.offset + array.size > size:
            raise FiltershiftError(f"array {array.path!r} ends behind the end of the file; get the file again")
    plain = sum(array.size for array in stored.values() if array.offset is not None)
    compressed = sum(array.size for array in stored.values() if array.offset is None)
    if plain > size or compressed > LARGEST_RATIO * size:
        raise FiltershiftError(f"has {size:,} bytes but claims to hold {plain + compressed:,}; get the file again")
    return replace(found, arrays={key: replace(array, content=content) for key, array in found.arrays.items()})


class _Member(BytesIO):
    """A file in a zip file, under a name for messages."""

    def __repr__(self) -> str:
        return "model.weights.h5"


def _open(path: Path, content: bytes | None) -> h5py.File:
    return open_hdf5(path) if content is None else h5py.File(_Member(content), "r")


def _content(path: Path, content: bytes | None) -> Content:
    with reading(path, "the file"), _open(path, content) as file:
        root = find_node(file, "model_weights") if "model_weights" in file else file
        arrays: dict[str, Array] = {}
        names: dict[str, str] = {}
        for group, array in _walk(file, path):
            if array is not None:
                arrays[_key(array.path)] = array
            elif group.name.endswith("vars") and (name := _text(attribute(group, "name"))):
                names[_key(group.name)] = name
        return Content(
            arrays=arrays,
            names=names,
            layers=_layers(root, arrays),
            config=_text(attribute(file, "model_config")),
            version=_text(attribute(root, "keras_version")),
            backend=_text(attribute(root, "backend")),
            is_dataset="filters" in file and "meta" in file,
        )


def _key(path: str) -> str:
    """A path as Keras 3 writes it: Keras 2.12 and 2.13 had another first part, and Windows another separator."""
    return path.strip("/").replace("\\", "/").replace("_layer_checkpoint_dependencies", "layers")


def _walk(file: h5py.File, path: Path) -> Iterator[tuple[h5py.Group, Array | None]]:
    """Each group without an array, and each array of numbers with its group; no group is visited twice."""
    seen: set[int] = set()
    stack: list[tuple[h5py.Group, int]] = [(file, 0)]
    while stack:
        group, depth = stack.pop()
        address = h5py.h5o.get_info(group.id).addr
        if address in seen:
            continue
        seen.add(address)
        if depth > DEEPEST:
            raise FiltershiftError(f"holds more than {DEEPEST} levels of groups; expected a Keras model")
        yield group, None
        for name in group:
            if depth == 0 and name in _TRAINING:
                continue
            if not isinstance(name, str) or not name.isprintable():
                raise FiltershiftError(f"has a group or array called {ascii(name)[:80]}; expected text")
            node = find_node(group, name)
            if isinstance(node, h5py.Group):
                stack.append((node, depth + 1))
            elif (array := _array(group, name, node.dtype, path)) is not None:
                yield group, array


def _array(group: h5py.Group, name: str, dtype: np.dtype[Any], path: Path) -> Array | None:
    """An array of numbers; None if it is text or has another type."""
    if dtype.kind not in "biufV" or dtype.fields or dtype.subdtype:
        return None
    node = find_array(group, name)
    is_bfloat16 = dtype.itemsize == 2 and _text(attribute(node, "dtype")) == _BFLOAT16
    kind = _BFLOAT16 if is_bfloat16 else dtype.str
    return Array(node.name.strip("/"), tuple(node.shape or ()), kind, node.id.get_offset(), path)


def _values(path: Path, array: Array) -> NDArray[Any]:
    with reading(path, f"array {array.path!r}"), _open(path, array.content) as file:
        values = np.asarray(find_array(file, array.path)[()])
        return values.view(array.dtype) if array.kind == _BFLOAT16 else values


def _layers(root: h5py.Group, arrays: Mapping[str, Array]) -> dict[str, list[str]] | None:
    """Layer -> paths of its arrays, from the attributes of the legacy format."""
    layers = _listed(root, "layer_names")
    if layers is None:
        return None
    base = root.name.strip("/")
    found = {}
    for layer in dict.fromkeys(layers):
        group = find_node(root, layer)
        paths = [f"{base}/{layer}/{name}".lstrip("/") for name in _listed(group, "weight_names") or []]
        found[layer] = [path for path in paths if path in arrays]
    return found


def _listed(group: h5py.Group, name: str) -> list[str] | None:
    """A list of texts in an attribute, or in several with numbered names if it is long; None if there is none."""
    if name in group.attrs:
        return _texts(attribute(group, name))
    found: list[list[str]] = []
    while f"{name}{len(found)}" in group.attrs:
        found.append(_texts(attribute(group, f"{name}{len(found)}")))
    return [text for part in found for text in part] if found else None


def _texts(values: Any) -> list[str]:
    return [_text(value) for value in np.asarray(values).ravel()]


def _text(value: Any) -> str:
    """Text of an attribute; "" for anything else."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value) if isinstance(value, str) else ""
