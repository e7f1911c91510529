"""TorchScript is read without PyTorch, and gives the same as ONNX and torch.export files of the same networks."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from script_files import WEIGHTS, convolution, module, script_file
from torch_files import plain

FOLDER = Path(__file__).parents[4] / "data/models/torch_graphs"
NAMED = (
    *("residual_trace", "residual_script", "branches_trace", "branches_script", "unet_trace", "unet_script"),
    "unet_script_train",
)
FROZEN = ("residual_frozen", "branches_frozen", "unet_frozen", "unet_frozen_apart")


def sizes(model):
    """What a layer is, in any format."""
    return [(layer.conv_depth, layer.groups, layer.out_channels, layer.in_channels) for layer in model.layers]


def skipped(model):
    return [(row.name.removeprefix("m: "), row.reason, row.count) for row in model.skipped]


def read(content, tmp_path):
    (tmp_path / "m.pt").write_bytes(content)
    return read_model_file(tmp_path / "m.pt", "m")


def without(name, pattern):
    """The content of a file without the members that have `pattern` in their name."""
    file = io.BytesIO()
    with zipfile.ZipFile(FOLDER / name) as old, zipfile.ZipFile(file, "w") as new:
        for member in old.namelist():
            if pattern not in member:
                new.writestr(member, old.read(member))
    return file.getvalue()


@pytest.mark.parametrize("exporter", ["legacy", "dynamo"])
@pytest.mark.parametrize("name", [*NAMED, *FROZEN])
def test_same_as_onnx(name, exporter):
    net = name.partition("_")[0]
    model = read_model_file(FOLDER / f"{name}.pt", "m")
    onnx = read_model_file(FOLDER / f"{net}_{exporter}.onnx", "m")
    assert model.depth_source == "graph"
    assert sizes(model) == sizes(onnx)
    assert model.kernel_shapes == onnx.kernel_shapes
    for layer, other in zip(model.layers, onnx.layers, strict=True):
        np.testing.assert_allclose(layer.weights, other.weights, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", NAMED)
def test_same_as_an_exported_program(name):
    model = read_model_file(FOLDER / f"{name}.pt", "m")
    exported = read_model_file(FOLDER / f"{name.partition('_')[0]}.pt2", "m")
    expected = np.load(FOLDER / f"{name.partition('_')[0]}.npz")
    assert [layer.name for layer in model.layers] == [layer.name for layer in exported.layers]
    assert [layer.batch_norm for layer in model.layers] == [layer.batch_norm for layer in exported.layers]
    assert model.depth == exported.depth
    assert skipped(model) == skipped(exported)
    for layer in model.layers:
        np.testing.assert_allclose(layer.weights, expected[layer.name].reshape(-1, 3, 3), rtol=0, atol=1e-6)


def test_frozen_models_have_their_weights_in_constants():
    model = read_model_file(FOLDER / "unet_frozen.pt", "m")
    assert [layer.name for layer in model.layers] == ["CONSTANTS.c0", "CONSTANTS.c2", "CONSTANTS.c10"]
    assert {layer.batch_norm for layer in model.layers} == {"absorbed"}
    assert skipped(model) == [("CONSTANTS.c4", "transposed convolution", 24)]
    apart = read_model_file(FOLDER / "unet_frozen_apart.pt", "m")
    assert {layer.batch_norm for layer in apart.layers} == {"folded"}


def test_weights_that_the_code_computes():
    model = read_model_file(FOLDER / "computed_trace.pt", "m")
    expected = np.load(FOLDER / "computed.npz")
    assert {layer.name: layer.conv_depth for layer in model.layers} == {"new": 0, "old": 1, "own": 3, "pruned": 4}
    for layer in model.layers:
        np.testing.assert_allclose(layer.weights, expected[layer.name].reshape(-1, 3, 3), rtol=0, atol=1e-6)
    assert skipped(model) == [("spectral", "weights are computed (by mv)", 0)]


def test_quantised_modules():
    model = read_model_file(FOLDER / "quantised_script.pt", "m")
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [("last", 2)]
    assert skipped(model) == [
        ("first", "quantised (quantized.conv2d)", 0),
        ("second", "quantised (quantized.conv2d_relu)", 0),
    ]


def test_branches_loops_and_changes_in_place():
    model = read_model_file(FOLDER / "control_script.pt", "m")
    depths = {layer.name: layer.conv_depth for layer in model.layers}
    assert depths == {"stem": 0, "left": 1, "right": 1, "again": 2, "last": 4}
    assert skipped(model) == [
        ("auxiliary", "the graph does not use it", 16),
        ("again", "same tensor as again", 16),
    ]


def test_models_that_were_optimised_have_lost_their_weights():
    model = read_model_file(FOLDER / "unet_optimized.pt", "m")
    assert model.layers == ()
    reasons = [reason for name, reason, _ in skipped(model) if name.startswith("ConstantMKLDNNTensor")]
    assert reasons == ["weights are not in the file (optimize_for_inference does not save them)"] * 4


@pytest.mark.parametrize("name", ["unet_trace.pt", "unet_script.pt"])
def test_without_code_the_order_of_the_parameters_counts(name, tmp_path):
    model = read(without(name, "/code/"), tmp_path)
    assert model.depth_source == "order"
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [
        ("enter.0", 0),
        ("down.0", 1),
        ("merge.0", 2),
        ("lone", 4),
    ]
    assert {layer.batch_norm for layer in model.layers} == {"unknown"}
    reason = "cannot be followed (it has none); depths are the order of the parameters"
    assert skipped(model) == [("code", reason, 0), ("up", "transposed convolution", 24)]


def follow(forward, tmp_path, **options):
    """The depths of convolutions by name."""
    model = read(script_file(forward, **options), tmp_path)
    assert model.depth_source == "graph"
    return {layer.name: layer.conv_depth for layer in model.layers}


@pytest.mark.parametrize(
    ("forward", "depths"),
    [
        ("return (self.b).forward((self.a).forward(x, ), )", {"a": 0, "b": 1}),
        ("y = (self.a).forward(x, )\nz = (self.b).forward(x, )\nreturn torch.add(y, z)", {"a": 0, "b": 0}),
        ('return (getattr(self, "b")).forward(x, )', {"b": 0}),
        ("if torch.gt(torch.sum(x), 0):\n  y = (self.a).forward(x, )\nelse:\n  y = x\nreturn (self.b).forward(y, )",
         {"a": 0, "b": 1}),
        ("if self.training:\n  y = (self.a).forward(x, )\nelse:\n  y = x\nreturn (self.b).forward(y, )", {"b": 0}),
        ("ys = [x]\nfor i in range(2):\n  _0 = torch.append(ys, (self.a).forward(ys[i], ))\n"
         "return (self.b).forward(ys[2], )", {"a": 0, "b": 2}),
        ("y = x\nfor i in range(torch.size(x, 0)):\n  y = (self.a).forward(y, )\nreturn (self.b).forward(y, )",
         {"a": 0, "b": 1}),
        ("y = x\n_0 = True\nwhile _0:\n  y = (self.a).forward(y, )\n  _0 = torch.gt(torch.sum(y), 0)\n"
         "return (self.b).forward(y, )", {"a": 0, "b": 2}),
        ("y, z, = torch.chunk(x, 2, 1)\nreturn torch.cat([(self.a).forward(y, ), (self.b).forward(z, )])",
         {"a": 0, "b": 0}),
        ("y = torch.zeros([2, 2])\n_0 = torch.copy_(torch.select(y, 0, 1), (self.a).forward(x, ))\n"
         "return (self.b).forward(y, )", {"a": 0, "b": 1}),
        ('d = {"y": (self.a).forward(x, )}\nreturn (self.b).forward(d["y"], )', {"a": 0, "b": 1}),
        ("if torch.gt(torch.sum(x), 0):\n  ops.prim.RaiseException(\"no\")\nelse:\n  pass\n"
         "return (self.b).forward(x, )", {"b": 0}),
        ("return __torch__.twice((self.a).forward(x, ), )", {"a": 0}),
        ("y = (self.a).forward(x, )\nif torch.gt(torch.sum(x), 0):\n  _0 = torch.relu_(y)\nelse:\n"
         "  _1 = torch.relu_(torch.neg(x))\nreturn (self.b).forward(y, )", {"a": 0, "b": 1}),
        ("w = unchecked_cast(Tensor, self.a.weight)\nreturn torch.conv2d(x, torch.detach(w), None)", {"a": 0}),
    ],
)  # fmt: skip
def test_code_is_followed(forward, depths, tmp_path):
    functions = "def twice(x: Tensor, n: int=2) -> Tensor:\n  return torch.mul(x, n)\n"
    assert follow(forward, tmp_path, functions=functions) == depths


def test_weights_are_those_in_the_file(tmp_path):
    model = read(script_file("return (self.b).forward((self.a).forward(x, ), )"), tmp_path)
    np.testing.assert_array_equal(model.layers[0].weights, WEIGHTS.reshape(-1, 3, 3))
    np.testing.assert_array_equal(model.layers[1].weights, (WEIGHTS + 1).reshape(-1, 3, 3))
    assert (model.layers[0].groups, model.layers[0].in_channels) == (1, 2)


@pytest.mark.parametrize(
    ("forward", "name", "reason"),
    [
        ("return torch.conv_transpose2d(x, self.a.weight)", "a", "transposed convolution"),
        ("return torch._convolution(x, self.a.weight, None, [1, 1], [0, 0], [1, 1], True, [0, 0], 1)", "a",
         "transposed convolution"),
        ("return torch.conv2d(x, torch.relu(self.a.weight))", "a", "weights are computed (by relu)"),
        ("return torch.conv2d(x, torch.cat([self.a.weight, self.a.weight]))", "a", "weights are computed (by cat)"),
        ("return torch.conv2d(x, torch.relu(x))", "relu 0", "weights are computed (by relu)"),
        ("return torch.conv2d(x, x)", "x", "weights are an input of the model"),
        ("return torch.conv2d(x, torch.size(x))", "conv2d", "weights are missing"),
        ("return ops.quantized.conv2d(x, self.p, 1., 0)", "p", "quantised (quantized.conv2d)"),
        ("return ops.prepacked.conv2d_clamp_run(x, self.p)", "p",
         "not a regular convolution (prepacked.conv2d_clamp_run)"),
        ("return ops.torchvision.deform_conv2d(x, self.a.weight, x, x)", "a",
         "not a regular convolution (torchvision.deform_conv2d)"),
    ],
)  # fmt: skip
def test_convolutions_that_are_left_out(forward, name, reason, tmp_path):
    packed = module("__torch__.torch.classes.quantized.Conv2dPackedParamsBase", {"x": plain(1)})
    model = read(script_file(forward, {"a": convolution("0"), "p": packed}), tmp_path)
    assert (name, reason) in [(row[0], row[1]) for row in skipped(model)]


@pytest.mark.parametrize(
    ("forward", "reason"),
    [
        ("return (self.b).forward(torch.size(x), )", "the input of a conv2d is unknown"),
        ("return (self.c).forward(x, )", "the class __torch__.Net has no c"),
        ("return (self.a).other(x, )", "the class __torch__.torch.nn.modules.conv.Conv2d has no method other"),
        ("return (x).other(x, )", "it calls other of an unknown object"),
        ("return other(x, )", "it calls other"),
        ("return __torch__.other(x, )", "its code has no __torch__.other"),
        ("return CONSTANTS.c5", "the file has no CONSTANTS.c5"),
        ("return (self).forward(x, )", "it calls itself, or is nested too deeply"),
        ("x[0] = x", "it sets a part of a value"),
        ("x.y = x", "it sets the attribute y of an unknown object"),
        ("del x", "it has a statement of the kind Delete"),
        ("return lambda: x", "it has an expression of the kind Lambda"),
        ("ops.prim.RaiseException('no')", "its forward only raises an error"),
        ("return self.lambda", "its code is not Python: invalid syntax"),
        ("return " + "-" * 5000 + "x", "its code is not Python"),
        ("return " + "x." * 5000 + "y", "its code is not Python"),
        ("while torch.eq(1, 1):\n  for i in range(999):\n    y = [[x], [x]]", "it takes more than 500,000 steps"),
        (
            "a = [x]\nfor i in range(99):\n  a = torch.add(a, a)\n  _0 = torch.extend(a, a)",
            "it has a list of more than",
        ),
        ("return torch" + ".a" * 600, "it has a name of more than 1000 characters"),
    ],
)
def test_what_cannot_be_followed_falls_back_to_the_order(forward, reason, tmp_path):
    model = read(script_file(forward), tmp_path)
    assert model.depth_source == "order"
    assert [(layer.name, layer.conv_depth, layer.groups) for layer in model.layers] == [("a", 0, None), ("b", 1, None)]
    [(name, said, _)] = skipped(model)
    assert name == "code"
    assert said.startswith(f"cannot be followed ({reason}")
    assert said.endswith("; depths are the order of the parameters")


@pytest.mark.parametrize(("padding", "limit"), [(0, "77,"), (200_000, "2,097,152")])
def test_long_code_is_not_parsed(padding, limit, tmp_path):
    model = read(script_file("return x\n" + "#" * 2_100_000, padding=bytes(padding)), tmp_path)
    assert skipped(model)[0][1].startswith(f"cannot be followed (its code has more than {limit}")


def test_calls_that_double_end(tmp_path):
    functions = "def f0(x):\n  return x\n"
    functions += "".join(
        f"def f{n}(x):\n  return f(x) if x else __torch__.f{n - 1}(__torch__.f{n - 1}(x))\n" for n in range(1, 50)
    )
    model = read(script_file("return __torch__.f49(x)", functions=functions), tmp_path)
    assert model.depth_source == "order"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"data/1": b"x"}, "storage 'data/1' has 1 bytes but declares 144"),
        ({"constants.pkl": b"\x80\x02X"}, "is not a readable pickle"),
        ({"data/2": bytes(10_000_000)}, "but claims to hold"),
    ],
)
def test_damage(members, message, tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(script_file("return (self.b).forward(x, )"))) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in (contents | {f"m/{name}": content for name, content in members.items()}).items():
            new.writestr(name, content)
    with pytest.raises(FiltershiftError, match=message) as error:
        read(file.getvalue(), tmp_path)
    assert len(str(error.value).splitlines()) == 1
