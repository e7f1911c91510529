"""What whole modules (torch.save(model, …)) say about their tensors.

A state_dict has only names and shapes. A module has a class, its attributes, and says which tensors are parameters and
which are buffers. Attributes: `_ConvNd` in torch/nn/modules/conv.py, which every class of convolutions has.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.tensors.model import TRANSPOSED
from filtershift.dataset.models.torch.objects import AnyTensor, Opaque, Unread

_CONVOLUTION = ("kernel_size", "stride", "padding", "groups")
_KERNELS = re.compile("weight(_orig|_mask|_g|_v)?")  # also those of pruning, weight norm and spectral norm


@dataclass(frozen=True)
class Found:
    """A tensor, the keys that lead to it, its module if that was stored, and why it is left out."""

    keys: tuple[str, ...]
    tensor: AnyTensor
    module: Opaque | None = None
    left_out: str = ""

    @property
    def name(self) -> str:
        """The keys as a name."""
        return ".".join(self.keys)

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape; () if unknown."""
        return self.tensor.shape or ()

    @property
    def filters(self) -> int:
        """The number of filters, if these are the weights of a convolution."""
        return math.prod(self.shape[:2]) if len(self.shape) > 2 else 0


def groups_of(found: Found) -> int | None:
    """The number of groups of the convolution that a tensor belongs to, if its module says one that is possible."""
    groups = found.module.content.get("groups") if found.module else None
    possible = type(groups) is int and groups > 0 and found.shape and found.shape[0] % groups == 0
    return groups if possible else None


def epsilons_of(found: Sequence[Found]) -> dict[str, float]:
    """The ε of each module that normalises with a stored variance, by the module's name."""
    epsilons = {}
    for item in found:
        epsilon = item.module.content.get("eps") if item.module else None
        if item.keys[-1] == "running_var" and type(epsilon) is float and math.isfinite(epsilon):
            epsilons[".".join(item.keys[:-1])] = epsilon
    return epsilons


def sort_out(found: Sequence[Found]) -> tuple[list[Found], list[Skipped]]:
    """The tensors without those that have four dimensions but are no convolution's weights, and a list of those.

    Only modules say this. Their buffers, such as a mean or a kernel that blurs, are not listed.
    """
    judged = [_judged(item) for item in found]
    return [item for item, _ in judged if item], [row for _, row in judged if row]


def _judged(item: Found) -> tuple[Found | None, Skipped | None]:
    """A tensor as it is kept, and its entry if it is listed at once."""
    content = item.module.content if item.module else {}
    if content.get("transposed") is True:
        item = replace(item, left_out=TRANSPOSED)
    of_convolution = all(key in content for key in _CONVOLUTION)
    if of_convolution and _KERNELS.fullmatch(item.keys[-1]):
        return _kernel(item)
    if (of_convolution or "_parameters" in content) and len(item.shape) > 3:
        reason = f"not a convolution's weight ({_class(item)})"
        is_parameter = item.keys[-1] in content.get("_parameters", {})
        return None, Skipped("tensor", item.name, reason, item.filters) if is_parameter else None
    if isinstance(item.tensor, Unread) and item.tensor.shape is None:
        return None, Skipped("tensor", item.name, item.tensor.reason, 0) if "_parameters" not in content else None
    return item, None


def _kernel(item: Found) -> tuple[Found | None, Skipped | None]:
    """The same for weights of a convolution; those with three dimensions are listed, the others listed where read."""
    name = item.name.removesuffix(".weight")
    if isinstance(item.tensor, Unread) and item.tensor.shape is None:
        return None, Skipped("convolution", name, item.tensor.reason, 0)
    listed = len(item.shape) == 3 and not item.keys[-1].endswith(("_g", "_mask"))
    return item, Skipped("convolution", name, item.left_out or "1-D convolution", item.filters) if listed else None


def _class(item: Found) -> str:
    """The class of a tensor's module, without the package."""
    return item.module.name.rpartition(".")[2][:80] if item.module else ""
