"""Folders and archives that are not read: what they are, by the names in them, and the way out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

MODELS = (
    *(".onnx", ".safetensors", ".pt", ".pth", ".ckpt", ".bin", ".h5", ".hdf5", ".keras", ".tflite", ".pt2"),
    *(".pdparams", ".msgpack", ".xml", ".param"),
)
"""Suffixes of the files that are read."""

_TENSORFLOW = "convert it to ONNX with tf2onnx"
_ORBAX = "restore it and write flax.serialization.to_bytes(params) to a file"
_NUMPY = "save them by name with safetensors.numpy.save_file"
_CORE_ML = "export the model that it came from to ONNX"


def folder_kind(path: Path) -> str:
    """What a folder is, and the way out, as a predicate."""
    names = sorted(entry.name for entry in path.iterdir())
    models = [name for name in names if name.endswith((*MODELS, ".safetensors.index.json", ".bin.index.json"))]
    is_checkpoint = any(name.endswith(".index") for name in names) and any(".data-" in name for name in names)
    kinds = {
        f"is a TensorFlow SavedModel; {_TENSORFLOW}": "saved_model.pb" in names,
        f"is an Orbax checkpoint; {_ORBAX}": bool({"_CHECKPOINT_METADATA", "manifest.ocdbt", "_METADATA"} & {*names}),
        f"is a Core ML package; {_CORE_ML}": "Manifest.json" in names and "Data" in names,
        f"is a folder of TensorFlow checkpoints; {_TENSORFLOW}": is_checkpoint,
        "is a PyTorch file that was unpacked; give the file itself": "data.pkl" in names and "data" in names,
    }
    kind = next((kind for kind, holds in kinds.items() if holds), "")
    return kind or _folder_of_models(path, models) or "is a folder without a known model; expected a file"


def _folder_of_models(path: Path, models: Sequence[str]) -> str:
    """What is said of a folder with model files, as a predicate; "" if it has none."""
    if not models:
        return ""
    shown = ", ".join(ascii(name)[1:-1][:80] for name in models[:3]) + (", …" if len(models) > 3 else "")
    all_of_them = f"; give one, or all as {ascii(str(path))[1:-1]}/*{Path(models[0]).suffix}"
    return f"is a folder of model files ({shown}){all_of_them}"


def archive_kind(members: Sequence[str]) -> str:
    """What a zip file that is no model itself is, and the way out, as a predicate; "" if its members tell nothing.

    Args:
        members: their names, each with a slash before it.
    """
    found = [name[1:] for name in members if name.endswith(MODELS)]
    unpack = f"unpack it and give {ascii(found[0])[:80] if found else 'the model in it'}"
    bundle = "is a bundle of a data set, not a model; give it as the reference, or with dataset=bundle"
    kinds = {
        bundle: {"/manifest.json", "/statistics/basis.h5"} <= {*members},
        f"is an archive of TorchServe; {unpack}": "/MAR-INF/MANIFEST.json" in members,
        f"is a Core ML package; {_CORE_ML}": any("/com.apple.CoreML/" in name for name in members),
        f"is a TensorFlow SavedModel in a zip file; {_TENSORFLOW}": any(
            name.endswith("/saved_model.pb") for name in members
        ),
        f"is a Python package; {unpack}": any(".dist-info/" in name for name in members),
        "is an office document; expected a model": "/[Content_Types].xml" in members,
        f"is a file of numpy arrays (npz); {_NUMPY}": any(re.fullmatch(r"/[^/]+\.npy", name) for name in members),
        f"is a zip file; {unpack}": bool(found),
        "is an archive of source code; expected the file of weights": any(name.endswith(".py") for name in members),
    }
    return next((kind for kind, holds in kinds.items() if holds), "")
