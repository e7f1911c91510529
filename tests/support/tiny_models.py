"""Small ONNX models and packages for the tests of this room."""

import io
import tarfile
import zipfile

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from filtershift.dataset.models.convolutions import conv_model
from filtershift.dataset.models.model import ConvModel
from filtershift.dataset.models.onnx.model import read_onnx
from filtershift.errors import about

RANDOM = np.random.default_rng(1)


def weights(*shape, dtype=np.float32):
    return RANDOM.normal(size=shape).astype(dtype)


def value(name, data_type=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, data_type, None)


def model_of(nodes, tensors=(), inputs=("x",), outputs=("y",), **keywords):
    """An ONNX model; `tensors` maps names to arrays or holds TensorProtos."""
    tensors = [numpy_helper.from_array(a, n) for n, a in tensors.items()] if isinstance(tensors, dict) else tensors
    graph = helper.make_graph(nodes, "g", [value(i) for i in inputs], [value(o) for o in outputs], list(tensors))
    return helper.make_model(graph, producer_name="tool", producer_version="1.2", **keywords)


def read_model(source, name="model.onnx", **choice) -> ConvModel:
    """An ONNX model, given as bytes or a file."""
    with about(name):
        return conv_model(read_onnx(source), name, **choice)


def read(nodes, tensors=(), **keywords):
    return read_model(model_of(nodes, tensors, **keywords).SerializeToString(), "m")


def conv(weight, source="x", target="y", name="conv", **attributes):
    return helper.make_node("Conv", [source, weight], [target], name=name, **attributes)


def write_wheel(folder, name, version, members):
    """A wheel that pip takes for one, with `members` (path: bytes); returns its path."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: <3\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
        **members,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in files.items():
            archive.writestr(member, content)
    return path


def write_source_archive(folder, name, version, members):
    """A source archive with `members` (path: bytes) in its top folder, and no code; returns its path."""
    path = folder / f"{name}-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members.items():
            entry = tarfile.TarInfo(f"{name}-{version}/{member}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path
