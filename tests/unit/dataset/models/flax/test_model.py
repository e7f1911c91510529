"""Flax files, by Flax and by hand, are read without Flax."""

from pathlib import Path

import msgpack
import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from tiny_models import weights

FOLDER = Path(__file__).parents[4] / "data/models/flax"
LAYERS = ["stem", *(f"Conv_{number}" for number in range(12))]


def read(content, tmp_path, **choice):
    (tmp_path / "m.msgpack").write_bytes(content)
    return read_model_file(tmp_path / "m.msgpack", "m", **choice)


@pytest.mark.parametrize("name", ["variables", "chunked", "compiled", "train_state", "bfloat16"])
def test_files_by_flax(name):
    expected = np.load(FOLDER / f"{'bfloat16' if name == 'bfloat16' else 'float32'}.npz")
    model = read_model_file(FOLDER / f"{name}.msgpack", "m", batch_norm="stored")
    is_sorted = name in ("compiled", "train_state")
    assert [layer.name for layer in model.layers] == LAYERS[: len(model.layers)]
    for layer in model.layers:
        np.testing.assert_array_equal(layer.weights, expected[layer.name].reshape(-1, 3, 3))
        assert layer.out_channels == len(expected[layer.name])
    assert [layer.conv_depth for layer in model.layers[:3]] == [0, 1, 2]
    assert model.depth_source == ("names" if is_sorted else "order")
    assert model.kernel_shapes == {(3, 3): 64, (1, 1): 4}
    rows = [(row.name, row.reason, row.count) for row in model.skipped]
    assert rows[-1] == ("m: ConvTranspose_0", "transposed convolution", 16)
    others = [("m: opt_state", "not the model, which is under the key 'params'", 160)]
    assert rows[:-1] == (others if name == "train_state" else [])


def test_a_batch_norm_is_found_by_its_name():
    expected, model = np.load(FOLDER / "float32.npz"), read_model_file(FOLDER / "variables.msgpack", "m")
    stem, *others = model.layers
    np.testing.assert_allclose(
        stem.weights, (expected["stem"] * expected["factors"].reshape(-1, 1, 1, 1)).reshape(-1, 3, 3), rtol=1e-6
    )
    # BatchNorm_0 has four channels, and so have two other convolutions.
    assert [layer.batch_norm for layer in others] == ["unknown", "unknown", *["absorbed"] * (len(others) - 2)]


def array(values, kind=None, shape=None):
    packed = msgpack.packb((shape or values.shape, kind or values.dtype.name, values.tobytes()))
    return msgpack.ExtType(1, packed)


KERNEL = weights(3, 3, 2, 4)
ONE = array(KERNEL)
OTHER = array(weights(3, 3, 2, 5))
BIG = {"0": array(KERNEL.ravel()[:50]), "1": array(KERNEL.ravel()[50:])}
CHUNKED = {"__msgpack_chunked_array__": True, "shape": {"0": 3, "1": 3, "2": 2, "3": 4}, "chunks": BIG}


@pytest.mark.parametrize(
    "tree",
    [
        {"params": {"c": {"kernel": ONE}}},
        {"params": {"params": {"c": {"kernel": ONE}}}},
        {"c": {"kernel": ONE, "bias": array(weights(4))}, "step": 3, "note": "a", "rng": msgpack.ExtType(3, b"abc")},
        {"opt_state": {"0": {"params": {"c": {"kernel": OTHER}}}}, "params": {"c": {"kernel": ONE}}},
        {"ema_params": {"params": {"c": {"kernel": OTHER}}}, "params": {"c": {"kernel": ONE}}},
        {"disc": {"params": {"a": {"kernel": array(weights(1, 1, 2, 4))}}}, "gen": {"params": {"c": {"kernel": ONE}}}},
        {"target": {"c": {"kernel": ONE}}, "state": {"c": {"kernel": OTHER}}},
        {"layers": [{"kernel": ONE}]},
        {"params": {"c": {"kernel": CHUNKED}}},
    ],
)
def test_the_kernels_of_the_model_are_found(tree, tmp_path):
    (layer,) = read(msgpack.packb(tree), tmp_path).layers
    np.testing.assert_array_equal(layer.weights, KERNEL.transpose(3, 2, 0, 1).reshape(-1, 3, 3))


def test_what_is_no_kernel_is_listed(tmp_path):
    tree = {
        "a": {"kernel": array(np.ones((3, 3, 2, 4), np.int8))},
        "b": {"kernel": array(weights(3, 3, 3, 2, 4))},
        "up_deconv": {"kernel": ONE},
        "embed": {"pos_embedding": array(weights(1, 2, 2, 8))},
    }
    model = read(msgpack.packb(tree), tmp_path)
    assert [(row.name, row.reason) for row in model.skipped[:-1]] == [
        ("m: embed.pos_embedding", "not a kernel by its name"),
        ("m: a", "quantised (weights are int8)"),
        ("m: b", "3-D convolution"),
        ("m: up_deconv", "transposed convolution"),
    ]


DEEP = b"\x81\xa1a" * 150 + b"\x01"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (msgpack.packb({"c": {"kernel": ONE}})[:-1], "is not a file of Flax, or damaged ("),
        (msgpack.packb({"c": {"kernel": ONE}}) + b"a", "it goes on after its end"),
        (msgpack.packb({"c": 1}), "holds no arrays of Flax"),
        (msgpack.packb({"c": array(KERNEL, shape=[3, 3, 2, 5])}), "has 288 bytes but declares float32 of shape"),
        (msgpack.packb({"c": array(KERNEL, shape=[2**61, 3, 2, 5])}), "has 288 bytes but declares"),
        (msgpack.packb({"c": array(KERNEL, shape=[-3, -3, 2, 4])}), "has no shape and type"),
        (msgpack.packb({"c": msgpack.ExtType(1, msgpack.packb([1]))}), "is not a file of Flax, or damaged"),
        (msgpack.packb({"c": msgpack.ExtType(1, b"")}), "is not a file of Flax, or damaged"),
        (msgpack.packb({"c": {**CHUNKED, "chunks": {"0": ONE, "1": ONE}}}), "in parts that do not fit its shape"),
        (DEEP, "holds more than 100 levels of nested maps"),
        (b"\x82\xa1a\xdf\xff\xff\xff\xff\xa1b\x01", "is not a file of Flax, or damaged"),
        (b"\x81\xa1a\xc9\xff\xff\xff\xff\x01abc", "is not a file of Flax, or damaged"),
    ],
)
def test_a_file_that_is_wrong_is_one_line(content, part, tmp_path):
    with pytest.raises(FiltershiftError) as refused:
        read(content, tmp_path)
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_truncation_is_refused(tmp_path):
    content = (FOLDER / "chunked.msgpack").read_bytes()
    for length in range(2, len(content), 101):
        with pytest.raises(FiltershiftError):
            read(content[:length], tmp_path)
