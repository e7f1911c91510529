"""Files by torch.export are read without PyTorch, and give the same as ONNX files of the same networks."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError

FOLDER = Path(__file__).parents[4] / "data/models/torch_graphs"
NETS = ("residual", "branches", "unet")
VARIANTS = ("unet_decomposed", "unet_train", "unet_old")


def sizes(model):
    """What a layer is, in any format."""
    return [(layer.conv_depth, layer.groups, layer.out_channels, layer.in_channels) for layer in model.layers]


def skipped(model):
    return [(row.name.removeprefix("m: "), row.reason, row.count) for row in model.skipped]


def changed(name, changes):
    """The content of a file with some members changed; None takes a member out."""
    written = io.BytesIO()
    with zipfile.ZipFile(FOLDER / name) as old, zipfile.ZipFile(written, "w") as new:
        for member in old.namelist():
            short = member.partition("/")[2]
            content = changes[short] if short in changes else old.read(member)
            if content is not None:
                new.writestr(member, content(old.read(member)) if callable(content) else content)
    return written.getvalue()


def read(content, tmp_path):
    (tmp_path / "m.pt2").write_bytes(content)
    return read_model_file(tmp_path / "m.pt2", "m")


def on_json(change):
    """A function that changes JSON as text."""

    def changer(content):
        value = json.loads(content)
        change(value)
        return json.dumps(value).encode()

    return changer


@pytest.mark.parametrize("exporter", ["legacy", "dynamo"])
@pytest.mark.parametrize("name", [*NETS, *VARIANTS])
def test_same_as_onnx(name, exporter):
    net = name.partition("_")[0]
    model = read_model_file(FOLDER / f"{name}.pt2", "m")
    onnx = read_model_file(FOLDER / f"{net}_{exporter}.onnx", "m")
    assert model.depth_source == "graph"
    assert sizes(model) == sizes(onnx)
    assert model.kernel_shapes == onnx.kernel_shapes
    for layer, other in zip(model.layers, onnx.layers, strict=True):
        np.testing.assert_allclose(layer.weights, other.weights, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", [*NETS, *VARIANTS])
def test_weights_and_names_are_those_of_pytorch(name):
    model = read_model_file(FOLDER / f"{name}.pt2", "m")
    expected = np.load(FOLDER / f"{name.partition('_')[0]}.npz")
    assert model.producer == "pytorch 2.13.0+cpu"
    for layer in model.layers:
        np.testing.assert_allclose(layer.weights, expected[layer.name].reshape(-1, 3, 3), rtol=0, atol=1e-6)
        assert layer.batch_norm == ("absorbed" if layer.name == "shared" else "folded")


def test_what_is_left_out_is_listed():
    assert skipped(read_model_file(FOLDER / "unet.pt2", "m")) == [
        ("lone", "the graph does not use it", 9),
        ("up", "transposed convolution", 24),
    ]
    assert skipped(read_model_file(FOLDER / "branches.pt2", "m")) == [("shared", "same tensor as shared", 11)]


@pytest.mark.parametrize("name", ["computed", "computed_decomposed"])
def test_weights_that_the_graph_computes(name):
    model = read_model_file(FOLDER / f"{name}.pt2", "m")
    expected = np.load(FOLDER / "computed.npz")
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [
        ("new", 0),
        ("old", 1),
        ("own", 3),
        ("pruned", 4),
    ]
    for layer in model.layers:
        np.testing.assert_allclose(layer.weights, expected[layer.name].reshape(-1, 3, 3), rtol=0, atol=1e-6)
    [(left_out, reason, _)] = skipped(model)
    assert left_out == "spectral"
    assert reason.startswith("weights are computed (by ")


def test_graphs_nested_in_nodes():
    model = read_model_file(FOLDER / "condition.pt2", "m")
    assert {layer.name: layer.conv_depth for layer in model.layers} == {"first": 0, "other": 0, "second": 1, "last": 2}
    model = read_model_file(FOLDER / "loop.pt2", "m")
    assert {layer.name: layer.conv_depth for layer in model.layers} == {"again": 0, "last": 1}


def test_weights_by_torch_save_in_an_archive(tmp_path):
    with zipfile.ZipFile(FOLDER / "unet_old.pt2") as old:
        state = old.read("serialized_state_dict.pt")
    content = changed("unet.pt2", {"data/weights/model_weights_config.json": None, "archive_version": "0"})
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        prefix = archive.namelist()[0].partition("/")[0]
        archive.writestr(f"{prefix}/data/weights/model.pt", state)
    assert sizes(read(file.getvalue(), tmp_path)) == sizes(read_model_file(FOLDER / "unet.pt2", "m"))


def test_old_signatures(tmp_path):
    def change(program):
        module = program["graph_module"]
        specs = module["signature"]["input_specs"]
        old = {"inputs_to_parameters": {}, "inputs_to_buffers": {}, "user_inputs": []}
        for spec in specs:
            [(what, value)] = spec.items()
            if what == "user_input":
                old["user_inputs"].append(value["arg"]["as_tensor"]["name"])
            else:
                old[f"inputs_to_{what}s"][value["arg"]["name"]] = value[f"{what}_name"]
        module["signature"] = old

    model = read(changed("unet.pt2", {"models/model.json": on_json(change)}), tmp_path)
    assert sizes(model) == sizes(read_model_file(FOLDER / "unet.pt2", "m"))


def test_weights_that_are_not_in_the_file(tmp_path):
    changes = {"data/weights/weight_0": b"", "data/weights/weight_3": None}
    model = read(changed("unet.pt2", changes), tmp_path)
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [("merge.0", 2)]
    assert ("enter.0", "weights are not in the file", 0) in skipped(model)
    assert ("down.0", "weights are not in the file", 0) in skipped(model)


@pytest.mark.parametrize(("code", "size", "kind"), [(2, 1, "Char"), (29, 1, "Float8"), (13, 2, None), (8, 8, None)])
def test_types_of_numbers(code, size, kind, tmp_path):
    def change(config):
        config["config"]["enter.0.weight"]["tensor_meta"]["dtype"] = code

    changes = {"data/weights/model_weights_config.json": on_json(change), "data/weights/weight_0": bytes(108 * size)}
    model = read(changed("unet.pt2", changes), tmp_path)
    assert ("enter.0" in [layer.name for layer in model.layers]) == (kind is None)
    assert ("enter.0", f"quantised (weights are {kind})", 12) in skipped(model) or kind is None


def test_several_models(tmp_path):
    file = io.BytesIO((FOLDER / "unet.pt2").read_bytes())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(f"{archive.namelist()[0].partition('/')[0]}/models/another.json", "{}")
    assert ("another", "another model than 'model', which is read", 0) in skipped(read(file.getvalue(), tmp_path))


def test_a_compiled_model(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("m/archive_format", "pt2")
        archive.writestr("m/data/aotinductor/model/wrapper.so", "code")
    with pytest.raises(
        FiltershiftError, match=r"/m\.pt2: is a model compiled by AOTInductor: it has no exported program"
    ):
        read(file.getvalue(), tmp_path)


def meta(key, value):
    """A change of one entry of the metadata of the first weights."""

    def change(config):
        config["config"]["enter.0.weight"]["tensor_meta"][key] = value

    return {"data/weights/model_weights_config.json": on_json(change)}


def graph(*path, value):
    """A change of one part of the graph."""

    def change(program):
        place = program["graph_module"]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return {"models/model.json": on_json(change)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models/model.json": None}, "is a pt2 archive, but it has no exported program"),
        ({"models/model.json": b"["}, "models/model.json is damaged (Expecting value"),
        ({"models/model.json": b"[" * 100_000}, "models/model.json is damaged (maximum recursion depth"),
        ({"models/model.json": b"[]"}, "models/model.json is damaged; expected an object"),
        ({"models/model.json": b"{}"}, "has a damaged graph ('graph_module')"),
        ({"data/weights/model_weights_config.json": b"{}"}, "has a damaged list of weights"),
        (graph("graph", "nodes", value=7), "has a damaged graph ("),
        (graph("graph", "nodes", 0, "inputs", 0, "arg", value={"as_tensor": {"name": []}}), "has a damaged graph ("),
        (graph("graph", "nodes", 0, "inputs", 0, "arg", value={}), "has a damaged graph (an argument without value"),
        (graph("graph", "nodes", 0, "target", value=None), "has a damaged graph ("),
        (graph("signature", "input_specs", 0, "parameter", "parameter_name", value="\ud800"), "has a damaged graph ("),
        (meta("sizes", [{"as_int": 2**40}] * 4), "tensor 'enter.0.weight' ends at "),
        (meta("sizes", [{"as_int": -1}] * 4), "'enter.0.weight' has a size, stride or offset that none can have"),
        (meta("sizes", [{"as_int": 2}] * 70), "'enter.0.weight' has a size, stride or offset that none can have"),
        (meta("storage_offset", {"as_int": 1}), "tensor 'enter.0.weight' ends at 108 in a storage of 108 numbers"),
        (meta("strides", None), "tensor 'enter.0.weight' has damaged metadata"),
        ({"data/weights/weight_0": bytes(433)}, "tensor 'enter.0.weight' has 433 bytes; expected a multiple of 4"),
    ],
)
def test_damage(changes, message, tmp_path):
    with pytest.raises(FiltershiftError) as error:
        read(changed("unet.pt2", changes), tmp_path)
    assert message in str(error.value)
    assert len(str(error.value).splitlines()) == 1
    assert len(str(error.value)) < 400


def test_nested_too_deeply(tmp_path):
    body = {"inputs": [], "outputs": [], "nodes": []}
    for _ in range(60):
        node = {"target": "torch.ops.higher_order.cond", "outputs": []}
        node["inputs"] = [{"name": "", "arg": {"as_graph": {"name": "g", "graph": body}}}]
        body = {"inputs": [], "outputs": [], "nodes": [node]}
    with pytest.raises(FiltershiftError, match="has more than 50 graphs nested in each other"):
        read(changed("unet.pt2", graph("graph", value=body)), tmp_path)


def test_many_views_of_one_storage_are_left_out(tmp_path):
    changes = meta("strides", [{"as_int": 0}] * 4) | {"data/weights/weight_0": bytes(4)}
    assert ("enter.0", "overlaps with itself or other tensors", 12) in skipped(
        read(changed("unet.pt2", changes), tmp_path)
    )


def test_a_packed_file_is_refused(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(FOLDER / "unet.pt2") as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, old.read(member) + b" " * (100_000 * member.endswith(".json")))
    with pytest.raises(FiltershiftError, match=r"bytes but claims to hold .*; torch.save compresses nothing$"):
        read(file.getvalue(), tmp_path)
