"""The operators that TorchScript code calls, collected as operators of a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from filtershift.dataset.models.graph import PASSES_ON, Operator
from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.torch.aten import PARAMETERS, PASSING, is_convolution, operators
from filtershift.dataset.models.torch.computed import computed, not_stored
from filtershift.dataset.models.torch.script.code import CannotFollowError
from filtershift.dataset.models.torch.script.values import UNKNOWN, UNSET, Flow, flows, parts, same

MOST_OPERATORS = 100_000
"""Limit of the operators of a graph; a network of a thousand layers has some thousand."""

_MAKERS = """zeros ones empty full rand randn arange tensor zeros_like ones_like empty_like full_like rand_like
    randn_like new_zeros new_ones new_empty new_full eye linspace scalar_tensor BroadcastMKLDNNTensors"""
_MADE = frozenset(_MAKERS.split())
"""Operators that make a tensor out of sizes and numbers."""

_VIEWS = (
    "select",
    "slice",
    "narrow",
    "view",
    "unsqueeze",
    "squeeze",
    "transpose",
    "permute",
    "detach",
    "alias",
    "expand",
)
_NOT_SAVED = {"ConstantMKLDNNTensor": "weights are not in the file (optimize_for_inference does not save them)"}


class Raised(Exception):
    """The code raises an error here, so that what follows is never reached."""


class Operators:
    """Collects operators and keeps the names that their values have.

    Attributes:
        operators: what was collected.
    """

    def __init__(self) -> None:
        self.operators: list[Operator] = []
        self._changes: list[tuple[Flow, str]] = []  # tensors that were changed, and their names before

    def call(self, kind: str, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """Add the call of an operator on tensors; return its result."""
        names = PARAMETERS.get(kind.removesuffix("_"), ["input", "weight"] if is_convolution(kind) else [])
        names = [*names, *map(str, range(len(names), len(values)))]
        arguments = {**dict(zip(names, values, strict=False)), **named}
        found = list(parts(arguments))
        stored = [value for value in found if isinstance(value, StoredTensor)]
        inputs = flows(found)
        if kind in _NOT_SAVED:
            return not_stored(f"{kind} {len(self.operators)}", _NOT_SAVED[kind])
        if is_convolution(kind):
            return self._convolution(kind, arguments, inputs)
        if not inputs and kind not in _MADE:
            if not stored:
                return UNKNOWN
            return stored[0] if kind in PASSING else computed(kind, arguments, stored)
        return self._add(kind, arguments, inputs if kind not in _MADE else ())

    def _convolution(self, kind: str, arguments: dict[str, Any], inputs: tuple[str, ...]) -> Flow:
        weight = arguments.get("weight")
        if not isinstance(arguments.get("input"), Flow | StoredTensor):
            raise CannotFollowError(f"the input of a {kind} is unknown")
        if isinstance(weight, Flow):
            reason = f"weights are computed (by {weight.kind})" if weight.kind else "weights are an input of the model"
            arguments["weight"] = not_stored(weight.name, reason)
        return self._add(kind, arguments, inputs)

    def _add(self, kind: str, arguments: Mapping[str, Any], inputs: tuple[str, ...]) -> Flow:
        first = next(iter(arguments.values()), None)
        made = Flow(f"{kind} {len(self.operators)}", kind)
        if len(self.operators) >= MOST_OPERATORS:
            raise CannotFollowError(f"it has more than {MOST_OPERATORS:,} operators")
        self.operators += operators(kind, arguments, inputs, (made.name,))
        if not isinstance(first, Flow):
            return made
        if kind in _VIEWS:
            made.base = first
        if not kind.endswith("_") or kind.endswith("__"):
            return made
        self.change(first, made.name)
        first.kind = kind
        base = first.base
        for _ in range(100):
            if base is None:
                break
            self.change(base, self.join([base.name, made.name]))
            base = base.base
        return first

    def join(self, names: Sequence[str]) -> str:
        """The name of a value that is one of several."""
        names = list(dict.fromkeys(names))
        if len(names) == 1:
            return names[0]
        joined = f"joined {len(self.operators)}"
        self.operators.append(Operator(PASSES_ON, "", tuple(names), (joined,)))
        return joined

    def change(self, flow: Flow, name: str) -> None:
        """Give a tensor that an operator changed another name."""
        self._changes.append((flow, flow.name))
        flow.name = name

    def mark(self) -> int:
        """A point to which `undo` goes back."""
        return len(self._changes)

    def undo(self, mark: int) -> dict[Flow, str]:
        """Give all tensors the names they had at `mark`; return the names that were undone."""
        changed = {flow: flow.name for flow, _ in self._changes[mark:]}
        for flow, name in reversed(self._changes[mark:]):
            flow.name = name
        del self._changes[mark:]
        return changed

    def merged(self, values: Sequence[Any]) -> Any:
        """The value of a variable that is one of several."""
        values = [value for value in values if value is not UNSET]
        if not values:
            return UNSET
        first = values[0]
        if all(same(first, value) for value in values[1:]):
            return first
        if all(isinstance(value, list | tuple) and len(value) == len(first) and _is_flat(value) for value in values):
            return type(first)(self.merged(items) for items in zip(*values, strict=True))
        names = flows(values)
        kinds = [value.kind for value in parts(values) if isinstance(value, Flow)]
        return Flow(self.join(names), kinds[0]) if names else UNKNOWN


def _is_flat(items: Sequence[Any]) -> bool:
    return not any(isinstance(item, list | tuple | dict) for item in items)
