"""A model as its file stores it, the same for all kinds of files: what readers return."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.batch_norm import BatchNorm
from filtershift.dataset.models.model import Skipped


@dataclass(frozen=True)
class StoredTensor:
    """A tensor in a file; its values are read when they are needed.

    Attributes:
        name: its name in the model.
        shape: its size in each dimension; None if unknown. Weights of a 2-D convolution have (output channels, input
            channels / groups, height, width), whatever the order of axes in the file.
        place: where it is stored; two names of the same tensor have equal places.
        load: function that reads its values as float32, with axes as in `shape`.
        left_out: why the values cannot be read; "" if they can.
    """

    name: str
    shape: tuple[int, ...] | None
    place: Hashable
    load: Callable[[], NDArray[np.float32]]
    left_out: str = ""

    @property
    def filters(self) -> int:
        """Number of filters, if these are the weights of a convolution; 0 if the shape is unknown."""
        return math.prod(self.shape[:2]) if self.shape and len(self.shape) > 2 else 0

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width of the kernels, if these are the weights of a 2-D convolution."""
        return (self.shape[2], self.shape[3]) if self.shape and len(self.shape) == 4 else None


@dataclass(frozen=True)
class Convolution:
    """A convolution in a file, whether or not its filters can be read.

    Attributes:
        name: its name in the model.
        weights: its weights; `left_out` says why its filters are not read.
        depth: the depth of its operator in the graph; without a graph its rank in the file.
        is_level: whether its depth counts for `conv_depth`, which it does if it is 2-D and not transposed.
        groups: number of groups; None if unknown.
        norm: the BatchNorm that its output goes to, and nothing else does; None if there is none or it is unknown.
        norm_known: whether the file says if a BatchNorm follows.
    """

    name: str
    weights: StoredTensor
    depth: int
    is_level: bool = True
    groups: int | None = None
    norm: BatchNorm | None = None
    norm_known: bool = False


@dataclass(frozen=True)
class StoredModel:
    """All convolutions of a model in order of their depth; the other fields are those of `ConvModel`."""

    convolutions: tuple[Convolution, ...]
    depth_source: str
    depth: int | None = None
    producer: str = ""
    op_set: int | None = None
    operators: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
