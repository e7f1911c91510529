"""What is not read is named, with the way out, in one line."""

import bz2
import gzip
import lzma
import pickle
import tarfile
import time
import zipfile
import zlib
from io import BytesIO

import h5py
import numpy as np
import pytest
from onnx import helper
from safetensors.numpy import save

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from tiny_models import conv, model_of, weights


def field(number, content):
    """A field of a protobuf: text, bytes or a message."""
    tag = number << 3 | 2
    head = bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])
    size = len(content)
    return head + (bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])) + content


def zipped(*members):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in members:
            archive.writestr(name, b"content")
    return file.getvalue()


def tarred():
    file = BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model_weights.ckpt"))
    return file.getvalue()


def saved_array():
    file = BytesIO()
    np.save(file, weights(2, 2, 3, 3))
    return file.getvalue()


def hdf5():
    file = BytesIO()
    with h5py.File(file, "w") as opened:
        opened["a"] = weights(100)
    return file.getvalue()


INFO = field(1, b"x" * 300)
NODE = field(1, b"input") + field(2, b"Placeholder")
MODEL = model_of([conv("w")], {"w": weights(1, 1, 3, 3)}).SerializeToString()
# name of the file, its content, what it is, a part of the way out
FILES = [
    ("saved_model.pb", b"\x08\x01" + field(2, INFO), "a TensorFlow model", "tf2onnx"),
    ("m.mlmodel", b"\x08\x04" + field(2, INFO), "a Core ML model", "export the model that it came from to ONNX"),
    ("m", b"\x08\x04" + field(2, INFO), "a TensorFlow SavedModel or a Core ML model", "convert it to ONNX"),
    ("frozen.pb", field(1, NODE), "a TensorFlow graph", "tf2onnx"),
    ("m.pbtxt", b'node {\n  name: "x"\n', "a TensorFlow graph as text", "tf2onnx"),
    ("m.index", b"\0\0abc" + b"\x57\xfb\x80\x8b\x24\x75\x47\xdb", "the index of a TensorFlow checkpoint", "tf2onnx"),
    ("m.data-00000-of-00001", b"\1\2\3\4", "a part of a TensorFlow checkpoint", "tf2onnx"),
    ("checkpoint", b'model_checkpoint_path: "m"\n', "an index of TensorFlow checkpoints", "tf2onnx"),
    ("weight.bin", b"\2\0\0\0\2\0\0\0" + bytes(56) + b"\xef\xbe\xad\xde", "the weights of a Core ML package", "ONNX"),
    ("m.caffemodel", field(1, b"VGG") + field(100, b"abc"), "a Caffe model", "convert it to ONNX"),
    ("m", field(100, b"abc"), "a Caffe model", "convert it to ONNX"),
    ("m.prototxt", b'name: "VGG"\ninput: "data"\nlayer {\n', "the description of a Caffe model", "convert it to ONNX"),
    ("m.weights", b"\0\0\0\0\2\0\0\0\5\0\0\0abc", "a Darknet file of weights", "convert it to ONNX"),
    ("m.cfg", b"# a\n\n[net]\nbatch=1\n", "the description of a Darknet model", "convert it to ONNX"),
    ("m.mnn", b"\x28\0\0\0abc", "an MNN model", "give the file that it was made from"),
    ("m.params", b"\x12\x01" + bytes(14), "an MXNet file of parameters", "mxnet.onnx"),
    ("m-symbol.json", b'{"nodes": [], "arg_nodes": []}', "the graph of an MXNet model", "mxnet.onnx"),
    ("m.gguf", b"GGUF\3\0\0\0", "a GGUF file", "safetensors"),
    ("m.engine", b"ftrt\0\0\0\0", "a TensorRT engine", "give the file that it was made from"),
    ("m.plan", b"\xff\xfe\0\0", "a TensorRT engine", "give the file that it was made from"),
    ("m.rknn", b"RKNN\0\0", "an RKNN model", "give the file that it was made from"),
    ("m.hef", b"\x01HEF\0\0", "a Hailo model", "give the file that it was made from"),
    ("m.ptl", b"\x1c\0\0\0PTMF", "a TorchScript file for mobiles (flatbuffer)", "give the PyTorch file"),
    ("m.pte", b"\x1c\0\0\0ET12", "an ExecuTorch program", "give the PyTorch file"),
    ("m.pdmodel", field(1, b"\x08\0\x10\xff\xff"), "the program of a Paddle inference model", "paddle2onnx"),
    ("m.pdiparams", bytes(16) + b"\5\0\0\0\x08\5\x10\4", "a file of parameters of a Paddle inference", "paddle2onnx"),
    ("m.json", b'{"base_code": {"magic": "pir"}}', "the program of a Paddle inference model", "paddle2onnx"),
    ("m.npy", saved_array(), "a numpy array", "safetensors"),
    ("m.npz", zipped("a.npy"), "a file of numpy arrays (npz)", "safetensors"),
    ("m.zip", zipped("manifest.json", "statistics/basis.h5"), "a bundle of a data set", "dataset=bundle"),
    ("m.mar", zipped("MAR-INF/MANIFEST.json", "net.pt"), "an archive of TorchServe", "unpack it and give 'net.pt'"),
    ("m.zip", zipped("a/net.onnx"), "a zip file", "unpack it and give 'a/net.onnx'"),
    ("m.zip", zipped("a/saved_model.pb"), "a TensorFlow SavedModel in a zip file", "tf2onnx"),
    ("m.whl", zipped("a.dist-info/METADATA"), "a Python package", "unpack it"),
    ("m.docx", zipped("[Content_Types].xml"), "an office document", "expected a model"),
    ("m.zip", zipped("Manifest.json", "Data/com.apple.CoreML/model.mlmodel"), "a Core ML package", "ONNX"),
    ("m.zip", zipped(), "an empty zip file", "expected ONNX"),
    ("m.nemo", tarred(), "a tar file", "unpack it"),
    ("m.gz", gzip.compress(MODEL), "a gzip file", "unpack it"),
    ("m.bz2", bz2.compress(MODEL), "a bzip2 file", "unpack it"),
    ("m.xz", lzma.compress(MODEL), "an xz file", "unpack it"),
    ("m.7z", b"7z\xbc\xaf\x27\x1c\0\4", "a 7z file", "unpack it"),
    ("m.zst", b"\x28\xb5\x2f\xfd\x04", "a zstd file", "unpack it"),
    ("m.joblib", zlib.compress(pickle.dumps({})), "zlib data, such as joblib writes", "torch.save"),
    ("m.pkl", pickle.dumps({"a": 1}, 0), "a pickle of protocol 0", "torch.save"),
    ("m.mat", b"MATLAB 5.0 MAT-file, Platform" + bytes(90), "a MATLAB file", "scipy.io.loadmat"),
    ("net.py", b"import torch\n", "Python source", "save the model that it makes"),
    ("m", b"#!/usr/bin/env python\nimport torch\n", "Python source", "save the model that it makes"),
    ("m.pt", b"<!DOCTYPE html><p>Sign in", "a web page", "get the file again"),
    ("m.xml", b"<?xml version='1.0'?><a/>", "a page of text (XML)", "expected ONNX"),
    ("m.pt", b"version https://git-lfs.github.com/spec/v1\noid", "a pointer to a large file", "git lfs pull"),
    ("config.json", b'{"architectures": ["ResNet"]}', "the settings of a model", "model.safetensors"),
    ("m.json", b'{"class_name": "Functional"}', "the description of a Keras model without weights", "model.save"),
    ("m.json", b'{"a": 1}', "a JSON file, but no index", "expected ONNX"),
    ("m.csv", b"a,b\n1,2\n", "a table of data", "expected ONNX"),
    ("m.pt", b"Entry not found", "text ('Entry not found' …)", "expected ONNX"),
    ("m.onnx", b"hello, this is no model", "text ('hello, this is no model' …)", "expected ONNX"),
    ("m.pt", "größer".encode() * 200, "text (", "expected ONNX"),
    ("m.png", b"\x89PNG\r\n\x1a\n\0\0", "an image", "expected ONNX"),
    ("m.jpg", b"\xff\xd8\xff\xe0", "an image", "expected ONNX"),
    ("m.pdf", b"%PDF-1.4\n", "a PDF document", "expected ONNX"),
    ("m.so", b"\x7fELF\2\1", "a program", "expected ONNX"),
    ("m.bin", b"\xfe\xdc\xba\x98", "of no known kind of model", "expected ONNX"),
]


def said_of(path):
    with pytest.raises(FiltershiftError) as refused:
        read_model_file(path, "model")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300
    return str(refused.value)


@pytest.mark.parametrize(("name", "content", "kind", "way"), FILES)
def test_a_file_is_named_with_the_way_out(name, content, kind, way, tmp_path):
    (tmp_path / name).write_bytes(content)
    said = said_of(tmp_path / name)
    assert said.startswith(f"{tmp_path}/{name} is {kind}")
    assert way in said.partition("; ")[2]


@pytest.mark.parametrize("name", ["m.pt", "m.onnx", "m.mlmodel", "m.pb", "m.mnn", "m.csv", "m"])
def test_the_suffix_does_not_hide_an_onnx_model(name, tmp_path):
    (tmp_path / name).write_bytes(MODEL)
    assert len(read_model_file(tmp_path / name, "m").layers) == 1


def test_a_damaged_onnx_model_is_called_so(tmp_path):
    (tmp_path / "m.bin").write_bytes(MODEL[:-20])
    assert "is not an ONNX model (" in said_of(tmp_path / "m.bin")
    (tmp_path / "m.bin").write_bytes(helper.make_model(helper.make_graph([], "g", [], [])).SerializeToString()[:6])
    assert "is not an ONNX model" in said_of(tmp_path / "m.bin")


@pytest.mark.parametrize("content", [hdf5(), save({"c": weights(2, 1, 3, 3)})])
def test_half_a_download_is_called_so(content, tmp_path):
    for length in (len(content) - 1, len(content) // 2, 100):
        (tmp_path / "m").write_bytes(content[:length])
        assert f"is cut off: it has {length:,} of " in said_of(tmp_path / "m")


def test_half_a_zip_file_is_called_so(tmp_path):
    (tmp_path / "m").write_bytes(zipped("m/data.pkl", "m/data/0")[:-30])
    assert said_of(tmp_path / "m") == f"{tmp_path}/m is a damaged zip file (it is cut off); get the file again"


def test_an_empty_file_is_called_so(tmp_path):
    (tmp_path / "m").touch()
    assert said_of(tmp_path / "m") == f"{tmp_path}/m is empty (0 bytes); get the file again"


@pytest.mark.parametrize(
    ("names", "part"),
    [
        (["saved_model.pb", "variables"], "is a TensorFlow SavedModel; convert it to ONNX with tf2onnx"),
        (["_CHECKPOINT_METADATA", "d"], "is an Orbax checkpoint; restore it"),
        (["manifest.ocdbt"], "is an Orbax checkpoint"),
        (["Manifest.json", "Data"], "is a Core ML package; export"),
        (["checkpoint", "m.index", "m.data-00000-of-00001"], "is a folder of TensorFlow checkpoints; convert"),
        (["data.pkl", "data"], "is a PyTorch file that was unpacked; give the file itself"),
        (
            ["config.json", "model.safetensors"],
            "is a folder of model files (model.safetensors); give",
        ),
        (["notes"], "is a folder without a known model; expected a file"),
    ],
)
def test_a_folder_is_named_with_the_way_out(names, part, tmp_path):
    for name in names:
        (tmp_path / "net" / name).mkdir(parents=True) if name in ("Data", "data") else None
        (tmp_path / "net").mkdir(exist_ok=True)
        (tmp_path / "net" / name).touch()
    assert said_of(tmp_path / "net").startswith(f"{tmp_path}/net {part}")


@pytest.mark.parametrize("line", [b"#\n", b"# a\n \n", b"name: a\n", b"input: a\n", b'"""\n', b"\n", b"a", b"\n\n#"])
def test_no_text_takes_long(line, tmp_path):
    (tmp_path / "m").write_bytes((line * 600)[:600])
    start = time.perf_counter()
    said_of(tmp_path / "m")
    assert time.perf_counter() - start < 1
