"""Inline the local functions of an ONNX model: replace each call by the body of the function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from onnx import FunctionProto, ModelProto, NodeProto
from onnx.checker import ValidationError
from onnx.inliner import inline_local_functions

from filtershift.errors import FiltershiftError, one_line

MAX_BYTES = 2**30
NODE_BYTES = 1000  # memory that a node takes in addition to its content

_Key = tuple[str, str, str]


def inlined(model: ModelProto) -> ModelProto:
    """The model with each call of a local function replaced by the function's nodes, also inside these nodes.

    Raises:
        FiltershiftError: functions call themselves; the result would be too large (30 functions that each call the next
            one twice expand to 2³⁰ nodes); or the inliner of onnx refuses the model.
    """
    if not model.functions:
        return model
    if _size_of_all(model) > MAX_BYTES:
        raise FiltershiftError(f"its local functions expand to more than {MAX_BYTES >> 20:,} MiB of nodes")
    try:
        return inline_local_functions(model)
    except (ValidationError, RuntimeError) as error:
        raise FiltershiftError(f"its local functions cannot be inlined: {one_line(error)}") from None


def _size_of_all(model: ModelProto) -> int:
    """An upper bound of the bytes of all nodes after inlining."""
    functions = {_key(function, function.name): function for function in model.functions}
    calls = {key: {_key(node, node.op_type) for node in _nested(body.node)} for key, body in functions.items()}
    sizes: dict[_Key, int] = {}
    try:
        for key in TopologicalSorter({key: called & functions.keys() for key, called in calls.items()}).static_order():
            sizes[key] = _size(functions[key].node, sizes)
    except CycleError:
        raise FiltershiftError("its local functions call themselves") from None
    return _size(model.graph.node, sizes)


def _size(body: Iterable[NodeProto], sizes: Mapping[_Key, int]) -> int:
    content = sum(node.ByteSize() for node in body)
    return content + sum(NODE_BYTES + sizes.get(_key(node, node.op_type), 0) for node in _nested(body))


def _nested(body: Iterable[NodeProto]) -> Iterator[NodeProto]:
    """The nodes of a body, and of all bodies nested in it."""
    for node in body:
        yield node
        for attribute in node.attribute:
            for graph in [attribute.g, *attribute.graphs]:
                yield from _nested(graph.node)


def _key(call: NodeProto | FunctionProto, name: str) -> _Key:
    """The key that links a call to the function it calls."""
    return call.domain or "ai.onnx", name, call.overload
