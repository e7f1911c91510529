"""Files that are not read: what they are, by their content, and the way out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KINDS = "ONNX, PyTorch, safetensors, Keras, TFLite, ncnn, OpenVINO, Paddle or Flax"

LARGEST_HEADER = 1 << 27  # bytes of a safetensors file; its library takes 100 MB
MOST_BYTES = 1 << 40  # of a file that was cut off; what claims more is damaged

_TO_ONNX = "convert it to ONNX"
_MADE_FROM = "give the file that it was made from, such as ONNX"
_UNPACK = "unpack it and give the model in it"
_TENSORFLOW = "convert it to ONNX with tf2onnx"
_PADDLE = "convert both files to ONNX with paddle2onnx"
_NO_MODEL = f"expected {KINDS}"
_LENGTH = rb"[\x80-\xff]{0,9}[\0-\x7f]"  # of a field in a protobuf

# By the first bytes: what it is, and the way out.
_BINARY: Mapping[bytes, tuple[str, str]] = {
    rb"GGUF|[lt]jgg|lmgg": ("a GGUF file", "give the safetensors file that it was made from"),
    rb"[fp]trt": ("a TensorRT engine", _MADE_FROM),
    rb"RKNN": ("an RKNN model", _MADE_FROM),
    rb"\x01HEF": ("a Hailo model", _MADE_FROM),
    rb"\xdd\x85\x76\0": ("the layers of a ncnn model in binary form", "give the .param in text"),
    rb"Gk0\x01": ("the weights of a ncnn model", "give the .param that belongs to them"),
    rb".{4}PTMF": ("a TorchScript file for mobiles (flatbuffer)", "give the PyTorch file that it was made from"),
    rb".{4}ET1": ("an ExecuTorch program", "give the PyTorch file that it was made from"),
    rb"\x12\x01\0{6}": ("an MXNet file of parameters", "convert it to ONNX with mxnet.onnx.export_model"),
    rb"\0{4}[\x01\x02]\0{3}[\0-\x05]\0{3}": ("a Darknet file of weights", _TO_ONNX),
    rb".{64}\xef\xbe\xad\xde": ("the weights of a Core ML package", "export the model that it came from to ONNX"),
    rb"\0{16}.{4}\x08[\0-\x20]\x10": ("a file of parameters of a Paddle inference model", _PADDLE),
    rb"\n" + _LENGTH + rb"\x08\0\x10": ("the program of a Paddle inference model", _PADDLE),
    rb"\n" + _LENGTH + rb"\n.[\w/.:-]+\x12.[A-Z]": ("a TensorFlow graph", _TENSORFLOW),
    rb"(?:\n.[ -~]+)?\xa2\x06|\n.[ -~]+[\x12\x1a]": ("a Caffe model", _TO_ONNX),
    rb"\x93NUMPY": ("a numpy array", "save all arrays by name with safetensors.numpy.save_file"),
    rb"\x1f\x8b": ("a gzip file", _UNPACK),
    rb"BZh[1-9]": ("a bzip2 file", _UNPACK),
    rb"\xfd7zXZ\0": ("an xz file", _UNPACK),
    rb"7z\xbc\xaf\x27\x1c": ("a 7z file", _UNPACK),
    rb"\x28\xb5\x2f\xfd": ("a zstd file", _UNPACK),
    rb"\x04\x22\x4d\x18": ("an lz4 file", _UNPACK),
    rb"Rar!": ("a rar file", _UNPACK),
    rb"PK\x05\x06": ("an empty zip file", _NO_MODEL),
    rb".{257}ustar": ("a tar file", _UNPACK),
    rb"x[\x01\x5e\x9c\xda]": ("zlib data, such as joblib writes", "load it and save its weights with torch.save"),
    rb"MATLAB ": ("a MATLAB file", "load it with scipy.io.loadmat and save its arrays with safetensors"),
    rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0{4}|RIFF.{4}WEBP|II\*\0|MM\0\*": ("an image", _NO_MODEL),
    rb"%PDF": ("a PDF document", _NO_MODEL),
    rb"\x7fELF|MZ[\x90\0]|\xcf\xfa\xed\xfe": ("a program", _NO_MODEL),
    rb"PAR1|SQLite format 3": ("a table of data", _NO_MODEL),
}

_LINES = rb"(?:#[^\n]*\n|\s)*+"  # comments and empty lines

# The same for files of text.
_TEXT: Mapping[bytes, tuple[str, str]] = {
    rb"version https://git-lfs": ("a pointer to a large file that was not fetched", "run git lfs pull"),
    rb"(?i:<!doctype html|<html|<head|<body)": ("a web page", "it was saved instead of the model: get the file again"),
    rb"<": ("a page of text (XML)", _NO_MODEL),
    rb"%PDF": ("a PDF document", _NO_MODEL),
    rb"model_checkpoint_path:": ("an index of TensorFlow checkpoints", _TENSORFLOW),
    rb"\((?:dp|lp|i)|c[\w.]+\n\w+\n": ("a pickle of protocol 0", "load it and save its weights with torch.save"),
    _LINES + rb"\[(?:net|network)\]": ("the description of a Darknet model", _TO_ONNX),
    _LINES + rb"node\s*\{": ("a TensorFlow graph as text", _TENSORFLOW),
    _LINES + rb"(?:(?:name|input\w*)\s*:[^\n]*\n|input_shape\s*\{[^}]*\}|\s)*+layers?\s*\{": (
        "the description of a Caffe model",
        _TO_ONNX,
    ),
    rb"#!|(?:#[^\n]*\n|\s|\"\"\"[^\"]*\"\"\")*+(?:(?:import|from|def|class)\s+\w|@\w)": (
        "Python source",
        "run it and save the model that it makes",
    ),
}

# What the suffix tells where the content says nothing.
_SUFFIXES: Mapping[str, tuple[str, str]] = {
    ".mnn": ("an MNN model", _MADE_FROM),
    ".mlmodel": ("a Core ML model", "export the model that it came from to ONNX"),
    ".caffemodel": ("a Caffe model", _TO_ONNX),
    ".pb": ("a TensorFlow model", _TENSORFLOW),
    ".weights": ("a Darknet file of weights", _TO_ONNX),
    ".params": ("an MXNet file of parameters", "convert it to ONNX with mxnet.onnx.export_model"),
    ".pdiparams": ("a file of parameters of a Paddle inference model", _PADDLE),
    ".pdmodel": ("the program of a Paddle inference model", _PADDLE),
    ".engine": ("a TensorRT engine", _MADE_FROM),
    ".plan": ("a TensorRT engine", _MADE_FROM),
    ".trt": ("a TensorRT engine", _MADE_FROM),
    ".py": ("Python source", "run it and save the model that it makes"),
    ".csv": ("a table of data", _NO_MODEL),
    ".t7": ("a file of Lua Torch", "load it with torchfile and save its weights with torch.save"),
}

# By the keys of a JSON file.
_JSON: Mapping[str, tuple[str, str]] = {
    "arg_nodes": ("the graph of an MXNet model", "convert it to ONNX with mxnet.onnx.export_model"),
    "modelTopology": ("a TensorFlow.js model", "give the model that it was converted from"),
    "weightsManifest": ("a TensorFlow.js model", "give the model that it was converted from"),
    "base_code": ("the program of a Paddle inference model", _PADDLE),
    "class_name": ("the description of a Keras model without weights", "save the model with model.save"),
    "architectures": ("the settings of a model", "give model.safetensors or pytorch_model.bin beside it"),
    "model_type": ("the settings of a model", "give model.safetensors or pytorch_model.bin beside it"),
    "nbformat": ("a notebook", "run it and save the model that it makes"),
}

_TABLE_END = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"  # of the index of a TensorFlow checkpoint
_ONNX = re.compile(rb"\x08[\x01-\x7f][\x12\x1a\x22\x28\x32\x3a\x42]")  # version, then another field of ModelProto
_MAYBE_ONNX = re.compile(rb"[\x08\x12\x1a\x22\x28\x32\x3a\x42\x72]")  # any of its fields first
_TWO_MESSAGES = re.compile(rb"\x08[\x01-\x0f]\x12" + _LENGTH + rb"\n")  # in an ONNX model, text comes second
_WEIGHTS_OF = {".xml": "OpenVINO", ".param": "ncnn"}


def unreadable(path: Path, head: bytes) -> str:
    """What a file is that is not read, and the way out, as a predicate; "" if it may be an ONNX model.

    Args:
        path: the file.
        head: its first bytes.
    """
    suffix = path.suffix.lower()
    text = _as_text(head)
    shown = " ".join(text[:60].split())[:30]
    found = _by_name(path)
    if not found and text:
        found = _first(_TEXT, head.lstrip()) or _SUFFIXES.get(suffix) or (f"text ({shown!a} …)", _NO_MODEL)
    elif not found and _TWO_MESSAGES.match(head):
        either = "a TensorFlow SavedModel or a Core ML model", _TO_ONNX
        found = _SUFFIXES[suffix] if suffix in (".mlmodel", ".pb") else either
    elif not found and not _ONNX.match(head):
        found = _first(_BINARY, head) or _SUFFIXES.get(suffix)
        if not found and not _MAYBE_ONNX.match(head) and suffix != ".onnx":
            found = "of no known kind of model", _NO_MODEL
    return f"is {found[0]}; {found[1]}" if found else ""


def unreadable_json(path: Path, largest: int) -> str:
    """The same for a JSON file; "" if it may be an index of several files."""
    try:
        with path.open("rb") as file:
            keys: Any = json.loads(file.read(largest))
    except (OSError, ValueError, RecursionError):
        return ""
    if not isinstance(keys, dict) or "weight_map" in keys:
        return ""
    found = next((found for key, found in _JSON.items() if key in keys), ("a JSON file, but no index", _NO_MODEL))
    return f"is {found[0]}; {found[1]}"


def cut_off(path: Path, head: bytes) -> str:
    """What is missing at the end of an HDF5 or safetensors file, as a predicate; "" if nothing is."""
    size = path.stat().st_size
    whole = 0
    if head.startswith(b"\x89HDF\r\n\x1a\n") and len(head) > 52:
        # the superblock has the address of the end, here if addresses have 8 bytes
        at, width = (40 + 4 * head[8], head[13]) if head[8] < 2 else (28, head[9])
        whole = int.from_bytes(head[at : at + 8], "little") if width == 8 else 0
    elif re.match(rb".{6}\0\0\{", head, re.DOTALL):
        start = 8 + int.from_bytes(head[:8], "little")
        with path.open("rb") as file:
            ends = re.findall(rb'"data_offsets":\s*\[\d+,\s*(\d{1,12})\]', file.read(min(start, LARGEST_HEADER)))
        whole = start + max(map(int, ends), default=0)
    if size < whole < MOST_BYTES:
        return f"is cut off: it has {size:,} of {whole:,} bytes; get it again"
    return ""


def weights_beside(path: Path) -> tuple[str, str] | None:
    """What a file is that holds the weights of a model in another file, which has the same name, and that other."""
    for suffix, kind in _WEIGHTS_OF.items():
        other = path.with_suffix(suffix)
        if path.suffix == ".bin" and other.is_file():
            return f"the weights of a model of {kind}", f"give {other.name}"
    return None


def _by_name(path: Path) -> tuple[str, str] | None:
    """What the names of files and the end of the file tell."""
    if re.search(r"\.data-\d{5}-of-\d{5}$", path.name):
        return "a part of a TensorFlow checkpoint", _TENSORFLOW
    if ".tfevents." in path.name:
        return "a log of TensorBoard", "give the checkpoint that the training saved"
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - len(_TABLE_END), 0))
        if file.read() == _TABLE_END:
            return "the index of a TensorFlow checkpoint", _TENSORFLOW
    return weights_beside(path)


def _first(table: Mapping[bytes, tuple[str, str]], head: bytes) -> tuple[str, str] | None:
    return next((found for begin, found in table.items() if re.match(begin, head, re.DOTALL)), None)


def _as_text(head: bytes) -> str:
    """The first bytes as text, "" if they are not text."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # a character may be cut
            return ""
        text = head[: error.start].decode()
    return "" if any(character < " " and character not in "\t\n\r\f" for character in text) else text
