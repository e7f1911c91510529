"""Models that Keras 2 and 3 wrote, in all their formats."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from keras_files import functional, layer, unpacked, values, write_hdf5

DATA = Path(__file__).parents[4] / "data"
WITH_GRAPH = ["keras2_{}.h5", "keras2_{}.keras", "keras3_{}.h5", "keras3_{}.keras"]
WEIGHTS = ["keras2_{}.weights.h5", "keras2_{}_weights.hdf5", "keras3_{}.weights.h5"]


def by_name(model):
    return {layer.name: layer for layer in model.layers}


def reasons(model):
    return [(row.kind, row.name, row.reason, row.count) for row in model.skipped]


def oihw(name, *shape):
    """Weights of a convolution in make_keras.py, with our axes, as 3×3 filters."""
    return values(name, *shape).transpose(3, 2, 0, 1).reshape(-1, 3, 3)


@pytest.mark.parametrize("name", WITH_GRAPH)
def test_filters_and_depths_are_those_of_the_same_network_in_onnx(name, tmp_path):
    expected = read_model_file(unpacked("net.onnx", tmp_path), "m")
    model = read_model_file(unpacked(name.format("net"), tmp_path), "m")
    assert model.depth_source == "graph"
    assert model.producer.split()[0] == "Keras"
    assert model.kernel_shapes == expected.kernel_shapes
    assert model.skipped == ()
    assert len(model.layers) == len(expected.layers) == 8
    for found, judge in zip(model.layers, expected.layers, strict=True):
        assert judge.name == found.name.replace("/", "_")
        facts = ("conv_depth", "conv_depth_norm", "out_channels", "in_channels", "groups", "kernel")
        assert [getattr(found, fact) for fact in facts] == [getattr(judge, fact) for fact in facts]
        np.testing.assert_allclose(found.weights, judge.weights, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", WITH_GRAPH)
def test_a_batch_norm_is_known(name, tmp_path):
    path = unpacked(name.format("net"), tmp_path)
    states = {name: found.batch_norm for name, found in by_name(read_model_file(path, "m")).items()}
    folded = {name for name, state in states.items() if state == "folded"}
    assert folded == {"stem", "block1", "block2", "depth", "b2"}
    assert {states[name] for name in states.keys() - folded} == {"absorbed"}
    stored = by_name(read_model_file(path, "m", "stored"))
    assert stored["stem"].batch_norm == "separate"
    np.testing.assert_array_equal(stored["stem"].weights, oihw("stem.kernel", 3, 3, 3, 4))


@pytest.mark.parametrize("name", WITH_GRAPH)
def test_models_in_models_and_layers_that_are_called_twice(name, tmp_path):
    model = read_model_file(unpacked(name.format("nested"), tmp_path), "m", "stored")
    found = by_name(model)
    assert [(name, of.conv_depth) for name, of in found.items()] == [("inner/seq/s1", 0), ("shared", 1), ("time", 3)]
    for path, shape in (("inner/seq/s1", (3, 3, 2, 2)), ("shared", (3, 3, 4, 4)), ("time", (3, 3, 3, 2))):
        expected = oihw(f"{path.rpartition('/')[2]}.kernel", *shape)
        np.testing.assert_array_equal(found[path].weights, expected)
    assert found["inner/seq/s1"].batch_norm == "separate"
    assert reasons(model) == [
        ("convolution", "m: inner/seq/s1", "same tensor as inner/seq/s1", 4),
        ("convolution", "m: shared", "same tensor as shared", 16),
        ("convolution", "m: up", "transposed convolution", 12),
        ("convolution", "m: volume", "3-D convolution", 4),
        ("convolution", "m: wave", "1-D convolution", 4),
    ]


@pytest.mark.parametrize("name", WITH_GRAPH)
def test_channels_first_changes_no_kernel(name, tmp_path):
    first, second = read_model_file(unpacked(name.format("line"), tmp_path), "m", "stored").layers
    np.testing.assert_array_equal(first.weights, oihw("first.kernel", 3, 3, 2, 3))
    np.testing.assert_array_equal(second.weights, oihw("second.kernel", 3, 3, 3, 2))
    assert (first.batch_norm, second.batch_norm) == ("separate", "absorbed")


@pytest.mark.parametrize("name", [*WEIGHTS, "shards"])
def test_weights_alone_have_no_graph(name, tmp_path):
    expected = by_name(read_model_file(unpacked("keras3_net.keras", tmp_path), "m", "stored"))
    if name == "shards":
        for number in range(3):
            unpacked(f"keras3_shards_0000{number}.weights.h5", tmp_path)
        name = "keras3_shards.weights.json"
    model = read_model_file(unpacked(name.format("net"), tmp_path), "m")
    classes = {"conv2d": "stem", "conv2d_1": "block1", "conv2d_2": "block2", "conv2d_6": "c", "conv2d_8": "b2"}
    classes |= {"conv2d_9": "last", "depthwise_conv2d": "depth", "separable_conv2d/depthwise": "sep/depthwise"}
    assert model.depth_source == ("order" if name == "keras2_{}_weights.hdf5" else "names")
    assert len(model.layers) == 8
    for found in model.layers:
        real = expected[classes.get(found.name, found.name)]
        if found.name not in ("b2", "c", "conv2d_6", "conv2d_8"):  # in branches, whose order files do not tell
            np.testing.assert_array_equal(found.weights, real.weights)
        assert found.batch_norm == "unknown"
        assert found.groups == (real.groups if real.kernel == "depthwise" else None)


@pytest.mark.parametrize("name", [name.format("own") for name in (*WITH_GRAPH[1::2], *WEIGHTS[::2])])
def test_a_class_of_its_own_has_no_graph(name, tmp_path):
    model = read_model_file(unpacked(name, tmp_path), "m")
    (found,) = model.layers
    np.testing.assert_array_equal(found.weights, oihw("own.0", 3, 3, 2, 3))
    assert model.depth_source == "names"
    graph = [] if "weights" in name else [("graph", "m: (model)")]
    assert [row[:2] for row in reasons(model)][:-1] == graph
    assert model.skipped[-1].reason == "transposed convolution"


def test_bfloat16(tmp_path):
    (found,) = read_model_file(unpacked("keras3_half.keras", tmp_path), "m").layers
    np.testing.assert_allclose(found.weights, oihw("half.kernel", 3, 3, 2, 2), rtol=2**-8)


def rezipped(tmp_path, change, compression=zipfile.ZIP_DEFLATED):
    """A file of Keras 3 with changed members; None leaves one out."""
    path, file = unpacked("keras3_line.keras", tmp_path), io.BytesIO()
    with zipfile.ZipFile(path) as sound, zipfile.ZipFile(file, "w", compression) as changed:
        members = {name: sound.read(name) for name in sound.namelist()} | change
        for name, content in members.items():
            if content is not None:
                changed.writestr(name, content)
    path.write_bytes(file.getvalue())
    return path


def test_a_compressed_zip_file_is_read(tmp_path):
    assert len(read_model_file(rezipped(tmp_path, {}), "m").layers) == 2


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"model.weights.h5": None, "model.weights.npz": b"PK"}, "has its weights in a pickle; save it again"),
        ({"model.weights.h5": bytes(10**8)}, "model.weights.h5 claims to have 100,000,000 bytes; expected at most"),
        ({"config.json": b" " * 10**7}, "config.json claims to have 10,000,000 bytes"),
        ({"config.json": b"[" * 10**5}, "its description is damaged (RecursionError"),
        ({"config.json": b"{}"}, "its description is damaged (KeyError: 'class_name')"),
        ({"config.json": b"\xff"}, "its description is damaged (UnicodeDecodeError"),
        ({"model.weights.h5": b"no HDF5"}, "the file cannot be read"),
    ],
)
def test_a_wrong_member_is_one_line(change, part, tmp_path):
    path = rezipped(tmp_path, change)
    with pytest.raises(FiltershiftError) as refused:
        read_model_file(path, "m")
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_lambda_layers_are_data(tmp_path):
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAA"}}
    kernel = values("x", 3, 3, 1, 2)
    config = functional(
        layer("InputLayer", "in"),
        layer("Lambda", "code", "in", function=code, module="os"),
        layer("Conv2D", "conv", "code"),
    )
    model = read_model_file(write_hdf5(tmp_path / "m.h5", config, {"conv": {"conv/kernel:0": kernel}}), "m")
    assert (model.layers[0].name, model.depth) == ("conv", 2)


def test_other_hdf5_files_are_named(tmp_path):
    import h5py

    with pytest.raises(
        FiltershiftError, match=r"v1_tiny.h5 is a data set of filters, not a model; read it with dataset=local"
    ):
        read_model_file(DATA / "v1_tiny.h5", "m")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = np.ones(3)
    with pytest.raises(FiltershiftError, match=r"/other.h5 is an HDF5 file, but not a model of Keras; expected"):
        read_model_file(tmp_path / "other.h5", "m")


def test_weights_of_unknown_layers_are_listed(tmp_path):
    config = functional(layer("InputLayer", "in"), layer("Mine", "mine", "in"), layer("ConvLSTM2D", "cell", "mine"))
    weights = {
        "mine": {"mine/filters:0": values("a", 3, 3, 2, 5)},
        "cell": {"cell/kernel:0": values("b", 3, 3, 2, 8), "cell/recurrent_kernel:0": values("c", 3, 3, 2, 8)},
    }
    model = read_model_file(write_hdf5(tmp_path / "m.h5", config, weights), "m")
    assert [(row[0], row[1].rpartition("/")[2], row[2], row[3]) for row in reasons(model)[:-1]] == [
        ("tensors", "filters:0", "weights of a layer of unknown kind", 10),
        ("tensors", "kernel:0", "weights of a layer of unknown kind", 16),
        ("tensors", "recurrent_kernel:0", "weights of a layer of unknown kind", 16),
    ]
