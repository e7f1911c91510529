"""What is fuzzed: everything that reads a file of unknown origin. A wrong result is an AssertionError."""

from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layer_table import load_layers, row_ranges_of
from filtershift.dataset.layers import read_layers
from filtershift.dataset.model_table import model_table
from filtershift.dataset.models.model import ConvModel
from filtershift.dataset.models.reading import read_model_file
from filtershift.dataset.sources.archives import copy_model
from filtershift.files import write_table
from tiny_models import read_model

# Readers are imported here and not in the process of each input, where they would take most of the time.
for kind in ("flax", "keras", "ncnn", "openvino", "paddle", "tflite", "torch", "torch.exported", "torch.script"):
    import_module(f"filtershift.dataset.models.{kind}.model")
import_module("filtershift.dataset.models.index")

BLOCK = 1 << 16
MEMBER = "tiny/model.onnx"


def read_file(path: Path) -> None:
    """Read a data set, a model or a wheel, told by its suffix."""
    readers = {".h5": _read_dataset, ".onnx": _read_model, ".whl": _read_wheel, ".model": _read_own}
    readers.get(path.suffix, _read_two_files)(path)


def _read_dataset(path: Path) -> None:
    """What the workflow does with a data set: its layer table, written and read back, and all filters."""
    table = read_layers(path)
    rows = 0
    with FilterFile(path) as filters:
        for start in range(0, filters.n_filters, BLOCK):
            block = filters.read(start, min(start + BLOCK, filters.n_filters))
            np.isfinite(block).all()
            rows += len(block)
        assert rows == filters.n_filters
    owned = (table.row_ranges["stop"] - table.row_ranges["start"]).sum()
    unowned = table.skipped.loc[table.skipped["kind"] == "filters", "count"].sum()
    assert owned + unowned == rows
    model_table(table.layers)
    write_table(path.with_suffix(".csv"), table.layers, index=True)
    assert row_ranges_of(load_layers(path.with_suffix(".csv"))).equals(table.row_ranges)


def _read_model(path: Path) -> None:
    _check(read_model(path.read_bytes(), "model"))


def _read_wheel(path: Path) -> None:
    with TemporaryDirectory() as folder:
        _check(read_model_file(copy_model(path, MEMBER, Path(folder)), "model"))


def _read_own(path: Path) -> None:
    _check(read_model_file(path, "model"))


def _read_two_files(path: Path) -> None:
    """Two files in one, behind the length of the first; the suffix is that of the first, and an s."""
    content = path.read_bytes()
    stop = 8 + int.from_bytes(content[:8], "little")
    first = path.with_suffix(path.suffix.removesuffix("s"))
    first.write_bytes(content[8:stop])
    path.with_suffix(".bin").write_bytes(content[stop:])
    _read_own(first)


def _check(model: ConvModel) -> None:
    for layer in model.layers:
        if layer.in_channels is not None and layer.groups is not None:
            assert layer.weights.shape == (layer.out_channels * layer.in_channels // layer.groups, 3, 3)
        assert layer.weights.dtype == np.float32
        assert 0 <= layer.conv_depth_norm <= 1
    assert sum(len(layer.weights) for layer in model.layers) == model.kernel_shapes.get((3, 3), 0)
