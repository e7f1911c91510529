"""ncnn models: those that pnnx wrote, and by hand."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from filtershift.dataset.models.listed import ModelFile, parts_of
from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from ncnn_files import HALF, INT8, SINGLE, TABLE, param_of, raw, tagged, write_ncnn
from tiny_models import weights

PNNX = Path(__file__).parents[4] / "data/models/ncnn"
STORED = np.load(PNNX / "weights.npz")
INPUT = "Input in 0 1 x"
CONV = "Convolution c 1 1 x y 0=4 1=3 5=1 6=72"
TENSOR, BIAS = weights(4, 2, 3, 3), weights(4)
PLAIN = tagged(TENSOR) + raw(BIAS)


def read(path, **choice):
    return read_model_file(path, "m", **choice)


def skipped(model):
    return [(row.name, row.reason, row.count) for row in model.skipped]


@pytest.mark.parametrize(("name", "tolerance"), [("single", 1e-6), ("half", 1e-3)])
def test_a_model_by_pnnx(name, tolerance):
    model = read(PNNX / f"{name}.ncnn.param")
    a, b, e = model.layers
    np.testing.assert_allclose(a.weights, STORED["a"].reshape(24, 3, 3), rtol=tolerance, atol=tolerance)
    folded = STORED["b"] * STORED["factors_b"].reshape(8, 1, 1, 1)
    np.testing.assert_allclose(b.weights, folded.reshape(32, 3, 3), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(e.weights, STORED["e"].reshape(30, 3, 3), rtol=tolerance, atol=tolerance)
    assert [(layer.name, layer.kernel, layer.groups, layer.in_channels) for layer in model.layers] == [
        ("convrelu_0", "regular", 1, 3),
        ("convdw_15", "grouped", 2, 8),
        ("convsigmoid_1", "regular", 1, 6),
    ]
    assert [layer.conv_depth for layer in model.layers] == [0, 1, 4]
    assert {layer.batch_norm for layer in model.layers} == {"absorbed"}
    assert model.kernel_shapes == {(3, 3): 86, (3, 5): 8, (1, 1): 32}
    assert skipped(model) == [
        ("m: deconv_8", "transposed convolution", 24),
        ("m: conv1d_4", "1-D convolution", 20),
    ]


@pytest.mark.parametrize("tag", [0, SINGLE, HALF])
def test_weights_of_every_type(tag, tmp_path):
    path = write_ncnn(tmp_path, [INPUT, CONV], tagged(TENSOR, tag) + raw(BIAS))
    (layer,) = read(path).layers
    expected = TENSOR.astype(np.float16) if tag == HALF else TENSOR
    np.testing.assert_array_equal(layer.weights, expected.astype(np.float32).reshape(8, 3, 3))


@pytest.mark.parametrize(("tag", "reason"), [(INT8, "weights are int8"), (TABLE, "weights are codes of 256 values")])
def test_quantised_weights_are_listed(tag, reason, tmp_path):
    scales = raw(np.ones(4 + 1)) if tag == INT8 else b""
    layers = [INPUT, CONV + (" 8=1" if tag == INT8 else ""), "Convolution d 1 1 y z 0=1 1=3 6=36"]
    path = write_ncnn(tmp_path, layers, tagged(np.ones(72), tag) + raw(BIAS) + scales + tagged(np.ones(36)))
    model = read(path)
    assert skipped(model) == [("m: c", f"quantised ({reason})", 8)]
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [("d", 1)]


NORM = "BatchNorm n 1 1 y z 0=4 1=0.5"
SCALE = "Scale s 1 1 z t 0=4 1=1"
GAMMA, MEAN, VARIANCE, SHIFT, FACTOR = (np.abs(weights(4)) + 0.1 for _ in range(5))
OF_NORM = raw([GAMMA, MEAN, VARIANCE, SHIFT])


@pytest.mark.parametrize("scaled", [False, True])
def test_a_batch_norm_is_folded_with_the_scale_behind_it(scaled, tmp_path):
    layers, content = [INPUT, CONV, NORM], PLAIN + OF_NORM
    expected = TENSOR * (GAMMA / np.sqrt(VARIANCE + 0.5)).reshape(4, 1, 1, 1)
    if scaled:
        layers, content = [*layers, SCALE], content + raw([FACTOR, SHIFT])
        expected = expected * FACTOR.reshape(4, 1, 1, 1)
    path = write_ncnn(tmp_path, layers, content)
    (layer,) = read(path).layers
    assert layer.batch_norm == "folded"
    np.testing.assert_allclose(layer.weights, expected.reshape(8, 3, 3), rtol=1e-5)
    (layer,) = read(path, batch_norm="stored").layers
    np.testing.assert_array_equal(layer.weights, TENSOR.reshape(8, 3, 3))


@pytest.mark.parametrize(
    ("layers", "content"),
    [
        ([CONV + " 9=1", NORM], PLAIN + OF_NORM),  # an activation is between them
        ([CONV, "Split p 1 2 y y0 y1", NORM.replace(" y ", " y0 "), "ReLU r 1 1 y1 q"], PLAIN + OF_NORM),
        ([CONV, "Split p 1 2 y y0 y1", NORM.replace(" y ", " y0 ")], PLAIN + OF_NORM),  # y1 leaves the model
    ],
)
def test_a_batch_norm_that_does_not_belong_to_the_convolution(layers, content, tmp_path):
    (layer,) = read(write_ncnn(tmp_path, [INPUT, *layers], content)).layers
    assert layer.batch_norm == "absorbed"
    np.testing.assert_array_equal(layer.weights, TENSOR.reshape(8, 3, 3))


def test_depth_counts_fused_activations_but_no_copies(tmp_path):
    def conv(name, source, target, more=""):
        return f"Convolution {name} 1 1 {source} {target} 0=1 1=3 6=9{more}"

    layers = [
        INPUT,
        "Split p 1 2 x x0 x1",
        conv("a", "x0", "a", " 9=1"),
        "Dropout q 1 1 a b",
        conv("b", "b", "c"),
        conv("side", "x1", "d"),
        "ReLU r 1 1 d e",
        conv("second", "e", "f"),
        "Eltwise t 2 1 c f g",
    ]
    model = read(write_ncnn(tmp_path, layers, tagged(np.ones(9)) * 4))
    assert {layer.name: layer.conv_depth for layer in model.layers} == {"a": 0, "side": 0, "b": 1, "second": 1}
    assert model.depth == 4


def test_weights_that_are_an_input(tmp_path):
    layers = [INPUT, "Input v 0 1 w", "Convolution c 2 1 x w y 0=4 1=3 5=1 6=72 19=1"]
    layers += ["ReLU r 1 1 x s", "ConvolutionDepthWise d 2 1 y s z 0=4 1=3 7=2 19=1"]
    assert skipped(read(write_ncnn(tmp_path, layers, b"")))[:2] == [
        ("m: c", "weights are an input of the model", 0),
        ("m: d", "weights are computed (by ReLU)", 0),
    ]


def test_other_convolutions_are_listed(tmp_path):
    layers = [
        INPUT,
        "Convolution3D a 1 1 x a 0=2 1=3 6=54",
        "DeformableConv2D b 2 1 a x b 0=2 1=3 6=18",
        "DeconvolutionDepthWise c 1 1 b c 0=2 1=2 6=8 7=2",
        "Convolution d 1 1 c d 0=2 1=3 6=36",
    ]
    content = b"".join(tagged(np.ones(count)) for count in (54, 18, 8, 36))
    model = read(write_ncnn(tmp_path, layers, content))
    assert skipped(model) == [
        ("m: a", "3-D convolution", 2),
        ("m: b", "not a regular convolution (DeformableConv2D)", 2),
        ("m: c", "transposed convolution", 2),
    ]
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [("d", 0)]


def test_the_files_of_a_model(tmp_path):
    path = write_ncnn(tmp_path, [INPUT, CONV], PLAIN, "net.ncnn")
    assert parts_of(ModelFile(str(path))) == [path, tmp_path / "net.ncnn.bin"]
    (tmp_path / "net.ncnn.bin").unlink()
    assert parts_of(ModelFile(str(path))) == [path]
    with pytest.raises(
        FiltershiftError, match=r"/net\.ncnn\.param: its weights cannot be read \(No such file or directory\); expected"
    ):
        read(path)


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("m.bin", PLAIN, "m.bin is the weights of a model of ncnn; give m.param"),
        ("other.bin", tagged(TENSOR, HALF), "other.bin is the weights of a ncnn model; give the .param that belongs"),
        (
            "m.param.bin",
            bytes.fromhex("dd857600"),
            "is the layers of a ncnn model in binary form; give the .param in text",
        ),
    ],
)
def test_another_file_of_the_model(name, content, part, tmp_path):
    write_ncnn(tmp_path, [INPUT, CONV], PLAIN)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FiltershiftError) as refused:
        read(tmp_path / name)
    assert part in str(refused.value)


@pytest.mark.parametrize(
    ("layers", "content", "part"),
    [
        ([CONV], PLAIN + raw([0]), "its layers store 308 bytes, but m.bin has 312; expected the .bin that belongs"),
        (
            [CONV, "my.Warp w 1 1 y z"],
            PLAIN + raw([0]),
            "has 312; what layers of the kind 'my.Warp' store is not known",
        ),
        ([CONV], PLAIN[:-4], "layer 'c' (Convolution) stores 4 numbers in bytes 292 to 308, but m.bin has 304 bytes"),
        ([CONV], b"", "layer 'c' (Convolution) stores 72 numbers in bytes 0 to 292, but m.bin has 0 bytes"),
        (
            [CONV.replace("6=72", "6=71")],
            tagged(np.ones(71)) + raw(BIAS),
            "stores 71 weights, which cannot be divided into 4 times 3×3",
        ),
        ([CONV.replace("0=4", "0=0")], tagged(TENSOR), "cannot be divided into 0 times"),
        ([CONV.replace("6=72", "6=-1")], PLAIN, "stores -1 numbers; expected a number that is not negative"),
        ([CONV.replace("6=72", "6=99999999999")], PLAIN, "has 6=99999999999; expected a whole number of 32 bits"),
        ([CONV.replace("6=72", "6=2147483647")], PLAIN, "stores 2,147,483,647 numbers in bytes 0 to 8,589,934,592"),
        ([CONV.replace("6=72", "6=7x")], PLAIN, "has 6=7x; expected a whole number"),
        ([CONV, "BatchNorm n 1 1 y z 0=4 1=one"], PLAIN + OF_NORM, "has 1=one; expected a number"),
        (["Convolution c 1 1 x x 0=4 1=3 5=1 6=72"], PLAIN, "the graph has a cycle"),
        (["Convolution c 1"], b"", "is a damaged .param: line 4 is 'Convolution c 1'; expected a kind, a name"),
        (["Convolution c 1 9 x y"], b"", "line 4 is 'Convolution c 1 9 x y'; expected 10 blobs after the fourth word"),
        (["LSTM l 1 1 x y 0=0 1=5"], b"", "layer 'l' (LSTM) has 0 hidden values; expected a positive number"),
        (["MultiHeadAttention l 1 1 x y"], b"", "has 0 embedding values; expected a positive number"),
        (["MemoryData l 0 1 y 0=3 21=5"], b"", "has 21=5; expected 0 or 1"),
        (["Gemm l 1 1 x y 18=402"], b"", "stores blocks of 4 bits per weight; expected float32, float16 or int8"),
    ],
)
def test_damage_is_one_line(layers, content, part, tmp_path):
    (tmp_path / "m.param").write_text(param_of(INPUT, *layers, blobs=9))
    (tmp_path / "m.bin").write_bytes(content)
    with pytest.raises(FiltershiftError) as refused:
        read(tmp_path / "m.param")
    assert str(refused.value).startswith(f"{tmp_path}/m.param: ")
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("second", "part"),
    [
        ("3 2", "has 2 layers, but its second line says 3; get the file again"),
        ("1 2", "has 2 layers, but its second line says 1"),
        ("2 1", "has 2 blobs, but its second line says 1"),
        ("two", "line 2 is 'two'; expected the numbers of layers and blobs"),
        ("", "line 3 is 'Input in 0 1 x'; expected the numbers"),
    ],
)
def test_the_second_line_is_checked(second, part, tmp_path):
    path = write_ncnn(tmp_path, [INPUT, CONV], PLAIN)
    path.write_text(path.read_text().replace("2 2", second))
    with pytest.raises(FiltershiftError) as refused:
        read(path)
    assert part in str(refused.value)


def test_a_text_that_is_too_long(tmp_path):
    (tmp_path / "m.param").write_text("7767517\n" + "\n" * (1 << 23))
    with pytest.raises(FiltershiftError, match="is larger than 4 MiB; expected the text of a ncnn model"):
        read(tmp_path / "m.param")


def test_cut_off_weights_are_refused_wherever_they_end(tmp_path):
    for suffix in ("param", "bin"):
        shutil.copy(PNNX / f"half.ncnn.{suffix}", tmp_path / f"m.{suffix}")
    content = (tmp_path / "m.bin").read_bytes()
    for size in range(0, len(content), 97):
        (tmp_path / "m.bin").write_bytes(content[:size])
        with pytest.raises(FiltershiftError, match="bytes"):
            read(tmp_path / "m.param")
