"""OpenVINO files, by OpenVINO and by hand; those by OpenVINO are compared with the ONNX files they were made from."""

import shutil
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from filtershift.dataset.models.openvino.layers import read_layers
from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from tiny_models import weights

FOLDER = Path(__file__).parents[4] / "data/models/openvino"


@pytest.mark.parametrize(("name", "tolerance"), [("branches", 1e-6), ("half", 2e-3), ("bodies", 0), ("shared", 0)])
def test_files_by_openvino_are_as_their_onnx_files(name, tolerance):
    found, expected = (read_model_file(FOLDER / f"{name}{suffix}", "m") for suffix in (".xml", ".onnx"))
    assert len(found.layers) == len(expected.layers) > 1
    by_depth = sorted(expected.layers, key=lambda layer: (layer.conv_depth, -layer.weights[0, 0, 0]))
    for layer, other in zip(
        sorted(found.layers, key=lambda layer: (layer.conv_depth, -layer.weights[0, 0, 0])), by_depth, strict=True
    ):
        np.testing.assert_allclose(layer.weights, other.weights, tolerance, tolerance)
        for field in ("out_channels", "in_channels", "groups", "kernel", "conv_depth", "conv_depth_norm"):
            assert getattr(layer, field) == getattr(other, field)
        assert layer.batch_norm == "absorbed"
    assert found.kernel_shapes == expected.kernel_shapes
    assert (found.depth_source, found.producer, found.op_set) == ("graph", "OpenVINO 2026.4.1", None)
    reasons, onnx = ([(row.reason, row.count) for row in model.skipped] for model in (found, expected))
    assert reasons == onnx


def test_quantised_weights_are_listed_and_count_for_depth():
    model = read_model_file(FOLDER / "quantised.xml", "m")
    assert [(row.name, row.reason, row.count) for row in model.skipped] == [
        ("m: Conv_4", "quantised (weights are i8)", 9)
    ]
    assert [layer.conv_depth for layer in model.layers] == [1]


class Net:
    """A model made by hand: layers one after the other, each with its own constant."""

    def __init__(self, shape=(1, 4, 8, 8)):
        self.layers, self.edges, self.content, self.count = [], [], b"", 0
        self.last = self.layer("Parameter", {}, [], shape)

    def layer(self, kind, data, inputs, shape):
        number = self.count
        self.count += 1
        ports = "".join(f'<port id="{k}"/>' for k in range(len(inputs)))
        dims = "".join(f"<dim>{size}</dim>" for size in shape)
        text = " ".join(f'{key}="{value}"' for key, value in data.items())
        self.layers.append(
            f'<layer id="{number}" name="{kind}_{number}" type="{kind}"><data {text}/><input>{ports}</input>'
            f'<output><port id="9">{dims}</port></output></layer>'
        )
        self.edges += [
            f'<edge from-layer="{source}" from-port="9" to-layer="{number}" to-port="{port}"/>'
            for port, source in enumerate(inputs)
        ]
        return number

    def constant(self, array, kind="f32", **changed):
        data = {"element_type": kind, "offset": len(self.content), "size": array.nbytes} | changed
        self.content += array.tobytes()
        return self.layer("Const", data, [], array.shape)

    def then(self, kind, *others, shape=(1, 4, 8, 8), **data):
        self.last = self.layer(kind, data, [self.last, *others], shape)
        return self.last

    def xml(self, version=11, head=""):
        layers, edges = "".join(self.layers), "".join(self.edges)
        return f'{head}<net name="n" version="{version}"><layers>{layers}</layers><edges>{edges}</edges></net>'

    def read(self, folder, **choice):
        return read(folder, self.xml(), self.content, **choice)


def read(folder, xml, content=b"", **choice):
    (folder / "m.xml").write_text(xml) if isinstance(xml, str) else (folder / "m.xml").write_bytes(xml)
    (folder / "m.bin").write_bytes(content)
    return read_model_file(folder / "m.xml", "m", **choice)


@pytest.mark.parametrize("kind", ["f64", "f32", "f16", "bf16"])
def test_weights_of_every_type(kind, tmp_path):
    types = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
    stored, net = weights(4, 4, 3, 3).astype(types[kind]), Net()
    constant = net.constant(stored, kind)
    net.then("Convolution", net.layer("Convert", {"destination_type": "f32"}, [constant], stored.shape))
    (layer,) = net.read(tmp_path).layers
    np.testing.assert_array_equal(layer.weights, stored.astype(np.float32).reshape(-1, 3, 3))


def test_weights_of_groups_that_are_reshaped(tmp_path):
    stored, net = weights(4, 1, 3, 3), Net()
    shape = net.constant(np.array([4, 1, 1, 3, 3]), "i64")
    net.then("GroupConvolution", net.layer("Reshape", {}, [net.constant(stored), shape], (4, 1, 1, 3, 3)))
    (layer,) = net.read(tmp_path).layers
    np.testing.assert_array_equal(layer.weights, stored.reshape(-1, 3, 3))
    assert (layer.groups, layer.out_channels, layer.kernel) == (4, 4, "depthwise")


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("first", [False, True])
def test_a_factor_by_channel_is_a_batch_norm(bias, first, tmp_path):
    stored, factor, net = weights(4, 4, 3, 3), weights(1, 4, 1, 1), Net()
    net.then("Convolution", net.constant(stored))
    if bias:
        net.then("Add", net.constant(weights(1, 4, 1, 1)))
    constant = net.constant(factor)
    if first:
        net.last = net.layer("Multiply", {}, [constant, net.last], (1, 4, 8, 8))
    else:
        net.then("Multiply", constant)
    net.then("Add", net.constant(weights(1, 4, 1, 1)))
    net.then("Convolution", net.constant(stored))
    model = net.read(tmp_path)
    layer = model.layers[0]
    assert layer.batch_norm == "folded"
    np.testing.assert_allclose(layer.weights, (stored * factor.reshape(4, 1, 1, 1)).reshape(-1, 3, 3), 1e-6)
    separate = net.read(tmp_path, batch_norm="stored").layers[0]
    np.testing.assert_array_equal(separate.weights, stored.reshape(-1, 3, 3))
    assert (separate.batch_norm, model.depth) == ("separate", 3)


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (1, 4, 8, 8), (1, 1, 8, 8)])
def test_another_factor_is_none(shape, tmp_path):
    net = Net()
    net.then("Convolution", net.constant(weights(4, 4, 3, 3)))
    net.then("Multiply", net.constant(weights(*shape)))
    assert [layer.batch_norm for layer in net.read(tmp_path).layers] == ["absorbed"]


def test_what_is_no_regular_convolution_is_listed(tmp_path):
    net, kernel = Net(), weights(4, 4, 3, 3)
    net.then("Convolution", net.constant(kernel))
    net.then("DeformableConvolution", net.constant(weights(1, 18, 8, 8)), net.constant(kernel))
    net.then("BinaryConvolution", net.constant(kernel))
    net.then("Convolution", net.constant(weights(4, 4, 3)))
    net.then("Convolution", net.constant(weights(4, 4, 3, 3, 3)))
    net.then("Convolution", net.layer("Abs", {}, [net.constant(kernel)], kernel.shape))
    net.then("Convolution", net.layer("Parameter", {}, [], kernel.shape))
    net.then("Convolution", net.layer("FakeQuantize", {}, [net.constant(kernel)], kernel.shape))
    net.then("Convolution", net.layer("Multiply", {}, [net.constant(kernel)], kernel.shape))
    net.then("Convolution", net.constant(kernel))
    model = net.read(tmp_path)
    assert [row.reason for row in model.skipped] == [
        "not a regular convolution (DeformableConvolution)",
        "not a regular convolution (BinaryConvolution)",
        "1-D convolution",
        "3-D convolution",
        "weights are computed (by Abs)",
        "weights are an input of the model",
        "quantised (FakeQuantize)",
        "weights are computed (by Multiply)",
    ]
    assert [layer.conv_depth for layer in model.layers] == [0, 5]


def test_activations_are_counted_as_pytorch_exports_them(tmp_path):
    net, kernel = Net(), weights(4, 4, 3, 3)
    for kind in ("Convert", "FakeQuantize", "ReLU", "Swish", "Gelu"):
        net.then(kind)
    net.then("Convolution", net.constant(kernel))
    assert net.read(tmp_path).depth == 1 + 2 + 5 + 1


ENTITIES = '<!DOCTYPE n [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE n [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
ONE = Net()
ONE.then("Convolution", ONE.constant(weights(4, 4, 3, 3)))
NESTED = '<layers><layer id="0" type="If"><then_body>' * 30


@pytest.mark.parametrize(
    ("xml", "part"),
    [
        (ONE.xml(head='<?xml version="1.0"?>').replace("?>", f"?>{ENTITIES}"), "declares a document type"),
        (ONE.xml().replace("<layers>", f"<layers>{ENTITIES}"), "is a damaged XML file"),
        (ONE.xml().replace("<layers>", "<layers>&a;"), "is a damaged XML file (undefined entity"),
        (ONE.xml()[:-10], "is a damaged XML file (unclosed token"),
        (ONE.xml(version=7), "is an OpenVINO file of version 7, which is not read; expected 10 or later"),
        (ONE.xml(version="x"), "is not an OpenVINO file"),
        ("<net a='b'></net>", "is not an OpenVINO file"),
        (ONE.xml().replace('size="576"', 'size="577"'), "ends at byte 577, but the .bin file has 576"),
        (ONE.xml().replace('size="576"', 'size="575"'), "has 575 bytes of f32 for shape (4, 4, 3, 3)"),
        (ONE.xml().replace('offset="0"', 'offset="-1"'), "has the offset '-1'; expected a number of bytes"),
        (ONE.xml().replace('offset="0"', ""), "has the offset ''"),
        (ONE.xml().replace("<dim>3</dim>", "<dim>999999999999999999</dim>"), "has 576 bytes of f32 for shape"),
        (ONE.xml().replace('from-layer="0"', 'from-layer="2"'), "the graph has a cycle"),
        (
            '<net version="11">' + NESTED + "</then_body></layer></layers>" * 30 + "</net>",
            "more than 20 levels of nested bodies",
        ),
        ("<net " + "><a" * 2_000_001, "tags of XML"),
    ],
)
def test_a_file_that_is_wrong_is_one_line(xml, part, tmp_path):
    with pytest.raises(FiltershiftError) as refused:
        read(tmp_path, xml, ONE.content)
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("doctype", [ENTITIES, OUTSIDE])
def test_entities_are_refused_before_they_are_read(doctype, tmp_path):
    (tmp_path / "m.xml").write_text(f"{doctype}{ONE.xml()}")
    with pytest.raises(FiltershiftError, match="declares a document type, which OpenVINO does not"):
        read_layers(tmp_path / "m.xml")


def test_the_other_file_is_missing_or_given(tmp_path):
    shutil.copy(FOLDER / "shared.xml", tmp_path)
    with pytest.raises(FiltershiftError, match=r"/shared.xml has its weights in shared.bin, which is not beside it"):
        read_model_file(tmp_path / "shared.xml", "m")
    for first in (b"\x81\xa1", b"\0\1\2\3"):
        (tmp_path / "shared.bin").write_bytes(first * 10)
        with pytest.raises(FiltershiftError, match=r"/shared.bin is the weights of .* OpenVINO; give shared.xml$"):
            read_model_file(tmp_path / "shared.bin", "m")


def test_deep_xml_is_no_crash(tmp_path):
    depth = 500_000
    model = read(
        tmp_path,
        ONE.xml().replace("<layers>", "<rt_info>" + "<a>" * depth + "</a>" * depth + "</rt_info><layers>"),
        ONE.content,
    )
    assert len(model.layers) == 1


def test_every_truncation_is_refused(tmp_path):
    content = (FOLDER / "half.bin").read_bytes()
    for length in range(0, len(content), 97):
        with pytest.raises(FiltershiftError, match="get both files again"):
            read(tmp_path, (FOLDER / "half.xml").read_bytes(), content[:length])
