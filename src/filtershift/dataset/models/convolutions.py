"""From the convolutions that a file holds to the 3×3 filters of a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.batch_norm import ABSORBED, FOLDED, SEPARATE, UNKNOWN, fold
from filtershift.dataset.models.model import ConvLayer, ConvModel, Skipped
from filtershift.dataset.models.stored import Convolution, StoredModel
from filtershift.errors import FiltershiftError

UNUSABLE = "its BatchNorm has a variance that is not positive; the weights are as stored"


def conv_model(stored: StoredModel, name: str, batch_norm: str = FOLDED) -> ConvModel:
    """Read the 3×3 filters of all regular 2-D convolutions of a model, and list what is left out.

    A tensor that several convolutions use is read once, for the first of them. `kernel_shapes` counts 2-D kernels of
    all sizes.

    Args:
        stored: the model as its file stores it.
        name: the model's name in `skipped`.
        batch_norm: "folded": weights are multiplied by the BatchNorm behind them, where that is known; "stored": they
            are taken as they are.

    Raises:
        FiltershiftError: the file contradicts itself.
    """
    ranks = convolution_ranks(found.depth for found in stored.convolutions if found.is_level)
    kernel_shapes: Counter[tuple[int, int]] = Counter()
    layers: list[ConvLayer] = []
    skipped = [replace(row, name=f"{name}: {row.name}") for row in stored.skipped]
    first_use: dict[Hashable, str] = {}
    for convolution in stored.convolutions:
        tensor, label = convolution.weights, f"{name}: {convolution.name}"
        reason = tensor.left_out
        if not reason and tensor.place in first_use:
            # only 3×3 filters are reported as left out; kernels of other sizes are just counted once
            reason = f"same tensor as {first_use[tensor.place]}" if tensor.size == (3, 3) else ""
        elif not reason and tensor.size:
            first_use[tensor.place] = convolution.name
            kernel_shapes[tensor.size] += tensor.filters
            if tensor.size == (3, 3) and tensor.filters:
                layer = _layer(convolution, *ranks[convolution.depth], batch_norm)
                layers.append(layer)
                if layer.batch_norm == SEPARATE and batch_norm == FOLDED:
                    skipped.append(Skipped("batch norm", label, UNUSABLE, 0))
        if reason:
            skipped.append(Skipped("convolution", label, reason, tensor.filters))
    if not layers:
        skipped.append(_without_layers(name, skipped, kernel_shapes))
    return ConvModel(
        producer=stored.producer,
        op_set=stored.op_set,
        depth=stored.depth,
        depth_source=stored.depth_source,
        operators=stored.operators,
        kernel_shapes=kernel_shapes,
        layers=tuple(layers),
        skipped=tuple(skipped),
    )


def convolution_ranks(depths: Iterable[int]) -> dict[int, tuple[int, float]]:
    """A mapping from the depth of a convolution to (conv_depth, conv_depth_norm).

    `depths` are the depths of all 2-D convolutions of a model. conv_depth is the rank, from 0, among the distinct
    depths; conv_depth_norm is the rank / (number of distinct depths - 1), or 0 if there is only one.
    """
    levels = sorted(set(depths))
    return {depth: (rank, rank / max(len(levels) - 1, 1)) for rank, depth in enumerate(levels)}


def _layer(convolution: Convolution, conv_depth: int, norm: float, batch_norm: str) -> ConvLayer:
    weights, state = _weights(convolution, batch_norm)
    out_channels, per_group = weights.shape[:2]
    groups = convolution.groups
    if groups is not None and (groups < 1 or out_channels % groups):
        raise FiltershiftError(
            f"convolution {convolution.name!r}: {out_channels} output channels cannot be divided into {groups} groups"
        )
    return ConvLayer(
        name=convolution.name,
        weights=np.ascontiguousarray(weights.reshape(-1, 3, 3)),
        out_channels=out_channels,
        in_channels=None if groups is None else per_group * groups,
        groups=groups,
        kernel=None if groups is None else _kernel(per_group, groups),
        conv_depth=conv_depth,
        conv_depth_norm=norm,
        batch_norm=state,
    )


def _weights(convolution: Convolution, batch_norm: str) -> tuple[NDArray[np.float32], str]:
    """The weights with their BatchNorm as asked for, and the state of the layer."""
    weights, norm = convolution.weights.load(), convolution.norm
    if norm is None:
        return weights, ABSORBED if convolution.norm_known else UNKNOWN
    if norm.channels is None:
        return weights, UNKNOWN
    if norm.channels != len(weights):
        raise FiltershiftError(
            f"convolution {convolution.name!r} has {len(weights)} output channels, but the BatchNorm behind it has "
            f"{norm.channels}; expected equal numbers"
        )
    if batch_norm != FOLDED:
        return weights, SEPARATE
    by_channel = norm.load()
    return (fold(weights, by_channel), FOLDED) if np.isfinite(by_channel).all() else (weights, SEPARATE)


def _kernel(per_group: int, groups: int) -> str:
    """The kind of a convolution: regular, grouped or depthwise (one input channel per group)."""
    return "regular" if groups == 1 else "depthwise" if per_group == 1 else "grouped"


def _without_layers(name: str, skipped: Sequence[Skipped], sizes: Iterable[tuple[int, int]]) -> Skipped:
    """The entry for a model from which nothing could be read, with the reasons, or the sizes of its kernels."""
    reasons = Counter(row.reason for row in skipped)
    why = "".join(f"; {count} × {reason}" for reason, count in reasons.items())
    if there := ", ".join(f"{height}×{width}" for height, width in sorted(sizes) if (height, width) != (3, 3)):
        why += f"; its kernels are {there}"
    return Skipped("model", name, f"no readable 3×3 convolution{why}", 0)
