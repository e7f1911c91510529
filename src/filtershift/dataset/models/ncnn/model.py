"""Read a ncnn model: a `.param` with its layers, and a `.bin` beside it with their weights."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.batch_norm import BatchNorm, factors
from filtershift.dataset.models.graph import PASSES_ON, Graph, Operator, stored_model
from filtershift.dataset.models.ncnn.param import LARGEST, Layer, read_layers
from filtershift.dataset.models.ncnn.storage import CONVOLUTION
from filtershift.dataset.models.ncnn.weights import Place, Weights
from filtershift.dataset.models.stored import StoredModel, StoredTensor

NOT_REGULAR = "DeformableConv2D"
PASSED_ON = ("Cast", "DeepCopy", "Dequantize", "Dropout", "Noop", "Packing", "Quantize", "Requantize")
ACTIVATION = {"InnerProduct": 9, "Requantize": 3, NOT_REGULAR: 9}
"""The parameter that says which activation is fused with a layer; 9 for convolutions."""


def read_ncnn(path: Path) -> StoredModel:
    """Read a ncnn model.

    Args:
        path: its `.param`, in text; its `.bin` has the same name but for this suffix.

    Raises:
        FiltershiftError: a file is missing or damaged, or they do not belong together.
    """
    with path.open("rb") as file:
        layers, outputs = _without_splits(read_layers(file.read(LARGEST + 1)))
    weights = Weights(path, layers)
    users: dict[str, list[int]] = defaultdict(list)
    for number, layer in enumerate(layers):
        for blob in layer.inputs:
            users[blob].append(number)
    made = {blob: layer for layer in layers for blob in layer.outputs}
    scales = _scales(layers, users, weights)
    operators: list[Operator] = []
    for number, layer in enumerate(layers):
        if CONVOLUTION.fullmatch(layer.kind) or layer.kind == NOT_REGULAR:
            operators += _with_activation(_convolution(layer, weights.places[number], weights, made), layer)
        elif layer.kind != "Input":
            kind = PASSES_ON if layer.kind in PASSED_ON or number in scales.values() else layer.kind
            norm = _norm(layer, number, scales.get(number), weights) if layer.kind == "BatchNorm" else None
            operators += _with_activation(Operator(kind, layer.name, layer.inputs, layer.outputs, norm=norm), layer)
    inputs = {blob for layer in layers if layer.kind == "Input" for blob in layer.outputs} | users.keys() - made.keys()
    return stored_model(Graph(operators, frozenset(inputs), outputs))


def _without_splits(layers: Sequence[Layer]) -> tuple[list[Layer], frozenset[str]]:
    """The layers without those that only copy a blob for each user, and the blobs that leave the model."""
    source: dict[str, str] = {}
    for layer in layers:
        if layer.kind == "Split" and len(layer.inputs) == 1:
            origin = source.get(layer.inputs[0], layer.inputs[0])
            source.update(dict.fromkeys(layer.outputs, origin))
    used = {blob for layer in layers for blob in layer.inputs}
    outputs = {source.get(blob, blob) for layer in layers for blob in layer.outputs if blob not in used}
    others = [
        replace(layer, inputs=tuple(source.get(blob, blob) for blob in layer.inputs))
        for layer in layers
        if layer.kind != "Split" or len(layer.inputs) != 1
    ]
    return others, frozenset(outputs)


def _with_activation(operator: Operator, layer: Layer) -> list[Operator]:
    """The operator, and the activation that is fused with it, if there is one."""
    fused = layer.kind in ACTIVATION or CONVOLUTION.fullmatch(layer.kind)
    if not fused or not layer.integer(ACTIVATION.get(layer.kind, 9)):
        return [operator]
    inner = tuple(f"{blob} before its activation" for blob in operator.outputs)
    return [
        replace(operator, outputs=inner),
        Operator("(activation)", operator.name, inner, operator.outputs),
    ]


def _convolution(layer: Layer, places: Sequence[Place], weights: Weights, made: Mapping[str, Layer]) -> Operator:
    kind = CONVOLUTION.fullmatch(layer.kind)
    dimensions = int(kind["dimensions"] or 2) if kind else 2
    reason = f"{dimensions}-D convolution" if dimensions != 2 else ""
    if not kind:
        reason = f"not a regular convolution ({layer.kind})"
    elif kind["transposed"]:
        reason = "transposed convolution"
    groups = layer.integer(7, 1) if kind and kind["depthwise"] else 1
    if places:
        shape = _shape(layer, dimensions, places[0].count)
        stored = StoredTensor(
            name=layer.name,
            shape=shape,
            place=places[0].start,
            load=lambda: weights.values(places[0]).reshape(shape),
            left_out=reason or places[0].left_out,
        )
    else:
        maker = made.get(layer.inputs[1]) if len(layer.inputs) > 1 else None
        computed = f"weights are computed (by {maker.kind})" if maker and maker.kind != "Input" else ""
        reason = reason or computed or "weights are an input of the model"
        stored = StoredTensor(layer.name, None, layer.name, lambda: np.empty(0, np.float32), reason)
    level = kind is not None and dimensions == 2 and not kind["transposed"]
    return Operator(layer.kind, layer.name, layer.inputs, layer.outputs, stored, level, groups)


def _shape(layer: Layer, dimensions: int, count: int) -> tuple[int, ...]:
    """(output channels, input channels / groups, …, height, width) of `count` weights."""
    width = layer.integer(1)
    kernel = [layer.integer(number, width) for number in (21, 11)][-(dimensions - 1) :] if dimensions > 1 else []
    kernel.append(width)
    outputs = layer.integer(0)
    each = outputs * math.prod(kernel)
    if min(outputs, *kernel) < 1 or count % each:
        sizes = "×".join(map(str, kernel))
        raise layer.wrong(f"stores {count:,} weights, which cannot be divided into {outputs} times {sizes}")
    return outputs, count // each, *kernel


def _scales(layers: Sequence[Layer], users: Mapping[str, Sequence[int]], weights: Weights) -> dict[int, int]:
    """The position of a BatchNorm -> that of the Scale that belongs to it: Caffe has a BatchNorm in two parts."""
    found = {}
    for number, layer in enumerate(layers):
        if layer.kind == "BatchNorm" and layer.outputs and len(users.get(layer.outputs[0], ())) == 1:
            [user] = users[layer.outputs[0]]
            same = [place.count for place in weights.places[user][:1]] == [layer.integer(0)]
            if layers[user].kind == "Scale" and same:
                found[number] = user
    return found


def _norm(layer: Layer, number: int, scale: int | None, weights: Weights) -> BatchNorm | None:
    """A BatchNorm with the Scale that belongs to it."""
    places, epsilon = weights.places[number], layer.decimal(1)
    if not places:
        return None

    def load() -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            scales = 1.0 if scale is None else weights.values(weights.places[scale][0])
            return factors(weights.values(places[0]), weights.values(places[2]), epsilon) * scales

    return BatchNorm(layer.integer(0), load)
