"""The content of one model, the same for all kinds of model files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRAPH, ORDER, NAMES = "graph", "order", "names"
"""How depths are known: from the model's graph, from the order of its stored tensors, or from their names alone."""


@dataclass(frozen=True)
class ConvLayer:
    """A regular (not transposed) 3×3 convolution.

    `weights` has shape (out_channels · in_channels / groups, 3, 3), sorted by output channel. `kernel` is regular,
    grouped or depthwise. `batch_norm` says what became of a BatchNorm behind it: folded, absorbed, separate or unknown.
    Fields are None if the file does not say.
    """

    name: str
    weights: NDArray[np.float32]
    out_channels: int
    in_channels: int | None
    groups: int | None
    kernel: str | None
    conv_depth: int
    conv_depth_norm: float
    batch_norm: str


@dataclass(frozen=True)
class Skipped:
    """Something that was left out, the reason, and its number of filters (0 if unknown)."""

    kind: str
    name: str
    reason: str
    count: int


@dataclass(frozen=True)
class ConvModel:
    """The content of one model, with layers in order of their depth.

    `operators` counts the nodes of each kind and `kernel_shapes` the 2-D filters of each shape that were read (1×1
    too); both include the bodies of If, Loop and Scan. `depth` is the number of operators on the longest path from an
    input. A file that holds only tensors has no graph: then `depth_source` is not "graph", and fields that only a graph
    can tell are None or empty.
    """

    producer: str
    op_set: int | None
    depth: int | None
    depth_source: str
    operators: Mapping[str, int]
    kernel_shapes: Mapping[tuple[int, int], int]
    layers: tuple[ConvLayer, ...]
    skipped: tuple[Skipped, ...]

    @property
    def total_filters(self) -> int:
        """The number of 2-D filters of all shapes except 1×1."""
        return sum(count for shape, count in self.kernel_shapes.items() if shape != (1, 1))

    @property
    def share_3x3(self) -> float:
        """The share of 3×3 filters among `total_filters`; 0 if there are none."""
        return self.kernel_shapes.get((3, 3), 0) / max(self.total_filters, 1)
