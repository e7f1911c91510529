"""Which kind of model file a file is, by its content; nothing that reads weights is imported for it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from filtershift.dataset.models.containers import archive_kind, folder_kind
from filtershift.dataset.models.unreadable import KINDS, cut_off, unreadable, unreadable_json, weights_beside
from filtershift.errors import FiltershiftError, one_line

LEGACY = re.compile(rb"\x80.(?:\x95.{8})?\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19\.", re.DOTALL)
"""How a file begins that PyTorch before 1.6 wrote."""

LARGEST_INDEX = 1 << 26  # bytes; the index of a hundred thousand tensors takes a tenth of this
_HEAD = 512

# The first bytes of each kind; all else may be ONNX.
_BEGINNINGS = {
    "PyTorch, legacy": LEGACY.pattern,
    "Keras, HDF5": rb"\x89HDF",
    "safetensors": rb".{7}\0\{",  # a header length below 2^56, then the JSON header
    "index": rb"\s*\{",
    "TFLite": rb".{4}TFL3",
    "ncnn": rb"7767517\s",
    "OpenVINO": rb"\s*(?:<\?xml.*?>\s*)?<net\s",
    "Paddle": rb"\x80[\x02-\x05]",
    "Flax": rb"(?:[\x81-\x8f]|\xde..|\xdf.{4})[\xa1-\xbf\xd9]",  # a map whose first key is text
}


def model_kind(path: Path) -> str:
    """The kind of a model file: "ONNX", "safetensors", "PyTorch", …

    Raises:
        FiltershiftError: the file is empty, a folder, damaged, or of a kind that is not read.
    """
    if path.is_dir():
        raise FiltershiftError(f"{path.name or path} {_folder(path)}")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise FiltershiftError(f"{path.name} cannot be read ({error.strerror})") from None
    if not head:
        raise FiltershiftError(f"{path.name} is empty (0 bytes); get the file again")
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(path)
    if reason := cut_off(path, head):
        raise FiltershiftError(f"{path.name} {reason}")
    kind = next((kind for kind, begin in _BEGINNINGS.items() if re.match(begin, head, re.DOTALL)), "ONNX")
    reason = unreadable_json(path, LARGEST_INDEX) if kind == "index" else ""
    if kind == "ONNX" or (kind == "Flax" and weights_beside(path)):
        reason = unreadable(path, head)
    if reason:
        raise FiltershiftError(f"{path.name} {reason}")
    return kind


def _folder(path: Path) -> str:
    """What is said of a folder, as a predicate."""
    try:
        return folder_kind(path)
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _zip_kind(path: Path) -> str:
    """The kind of a zip file, by the names of its members."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [f"/{name}" for name in archive.namelist()]
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        reason = "it is cut off" if str(error) == "File is not a zip file" else one_line(error)
        raise FiltershiftError(f"{path.name} is a damaged zip file ({reason}); get the file again") from None
    if any(name.endswith(("/archive_format", "/serialized_exported_program.json")) for name in members):
        return "torch.export"
    if any(name.endswith("/data.pkl") for name in members):
        return "TorchScript" if any(name.endswith("/constants.pkl") for name in members) else "PyTorch"
    if "/config.json" in members and any(name.startswith("/model.weights.") for name in members):
        return "Keras"
    reason = archive_kind(members) or f"is a zip file, but not a model; expected {KINDS}"
    raise FiltershiftError(f"{path.name} {reason}")
