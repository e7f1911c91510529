"""ncnn models, written by hand."""

import struct

import numpy as np

HALF, INT8, SINGLE, TABLE = 0x01306B47, 0x000D4B38, 0x0002C056, 7


def param_of(*layers, blobs=None):
    """The text of a `.param` with these lines."""
    made = sum(int(line.split()[3]) for line in layers) if blobs is None else blobs
    return "\n".join(["7767517", f"{len(layers)} {made}", *layers, ""])


def tagged(values, tag=0):
    """Weights as ncnn stores them: a tag, the numbers, zeros up to four bytes."""
    values = np.asarray(values)
    if tag == TABLE:
        return struct.pack("<I", tag) + bytes(1024) + _padded(values.astype(np.uint8).tobytes())
    kind = {HALF: "<f2", INT8: "i1"}.get(tag, "<f4")
    return struct.pack("<I", tag) + _padded(values.astype(kind).tobytes())


def raw(values):
    """Numbers without a tag, always float32."""
    return np.asarray(values, "<f4").tobytes()


def write_ncnn(folder, layers, content, name="m"):
    """Both files of a model; returns the path of its `.param`."""
    path = folder / f"{name}.param"
    path.write_text(param_of(*layers))
    path.with_suffix(".bin").write_bytes(content)
    return path


def _padded(content):
    return content + bytes(-len(content) % 4)
