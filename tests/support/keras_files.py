"""Files of Keras: those that Keras wrote, and others by hand in the format of Keras 2."""

import json
import zipfile
import zlib
from pathlib import Path

import h5py
import numpy as np

WRITTEN = Path(__file__).parents[1] / "data/models/keras.zip"
"""What tests/data/models/make_keras.py made."""


def unpacked(name: str, folder: Path) -> Path:
    """One of the files that Keras wrote."""
    with zipfile.ZipFile(WRITTEN) as archive:
        return Path(archive.extract(name, folder))


def values(name: str, *shape: int) -> np.ndarray:
    """Weights of a layer in these files, from its name, as in make_keras.py."""
    return np.random.default_rng(zlib.crc32(name.encode())).normal(size=shape).astype(np.float32)


def layer(kind: str, name: str, *inputs: str, **config: object) -> dict:
    """The description of a layer in a functional model of Keras 2."""
    nodes = [[[given, 0, 0, {}] for given in inputs]] if inputs else []
    return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


def functional(*layers: dict, name: str = "model") -> dict:
    """A functional model from its first to its last layer."""
    ends = {"input_layers": [[layers[0]["name"], 0, 0]], "output_layers": [[layers[-1]["name"], 0, 0]]}
    return {"class_name": "Functional", "name": name, "config": {"name": name, "layers": list(layers), **ends}}


def write_hdf5(path: Path, config: object, weights: dict[str, dict[str, np.ndarray]], **options: object) -> Path:
    """A whole model in HDF5; `options` are attributes of the file, or go to h5py if they are about storage."""
    storage = {key: options.pop(key) for key in ("compression", "chunks") if key in options}
    with h5py.File(path, "w") as file:
        for key, value in options.items():
            file.attrs[key] = value
        if config is not None:
            file.attrs["model_config"] = json.dumps(config)
        root = file.create_group("model_weights") if config is not None else file
        root.attrs.update({key: file.attrs[key] for key in ("backend", "keras_version") if key in file.attrs})
        root.attrs["layer_names"] = [name.encode() for name in weights]
        for name, arrays in weights.items():
            group = root.create_group(name)
            group.attrs["weight_names"] = np.array([key.encode() for key in arrays], "S50")
            for key, array in arrays.items():
                group.create_dataset(key, data=array, **storage)
    return path
