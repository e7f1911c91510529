"""Weights that layers compute from several tensors are those that PyTorch computes."""

from pathlib import Path

import numpy as np
import pytest

from filtershift.dataset.models.tensors.effective import effective
from filtershift.dataset.models.tensors.model import model_of_tensors
from stored_tensors import stored_tensor, stored_tensors

FILE = np.load(Path(__file__).parents[4] / "data/models/reparametrised.npz")
LAYERS = [name.removeprefix("weights ") for name in FILE.files if name.startswith("weights ")]
NOT_READ = {
    "spectral_norm_transposed": "transposed convolution",
    "orthogonal": "weights are computed in an unknown way (from 0.base, original)",
}


def parts(layer):
    begin = f"stored {layer}."
    return {f"c.{name.removeprefix(begin)}": FILE[name] for name in FILE.files if name.startswith(begin)}


@pytest.mark.parametrize("layer", LAYERS)
def test_weights_are_those_of_pytorch(layer):
    (convolution,) = model_of_tensors(stored_tensors(parts(layer))).convolutions
    assert (convolution.name, convolution.depth) == ("c", 0)
    assert convolution.is_level == ("transposed" not in layer)
    assert convolution.weights.left_out == NOT_READ.get(layer, "")
    if layer not in NOT_READ:
        np.testing.assert_allclose(convolution.weights.load(), FILE[f"weights {layer}"], rtol=1e-6, atol=1e-7)


def test_layers_keep_their_places_and_nothing_else_is_counted():
    arrays = {"a.weight": (2, 3, 3, 3)}
    for layer in LAYERS:
        arrays |= {f"{layer}{name[1:]}": values for name, values in parts(layer).items()}
    names = [convolution.name for convolution in model_of_tensors(stored_tensors(arrays)).convolutions]
    assert names == ["a", *LAYERS]


def test_groups_of_a_module_hold_for_its_weights():
    tensors = stored_tensors({"c.weight_g": (4, 1, 1, 1), "c.weight_v": (4, 2, 3, 3)})
    (convolution,) = model_of_tensors(tensors, groups={"c.weight_g": 2, "c.weight_v": 2}).convolutions
    assert convolution.groups == 2


@pytest.mark.parametrize(
    ("arrays", "made_of"),
    [
        ({"c.weight_orig": (4, 2, 3, 3)}, "orig"),
        ({"c.weight_bar": (4, 2, 3, 3), "c.weight_u": (4,), "c.weight_v": (18,)}, "bar, u, v"),
        ({"c.weight_g": (3, 1, 1, 1), "c.weight_v": (4, 2, 3, 3)}, "g, v"),
        ({"c.weight_g": (4, 2, 1, 1), "c.weight_v": (4, 2, 3, 3)}, "g, v"),
        ({"c.weight_orig": (4, 2, 3, 3), "c.weight_u": (4,), "c.weight_v": (7,)}, "orig, u, v"),
        ({"c.weight_orig": (4, 2, 3, 3), "c.weight_mask": (4, 2, 3, 1)}, "mask, orig"),
        ({"c.parametrizations.weight.original": (4, 2, 3, 3)}, "original"),
        (
            {"c.parametrizations.weight.original": (4, 2, 3, 3), "c.parametrizations.weight.0.a": (4, 1)},
            "0.a, original",
        ),
    ],
)
def test_what_is_computed_in_an_unknown_way_is_left_out(arrays, made_of):
    (convolution,) = model_of_tensors(stored_tensors(arrays)).convolutions
    assert convolution.weights.left_out == f"weights are computed in an unknown way (from {made_of})"
    assert (convolution.name, convolution.weights.filters, convolution.is_level) == ("c", 8, True)


def test_stored_weights_come_before_what_they_were_computed_from():
    arrays = {"c.weight": (4, 2, 3, 3), "c.weight_orig": (4, 2, 3, 3), "c.weight_u": (4,)}
    model = model_of_tensors(stored_tensors(arrays))
    assert [convolution.name for convolution in model.convolutions] == ["c"]
    assert [(row.name, row.reason, row.count) for row in model.skipped] == [
        ("c.weight_orig", "the weights are under 'c.weight'", 8)
    ]


def test_quantised_parts_make_quantised_weights():
    parts = [
        stored_tensor("c.weight_orig", np.ones((1, 1, 3, 3))),
        stored_tensor("c.weight_mask", np.ones((1, 1, 3, 3)), "no"),
    ]
    assert [tensor.left_out for tensor in effective(parts)[0]] == ["no"]


@pytest.mark.parametrize("name", ["conv_g.weight", "w_v", "up_mask.weight", "g", "weight_v2"])
def test_other_names_are_names(name):
    tensors = stored_tensors({name: (4, 2, 3, 3)})
    assert effective(tensors) == (tensors, [])
