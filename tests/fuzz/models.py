"""Sound models of every kind, as bytes, and a wheel."""

import tempfile
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from onnx import helper, numpy_helper
from safetensors.numpy import save

from fuzz.targets import MEMBER
from tiny_models import conv, model_of, value, write_wheel

DATA = Path(__file__).parents[1] / "data"
MODELS = DATA / "models"


def sound_models() -> dict[str, bytes]:
    """Small models: convolutions one after the other, in the bodies of an If, in local functions, behind casts."""
    rng = np.random.default_rng(0)

    def weights(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    def branch(name: str) -> Any:
        tensor = numpy_helper.from_array(weights(2, 1, 3, 3), "w")
        return helper.make_graph([conv("w", "r", "out", name)], name, [], [value("out")], [tensor])

    plain = [conv("a", "x", "1"), helper.make_node("Relu", ["1"], ["2"]), conv("b", "2", "y", group=2)]
    bodies = [
        helper.make_node("Relu", ["x"], ["r"]),
        helper.make_node("If", ["c"], ["i"], "if", then_branch=branch("l"), else_branch=branch("r")),
        helper.make_node("Constant", [], ["o"], value=numpy_helper.from_array(weights(1, 2, 3, 3))),
        conv("o", "i", "y"),
    ]
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]
    inner = [helper.make_node("Conv", ["a", "w"], ["b"]), helper.make_node("Relu", ["b"], ["c"])]
    outer = [helper.make_node("Block", ["a", "w"], ["b"], domain="local")]
    functions = [
        helper.make_function("local", "Block", ["a", "w"], ["c"], inner, opsets),
        helper.make_function("local", "Outer", ["a", "w"], ["b"], outer, opsets),
    ]
    calls = [
        helper.make_node(kind, [s, "w"], [t], domain="local")
        for kind, s, t in [("Block", "x", "1"), ("Outer", "1", "y")]
    ]
    casts = [
        helper.make_node("Cast", ["h"], ["f"], to=1),
        helper.make_node("Identity", ["f"], ["g"]),
        conv("g", "x", "1"),
        helper.make_node("DequantizeLinear", ["q", "s"], ["d"]),
        conv("d", "1", "y"),
    ]
    numbers = {"h": weights(2, 1, 3, 3).astype(np.float16), "q": np.ones((2, 2, 3, 3), np.int8), "s": np.ones(1)}
    models = {
        "plain": model_of(plain, {"a": weights(4, 1, 3, 3), "b": weights(2, 2, 3, 3)}),
        "bodies": model_of(bodies, inputs=("x", "c")),
        "functions": model_of(calls, {"w": weights(2, 2, 3, 3)}, functions=functions, opset_imports=opsets),
        "casts": model_of(casts, numbers),
    }
    return {name: model.SerializeToString() for name, model in models.items()}


def wheel_of(model: bytes) -> bytes:
    """A wheel with this model in it."""
    with tempfile.TemporaryDirectory() as folder:
        return write_wheel(Path(folder), "tiny", "1.0", {MEMBER: model}).read_bytes()


def own_models() -> dict[str, bytes]:
    """A model of each kind that is one file."""
    named = {
        **{name: DATA / f"torch/{name}.pt" for name in ("training", "state_dict_legacy", "module_legacy")},
        **{name: MODELS / f"torch/{name}.pt" for name in ("whole_legacy", "odd", "numpy2", "numpy5")},
        **{name: MODELS / f"one_network/{name}" for name in ("keras2.h5", "keras3.h5", "net.tflite")},
        **{name: MODELS / f"paddle/{name}.pdparams" for name in ("net-2", "net-4")},
        **{name: MODELS / f"flax/{name}.msgpack" for name in ("chunked", "train_state")},
    }
    tensors = {"a.weight": np.ones((2, 1, 3, 3), np.float32), "b.weight": np.ones((1, 2, 3, 3), np.float16)}
    return {name: path.read_bytes() for name, path in named.items()} | {"safetensors": save(tensors)}


def zipped_models() -> dict[str, bytes]:
    """A model of each kind that is a zip file."""
    names = ("module.pt", "scripted.pt", "traced.pt", "frozen.pt", "exported.pt2", "keras2.keras", "keras3.keras")
    return {name: (MODELS / f"one_network/{name}").read_bytes() for name in names}


def models_in_two_files() -> dict[str, tuple[bytes, bytes]]:
    """The description and the weights of a model of each kind that has two files, by the suffix of the first."""
    files = {"param": "ncnn/single.ncnn", "xml": "openvino/branches"}
    return {
        suffix: ((MODELS / f"{stem}.{suffix}").read_bytes(), (MODELS / f"{stem}.bin").read_bytes())
        for suffix, stem in files.items()
    }


def repacked(model: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A zip file with its members changed, and its checksums right."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(model)) as sound, zipfile.ZipFile(file, "w") as changed:
        for entry in sound.infolist():
            changed.writestr(entry, change(entry.filename, sound.read(entry)))
    return file.getvalue()
