"""Which arrays of a file are the weights of which layer, and kernels with their axes as the project has them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.keras.config import Layer
from filtershift.dataset.models.keras.files import Array, Content
from filtershift.dataset.models.stored import StoredTensor

KERNEL, DEPTHWISE, POINTWISE = "kernel", "depthwise_kernel", "pointwise_kernel"
GAMMA, VARIANCE, BIAS = "gamma", "moving_variance", "bias"

Roles = Mapping[str, Array]
"""The arrays of one layer, by what they are in it."""

MISSING = "weights are not in the file"

_ROLES = "depthwise_kernel|pointwise_kernel|kernel|gamma|moving_variance|bias"
_NAME = re.compile(rf"(?:({_ROLES})(?:_\d+)?|.*_(W|gamma|running_std|b))(?::\d+)?")
_OLD_ROLES = {"W": KERNEL, "running_std": VARIANCE, "b": BIAS}  # of Keras 1, where running_std is a variance
_INITIALIZERS = {  # settings of layers that have weights -> what these are
    "kernel_initializer": KERNEL,
    "depthwise_initializer": DEPTHWISE,
    "pointwise_initializer": POINTWISE,
    "gamma_initializer": GAMMA,
    "moving_variance_initializer": VARIANCE,
}
_POSITIONS = {
    "SeparableConv2D": (DEPTHWISE, POINTWISE, BIAS),
    "DepthwiseConv2D": (DEPTHWISE, BIAS),
}


def role_of(name: str) -> str:
    """What an array is in its layer, from its name in the legacy formats; "" if it is something else."""
    match = _NAME.fullmatch(name.rpartition("/")[2])
    role = (match[1] or match[2]) if match else ""
    return _OLD_ROLES.get(role, role)


def weights_of(model: Layer, content: Content) -> dict[str, Roles]:
    """`Layer.stored` of each layer of a model -> its weights."""
    if content.layers is None:
        return {leaf.stored: _by_position(leaf, content) for leaf in leaves(model)}
    found: dict[str, Roles] = {}
    for layer in model.layers:
        paths = content.layers.get(layer.name, [])
        found |= (
            _of_inner(list(leaves(layer)), paths, content) if layer.layers else {layer.stored: _by_role(paths, content)}
        )
    return found


def leaves(layer: Layer) -> Iterator[Layer]:
    """The layers in a model and in the models in it."""
    for inner in layer.layers:
        yield from leaves(inner) if inner.layers else (inner,)


def _of_inner(inner: list[Layer], paths: list[str], content: Content) -> dict[str, Roles]:
    """The weights of the layers in a model, which the legacy formats list as those of the model.

    They have the names of their layers, if TensorFlow 1 did not rename them; else their order tells.
    """
    found: dict[str, Roles] = {}
    seen: dict[str, int] = defaultdict(int)
    for leaf in inner:
        found[leaf.stored] = _by_role([path for path in paths if _owns(leaf.name, path)], content, seen[leaf.name])
        seen[leaf.name] += 1
    if all(found[leaf.stored] or not _INITIALIZERS.keys() & leaf.config.keys() for leaf in inner):
        return found
    return _by_order(inner, paths, content) or found


def _by_order(inner: list[Layer], paths: list[str], content: Content) -> dict[str, Roles]:
    """Arrays by their order among those of the same role, trainable ones first; none if numbers are not equal."""
    found: dict[str, dict[str, Array]] = {leaf.stored: {} for leaf in inner}
    for initializer, role in _INITIALIZERS.items():
        arrays = [content.arrays[path] for path in paths if role_of(path) == role]
        owners = [leaf for leaf in inner if initializer in leaf.config]
        if role == GAMMA:
            owners = [leaf for leaf in owners if leaf.config.get("scale") is not False]
        if role != VARIANCE:
            owners.sort(key=lambda leaf: leaf.config.get("trainable") is False)
        if len(arrays) != len(owners):
            return {}
        for leaf, array in zip(owners, arrays, strict=True):
            found[leaf.stored][role] = array
    return dict(found)


def _owns(name: str, path: str) -> bool:
    """Whether a layer in a model has the weights at `path`, which the legacy formats list with those of the model."""
    *owners, last = path.split("/")
    return name in owners or last.startswith(f"{name}_")


def _by_role(paths: list[str], content: Content, number: int = 0) -> Roles:
    """Arrays by their names; of several with the same role that with the given number, or none."""
    by_role: dict[str, list[Array]] = defaultdict(list)
    for path in paths:
        by_role[role_of(path)].append(content.arrays[path])
    return {role: arrays[number] for role, arrays in by_role.items() if role and number < len(arrays)}


def _by_position(leaf: Layer, content: Content) -> Roles:
    """Arrays by their numbers, which the formats since Keras 2.12 have instead of names."""
    roles = _POSITIONS.get(leaf.kind, (KERNEL, BIAS))
    if "BatchNormalization" in leaf.kind:
        scale, center = (
            [name] * (leaf.config.get(key) is not False) for name, key in ((GAMMA, "scale"), ("beta", "center"))
        )
        roles = (*scale, *center, "moving_mean", VARIANCE)
    paths = {role: f"{leaf.stored}/vars/{number}" for number, role in enumerate(roles)}
    return {role: content.arrays[path] for role, path in paths.items() if path in content.arrays}


def kernel(name: str, array: Array | None, axes: str, left_out: str = "", flipped: bool = False) -> StoredTensor:
    """The weights of a convolution.

    Args:
        name: its name in the model.
        array: where they are stored; None if they are not.
        axes: "conv" or "depthwise" if stored as Keras does since version 2: (height, width, input channels / groups,
            output channels) or (height, width, input channels, multiplier), for 1-D and 3-D kernels with one or
            three sizes; "old" if as Keras 1 does with channels first: (output channels, input channels, height, width).
        left_out: why they cannot be read, if that is known.
        flipped: whether they are stored for a convolution instead of a correlation, as Theano needs it.
    """
    if array is None:
        return StoredTensor(name, None, name, partial(_missing, name), left_out or MISSING)
    if not left_out and not array.is_float:
        left_out = f"quantised (weights are {np.dtype(array.dtype).name})"
    shape = _moved_shape(array.shape, axes)
    return StoredTensor(name, shape, array.place, partial(_load, array, shape, axes, flipped), left_out)


def _moved_shape(shape: tuple[int, ...], axes: str) -> tuple[int, ...]:
    if len(shape) < 3 or axes == "old":
        return shape
    *sizes, first, second = shape
    return (first * second, 1, *sizes) if axes == "depthwise" else (second, first, *sizes)


def _load(array: Array, shape: tuple[int, ...], axes: str, flipped: bool) -> NDArray[np.float32]:
    values = array.load()
    if axes == "depthwise":  # output channel c · multiplier + m is number m of input channel c
        values = np.moveaxis(values, (-2, -1), (0, 1))
    elif axes == "conv":
        values = np.moveaxis(values, (-1, -2), (0, 1))
    values = values.reshape(shape)
    return np.ascontiguousarray(values[..., ::-1, ::-1] if flipped else values)


def _missing(name: str) -> NDArray[np.float32]:
    raise AssertionError(f"{name} has no weights to load")
