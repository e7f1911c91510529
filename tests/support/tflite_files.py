"""TFLite models, written by hand: tables as mappings from the number of a field to its value."""

import flatbuffers
import numpy as np

FLOAT32, FLOAT16, INT32, INT8 = 0, 1, 2, 9
ADD, CONV_2D, DEPTHWISE, DEQUANTIZE, MUL, RELU, CUSTOM = 0, 3, 4, 6, 18, 19, 32
PAD, TRANSPOSE, TRANSPOSE_CONV, IF, WHILE, DENSIFY, CONV_3D = 34, 39, 67, 118, 119, 124, 132


class Byte(int):
    """A number of one byte."""


class Long(int):
    """A number of eight bytes."""


def tensor(name, shape, buffer=0, kind=FLOAT32, **more):
    return {0: list(shape), 1: Byte(kind), 2: buffer, 3: name} | ({6: {0: [0]}} if more.get("sparse") else {})


def operator(code, inputs, outputs, options=None):
    """An operator; `code` is replaced by its place in the list of codes when the model is written."""
    return {"code": code, 1: list(inputs), 2: list(outputs)} | ({4: options} if options else {})


def subgraph(tensors, inputs, outputs, operators):
    return {0: tensors, 1: list(inputs), 2: list(outputs), 3: operators}


def model_of(subgraphs, arrays, custom="Convolution2DTransposeBias"):
    """The bytes of a model; `arrays` are its buffers from 1 on, each an array or a record."""
    codes = sorted({entry["code"] for graph in subgraphs for entry in graph[3]})
    for graph in subgraphs:
        graph[3] = [
            {0: codes.index(entry["code"])} | {k: v for k, v in entry.items() if k != "code"} for entry in graph[3]
        ]
    kinds = [{0: Byte(min(code, 127)), 3: code} | ({1: custom} if code == CUSTOM else {}) for code in codes]
    buffers = [
        {},
        *(array if isinstance(array, dict) else {0: np.ascontiguousarray(array).tobytes()} for array in arrays),
    ]
    return written({0: 3, 1: kinds, 2: subgraphs, 3: "by hand", 4: buffers})


def written(root):
    builder = flatbuffers.Builder(0)
    builder.Finish(_table(builder, root), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _table(builder, fields):
    ready = {number: _value(builder, value) for number, value in fields.items()}
    builder.StartObject(max(ready, default=0) + 1)
    for number, (kind, value) in ready.items():
        getattr(builder, f"Prepend{kind}Slot")(number, value, 0)
    return builder.EndObject()


def _value(builder, value):
    """The kind of a field, and what the builder writes into it."""
    if isinstance(value, int):
        kind = {Byte: "Int8", Long: "Uint64"}.get(type(value), "Int32")
        return kind, int(value)
    if isinstance(value, str):
        offset = builder.CreateString(value)
    elif isinstance(value, bytes):
        offset = builder.CreateByteVector(value)
    elif isinstance(value, dict):
        offset = _table(builder, value)
    elif all(isinstance(entry, int) for entry in value):
        offset = builder.CreateNumpyVector(np.array(value, np.int32))
    else:
        offset = _list_of_tables(builder, value)
    return "UOffsetTRelative", offset


def _list_of_tables(builder, values):
    entries = [_table(builder, entry) for entry in values]
    builder.StartVector(4, len(entries), 4)
    for entry in reversed(entries):
        builder.PrependUOffsetTRelative(entry)
    return builder.EndVector()
