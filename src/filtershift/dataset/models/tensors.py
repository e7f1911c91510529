"""Build a model from its tensors alone, without a graph: from a PyTorch state_dict or a safetensors file.

Each tensor with four dimensions is taken as the weights of a 2-D convolution: (output channels, input channels /
groups, height, width). The depth of a convolution is its rank among these tensors. Whether it is transposed, and its
number of groups, are known only if a whole PyTorch module was stored. Other information is missing, not guessed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.model import ORDER, ConvLayer, ConvModel, Skipped, kernel_of, without_layers


@dataclass(frozen=True)
class StoredTensor:
    """A tensor in a file; its values are read when they are needed.

    Attributes:
        name: its name in the model.
        shape: its size in each dimension.
        place: where it is stored; two names of the same tensor have equal places.
        load: function that reads its values as float32.
        left_out: why the values cannot be read; "" if they can.
        groups: number of groups of its convolution; None if unknown.
    """

    name: str
    shape: tuple[int, ...]
    place: Hashable
    load: Callable[[], NDArray[np.float32]]
    left_out: str = ""
    groups: int | None = None

    @property
    def filters(self) -> int:
        """Number of 2-D filters, if these are the weights of a convolution."""
        return math.prod(self.shape[:2])


def model_of_tensors(
    name: str, tensors: Sequence[StoredTensor], depth_source: str = ORDER, skipped: Sequence[Skipped] = ()
) -> ConvModel:
    """The 3×3 convolutions among tensors.

    Args:
        name: the model's name in `skipped`.
        tensors: all tensors of the model, in order.
        depth_source: which order this is, `ORDER` or `NAMES`.
        skipped: what was already left out.
    """
    kernels = [tensor for tensor in tensors if len(tensor.shape) == 4]
    kernel_shapes: Counter[tuple[int, int]] = Counter()
    layers: list[ConvLayer] = []
    rows = [*skipped, *(_volume(name, tensor) for tensor in tensors if len(tensor.shape) == 5)]
    first_use: dict[Hashable, str] = {}
    for rank, tensor in enumerate(kernels):
        reason, size, layer = tensor.left_out, (tensor.shape[2], tensor.shape[3]), _layer_name(tensor.name)
        if not reason and tensor.place in first_use:
            # only 3×3 filters are reported as left out; kernels of other sizes are just counted once
            reason = f"same tensor as {first_use[tensor.place]}" if size == (3, 3) else ""
        elif not reason:
            first_use[tensor.place] = layer
            kernel_shapes[size] += tensor.filters
            if size == (3, 3) and tensor.filters:
                layers.append(_layer(tensor, layer, rank, rank / max(len(kernels) - 1, 1)))
        if reason:
            rows.append(Skipped("convolution", f"{name}: {layer}", reason, tensor.filters))
    if not layers:
        rows.append(without_layers(name, rows))
    return ConvModel(
        producer="",
        op_set=None,
        depth=None,
        depth_source=depth_source,
        operators={},
        kernel_shapes=kernel_shapes,
        layers=tuple(layers),
        skipped=tuple(rows),
    )


def _layer(tensor: StoredTensor, name: str, conv_depth: int, norm: float) -> ConvLayer:
    out_channels, per_group = tensor.shape[:2]
    groups = tensor.groups
    return ConvLayer(
        name=name,
        weights=np.ascontiguousarray(tensor.load().reshape(-1, 3, 3)),
        out_channels=out_channels,
        in_channels=None if groups is None else per_group * groups,
        groups=groups,
        kernel=None if groups is None else kernel_of(per_group, groups),
        conv_depth=conv_depth,
        conv_depth_norm=norm,
    )


def _volume(name: str, tensor: StoredTensor) -> Skipped:
    return Skipped("convolution", f"{name}: {_layer_name(tensor.name)}", "3-D convolution", tensor.filters)


def _layer_name(name: str) -> str:
    return name.removesuffix(".weight")
