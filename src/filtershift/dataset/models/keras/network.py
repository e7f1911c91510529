"""The graph of a Keras model: its layers as operators, those of models in models among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from filtershift.dataset.models.graph import PASSES_ON, Graph, Operator
from filtershift.dataset.models.keras.config import Layer, Reference
from filtershift.dataset.models.keras.layers import CONVOLUTIONS, LEFT_OUT, Setting, operators_of
from filtershift.errors import FiltershiftError

LARGEST = 1_000_000
"""Limit of operators and the values they take and make; a model that uses another twice, which uses a third twice, and
so on, has 2ⁿ of them. Large networks have some thousand."""

_WITH_PADDING = (*CONVOLUTIONS, *LEFT_OUT, "MaxPooling2D", "AveragePooling2D")


def graph_of(model: Layer, setting: Setting) -> Graph:
    """The graph.

    Raises:
        FiltershiftError: it is too large.
    """
    network = _Network(setting)
    network.add(model, (), "")
    return Graph(_without_padding(network.operators), frozenset(network.inputs), frozenset(network.outputs))


class _Network:
    """Collects operators. Values are called SCOPE LAYER:CALL:NUMBER; each call of a model is a scope of its own."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.operators: list[Operator] = []
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.size = 0

    def add(self, model: Layer, given: tuple[str, ...], scope: str) -> tuple[str, ...]:
        """Add one call of a model, which takes the values `given`; the values that it makes."""
        made = self._sequential(model, given, scope) if model.is_sequential else self._functional(model, given, scope)
        if not scope:
            self.outputs += made
        return made

    def _sequential(self, model: Layer, given: tuple[str, ...], scope: str) -> tuple[str, ...]:
        values = given or (f"{scope}(input)",)
        if not scope:
            self.inputs += values
        for number, layer in enumerate(model.layers):
            values = self._call(layer, values, f"{scope}{layer.name}:{number}", (0,))
        return values

    def _functional(self, model: Layer, given: tuple[str, ...], scope: str) -> tuple[str, ...]:
        used, positions = _used(model), {layer: number for number, (layer, _, _) in enumerate(model.inputs)}
        self._count(sum(map(len, used.values())) + len(positions))
        first = {layer.name: _first_call(layer, used) for layer in model.layers}
        for layer in model.layers:
            if layer.kind == "InputLayer":
                self._input(layer, given[positions.get(layer.name, len(given)) :], scope)
                continue
            for number, taken in enumerate(layer.calls, first[layer.name]):
                values = tuple(_value(scope, reference) for reference in taken if reference[0] in first)
                numbers = tuple(sorted(used.get((layer.name, number), {0})))
                self._call(layer, values, f"{scope}{layer.name}:{number}", numbers)
        return tuple(_value(scope, reference) for reference in model.outputs)

    def _input(self, layer: Layer, given: tuple[str, ...], scope: str) -> None:
        """An input of a model, which is the whole model's own or the first of the values `given`."""
        value = _value(scope, (layer.name, 0, 0))
        if not scope:
            self.inputs.append(value)
        elif given:
            self._append([Operator(PASSES_ON, layer.path, given[:1], (value,))])

    def _call(self, layer: Layer, values: tuple[str, ...], call: str, numbers: Sequence[int]) -> tuple[str, ...]:
        """Add one call of a layer; the values with these numbers among those that it makes."""
        outputs = tuple(f"{call}:{number}" for number in numbers)
        if not layer.layers:
            self._append(operators_of(layer, values, outputs, self.setting))
            return outputs
        made = self.add(layer, values, f"{call}/")
        pairs = [(number, output) for number, output in zip(numbers, outputs, strict=True) if number < len(made)]
        self._append([Operator(PASSES_ON, layer.path, (made[number],), (output,)) for number, output in pairs])
        return outputs

    def _append(self, operators: Sequence[Operator]) -> None:
        self.operators += operators
        self._count(sum(len(operator.inputs) + len(operator.outputs) for operator in operators))

    def _count(self, size: int) -> None:
        self.size += size + 1
        if self.size > LARGEST:
            raise FiltershiftError(f"its models in models have more than {LARGEST:,} layers and values")


def _value(scope: str, reference: Reference) -> str:
    layer, call, number = reference
    return f"{scope}{layer}:{call}:{number}"


def _used(model: Layer) -> dict[tuple[str, int], set[int]]:
    """Layer and call -> the numbers of the tensors that others take."""
    used: dict[tuple[str, int], set[int]] = defaultdict(set)
    taken = [reference for layer in model.layers for call in layer.calls for reference in call]
    for layer, call, number in [*taken, *model.outputs]:
        used[layer, call].add(number)
    return used


def _first_call(layer: Layer, used: dict[tuple[str, int], set[int]]) -> int:
    """The number of the first call in references: models have a call 0 of their own, which is no part of the graph."""
    return int(bool(layer.layers) and (layer.name, len(layer.calls)) in used)


def _without_padding(operators: Sequence[Operator]) -> list[Operator]:
    """Operators with padding that belongs to a convolution or pooling as no operator of its own."""
    users: dict[str, list[str]] = defaultdict(list)
    for operator in operators:
        for name in operator.inputs:
            users[name].append(operator.kind)

    def belongs(operator: Operator) -> bool:
        kinds = [kind for output in operator.outputs for kind in users[output]]
        return operator.kind == "ZeroPadding2D" and bool(kinds) and all(kind in _WITH_PADDING for kind in kinds)

    return [replace(operator, kind=PASSES_ON) if belongs(operator) else operator for operator in operators]
