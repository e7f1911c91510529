"""Read a model file of any kind: its content decides how, not its suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from filtershift.dataset.models.batch_norm import FOLDED
from filtershift.dataset.models.convolutions import conv_model
from filtershift.dataset.models.file_kinds import model_kind
from filtershift.dataset.models.model import ConvModel
from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import about_file


def read_model_file(path: Path, name: str, batch_norm: str = FOLDED) -> ConvModel:
    """Read the filters of all regular 2-D convolutions with 3×3 kernels, and list what is left out.

    Args:
        path: the file.
        name: the model's name in `skipped`.
        batch_norm: "folded" or "stored", see `conv_model`.

    Raises:
        FiltershiftError: the file is of another kind, or it contradicts itself. The message begins with the path.
    """
    with about_file(path):
        return conv_model(_reader(model_kind(path))(path), name, batch_norm)


def _reader(kind: str) -> Callable[[Path], StoredModel]:
    """The function that reads files of a kind."""
    from filtershift.dataset.models.flax.model import read_flax
    from filtershift.dataset.models.index import read_index
    from filtershift.dataset.models.keras.model import read_keras, read_keras_hdf5
    from filtershift.dataset.models.ncnn.model import read_ncnn
    from filtershift.dataset.models.onnx.model import read_onnx
    from filtershift.dataset.models.openvino.model import read_openvino
    from filtershift.dataset.models.paddle.model import read_paddle
    from filtershift.dataset.models.safetensors import read_safetensors
    from filtershift.dataset.models.tflite.model import read_tflite
    from filtershift.dataset.models.torch.exported.model import read_exported
    from filtershift.dataset.models.torch.model import read_legacy, read_zip
    from filtershift.dataset.models.torch.script.model import read_script

    return {
        "ONNX": read_onnx,
        "PyTorch": read_zip,
        "PyTorch, legacy": read_legacy,
        "TorchScript": read_script,
        "torch.export": read_exported,
        "safetensors": read_safetensors,
        "index": read_index,
        "Keras": read_keras,
        "Keras, HDF5": read_keras_hdf5,
        "TFLite": read_tflite,
        "ncnn": read_ncnn,
        "OpenVINO": read_openvino,
        "Paddle": read_paddle,
        "Flax": read_flax,
    }[kind]
