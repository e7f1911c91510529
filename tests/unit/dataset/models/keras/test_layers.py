"""One layer of Keras as operators, in files of Keras 1 and 2 made by hand."""

import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from keras_files import functional, layer, values, write_hdf5

INPUT = layer("InputLayer", "in")
KERNEL = values("kernel", 3, 3, 2, 4)
ROWS = KERNEL.transpose(3, 2, 0, 1).reshape(-1, 3, 3)


def read(tmp_path, config, weights, batch_norm="folded", **options):
    return read_model_file(write_hdf5(tmp_path / "m.h5", config, weights, **options), "m", batch_norm)


def read_conv(tmp_path, kernel=KERNEL, kind="Conv2D", name="kernel:0", **config):
    weights = {"conv": {f"conv/{name}": kernel}}
    return read(tmp_path, functional(INPUT, layer(kind, "conv", "in", **config)), weights)


def reason(model):
    return model.skipped[0].reason, model.skipped[0].count


@pytest.mark.parametrize(
    ("activation", "depth"),
    [
        (None, 1),
        ("linear", 1),
        ({"class_name": "function", "config": "linear", "registered_name": "linear"}, 1),
        ("relu", 2),
        ({"class_name": "ReLU", "config": {"max_value": 6.0}}, 2),
    ],
)
def test_an_activation_is_an_operator_of_its_own(activation, depth, tmp_path):
    assert read_conv(tmp_path, activation=activation).depth == depth


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, ">f4"])
def test_weights_of_every_type(dtype, tmp_path):
    (found,) = read_conv(tmp_path, KERNEL.astype(dtype)).layers
    np.testing.assert_array_equal(found.weights, ROWS.astype(dtype).astype(np.float32))


@pytest.mark.parametrize("compression", [None, "gzip", "lzf"])
def test_compressed_weights(compression, tmp_path):
    config, weights = functional(INPUT, layer("Conv2D", "conv", "in")), {"conv": {"conv/kernel:0": KERNEL}}
    (found,) = read(tmp_path, config, weights, compression=compression).layers
    np.testing.assert_array_equal(found.weights, ROWS)


def test_integers_are_quantised(tmp_path):
    model = read_conv(tmp_path, np.ones((3, 3, 2, 4), np.int8))
    assert reason(model) == ("quantised (weights are int8)", 8)


@pytest.mark.parametrize("multiplier", [1, 2])
@pytest.mark.parametrize("name", ["kernel", "depthwise_kernel:0"])
def test_depthwise_filters_are_sorted_by_input_channel(name, multiplier, tmp_path):
    kernel = values("d", 3, 3, 4, multiplier)
    (found,) = read_conv(tmp_path, kernel, "DepthwiseConv2D", name).layers
    assert (found.groups, found.in_channels, found.out_channels, found.kernel) == (4, 4, 4 * multiplier, "depthwise")
    for channel in range(4):
        for number in range(multiplier):
            row = found.weights[channel * multiplier + number]
            np.testing.assert_array_equal(row, kernel[:, :, channel, number])


@pytest.mark.parametrize(
    ("kind", "shape", "expected"),
    [
        ("Conv2DTranspose", (3, 3, 2, 4), "transposed convolution"),
        ("Deconvolution2D", (3, 3, 2, 4), "transposed convolution"),
        ("Conv1D", (3, 2, 4), "1-D convolution"),
        ("Conv3D", (3, 3, 3, 2, 4), "3-D convolution"),
    ],
)
def test_other_convolutions_are_left_out(kind, shape, expected, tmp_path):
    assert reason(read_conv(tmp_path, values("o", *shape), kind)) == (expected, 8)


def test_weights_that_are_not_in_the_file_are_left_out(tmp_path):
    model = read(tmp_path, functional(INPUT, layer("Conv2D", "conv", "in")), {"other": {"other/kernel:0": KERNEL}})
    assert (model.skipped[1].reason, model.skipped[1].count) == ("weights are not in the file", 0)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("TimeDistributed", ""), ("PruneLowMagnitude", ""), ("QuantizeWrapperV2", "quantised (QuantizeWrapperV2)")],
)
def test_a_layer_in_a_wrapper(kind, expected, tmp_path):
    inner = {"class_name": "Conv2D", "config": {"name": "inner", "activation": "relu"}}
    model = read_conv(tmp_path, kind=kind, layer=inner)
    assert model.depth == 2
    assert [found.name for found in model.layers] == ([] if expected else ["conv"])
    assert [row.reason for row in model.skipped[:1]] == ([expected] if expected else [])


def normed(**config):
    return functional(INPUT, layer("Conv2D", "conv", "in"), layer("BatchNormalization", "norm", "conv", **config))


NORM = {"norm/gamma:0": values("g", 4), "norm/moving_variance:0": np.abs(values("v", 4)) + 1}


@pytest.mark.parametrize(("scale", "axis"), [(True, -1), (True, [3]), (False, 3)])
def test_a_batch_norm_is_folded(scale, axis, tmp_path):
    arrays = {name: array for name, array in NORM.items() if scale or "gamma" not in name}
    config = normed(scale=scale, axis=axis)
    (found,) = read(tmp_path, config, {"conv": {"conv/kernel:0": KERNEL}, "norm": arrays}).layers
    by_channel = (NORM["norm/gamma:0"] if scale else 1) / np.sqrt(NORM["norm/moving_variance:0"] + 1e-3)
    np.testing.assert_allclose(found.weights, ROWS * np.repeat(by_channel, 2)[:, None, None], rtol=1e-6)


def test_a_norm_over_another_axis_is_none(tmp_path):
    (found,) = read(tmp_path, normed(axis=1), {"conv": {"conv/kernel:0": KERNEL}, "norm": NORM}).layers
    np.testing.assert_array_equal(found.weights, ROWS)
    assert found.batch_norm == "absorbed"


def test_padding_is_part_of_the_operator_behind_it(tmp_path):
    pads = [layer("ZeroPadding2D", "pad", "in"), layer("Conv2D", "conv", "pad"), layer("ZeroPadding2D", "end", "conv")]
    model = read(tmp_path, functional(INPUT, *pads), {"conv": {"conv/kernel:0": KERNEL}})
    assert model.depth == 2


def sequential(*layers):
    """A model of Keras 1."""
    return {"class_name": "Sequential", "config": [{"class_name": kind, "config": config} for kind, config in layers]}


@pytest.mark.parametrize("ordering", ["th", "tf"])
def test_files_of_keras_1(ordering, tmp_path):
    convolution = {"name": "convolution2d_1", "nb_filter": 4, "dim_ordering": ordering, "activation": "linear"}
    config = sequential(
        ("Convolution2D", convolution),
        ("BatchNormalization", {"name": "norm_1", "axis": 1 if ordering == "th" else 3, "epsilon": 0.0, "mode": 0}),
    )
    kernel = KERNEL.transpose(3, 2, 0, 1) if ordering == "th" else KERNEL
    weights = {
        "convolution2d_1": {"convolution2d_1_W": kernel, "convolution2d_1_b": values("b", 4)},
        "norm_1": {"norm_1_gamma": np.full(4, 3.0), "norm_1_running_std": np.full(4, 4.0)},
    }
    (found,) = read(tmp_path, config, weights, keras_version="1.2.2").layers
    np.testing.assert_allclose(found.weights, ROWS * 1.5, rtol=1e-6)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("shift", [0, 1])
def test_weights_that_tensorflow_renamed(shift, frozen, tmp_path):
    """Weights of a model in a model are listed with those that are trained first."""
    first = layer("Conv2D", "conv", "in", kernel_initializer={}, trainable=not frozen)
    inner = functional(INPUT, first, layer("Conv2D", "conv_1", "conv", kernel_initializer={}), name="inner")
    inner["inbound_nodes"] = [[["in", 0, 0, {}]]]
    config = functional(INPUT, inner)
    config["config"]["output_layers"] = [["inner", 1, 0]]
    kernels = {f"conv_{shift}/kernel:0" if shift else "conv/kernel:0": KERNEL}
    kernels[f"conv_{shift + 1}/kernel:0"] = values("second", 3, 3, 4, 2)
    listed = dict(reversed(kernels.items())) if frozen else kernels
    model = read(tmp_path, config, {"inner": listed})
    assert [(found.name, found.out_channels) for found in model.layers] == [("inner/conv", 4), ("inner/conv_1", 2)]
    np.testing.assert_array_equal(model.layers[0].weights, ROWS)


def test_kernels_for_theano_are_flipped(tmp_path):
    config = functional(INPUT, layer("Conv2D", "conv", "in"))
    (found,) = read(tmp_path, config, {"conv": {"conv/kernel:0": KERNEL}}, backend="theano").layers
    np.testing.assert_array_equal(found.weights, ROWS[:, ::-1, ::-1])


@pytest.mark.parametrize(
    ("config", "arrays", "part"),
    [
        (normed(), {}, "layer 'norm' is a BatchNormalization without its statistics in the file"),
        (
            normed(),
            NORM | {"norm/gamma:0": np.ones(4, "V2")},
            "layer 'norm' is a BatchNormalization without its statistics in the file",
        ),
        (normed(epsilon="x"), NORM, "layer 'norm' has epsilon=x; expected a number from 0 to 1"),
        (
            functional(INPUT, layer("Conv2D", "conv", "in", kernel_size=[3, 3], filters=8)),
            {},
            "layer 'conv' has weights of shape (3, 3, 2, 4) but declares kernel_size=[3, 3] and filters=8",
        ),
    ],
)
def test_a_file_that_contradicts_itself_is_one_line(config, arrays, part, tmp_path):
    with pytest.raises(FiltershiftError) as refused:
        read(tmp_path, config, {"conv": {"conv/kernel:0": KERNEL}, "norm": arrays})
    assert str(refused.value) == f"{tmp_path}/m.h5: {part}"


def test_weights_without_dimensions_of_a_kernel(tmp_path):
    with pytest.raises(
        FiltershiftError, match=r"/m\.h5: layer 'conv' has weights of shape \(3, 3\); expected four dim"
    ):
        read_conv(tmp_path, np.ones((3, 3)))
