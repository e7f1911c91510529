"""Read a Keras file: `.keras`, the HDF5 file of a whole model, or one of weights alone."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from filtershift.dataset.models.graph import stored_model
from filtershift.dataset.models.keras.config import Layer, read_config
from filtershift.dataset.models.keras.files import LARGEST_RATIO, Content, read_content
from filtershift.dataset.models.keras.layers import CONVOLUTIONS, Setting
from filtershift.dataset.models.keras.network import graph_of
from filtershift.dataset.models.keras.tensors import read_tensors
from filtershift.dataset.models.keras.weights import leaves, weights_of
from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import FiltershiftError, one_line

_DAMAGE = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)
_WEIGHTS = "model.weights.h5"

NO_GRAPH = "a class of its own, whose file has no graph; layers are in the order of their names"


def read_keras(path: Path) -> StoredModel:
    """Read a zip file that Keras since 2.12 writes: config.json, metadata.json and model.weights.h5.

    Nothing that it names is imported or run. Models of classes of the user have no graph there.

    Raises:
        FiltershiftError: the file is damaged, or its weights are a pickle.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if _WEIGHTS not in entries:
                raise FiltershiftError(f"{path.name} has its weights in a pickle; save it again with {_WEIGHTS} in it")
            size = path.stat().st_size
            config = _read(archive, entries["config.json"], max(LARGEST_RATIO * size, 1 << 20))
            weights = _read(archive, entries[_WEIGHTS], LARGEST_RATIO * size)
    except (*_DAMAGE, LookupError) as error:
        raise FiltershiftError(f"{path.name} is a damaged zip file ({one_line(error)}); get the file again") from None
    return _model(config, read_content(path, weights), "Keras")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    if entry.file_size > limit:
        raise FiltershiftError(f"{entry.filename} claims to have {entry.file_size:,} bytes; expected at most {limit:,}")
    return archive.read(entry)


def read_keras_hdf5(path: Path) -> StoredModel:
    """Read an HDF5 file of Keras: a whole model, which has a graph, or weights alone.

    Raises:
        FiltershiftError: the file is damaged, or another kind of HDF5 file.
    """
    content = read_content(path)
    if content.config:
        return _model(content.config, content, f"Keras {content.version}".strip())
    if content.layers is None and not any("vars/" in name for name in content.arrays):
        if content.is_dataset:
            raise FiltershiftError(
                f"{path.name} is a data set of filters, not a model; read it with dataset=local or open_dataset"
            )
        raise FiltershiftError(f"{path.name} is an HDF5 file, but not a model of Keras; expected one that Keras saved")
    return read_tensors(content)


def read_shards(paths: Sequence[Path]) -> StoredModel:
    """The same for weights in several files, which Keras writes with an index NAME.weights.json.

    Raises:
        FiltershiftError: one of the files is damaged.
    """
    contents = [read_content(path) for path in paths]
    arrays = {name: array for content in contents for name, array in content.arrays.items()}
    names = {path: name for content in contents for path, name in content.names.items()}
    return read_tensors(replace(contents[0], arrays=arrays, names=names, layers=None))


def _model(config: str | bytes, content: Content, producer: str) -> StoredModel:
    model = read_config(config)
    if model is None:
        return read_tensors(content, [Skipped("graph", "(model)", NO_GRAPH, 0)])
    setting = Setting(weights_of(model, content), content.backend == "theano", _channel_axes(leaves(model)))
    stored = stored_model(graph_of(model, setting), producer)
    used = {convolution.weights.place for convolution in stored.convolutions}
    return replace(stored, skipped=_unused(content, used))


def _channel_axes(layers: Iterable[Layer]) -> frozenset[int]:
    """The axes in which layers of a model may have their channels, by the settings of its convolutions."""
    settings = [layer.config for layer in layers if layer.kind in CONVOLUTIONS]
    first = [config.get("data_format") == "channels_first" or config.get("dim_ordering") == "th" for config in settings]
    last = (-1, 3, 4) if not all(first) or not first else ()
    return frozenset((*last, *((1, -3) if any(first) else ())))


def _unused(content: Content, used: Iterable[object]) -> tuple[Skipped, ...]:
    """Arrays with the shape of 2-D kernels that no convolution of the graph has."""
    return tuple(
        Skipped("tensors", name, "weights of a layer of unknown kind", math.prod(array.shape[2:]))
        for name, array in content.arrays.items()
        if len(array.shape) == 4 and array.place not in used
    )
