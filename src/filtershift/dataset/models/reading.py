"""Read a model file of any kind: its content decides how, not its suffix."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from filtershift.dataset.models.batch_norm import FOLDED
from filtershift.dataset.models.containers import archive_kind, folder_kind
from filtershift.dataset.models.convolutions import conv_model
from filtershift.dataset.models.model import ConvModel
from filtershift.dataset.models.stored import StoredModel
from filtershift.dataset.models.unreadable import KINDS, cut_off, unreadable, unreadable_json, weights_beside
from filtershift.errors import FiltershiftError, about, one_line

_HEAD = 512


def read_model_file(path: Path, name: str, batch_norm: str = FOLDED) -> ConvModel:
    """Read the filters of all regular 2-D convolutions with 3×3 kernels, and list what is left out.

    Args:
        path: the file.
        name: the model's name in messages and in `skipped`.
        batch_norm: "folded" or "stored", see `conv_model`.

    Raises:
        FiltershiftError: the file is of another kind, or it contradicts itself.
    """
    with about(name):
        if path.is_dir():
            raise FiltershiftError(f"{path.name or path} {_folder(path)}")
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD)
        except OSError as error:
            raise FiltershiftError(f"{path} cannot be read ({error.strerror})") from None
        return conv_model(_reader(path, head)(path), name, batch_norm)


def _reader(path: Path, head: bytes) -> Callable[[Path], StoredModel]:
    """The function that reads a file which begins with `head`."""
    from filtershift.dataset.models.flax.model import read_flax
    from filtershift.dataset.models.index import LARGEST, read_index
    from filtershift.dataset.models.keras.model import read_keras_hdf5
    from filtershift.dataset.models.ncnn.model import read_ncnn
    from filtershift.dataset.models.onnx.model import read_onnx
    from filtershift.dataset.models.openvino.model import read_openvino
    from filtershift.dataset.models.paddle.model import read_paddle
    from filtershift.dataset.models.safetensors import read_safetensors
    from filtershift.dataset.models.tflite.model import read_tflite
    from filtershift.dataset.models.torch.model import LEGACY, read_legacy

    if not head:
        raise FiltershiftError(f"{path.name} is empty (0 bytes); get the file again")
    if head.startswith(b"PK\x03\x04"):
        return _zip_reader(path)
    readers = {
        LEGACY.pattern: read_legacy,
        rb"\x89HDF": read_keras_hdf5,
        rb".{7}\0\{": read_safetensors,  # a header length below 2^56, then the JSON header
        rb"\s*\{": read_index,
        rb".{4}TFL3": read_tflite,
        rb"7767517\s": read_ncnn,
        rb"\s*(?:<\?xml.*?>\s*)?<net\s": read_openvino,
        rb"\x80[\x02-\x05]": read_paddle,
        rb"(?:[\x81-\x8f]|\xde..|\xdf.{4})[\xa1-\xbf\xd9]": read_flax,  # a map whose first key is text
    }
    if reason := cut_off(path, head):
        raise FiltershiftError(f"{path.name} {reason}")
    begin = next((begin for begin in readers if re.match(begin, head, re.DOTALL)), b"")
    reader: Callable[[Path], StoredModel] = readers.get(begin, read_onnx)
    reason = unreadable_json(path, LARGEST) if reader is read_index else ""
    if reader is read_onnx or (reader is read_flax and weights_beside(path)):
        reason = unreadable(path, head)
    if reason:
        raise FiltershiftError(f"{path.name} {reason}")
    return reader


def _folder(path: Path) -> str:
    """What is said of a folder, as a predicate."""
    try:
        return folder_kind(path)
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _zip_reader(path: Path) -> Callable[[Path], StoredModel]:
    """The function that reads a zip file, by the names of its members."""
    from filtershift.dataset.models.keras.model import read_keras
    from filtershift.dataset.models.torch.exported.model import read_exported
    from filtershift.dataset.models.torch.model import read_zip
    from filtershift.dataset.models.torch.script.model import read_script

    try:
        with zipfile.ZipFile(path) as archive:
            members = [f"/{name}" for name in archive.namelist()]
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        reason = "it is cut off" if str(error) == "File is not a zip file" else one_line(error)
        raise FiltershiftError(f"{path.name} is a damaged zip file ({reason}); get the file again") from None
    if any(name.endswith(("/archive_format", "/serialized_exported_program.json")) for name in members):
        return read_exported
    if any(name.endswith("/data.pkl") for name in members) and any(name.endswith("/constants.pkl") for name in members):
        return read_script
    if any(name.endswith("/data.pkl") for name in members):
        return read_zip
    if "/config.json" in members and any(name.startswith("/model.weights.") for name in members):
        return read_keras
    reason = archive_kind(members) or f"is a zip file, but not a model; expected {KINDS}"
    raise FiltershiftError(f"{path.name} {reason}")
