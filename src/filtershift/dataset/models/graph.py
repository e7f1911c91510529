"""A model's graph, the same for all kinds of files that have one: depths, and which BatchNorm follows a convolution."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from filtershift.dataset.models.batch_norm import BatchNorm
from filtershift.dataset.models.model import GRAPH
from filtershift.dataset.models.stored import Convolution, StoredModel, StoredTensor
from filtershift.errors import FiltershiftError

PASSES_ON = "(passes on)"
"""Kind of an operator that hands a value on unchanged, such as Identity or Dropout: it adds nothing to depths."""


@dataclass(frozen=True)
class Operator:
    """One operator: its kind and name, and the names of the values that it takes and makes.

    A fused activation is an operator of its own, as in the graphs that the papers measured.

    Attributes:
        inputs: values, without weights.
        outputs: values.
        weights: of a convolution of any kind, else None.
        is_level: whether it is a 2-D convolution and not transposed.
        groups: of a convolution; None if unknown.
        norm: of a BatchNorm.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    weights: StoredTensor | None = None
    is_level: bool = False
    groups: int | None = None
    norm: BatchNorm | None = None


@dataclass(frozen=True)
class Graph:
    """All operators of a model, in any order, and the values that enter and leave it."""

    operators: Sequence[Operator]
    inputs: frozenset[str]
    outputs: frozenset[str]


def stored_model(
    graph: Graph, producer: str = "", op_set: int | None = None, operators: Mapping[str, int] | None = None
) -> StoredModel:
    """The convolutions of a graph, in order of their depth.

    A BatchNorm belongs to a convolution if it takes the convolution's output and nothing else does. It then adds
    nothing to `conv_depth`, so that this is the same whether or not a file has it folded.

    Args:
        graph: the graph.
        producer: what wrote the file.
        op_set: version of the standard operators, for ONNX.
        operators: counts of operators by their ONNX name, for ONNX.

    Raises:
        FiltershiftError: the graph has a cycle.
    """
    depth = max(operator_depths(graph.operators, graph.inputs), default=0)
    norms = _norms(graph)
    followers = {number for number, _ in norms.values()}
    merged = [
        replace(operator, kind=PASSES_ON) if number in followers else operator
        for number, operator in enumerate(graph.operators)
    ]
    found = [
        Convolution(
            name=operator.name or operator.weights.name,
            weights=operator.weights,
            depth=of_operator,
            is_level=operator.is_level,
            groups=operator.groups,
            norm=norms[number][1] if number in norms else None,
            norm_known=True,
        )
        for number, (operator, of_operator) in enumerate(
            zip(graph.operators, operator_depths(merged, graph.inputs), strict=True)
        )
        if operator.weights is not None
    ]
    return StoredModel(
        convolutions=tuple(sorted(found, key=lambda convolution: convolution.depth)),
        depth_source=GRAPH,
        depth=depth,
        producer=producer,
        op_set=op_set,
        operators=operators or {},
    )


def operator_depths(operators: Sequence[Operator], inputs: Iterable[str]) -> list[int]:
    """Depth of each operator: the number of operators on the longest path from a model input to it, itself included.

    Operators that only prepare constants are on no such path: they have depth 0 and add nothing to the depth of others.
    Operators may be in any order; time is linear in operators and values.

    Raises:
        FiltershiftError: the graph has a cycle.
    """
    number = {output: index for index, operator in enumerate(operators) for output in operator.outputs if output}
    before = {
        index: {number[name] for name in operator.inputs if name in number} for index, operator in enumerate(operators)
    }
    depths = [0] * len(operators)
    values = dict.fromkeys(inputs, 0)
    try:
        for index in TopologicalSorter(before).static_order():
            operator = operators[index]
            reached = [values[name] for name in operator.inputs if name in values]
            if reached:
                depths[index] = max(reached) + (operator.kind != PASSES_ON)
                values.update((output, depths[index]) for output in operator.outputs if output)
    except CycleError as error:
        kinds = repr(" -> ".join(operators[index].kind for index in error.args[1][:10]))[1:-1][:200]
        raise FiltershiftError(f"the graph has a cycle ({kinds}); expected a graph without cycles") from None
    return depths


def _norms(graph: Graph) -> dict[int, tuple[int, BatchNorm]]:
    """The position of each convolution that a BatchNorm belongs to -> that BatchNorm's position, and itself."""
    users: dict[str, list[int]] = defaultdict(list)
    made = {}
    for number, operator in enumerate(graph.operators):
        made.update(dict.fromkeys(operator.outputs, number))
        for name in operator.inputs:
            users[name].append(number)
    found = {}
    for number, operator in enumerate(graph.operators):
        follower = number
        while follower == number or graph.operators[follower].kind == PASSES_ON:
            value = graph.operators[follower].outputs[0] if graph.operators[follower].outputs else ""
            # a value that two operators make could lead round in a circle that depths do not find
            if len(users[value]) != 1 or made.get(value) != follower or value in graph.outputs:
                break
            [follower] = users[value]
        norm = graph.operators[follower].norm
        if operator.weights is not None and norm and follower != number:
            found[number] = (follower, norm)
    return found
