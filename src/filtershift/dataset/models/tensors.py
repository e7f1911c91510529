"""Build a model from its tensors alone, without a graph: from a PyTorch state_dict or a safetensors file.

Each tensor with four dimensions is taken as the weights of a 2-D convolution: (output channels, input channels /
groups, height, width). The depth of a convolution is its rank among these tensors. Whether it is transposed, and its
number of groups, are known only if a whole PyTorch module was stored. Other information is missing, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from filtershift.dataset.models.model import ORDER, Skipped
from filtershift.dataset.models.stored import Convolution, StoredModel, StoredTensor

TRANSPOSED = "transposed convolution"
"""Why the weights of a transposed convolution are left out; it counts for no depth."""


def model_of_tensors(
    tensors: Sequence[StoredTensor],
    depth_source: str = ORDER,
    groups: Mapping[str, int] = MappingProxyType({}),
    skipped: Sequence[Skipped] = (),
    epsilons: Mapping[str, float] = MappingProxyType({}),
) -> StoredModel:
    """The convolutions among tensors.

    Args:
        tensors: all tensors of the model, in order.
        depth_source: which order this is, `ORDER` or `NAMES`.
        groups: number of groups by the name of the tensor, where it is known.
        skipped: what was already left out.
        epsilons: ε of each BatchNorm by the name of its module ("layer1.0.bn1"), where it is known.
    """
    convolutions: list[Convolution] = []
    rank = 0
    for tensor in tensors:
        dimensions = len(tensor.shape or ())
        if dimensions not in (4, 5):
            continue
        counts = dimensions == 4 and tensor.left_out != TRANSPOSED
        weights = tensor if dimensions == 4 else replace(tensor, left_out="3-D convolution")
        convolutions.append(
            Convolution(
                name=tensor.name.removesuffix(".weight"),
                weights=weights,
                depth=rank,
                is_level=counts,
                groups=groups.get(tensor.name),
            )
        )
        rank += counts
    return StoredModel(tuple(convolutions), depth_source, skipped=tuple(skipped))
