"""An ONNX graph as one flat list of operators, and the depth of each operator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from filtershift.errors import FiltershiftError

if TYPE_CHECKING:
    from onnx import AttributeProto, GraphProto, NodeProto, SparseTensorProto, TensorProto

BODY_INPUT = "(body input)"  # passes a value into the body of a Loop or Scan; not an operator of the model


@dataclass(frozen=True)
class Operator:
    """One node: its kind (with its domain if not the standard one), name, and flat names of its inputs and outputs."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, AttributeProto]


@dataclass(frozen=True)
class FlatGraph:
    """All operators of a graph and of the bodies nested in it; `inputs` are the model's inputs without initialisers."""

    operators: tuple[Operator, ...]
    inputs: frozenset[str]
    tensors: Mapping[str, TensorProto | SparseTensorProto]

    @cached_property
    def producers(self) -> Mapping[str, Operator]:
        """Flat name of a value -> the operator that makes it."""
        return {output: operator for operator in self.operators for output in operator.outputs if output}


def flatten(graph: GraphProto) -> FlatGraph:
    """Inline the bodies of If, Loop and Scan nodes.

    Values of a body get the body's path as a prefix, because two branches may use the same name. A body can read values
    of the graphs around it; its outputs become inputs of the node that owns it. `tensors` holds initialisers and the
    tensors of Constant nodes.

    Raises:
        FiltershiftError: a name is not UTF-8.
    """
    operators: list[Operator] = []
    tensors: dict[str, TensorProto | SparseTensorProto] = {}

    def visit(body: GraphProto, outer: Mapping[str, str], path: str, arguments: Sequence[str]) -> tuple[str, ...]:
        for name in _names(body):
            if isinstance(name, bytes):
                raise FiltershiftError(f"the name {name!r} in the graph is not UTF-8; expected UTF-8")
        names = dict(outer)
        for name, tensor in _initializers(body):
            names[name] = path + name
            tensors[path + name] = tensor
        for value, argument in zip(body.input, arguments, strict=False):
            names[value.name] = path + value.name
            operators.append(Operator(BODY_INPUT, "", (argument,), (path + value.name,), {}))
        for number, node in enumerate(body.node):
            inputs = tuple(names.get(name, name) for name in node.input)
            outputs = tuple(path + name if name else "" for name in node.output)
            names |= dict(zip(node.output, outputs, strict=True))
            for attribute in node.attribute:
                for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                    place = f"{path}{node.name or f'{node.op_type}_{number}'}/{attribute.name}/"
                    inputs += visit(inner, names, place, inputs)
            name = path + node.name if node.name else ""
            operator = Operator(_kind(node), name, inputs, outputs, {a.name: a for a in node.attribute})
            operators.append(operator)
            if operator.kind == "Constant" and outputs and "value" in operator.attributes:
                tensors[outputs[0]] = operator.attributes["value"].t
        return tuple(names.get(value.name, value.name) for value in body.output)

    visit(graph, {}, "", ())
    initial = {name for name, _ in _initializers(graph)}
    return FlatGraph(tuple(operators), frozenset(value.name for value in graph.input) - initial, tensors)


def operator_depths(graph: FlatGraph) -> list[int]:
    """Depth of each operator: the number of operators on the longest path from a model input to it, itself included.

    Operators that only prepare constants (Constant nodes, an Identity or Cast on weights) are on no such path: they
    have depth 0 and add nothing to the depth of others. Nodes may be in any order; time is linear in nodes and edges.

    Raises:
        FiltershiftError: the graph has a cycle.
    """
    number = {output: index for index, operator in enumerate(graph.operators) for output in operator.outputs if output}
    before = {
        index: {number[name] for name in operator.inputs if name in number}
        for index, operator in enumerate(graph.operators)
    }
    depths = [0] * len(graph.operators)
    values = dict.fromkeys(graph.inputs, 0)
    try:
        for index in TopologicalSorter(before).static_order():
            operator = graph.operators[index]
            reached = [values[name] for name in operator.inputs if name in values]
            if reached:
                depths[index] = max(reached) + (operator.kind != BODY_INPUT)
                values.update((output, depths[index]) for output in operator.outputs if output)
    except CycleError as error:
        kinds = repr(" -> ".join(graph.operators[index].kind for index in error.args[1][:10]))[1:-1][:200]
        raise FiltershiftError(f"the graph has a cycle ({kinds}); expected a graph without cycles") from None
    return depths


def convolution_ranks(depths: Iterable[int]) -> dict[int, tuple[int, float]]:
    """A mapping from the depth of a convolution to (conv_depth, conv_depth_norm).

    `depths` are the depths of all 2-D convolutions of a model. conv_depth is the rank, from 0, among the distinct
    depths; conv_depth_norm is the rank / (number of distinct depths - 1), or 0 if there is only one.
    """
    levels = sorted(set(depths))
    return {depth: (rank, rank / max(len(levels) - 1, 1)) for rank, depth in enumerate(levels)}


def _initializers(graph: GraphProto) -> list[tuple[str, TensorProto | SparseTensorProto]]:
    dense = [(tensor.name, tensor) for tensor in graph.initializer]
    return dense + [(tensor.values.name, tensor) for tensor in graph.sparse_initializer]


def _names(graph: GraphProto) -> Iterator[str | bytes]:
    """All names in a graph; a name that is not UTF-8 comes as bytes."""
    yield from (name for name, _ in _initializers(graph))
    yield from (value.name for value in (*graph.input, *graph.output))
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        yield from (attribute.name for attribute in node.attribute)


def _kind(node: NodeProto) -> str:
    return node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"
