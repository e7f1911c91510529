"""Put the axes of convolution weights in PyTorch's order, in files of frameworks that order them otherwise.

MLX keeps weights as (output channels, height, width, input channels), TensorFlow and Flax as (height, width, input
channels, output channels). The metadata of a safetensors file may say which framework wrote it (`format`); else the
shapes of all kernels together may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.tensors.leaf_names import is_no_weights
from filtershift.dataset.models.tensors.names import split
from filtershift.errors import FiltershiftError

LARGEST = 31
"""Kernels of trained networks are smaller; larger numbers are channels."""


@dataclass(frozen=True)
class Layout:
    """An order of axes: its name, and where the output channels, input channels, height and width are."""

    name: str
    axes: tuple[int, int, int, int]

    def kernel(self, shape: Sequence[int]) -> tuple[int, int]:
        """Height and width, in this layout."""
        return shape[self.axes[2]], shape[self.axes[3]]

    def fits(self, shape: Sequence[int]) -> bool:
        """Whether kernels are square and not too large, in this layout."""
        height, width = self.kernel(shape)
        return height == width <= LARGEST


PYTORCH = Layout("(output, input, height, width)", (0, 1, 2, 3))
OHWI = Layout("(output, height, width, input)", (0, 3, 1, 2))
HWIO = Layout("(height, width, input, output)", (3, 2, 0, 1))
_BY_FORMAT = {"mlx": OHWI, "flax": HWIO, "tf": HWIO}
_KERNEL = re.compile("(?:depthwise_|pointwise_)?kernel")


def in_order(tensors: Sequence[StoredTensor], formats: frozenset[str]) -> list[StoredTensor]:
    """The tensors with the axes of convolution weights in PyTorch's order.

    A file whose metadata name another framework has that framework's order, and one whose weights are all called
    `kernel`, that of Flax and TensorFlow. Any other file keeps its order, unless all of its kernels have another one,
    and two of them can have no other. `formats` are the values of `format` in the metadata.

    Raises:
        FiltershiftError: a kernel contradicts the order that metadata or names tell.
    """
    kernels = [tensor for tensor in tensors if len(tensor.shape or ()) == 4 and not is_no_weights(tensor)]
    layout = _told(kernels, formats)
    if layout is None:
        layout = next((other for other in (OHWI, HWIO) if _is_plain(kernels, other)), PYTORCH)
    elif against := next((tensor for tensor in kernels if _contradicts(tensor, layout)), None):
        raise FiltershiftError(
            f"tensor {against.name[:80]!r} has shape {against.shape}, which is no kernel as {layout.name}; "
            f"expected this order of axes in a file of this kind ({', '.join(sorted(formats)) or 'kernel'})"
        )
    if layout is PYTORCH:
        return list(tensors)
    chosen = {tensor.name for tensor in kernels}
    return [_turned(tensor, layout) if tensor.name in chosen else tensor for tensor in tensors]


def _told(kernels: Sequence[StoredTensor], formats: frozenset[str]) -> Layout | None:
    """The order that metadata or names tell; None if they tell none."""
    told = {_BY_FORMAT[name] for name in formats if name in _BY_FORMAT}
    if len(told) == 1 and formats <= _BY_FORMAT.keys():
        return told.pop()
    is_named = kernels and all(_KERNEL.fullmatch(split(tensor.name)[1]) for tensor in kernels)
    return HWIO if is_named and not formats & {"pt", "mlx"} else None


def _is_plain(kernels: Sequence[StoredTensor], layout: Layout) -> bool:
    """Whether all kernels fit a layout and at least two fit no other."""
    shapes = [tensor.shape or () for tensor in kernels]
    only = sum(
        layout.kernel(shape)[0] > 1 and not any(other.fits(shape) for other in (PYTORCH, OHWI, HWIO) if other != layout)
        for shape in shapes
    )
    return only > 1 and all(layout.fits(shape) for shape in shapes)


def _contradicts(tensor: StoredTensor, layout: Layout) -> bool:
    """Whether a shape does not fit the layout but is square in PyTorch's order."""
    shape = tensor.shape or ()
    return PYTORCH.fits(shape) and not layout.fits(shape)


def _turned(tensor: StoredTensor, layout: Layout) -> StoredTensor:
    shape = tensor.shape or ()
    axes = layout.axes
    if layout is HWIO and split(tensor.name)[1] == "depthwise_kernel":  # (height, width, input, multiplier)
        height, width, channels, multiplier = shape
        turned = (channels * multiplier, 1, height, width)
        return replace(tensor, shape=turned, load=partial(_load, tensor.load, (2, 3, 0, 1), turned))
    turned = (shape[axes[0]], shape[axes[1]], shape[axes[2]], shape[axes[3]])
    return replace(tensor, shape=turned, load=partial(_load, tensor.load, axes, turned))


def _load(
    load: Callable[[], NDArray[np.float32]], axes: tuple[int, ...], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    return np.ascontiguousarray(load().transpose(axes)).reshape(shape)
