"""Graphs of models in models, and descriptions that are wrong."""

import json

import pytest

from filtershift.dataset.models.graph import stored_model
from filtershift.dataset.models.keras.config import read_config, references, snake_case
from filtershift.dataset.models.keras.layers import Setting
from filtershift.dataset.models.keras.network import graph_of
from filtershift.errors import FiltershiftError
from keras_files import functional, layer

SETTING = Setting({}, False, frozenset((-1, 3)))
INPUT = layer("InputLayer", "in")


def graph(config):
    return graph_of(read_config(json.dumps(config)), SETTING)


def depths(config):
    """The depth of each convolution, and of the model."""
    stored = stored_model(graph(config))
    return {found.name: found.depth for found in stored.convolutions}, stored.depth


def history(name, call=0, number=0):
    """A tensor as Keras 3 writes it."""
    return {"class_name": "__keras_tensor__", "config": {"shape": [None], "keras_history": [name, call, number]}}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ([["a", 0, 0, {}], ["b", 1, 2, {}]], [("a", 0, 0), ("b", 1, 2)]),
        ([["a", 0, 0, {"y": ["b", 0, 0], "name": None}]], [("a", 0, 0), ("b", 0, 0)]),
        ([["_CONSTANT_VALUE", -1, 2.0, {"y": ["b", 0, 0]}]], [("b", 0, 0)]),
        ([["_CONSTANT_VALUE", -1, 2, {}]], []),
        ({"two": ["b", 0, 0], "one": ["a", 0, 0]}, [("a", 0, 0), ("b", 0, 0)]),
        ({"args": [[history("a"), history("b", 1)]], "kwargs": {"mask": history("c")}}, [*"abc"]),
        (None, []),
    ],
)
def test_tensors_in_the_arguments_of_a_call(node, expected):
    found = references(node)
    assert [entry[0] for entry in found] == [entry[0] for entry in expected]
    assert all(found[number] == entry for number, entry in enumerate(expected) if isinstance(entry, tuple))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Conv2D", "conv2d"),
        ("DepthwiseConv2D", "depthwise_conv2d"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("BatchNormalization", "batch_normalization"),
        ("ReLU", "re_lu"),
        ("MyHTTPLayer", "my_http_layer"),
    ],
)
def test_names_of_classes_in_paths(kind, expected):
    assert snake_case(kind) == expected


def test_the_inputs_of_a_model_in_a_model_are_in_its_order():
    short, long = layer("InputLayer", "short"), layer("InputLayer", "long")
    inner = functional(short, long, layer("ReLU", "r", "long"), layer("Add", "add", "short", "r"), name="inner")
    inner["config"]["input_layers"] = [["long", 0, 0], ["short", 0, 0]]
    inner["inbound_nodes"] = [[["deep", 0, 0, {}], ["in", 0, 0, {}]]]
    deep = [layer("ReLU", f"relu{number}", f"relu{number - 1}" if number else "in") for number in range(3)]
    outer = functional(INPUT, *deep, layer("Tanh", "deep", "relu2"), inner, layer("Conv2D", "conv"))
    outer["config"]["layers"][-1]["inbound_nodes"] = [[["inner", 1, 0, {}]]]
    assert depths(outer) == ({"conv": 7}, 7)  # 4, then r and add, then conv; 5 the other way round


@pytest.mark.parametrize("first", [0, 1])
def test_calls_of_a_model_are_counted_from_0_or_1(first):
    inner = functional(layer("InputLayer", "x"), layer("Conv2D", "c", "x"), name="inner")
    inner["inbound_nodes"] = [[["in", 0, 0, {}]], [["inner", first, 0, {}]]]
    outer = functional(INPUT, inner, layer("Conv2D", "last"))
    outer["config"]["layers"][-1]["inbound_nodes"] = [[["inner", first + 1, 0, {}]]]
    stored = stored_model(graph(outer))
    assert [(found.name, found.depth) for found in stored.convolutions] == [("inner/c", 1), ("inner/c", 2), ("last", 3)]


def test_layers_in_any_order():
    layers = [layer("Conv2D", "b", "a"), layer("Conv2D", "a", "in"), INPUT]
    config = functional(*layers)
    config["config"]["output_layers"] = [["b", 0, 0]]
    assert depths(config) == ({"a": 1, "b": 2}, 2)


@pytest.mark.slow
def test_models_that_use_each_other_twice_are_refused():
    inner = functional(layer("InputLayer", "x"), layer("ReLU", "r", "x"), name="m0")
    for number in range(1, 25):
        inner["inbound_nodes"] = [[["x", 0, 0, {}]], [[inner["name"], 1, 0, {}]]]
        inner = functional(layer("InputLayer", "x"), inner, layer("ReLU", "r"), name=f"m{number}")
        inner["config"]["layers"][-1]["inbound_nodes"] = [[[f"m{number - 1}", 2, 0, {}]]]
    with pytest.raises(FiltershiftError, match="its models in models have more than 1,000,000 layers and values"):
        graph(inner)


def test_too_many_models_in_models_are_refused():
    inner = functional(INPUT, name="inner")
    for _ in range(40):
        inner = {"class_name": "Sequential", "config": {"name": "s", "layers": [inner]}}
    with pytest.raises(FiltershiftError, match="holds more than 30 levels of models in models"):
        graph(inner)


def test_a_circle_is_refused():
    with pytest.raises(FiltershiftError, match="the graph has a cycle"):
        depths(functional(INPUT, layer("Add", "a", "in", "b"), layer("ReLU", "b", "a")))


def test_a_class_of_the_user_has_no_graph():
    assert read_config('{"class_name": "Mine", "config": {"name": "mine", "layers": 3}}') is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        '{"class_name": "Sequential"}',
        '{"class_name": "Sequential", "config": {"layers": [{"class_name": "Conv2D"}]}}',
        '{"class_name": "F", "config": {"output_layers": {"class_name": "__keras_tensor__"}, "layers": []}}',
        "[" * 10_000,
        "9" * 10_000,
    ],
)
def test_a_damaged_description_is_one_line(text):
    with pytest.raises(FiltershiftError, match=r"^its description is damaged \(.*\); get the file again$"):
        read_config(text)
