"""The operators of a TFLite model as one flat list, with the bodies of IF and WHILE.

Format: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs. Fields of
its tables are read by their position there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flatbuffers.number_types import Int8Flags, Uint32Flags

from filtershift.dataset.models.tflite.records import Record, Records
from filtershift.errors import FiltershiftError

Value = tuple[int, int]
"""A tensor: the number of its subgraph, and its own in there."""

CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, CONV_3D, CONV_3D_TRANSPOSE = 3, 4, 67, 132, 141
ADD, MUL, DEQUANTIZE, PAD, QUANTIZE, DENSIFY, CUSTOM = 0, 18, 6, 34, 114, 124, 32
_CALL, _IF, _WHILE, _COMPOSITE = 31, 118, 119, 206
# Operators that have bodies: where their options are, where these name the bodies, and from which input on their
# inputs are those of the bodies.
_BODIES = {_CALL: (4, (0,), 0), _IF: (4, (0, 1), 1), _WHILE: (4, (0, 1), 0), _COMPOSITE: (12, (1,), 0)}
# Names of operators that compute weights in some models.
_NAMES = {0: "ADD", 18: "MUL", 22: "RESHAPE", 39: "TRANSPOSE", 41: "SUB", 42: "DIV", 53: "CAST", 114: "QUANTIZE"}
BODY_INPUT = -1
"""In place of the code of an operator: the arguments of a body go in here."""
LARGEST = 1 << 17  # operators with their inputs and outputs; real models have some ten thousand


@dataclass(frozen=True)
class Node:
    """One operator: its code, its name if it is a custom one, and its tensors; those left out are missing."""

    code: int
    custom: str
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value, ...]
    options: Record | None = None

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return self.custom or _NAMES.get(self.code, f"operator {self.code}")


@dataclass(frozen=True)
class FlatGraph:
    """All operators of all subgraphs. Subgraphs that no operator has as a body are models of their own."""

    nodes: Sequence[Node]
    inputs: frozenset[Value]
    outputs: frozenset[Value]
    tensors: Sequence[Records]
    buffers: Records

    @cached_property
    def producers(self) -> Mapping[Value, Node]:
        """Tensor -> the operator that makes it."""
        return {output: node for node in self.nodes for output in node.outputs}

    @cached_property
    def users(self) -> Counter[Value]:
        """How many operators take a tensor."""
        return Counter(value for node in self.nodes for value in node.inputs if value is not None)

    @cached_property
    def users_other_than_convolutions(self) -> frozenset[Value]:
        """Tensors that anything but a convolution takes."""
        others = (node for node in self.nodes if node.code not in (CONV_2D, DEPTHWISE_CONV_2D))
        return frozenset(value for node in others for value in node.inputs if value is not None)

    def tensor(self, value: Value) -> Record:
        """The record of a tensor."""
        return self.tensors[value[0]][value[1]]


def flatten(model: Record) -> FlatGraph:
    """All operators of a model.

    Raises:
        FiltershiftError: the file is damaged.
    """
    codes = [_code(record) for record in _few(model.records(1))]
    subgraphs = list(_few(model.records(2)))
    ends = [tuple(_values(number, graph.integers(field)) for field in (1, 2)) for number, graph in enumerate(subgraphs)]
    nodes: list[Node] = []
    arguments: dict[int, dict[Value, list[Value | None]]] = defaultdict(lambda: defaultdict(list))
    size = 0
    for number, graph in enumerate(subgraphs):
        for operator in _few(graph.records(3)):
            code, custom = _known(codes, operator.integer(0, Uint32Flags))
            inputs, outputs = (_values(number, operator.integers(field)) for field in (1, 2))
            bodies, first = _bodies(operator, code, len(subgraphs))
            size += 1 + len(inputs) + len(outputs) + sum(len(ends[body][1]) for body in bodies)
            _check_size(size)
            made = tuple(value for value in outputs if value is not None)
            results = (value for body in bodies for value in ends[body][1])
            nodes.append(Node(code, custom, (*inputs, *results), made, operator.record(4)))
            for body in bodies:
                for value, given in zip(ends[body][0], inputs[first:], strict=False):
                    if value is not None:
                        arguments[body][value].append(given)
    for of_body in arguments.values():
        nodes += [Node(BODY_INPUT, "", tuple(given), (value,)) for value, given in of_body.items()]
    models = [ends[number] for number in range(len(subgraphs)) if number not in arguments]
    taken, left = (frozenset(value for end in models for value in end[side] if value) for side in (0, 1))
    return FlatGraph(nodes, taken, left, [graph.records(0) for graph in subgraphs], model.records(4))


def _code(record: Record) -> tuple[int, str]:
    """The code of a kind of operator, which old files store in one byte; and its name if it is a custom one."""
    return max(record.integer(0, Int8Flags), record.integer(3)), record.text(1)[:80]


def _known(codes: Sequence[tuple[int, str]], number: int) -> tuple[int, str]:
    if number >= len(codes):
        raise FiltershiftError(f"is a damaged TFLite file: an operator is of kind {number} of {len(codes):,}")
    return codes[number]


def _values(subgraph: int, numbers: Sequence[int]) -> tuple[Value | None, ...]:
    return tuple((subgraph, number) if number >= 0 else None for number in numbers)


def _bodies(operator: Record, code: int, subgraphs: int) -> tuple[list[int], int]:
    """The subgraphs that are bodies of an operator, and from which of its inputs on they have theirs."""
    field, positions, first = _BODIES.get(code, (0, (), 0))
    options = operator.record(field) if positions else None
    bodies = [options.integer(position) for position in positions] if options else []
    for body in bodies:
        if not 0 <= body < subgraphs:
            raise FiltershiftError(f"is a damaged TFLite file: it names subgraph {body} of {subgraphs:,}")
    return bodies, first


def _few(records: Records) -> Records:
    _check_size(len(records))
    return records


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise FiltershiftError(f"has more than {LARGEST:,} operators with their inputs and outputs; expected fewer")
