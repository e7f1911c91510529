"""The description of a model in Keras's JSON, as a tree of layers; nothing that it names is imported or run.

Formats: `get_config` of Functional and Sequential in Keras 1, 2 and 3 (https://github.com/keras-team/keras).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from filtershift.errors import FiltershiftError, one_line

LARGEST = 1 << 24
"""Limit of the bytes of a description; large networks have a tenth of it."""
DEEPEST = 30
"""Limit of models in models."""
_LONGEST_NAME = 200

Reference = tuple[str, int, int]
"""A tensor: the layer that makes it, in which call, and its number among the tensors that this call makes."""

# Wrappers that do to the layer inside nothing which changes its weights.
TRANSPARENT = ("TimeDistributed", "SpectralNormalization", "PruneLowMagnitude")
QUANTISED = ("QuantizeWrapper", "QuantizeWrapperV2", "QuantizeLayer")


@dataclass(frozen=True)
class Layer:
    """A layer, or a model that is used as one.

    Attributes:
        kind: name of its class.
        name: its name.
        config: its settings.
        outer: names of the models that it is in, without the whole.
        stored: path of its weights in the formats since Keras 2.12.
        calls: the tensors that it takes, for each time it is called; empty in a Sequential model.
        layers: the layers of a model, in order; empty for other layers.
        inputs, outputs: the tensors where a functional model begins and ends.
        wrapper: kind of a wrapper around it that quantises its weights; "" if there is none.
    """

    kind: str
    name: str
    config: Mapping[str, Any]
    outer: tuple[str, ...]
    stored: str
    calls: tuple[tuple[Reference, ...], ...] = ()
    layers: tuple[Layer, ...] = ()
    inputs: tuple[Reference, ...] = ()
    outputs: tuple[Reference, ...] = ()
    wrapper: str = ""

    @property
    def path(self) -> str:
        """Its name with those of the models that it is in."""
        return "/".join((*self.outer, self.name))

    @property
    def is_sequential(self) -> bool:
        """Whether its layers follow each other."""
        return not self.outputs


def read_config(text: str | bytes) -> Layer | None:
    """The model that a description has; None if this is a class of the user, which has no graph.

    Raises:
        FiltershiftError: the description is damaged.
    """
    if len(text) > LARGEST:
        raise FiltershiftError(f"its description has {len(text):,} bytes; expected at most {LARGEST:,}")
    try:
        entry: Any = json.loads(text)
        model = _layer(entry, (), "", 0)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        why = f"{type(error).__name__}: {one_line(error)}"
        raise FiltershiftError(f"its description is damaged ({why}); get the file again") from None
    return model if model.layers else None


def snake_case(name: str) -> str:
    """The name of a class as Keras writes it in the paths of weights: DepthwiseConv2D is depthwise_conv2d."""
    return re.sub(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", "_", re.sub(r"\W", "", name)).lower()


def _layer(entry: Mapping[str, Any], outer: tuple[str, ...], stored: str, depth: int, wrapper: str = "") -> Layer:
    if depth > DEEPEST:
        raise FiltershiftError(f"holds more than {DEEPEST} levels of models in models")
    kind, config = str(entry["class_name"])[:_LONGEST_NAME], entry["config"]
    if isinstance(config, list):  # Sequential before Keras 2.2.3
        config = {"layers": config}
    if not isinstance(config, dict):
        config = {}
    name = str(entry.get("name") or config.get("name") or kind)[:_LONGEST_NAME]
    inner = config.get("layer")
    if kind in (*TRANSPARENT, *QUANTISED) and isinstance(inner, dict) and "class_name" in inner:
        found = _layer({**inner, "name": name}, outer, f"{stored}/layer", depth + 1, kind if kind in QUANTISED else "")
        return replace(found, calls=_calls(entry))
    if not _is_model(kind, config):
        return Layer(kind, name, config, outer, stored, _calls(entry), wrapper=wrapper)
    path = (*outer, name) if depth else ()
    return Layer(
        kind,
        name,
        config,
        outer,
        stored,
        _calls(entry),
        _children(config["layers"], path, stored, depth),
        inputs=references(config.get("input_layers")),
        outputs=references(config.get("output_layers")),
        wrapper=wrapper,
    )


def _is_model(kind: str, config: Mapping[str, Any]) -> bool:
    """Whether a layer is a model that is built of layers; models of classes of the user have no layers here."""
    layers = config.get("layers")
    if not isinstance(layers, list) or not all(isinstance(layer, dict) and "class_name" in layer for layer in layers):
        return False
    return kind == "Sequential" or "output_layers" in config or "build_input_shape" in config


def _children(entries: list[Any], outer: tuple[str, ...], stored: str, depth: int) -> tuple[Layer, ...]:
    """The layers of a model; the path of their weights has the name of their class, and a number if there are more."""
    seen: dict[str, int] = defaultdict(int)
    found = []
    for entry in entries:
        name = snake_case(str(entry["class_name"]))
        number = seen[name]
        seen[name] += not str(entry.get("module", "")).startswith("keras.src.ops")
        path = f"{stored}/layers/{name}_{number}" if number else f"{stored}/layers/{name}"
        found.append(_layer(entry, outer, path.lstrip("/"), depth + 1))
    return tuple(found)


def _calls(entry: Mapping[str, Any]) -> tuple[tuple[Reference, ...], ...]:
    nodes = entry.get("inbound_nodes")
    return tuple(references(node) for node in nodes) if isinstance(nodes, list) else ()


def references(value: Any) -> tuple[Reference, ...]:
    """All tensors in the arguments of a call, in order.

    Keras 2 writes a tensor as [layer, call, number] or [layer, call, number, {other arguments}], Keras 3 as
    {"class_name": "__keras_tensor__", "config": {"keras_history": [layer, call, number]}}.
    """
    found: list[Reference] = []
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            value = value["config"]["keras_history"]
        if isinstance(value, list) and _is_reference(value):
            if value[1] >= 0:  # -1 marks a constant
                found.append((value[0], value[1], value[2]))
            stack += value[3:]
        elif isinstance(value, list):
            stack += reversed(value)
        elif isinstance(value, dict):
            stack += [value[key] for key in sorted(value, reverse=True)]
    return tuple(found)


def _is_reference(value: list[Any]) -> bool:
    return len(value) in (3, 4) and isinstance(value[0], str) and type(value[1]) is int and _is_position(value[2])


def _is_position(value: Any) -> bool:
    return type(value) is int and value >= 0
