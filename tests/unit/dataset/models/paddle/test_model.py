"""Paddle files, by Paddle and by hand, are read without Paddle; nothing in them is run."""

import os
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from tiny_models import weights

FOLDER = Path(__file__).parents[4] / "data/models/paddle"


def read(content, tmp_path, **choice):
    (tmp_path / "m.pdparams").write_bytes(content)
    return read_model_file(tmp_path / "m.pdparams", "m", **choice)


@pytest.mark.parametrize("name", ["net-2", "net-3", "net-4", "trained-training", "bfloat16"])
def test_files_by_paddle(name):
    expected = np.load(FOLDER / f"{name.partition('-')[0]}.npz")
    model = read_model_file(FOLDER / f"{name}.pdparams", "m", batch_norm="stored")
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [("stem.0", 0), ("conv1", 1), ("conv3", 3)]
    for layer in model.layers:
        stored = expected[f"{layer.name}.weight"]
        np.testing.assert_array_equal(layer.weights, stored.reshape(-1, 3, 3))
        assert layer.out_channels == len(stored)
    assert model.kernel_shapes == {(3, 3): 28, (1, 1): 16}
    rows = [(row.name, row.reason, row.count) for row in model.skipped]
    others = [("m: optimizer", "not the model, which is under the key 'model'", 88)]
    assert rows == [*(others if "training" in name else []), ("m: up", "transposed convolution", 16)]


def test_batch_norms_are_found_by_their_names():
    expected, model = np.load(FOLDER / "net.npz"), read_model_file(FOLDER / "net-4.pdparams", "m")
    norms = {"stem.0": "stem.1.factors", "conv1": "bn1.factors"}
    assert [layer.batch_norm for layer in model.layers] == ["folded", "folded", "absorbed"]
    for layer in model.layers[:2]:
        folded = expected[f"{layer.name}.weight"] * expected[norms[layer.name]].reshape(-1, 1, 1, 1)
        np.testing.assert_allclose(layer.weights, folded.reshape(-1, 3, 3), rtol=1e-6)


def test_the_state_of_an_optimiser_is_no_model():
    with pytest.raises(FiltershiftError, match=r"trained\.pdopt holds the state of an optimiser, not a model"):
        read_model_file(FOLDER / "trained.pdopt", "m")


KERNEL = weights(4, 2, 3, 3)
PARTS = {"OriginShape": (4, 2, 3, 3), "slices": ["w@@.0", "w@@.1"]}
CUT = {"w@@.0": KERNEL.ravel()[:50], "w@@.1": KERNEL.ravel()[50:], "UnpackBigParamInfor@@": {"w": PARTS}}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "saved",
    [
        {"w": KERNEL},
        OrderedDict(
            w=KERNEL, other=[1, 2], text="a", numbers=list(range(100)), rng=np.random.RandomState(0).get_state()
        ),
        {"w": ("conv2d_0.w_0", KERNEL)},
        {"w": np.asfortranarray(KERNEL)},
        {"w": KERNEL.astype(">f4")},
        {"w": KERNEL.astype(np.float64)},
        CUT,
        {"state_dict": {"w": KERNEL}, "ema": {"w": KERNEL + 1}},
        {"a": {"b": {"w": KERNEL}}, "optimizer": {"w": weights(9, 9, 3, 3)}},
    ],
)
def test_arrays_by_name_of_every_protocol(saved, protocol, tmp_path):
    (layer,) = read(pickle.dumps(saved, protocol), tmp_path).layers
    np.testing.assert_array_equal(layer.weights, KERNEL.reshape(-1, 3, 3))


def test_the_names_of_numpy_1(tmp_path):
    content = pickle.dumps({"w": KERNEL}, 2).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert len(read(content, tmp_path).layers) == 1


class Payload:
    """What a hostile pickle does when it is loaded."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"echo run > '{self.marker}'",)


class Tensor:
    """How Paddle writes a tensor of a static graph."""

    def __reduce__(self):
        return eval, ("data", {"data": KERNEL})


def test_nothing_is_run_and_the_arrays_beside_it_are_read(tmp_path):
    marker = tmp_path / "marker"
    content = pickle.dumps({"w": KERNEL, "x": Payload(marker)}, 4)
    assert len(read(content, tmp_path).layers) == 1
    assert not marker.exists()
    pickle.loads(content)  # it does work where it is let
    assert marker.exists()


def test_a_tensor_of_a_static_graph(tmp_path):
    assert len(read(pickle.dumps({"w": Tensor()}, 4), tmp_path).layers) == 1


CYCLE = {"w": KERNEL}
CYCLE["self"] = {"again": CYCLE}
DEEP = {"w": KERNEL}
for _ in range(150):
    DEEP = {"a": DEEP}
DOUBLED = {"w": weights(1, 1, 1)}
for _ in range(60):
    DOUBLED = {"a": DOUBLED, "b": DOUBLED}
OTHER_PICKLE = "is a pickle that torch.save did not write"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (pickle.dumps([1, 2], 4), f"{OTHER_PICKLE}, and holds no arrays by name; if you trust it, load it and save"),
        (pickle.dumps(Path("a"), 4), f"{OTHER_PICKLE}, and holds 'pathlib.PosixPath'"),
        (pickle.dumps({"w": weights(3, 4)}, 4), f"{OTHER_PICKLE}, and has no array with four dimensions"),
        (pickle.dumps({"a": DOUBLED}, 4), "and holds no arrays by name"),
        (pickle.dumps(DEEP, 4), "holds more than 100 levels of nested dictionaries"),
        (pickle.dumps({"w": KERNEL}, 4)[:-50], f"{OTHER_PICKLE}; it is not a readable pickle"),
        (
            pickle.dumps({"w": KERNEL}, 4).replace(b"K\x04K\x02K\x03K\x03", b"K\x04K\x02K\x03K\x04"),
            "array 'w' has other",
        ),
        (b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)R\xff\xff", f"{OTHER_PICKLE}, and holds 'joblib'"),
        (b"\x80\x02", f"{OTHER_PICKLE}; it is a damaged pickle"),
        (b"\x80\x02}(X\x01\0\0\0ac_codecs\nencode\n", f"{OTHER_PICKLE}; it is a damaged pickle"),
    ],
)
def test_a_file_that_is_wrong_is_one_line(content, part, tmp_path):
    with pytest.raises(FiltershiftError) as refused:
        read(content, tmp_path)
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_dictionary_in_itself_is_read_once(tmp_path):
    assert len(read(pickle.dumps(CYCLE, 4), tmp_path).layers) == 1
