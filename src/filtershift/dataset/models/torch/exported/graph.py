"""The graph of a torch.export file as one flat list of operators, with the graphs that are nested in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from filtershift.dataset.models.graph import PASSES_ON, Graph, Operator
from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.torch.aten import PASSING, is_convolution, kind_of, operators
from filtershift.dataset.models.torch.computed import computed, not_stored
from filtershift.errors import FiltershiftError

MOST_NESTED = 50
"""Limit of graphs nested in graphs; real ones have one or two levels."""

# What an input of the graph is -> the key of the tensor's name; old signatures have a dictionary for each.
_STORED = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}
_OLD_STORED = ("inputs_to_parameters", "inputs_to_buffers", "inputs_to_lifted_tensor_constants")
_INPUT = "weights are an input of the model"

Value = str | StoredTensor
"""A value in a graph, by name, or a tensor of the file."""


@dataclass(frozen=True)
class Exported:
    """A graph, and the names of the tensors of the file that it uses."""

    graph: Graph
    used: frozenset[str]


def flat_graph(module: Mapping[str, Any], tensors: Mapping[str, StoredTensor]) -> Exported:
    """The graph of an exported program.

    Args:
        module: its `graph_module`.
        tensors: the tensors in the file, by their names in the model.

    Raises:
        FiltershiftError: graphs are nested too deeply.
        LookupError, TypeError, AttributeError, ValueError: the graph is damaged.
    """
    names, inputs = _signature(module["signature"])
    known: dict[str, Value] = {name: name for name in inputs}
    for value, name in names.items():
        name.encode()  # names must be text that can be written
        known[value] = tensors.get(name) or not_stored(name, "weights are not in the file")
    builder = _Builder()
    outputs = builder.walk(module["graph"], known, "", 0)
    return Exported(Graph(builder.operators, frozenset(inputs), frozenset(outputs)), frozenset(builder.used))


def _signature(signature: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """The names of stored tensors by the input of the graph that they are, and the other inputs."""
    if "input_specs" not in signature:
        stored = {value: name for part in _OLD_STORED for value, name in (signature.get(part) or {}).items()}
        return stored, signature["user_inputs"]
    stored, inputs = {}, []
    for entry in signature["input_specs"]:
        what, spec = _only(entry)
        if what in _STORED:
            stored[spec["arg"]["name"]] = spec[_STORED[what]]
        elif what == "user_input":
            inputs += _flows([spec["arg"]])
    return stored, inputs


def _only(union: Mapping[str, Any]) -> tuple[str, Any]:
    """The field of a union that is set, and its value."""
    for what, value in union.items():
        if value is not None:
            return what, value
    raise ValueError("an argument without value")


class _Builder:
    """Collects operators, with values named by the path of their graph.

    Attributes:
        operators: what was collected.
        used: the names of the stored tensors that they use.
    """

    def __init__(self) -> None:
        self.operators: list[Operator] = []
        self.used: set[str] = set()
        self._makers: dict[str, str] = {}  # value -> kind of the operator that makes it

    def walk(self, graph: Mapping[str, Any], known: dict[str, Value], path: str, depth: int) -> list[str]:
        """Add the nodes of a graph; return the names of its outputs, "" for stored tensors.

        Args:
            graph: the graph.
            known: name in the graph -> the value that it stands for.
            path: what names in this graph begin with, to tell them from those of others.
            depth: how many graphs it is nested in.
        """
        if depth > MOST_NESTED:
            raise FiltershiftError(f"has more than {MOST_NESTED} graphs nested in each other")
        for number, node in enumerate(graph["nodes"]):
            kind = kind_of(node["target"].removeprefix("torch.ops."))
            names, made = _flows(item["arg"] for item in node["inputs"]), _flows(node["outputs"])
            outputs = tuple(path + name for name in made)
            bodies = [item["arg"]["as_graph"]["graph"] for item in node["inputs"] if item["arg"].get("as_graph")]
            if bodies:
                given = [known.get(name, "") for name in names]
                places = [f"{path}{number}.{place}/" for place in range(len(bodies))]
                self._join([self._body(*body, given, depth) for body in zip(bodies, places, strict=True)], outputs)
                new: Sequence[Value] = outputs
            else:
                new = self._call(kind, node, names, outputs, known)
            known |= dict(zip(made, new, strict=True))
            if kind.endswith("_") and not kind.endswith("__") and names and made:
                known[names[0]] = new[0]  # the operator changes its first argument
        found = [known.get(name, "") for name in _flows(graph["outputs"])]
        return [value if isinstance(value, str) else "" for value in found]

    def _call(
        self,
        kind: str,
        node: Mapping[str, Any],
        names: Sequence[str],
        outputs: tuple[str, ...],
        known: Mapping[str, Value],
    ) -> Sequence[Value]:
        """Add a node; return its outputs, which are tensors if it only uses tensors of the file."""
        arguments = {item["name"]: _argument(item["arg"], known) for item in node["inputs"]}
        values = [known.get(name, "") for name in names]
        inputs = tuple(value for value in values if isinstance(value, str))
        stored = [value for value in values if isinstance(value, StoredTensor)]
        self.used |= {value.name for value in stored}
        if inputs or not stored or is_convolution(kind):
            self._add(kind, arguments, inputs, outputs)
            return outputs
        return [stored[0] if kind in PASSING else computed(kind, arguments, stored)] * len(outputs)

    def _add(self, kind: str, arguments: Mapping[str, Any], inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        weight = arguments.get("weight")
        if isinstance(weight, str):
            maker = self._makers.get(weight)
            arguments = {
                **arguments,
                "weight": not_stored(weight, f"weights are computed (by {maker})" if maker else _INPUT),
            }
        self.operators += operators(kind, arguments, inputs, outputs)
        self._makers.update(dict.fromkeys(outputs, kind))

    def _body(self, body: Mapping[str, Any], path: str, values: Sequence[Value], depth: int) -> list[str]:
        """Add a graph nested in a node, whose inputs are the last arguments of the node; return its outputs."""
        names = _flows(body["inputs"])
        given = values[len(values) - len(names) :] if len(names) <= len(values) else []
        return self.walk(body, dict(zip(names, given, strict=False)), path, depth + 1)

    def _join(self, found: Sequence[Sequence[str]], outputs: Sequence[str]) -> None:
        """Each output of a node comes from all graphs that are nested in it."""
        for number, output in enumerate(outputs):
            inputs = tuple(names[number] for names in found if number < len(names) and names[number])
            self.operators.append(Operator(PASSES_ON, "", inputs, (output,)))


def _argument(argument: Mapping[str, Any], known: Mapping[str, Value]) -> Any:
    """An argument: a value, or a number, text or list as such."""
    what, value = _only(argument)
    if what == "as_tensor":
        return known.get(value["name"], "")
    return None if what == "as_none" else value


def _flows(arguments: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of the tensors in arguments."""
    return [name for argument in arguments for name in _names(argument)]


def _names(argument: Mapping[str, Any]) -> Iterator[str]:
    what, value = _only(argument)
    if what == "as_tensor":
        yield value["name"]
    elif what == "as_tensors":
        yield from (item["name"] for item in value)
    elif what == "as_nested_tensors":
        yield from (item["name"] for part in value for item in part)
    elif what == "as_optional_tensor":
        yield from _names(value)
    elif what == "as_optional_tensors":
        yield from (name for item in value for name in _names(item))
