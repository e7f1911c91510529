"""An ONNX graph as one flat list of nodes, with the bodies that are nested in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from filtershift.dataset.models.graph import PASSES_ON
from filtershift.errors import FiltershiftError

if TYPE_CHECKING:
    from onnx import AttributeProto, GraphProto, NodeProto, SparseTensorProto, TensorProto


@dataclass(frozen=True)
class Node:
    """One node: its kind (with its domain if not the standard one), name, and flat names of its inputs and outputs."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, AttributeProto]


@dataclass(frozen=True)
class FlatGraph:
    """All nodes of a graph and of the bodies nested in it; `inputs` are the model's inputs without initialisers."""

    nodes: tuple[Node, ...]
    inputs: frozenset[str]
    outputs: frozenset[str]
    tensors: Mapping[str, TensorProto | SparseTensorProto]

    @cached_property
    def producers(self) -> Mapping[str, Node]:
        """Flat name of a value -> the node that makes it."""
        return {output: node for node in self.nodes for output in node.outputs if output}


def flatten(graph: GraphProto) -> FlatGraph:
    """Inline the bodies of If, Loop and Scan nodes.

    Values of a body get the body's path as a prefix, because two branches may use the same name. A body can read values
    of the graphs around it; its outputs become inputs of the node that owns it. `tensors` holds initialisers and the
    tensors of Constant nodes.

    Raises:
        FiltershiftError: a name is not UTF-8.
    """
    nodes: list[Node] = []
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
            nodes.append(Node(PASSES_ON, "", (argument,), (path + value.name,), {}))
        for number, node in enumerate(body.node):
            inputs = tuple(names.get(name, name) for name in node.input)
            outputs = tuple(path + name if name else "" for name in node.output)
            names |= dict(zip(node.output, outputs, strict=True))
            for attribute in node.attribute:
                for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                    place = f"{path}{node.name or f'{node.op_type}_{number}'}/{attribute.name}/"
                    inputs += visit(inner, names, place, inputs)
            name = path + node.name if node.name else ""
            flat = Node(_kind(node), name, inputs, outputs, {a.name: a for a in node.attribute})
            nodes.append(flat)
            if flat.kind == "Constant" and outputs and "value" in flat.attributes:
                tensors[outputs[0]] = flat.attributes["value"].t
        return tuple(names.get(value.name, value.name) for value in body.output)

    outputs = visit(graph, {}, "", ())
    initial = {name for name, _ in _initializers(graph)}
    return FlatGraph(
        tuple(nodes), frozenset(value.name for value in graph.input) - initial, frozenset(outputs), tensors
    )


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
