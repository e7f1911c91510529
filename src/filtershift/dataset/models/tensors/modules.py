"""The modules whose tensors a file holds: layers with weights, and BatchNorms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.tensors.names import split

_VARIANCE = re.compile(r"(?:\w+_)?var(?:iance)?")
_SCALES = ("weight", "gamma", "scale")
WEIGHTS = ("weight", "kernel")
"""What PyTorch, Keras and Flax call the weights of a layer."""

_COLLECTION = re.compile(r"^(?:params|batch_stats)[./]")


@dataclass(frozen=True)
class Module:
    """A module with tensors of its own.

    Attributes:
        name: its full name.
        parent: the name of the module that it is in, "" at the top.
        leaf: its name there.
        position: its rank in the file.
        channels: of a BatchNorm, or output channels of a layer; 0 of any other module.
        shape: of its weights, if it is a layer (a convolution of any kind, or a linear layer), else ().
        variance: running variance of a BatchNorm, else None.
        scale: of a BatchNorm, None if it has none.
    """

    name: str
    parent: str
    leaf: str
    position: int
    channels: int = 0
    shape: tuple[int, ...] = ()
    variance: StoredTensor | None = None
    scale: StoredTensor | None = None

    @property
    def inputs(self) -> int:
        """Input channels of a layer, per group."""
        return self.shape[1]


def module_name(tensor: str) -> str:
    """The name of a tensor's module; Flax keeps weights and statistics of one module in two collections."""
    return _COLLECTION.sub("", split(tensor)[0])


def modules_of(tensors: Sequence[StoredTensor]) -> list[Module]:
    """The modules, in order of their first tensor."""
    found: dict[str, dict[str, StoredTensor]] = {}
    for tensor in tensors:
        found.setdefault(module_name(tensor.name), {})[split(tensor.name)[1]] = tensor
    return [_module(name, position, parts) for position, (name, parts) in enumerate(found.items())]


def _module(name: str, position: int, parts: Mapping[str, StoredTensor]) -> Module:
    parent, leaf = split(name)
    variance = next((tensor for part, tensor in parts.items() if _VARIANCE.fullmatch(part)), None)
    if variance is not None and variance.shape is not None and len(variance.shape) == 1:
        scale = next((parts[part] for part in _SCALES if part in parts), None)
        return Module(name, parent, leaf, position, variance.shape[0], variance=variance, scale=scale)
    key = next((part for part in WEIGHTS if part in parts), "")
    shape = (parts[key].shape or ()) if key else ()
    if len(shape) < 2:
        return Module(name, parent, leaf, position)
    return Module(name, parent, leaf, position, _outputs(parts[key], key, parts.get("bias")), shape)


def _outputs(weights: StoredTensor, key: str, bias: StoredTensor | None) -> int:
    """Output channels of a layer; a transposed convolution has them on its second axis, as its bias may tell."""
    first, second = (weights.shape or ())[:2]
    is_transposed = weights.left_out == "transposed convolution" or (key == "kernel" and len(weights.shape or ()) == 2)
    if bias is not None and bias.shape is not None and len(bias.shape) == 1 and bias.shape[0] != first:
        return bias.shape[0]
    return second if is_transposed else first
