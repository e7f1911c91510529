"""Tensors with four dimensions that are by their names no weights of a convolution."""

from __future__ import annotations

import re

from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.tensors.names import split

NO_WEIGHTS = "by its name no weights of a convolution"

# Names of tables of positions, masks and statistics, whatever their shape.
_NEVER = re.compile(
    r"""(?:\w+_)?(?:mask|pos_embeds?|pos_embedding|position_embeddings?|positional_embedding|anchor_grid)
    |(?:rel(?:ative)?_)(?:pos|position|coords)\w*
    |running_\w+ | moving_\w+ | num_batches_tracked | pos_emb | position_ids | anchors""",
    re.VERBOSE,
)
# Names of factors and offsets by channel: all sizes but one are 1.
_BY_CHANNEL = re.compile(
    r"""(?:\w+_)?(?:mean|std|var|scale|shift|gamma|beta|gain|bias|alpha|offset|temperature)(?:_?[0-9]+)?
    |layer_scale_?\w* | (?:\w+_)?token""",
    re.VERBOSE,
)
# Names of inputs that are learnt or random constants: one image, (1, channels, height, width).
_IMAGES = re.compile(r"const(?:ant)?(?:_input)?|input|noise(?:_const|_?[0-9]+)?")


def is_no_weights(tensor: StoredTensor) -> bool:
    """Whether a tensor is by its name, and for some names by its shape, no weights of a convolution.

    Only the last part of a name counts, and no name that PyTorch, Keras or Flax gives to weights is among them.
    """
    leaf, shape = split(tensor.name)[1], tensor.shape or ()
    wide = sum(size != 1 for size in shape)
    return bool(
        _NEVER.fullmatch(leaf)
        or (_BY_CHANNEL.fullmatch(leaf) and wide <= 1)
        or (_IMAGES.fullmatch(leaf) and shape[:1] == (1,))
    )
