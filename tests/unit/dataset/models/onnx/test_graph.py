"""Flattening of ONNX graphs, and depths against their definition: the longest of all paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import GraphProto, TensorProto, helper

from filtershift.dataset.models.convolutions import convolution_ranks
from filtershift.dataset.models.graph import Graph, Operator, operator_depths
from filtershift.dataset.models.onnx.graph import flatten
from filtershift.errors import FiltershiftError


def value(name):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, None)


def graph_of(nodes, inputs=("x",), outputs=("y",), initializers=()):
    return helper.make_graph(nodes, "g", [value(i) for i in inputs], [value(o) for o in outputs], list(initializers))


def depths_by_kind(graph):
    flat = flatten(graph)
    depths = zip(flat.nodes, operator_depths(flat.nodes, flat.inputs), strict=True)
    return {node.kind: depth for node, depth in depths}


@st.composite
def random_dags(draw):
    """Operators o0, o1, … with 0–3 inputs among earlier outputs, two model inputs and one constant; shuffled."""
    operators = []
    for number in range(draw(st.integers(1, 8))):
        earlier = ["x0", "x1", "constant", *(f"o{index}" for index in range(number))]
        inputs = draw(st.lists(st.sampled_from(earlier), max_size=3))
        operators.append(Operator("Op", f"n{number}", tuple(inputs), (f"o{number}",)))
    return Graph(draw(st.permutations(operators)), frozenset({"x0", "x1"}), frozenset())


def all_path_lengths(graph, operator):
    """Lengths of every path from a model input to the operator, by walking all of them."""
    lengths = []
    for name in operator.inputs:
        if name in graph.inputs:
            lengths.append(1)
        lengths += [1 + length for o in graph.operators if name in o.outputs for length in all_path_lengths(graph, o)]
    return lengths


@given(random_dags())
def test_depth_is_the_longest_path_from_a_model_input(graph):
    expected = [max(all_path_lengths(graph, operator), default=0) for operator in graph.operators]
    assert operator_depths(graph.operators, graph.inputs) == expected


@given(st.lists(st.integers(0, 12), min_size=1))
def test_ranks_number_the_distinct_depths(depths):
    ranks = convolution_ranks(depths)
    for depth in depths:
        rank, norm = ranks[depth]
        assert rank == len({other for other in depths if other < depth})
        assert norm == (rank / (len(set(depths)) - 1) if len(set(depths)) > 1 else 0)


def test_constants_are_not_on_a_path():
    graph = graph_of(
        [
            helper.make_node("Constant", [], ["c"], value_float=1.0),
            helper.make_node("Identity", ["c"], ["c1"]),
            helper.make_node("Cast", ["c1"], ["c2"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["x", "c2"], ["y"]),
        ]
    )
    assert depths_by_kind(graph) == {"Constant": 0, "Identity": 0, "Cast": 0, "Add": 1}


def test_initializers_listed_among_the_inputs_are_no_inputs():
    weight = helper.make_tensor("w", TensorProto.FLOAT, [1], [1.0])
    nodes = [helper.make_node("Neg", ["w"], ["v"]), helper.make_node("Add", ["x", "v"], ["y"])]
    graph = graph_of(nodes, inputs=("x", "w"), initializers=[weight])
    assert flatten(graph).inputs == {"x"}
    assert depths_by_kind(graph) == {"Neg": 0, "Add": 1}


def test_branches_of_an_if_are_inlined_with_what_they_capture():
    def branch(kind):  # both branches call their output "out"
        nodes = [helper.make_node(kind, ["r"], ["mid"]), helper.make_node("Sigmoid", ["mid"], ["out"])]
        return helper.make_graph(nodes, kind, [], [value("out")])

    nodes = [
        helper.make_node("Relu", ["x"], ["r"]),
        helper.make_node("If", ["condition"], ["z"], name="if", then_branch=branch("Abs"), else_branch=branch("Neg")),
        helper.make_node("Exp", ["z"], ["y"]),
    ]
    graph = graph_of(nodes, inputs=("x", "condition"))
    assert depths_by_kind(graph) == {"Relu": 1, "Abs": 2, "Neg": 2, "Sigmoid": 3, "If": 4, "Exp": 5}
    outputs = [name for node in flatten(graph).nodes for name in node.outputs]
    assert len(outputs) == len(set(outputs))


def test_a_loop_body_starts_where_its_inputs_are():
    body = helper.make_graph(
        [helper.make_node("Abs", ["carried"], ["next"]), helper.make_node("Identity", ["go"], ["go_on"])],
        "body",
        [value("step"), value("go"), value("carried")],
        [value("go_on"), value("next")],
    )
    nodes = [
        helper.make_node("Relu", ["x"], ["r"]),
        helper.make_node("Loop", ["times", "", "r"], ["y"], body=body),
    ]
    found = depths_by_kind(graph_of(nodes, inputs=("x", "times")))
    assert (found["Relu"], found["Abs"], found["Loop"]) == (1, 2, 3)


def test_a_cycle_is_one_clear_line():
    nodes = [helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])]
    with pytest.raises(FiltershiftError, match=r"^the graph has a cycle \(.*Relu.*\); expected a graph without cycles"):
        depths_by_kind(graph_of(nodes, outputs=("b",)))


def test_a_long_cycle_of_odd_operators_is_one_short_line():
    nodes = [helper.make_node("a\nb\0", [f"v{i}"], [f"v{(i + 1) % 1000}"]) for i in range(1000)]
    with pytest.raises(FiltershiftError) as error:
        depths_by_kind(graph_of(nodes, outputs=("v0",)))
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 300


def test_a_name_that_is_no_text_is_one_clear_line():
    raw = graph_of([helper.make_node("Relu", ["x"], ["y"], name="NAME")]).SerializeToString()
    with pytest.raises(FiltershiftError, match=r"^the name b'NA\\xffE' in the graph is not UTF-8"):
        flatten(GraphProto.FromString(raw.replace(b"NAME", b"NA\xffE")))
