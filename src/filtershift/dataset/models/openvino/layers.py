"""The layers of an OpenVINO file (.xml) as one flat list, with those of the bodies that are nested in them.

Format: https://docs.openvino.ai, "OpenVINO IR format". Layers have ports, and edges lead from port to port.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from filtershift.dataset.models.graph import PASSES_ON
from filtershift.errors import FiltershiftError, one_line

OLDEST = 10
"""The first version in which constants are layers; since OpenVINO 2020.1."""

LARGEST = 1 << 26  # bytes; ResNet-50 takes 0.3 MB
MOST_TAGS = 2_000_000  # ResNet-50 has ten thousand
DEEPEST = 20  # of nested bodies

_BODIES = {"body": "port_map", "then_body": "then_port_map", "else_body": "else_port_map"}


@dataclass(frozen=True)
class Layer:
    """One layer: its kind, name, flat names of the values that it takes and makes, and its attributes."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    data: Mapping[str, str]


@dataclass(frozen=True)
class Layers:
    """All layers of a model; `shapes` has the shape of each value, with -1 for a dimension that is not fixed."""

    layers: tuple[Layer, ...]
    shapes: Mapping[str, tuple[int, ...]]
    inputs: frozenset[str]
    outputs: frozenset[str]
    producer: str

    @cached_property
    def makers(self) -> Mapping[str, Layer]:
        """Flat name of a value -> the layer that makes it."""
        return {output: layer for layer in self.layers for output in layer.outputs}


def read_layers(path: Path) -> Layers:
    """Read the layers of a file.

    The file may not have a document type, which is where entities are declared: OpenVINO writes none, and entities can
    expand to any size or name other files.

    Raises:
        FiltershiftError: this is not an OpenVINO file, or it is of an old version.
    """
    net = _parsed(path)
    version = net.get("version", "")
    if net.tag != "net" or not version.isdecimal():
        raise FiltershiftError(f"{path.name} is not an OpenVINO file; expected the .xml that OpenVINO wrote")
    if int(version[:9]) < OLDEST:
        raise FiltershiftError(
            f"{path.name} is an OpenVINO file of version {version[:9]}, which is not read; expected {OLDEST} or later: "
            "convert the model again with OpenVINO 2020.1 or later"
        )
    flat = _Flat()
    outputs = flat.add(net, "", {})
    return Layers(tuple(flat.layers), flat.shapes, frozenset(flat.inputs), frozenset(outputs), _producer(net))


class _Builder(TreeBuilder):
    def doctype(self, *_: object) -> NoReturn:
        raise FiltershiftError("declares a document type, which OpenVINO does not; it was not read")


def _parsed(path: Path) -> Element:
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
    except OSError as error:
        raise FiltershiftError(f"{path.name} cannot be read ({error.strerror})") from None
    if len(text) > LARGEST or text.count(b"<") > MOST_TAGS:
        raise FiltershiftError(f"{path.name} has more than {LARGEST >> 20} MiB or {MOST_TAGS:,} tags of XML")
    try:
        parser = XMLParser(target=_Builder())
        parser.feed(text)
        tree: Element = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise FiltershiftError(f"{path.name} is a damaged XML file ({one_line(error)}); get it again") from None
    return tree


def _producer(net: Element) -> str:
    """OpenVINO and its version, where the file says it."""
    for place in ("rt_info/Runtime_version", "meta_data/MO_version"):
        found = net.find(place)
        if found is not None:
            return f"OpenVINO {found.get('value', '').partition('-')[0][:40]}".strip()
    return "OpenVINO"


class _Flat:
    """Collects layers; values of a body get the body's path as a prefix."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.inputs: list[str] = []

    def add(self, net: Element, path: str, arguments: Mapping[str, str]) -> list[str]:
        """Add the layers of a network or body; returns its outputs.

        Args:
            net: the element that holds layers and edges.
            path: prefix of its values.
            arguments: identifier of a Parameter in a body -> the value outside that it stands for.
        """
        if path.count("/") > DEEPEST:
            raise FiltershiftError(f"has more than {DEEPEST} levels of nested bodies")
        sources = {
            (edge.get("to-layer"), edge.get("to-port")): f"{path}{edge.get('from-layer')}:{edge.get('from-port')}"
            for edge in net.iterfind("edges/edge")
        }
        results: list[str] = []
        for element in net.iterfind("layers/layer"):
            number = element.get("id", "")
            taken = {port: sources.get((number, port), "") for port in _ports(element, "input")}
            made = tuple(f"{path}{number}:{port}" for port in _ports(element, "output"))
            self.shapes |= zip(made, map(_shape, element.iterfind("output/port")), strict=True)
            kind = element.get("type", "")
            inputs = tuple(taken.values())
            if kind == "Result":
                results += inputs
            elif kind == "Parameter" and number in arguments:
                self.layers.append(Layer(PASSES_ON, "", (arguments[number],), made, {}))
            else:
                self.inputs += made if kind == "Parameter" else ()
                inputs += tuple(self._add_bodies(element, f"{path}{number}", taken))
                data = element.find("data")
                self.layers.append(
                    Layer(kind, element.get("name", ""), inputs, made, {} if data is None else data.attrib)
                )
        return results

    def _add_bodies(self, element: Element, path: str, taken: Mapping[str, str]) -> Iterable[str]:
        """Add the bodies of a loop or condition; returns their outputs."""
        for body, port_map in _BODIES.items():
            found = element.find(body)
            if found is not None:
                entries = element.iterfind(f"{port_map}/input")
                names = {
                    entry.get("internal_layer_id", ""): taken.get(entry.get("external_port_id", ""), "")
                    for entry in entries
                }
                yield from self.add(found, f"{path}.{body}/", names)


def _ports(element: Element, side: str) -> list[str]:
    return [port.get("id", "") for port in element.iterfind(f"{side}/port")]


def _shape(port: Element) -> tuple[int, ...]:
    """The shape of a port; a dimension that is not fixed is -1."""
    sizes = [(dimension.text or "").strip() for dimension in port.iterfind("dim")]
    return tuple(int(size) if size.isdecimal() and len(size) < 19 else -1 for size in sizes)
