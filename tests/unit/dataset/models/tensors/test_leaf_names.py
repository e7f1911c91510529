"""Tensors that are by their names no weights of a convolution."""

import pytest

from filtershift.dataset.models.tensors.leaf_names import NO_WEIGHTS
from filtershift.dataset.models.tensors.model import model_of_tensors
from stored_tensors import stored_tensors


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("mean", (1, 3, 1, 1)),
        ("pixel_std", (1, 3, 1, 1)),
        ("grn.gamma", (1, 1, 1, 8)),
        ("scale", (8, 1, 1, 1)),
        ("mask_token", (1, 8, 1, 1)),
        ("attn.relative_position_bias_table", (1, 4, 7, 7)),
        ("attn.relative_coords_table", (1, 3, 3, 2)),
        ("pos_embed", (1, 8, 3, 3)),
        ("attn_mask", (4, 1, 3, 3)),
        ("detect.anchor_grid", (3, 1, 1, 2)),
        ("bn.running_var", (1, 8, 1, 1)),
        ("input.input", (1, 8, 4, 4)),
        ("noises.noise_3", (1, 1, 16, 16)),
    ],
)
def test_is_listed_and_no_level(name, shape):
    model = model_of_tensors(stored_tensors({name: shape, "c.weight": (2, 3, 3, 3)}))
    assert [(convolution.name, convolution.depth) for convolution in model.convolutions] == [("c", 0)]
    count = shape[0] * shape[1] if shape[2:] == (3, 3) else 0
    assert [(row.kind, row.name, row.reason, row.count) for row in model.skipped] == [
        ("tensors", name, NO_WEIGHTS, count)
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("weight", "c.weight", "c.kernel", "w", "W1", "conv1_w", "filters", "filt", "scale.weight", "mean.weight"),
        *("mask.weight", "pos_embed.proj.weight", "input.weight", "const.weight", "mean_conv.weight", "unmasked"),
        *("scale", "gamma", "alpha", "mean", "bias", "kernel_0", "theta", "phi", "query", "0", "conv.weight_std_w"),
    ],
)
def test_weights_of_any_name_are_kept(name):
    model = model_of_tensors(stored_tensors({name: (4, 2, 3, 3)}))
    assert len(model.convolutions) == 1
    assert not model.skipped
