"""Which BatchNorm follows which convolution, by names, shapes and order: plain pairs only."""

import numpy as np
import pytest

from filtershift.dataset.models.model import NAMES, ORDER
from filtershift.dataset.models.tensors.model import model_of_tensors
from stored_tensors import stored_tensor, stored_tensors


def tensors_of(*modules):
    """Tensors of modules in order: ("conv1", 8, 3) is a convolution of 3 to 8 channels, ("bn1", 8) a BatchNorm."""
    arrays = {}
    for number, (name, *sizes) in enumerate(modules):
        if len(sizes) == 1:
            arrays[f"{name}.weight"] = arrays[f"{name}.bias"] = np.ones(sizes)
            arrays[f"{name}.running_var"] = np.full(sizes, number + 1.0)
        else:
            arrays[f"{name}.weight"] = np.ones((*sizes, 3, 3) if len(sizes) == 2 else sizes)
    return stored_tensors(arrays)


def pairs(*modules, source=ORDER):
    """What is known of each convolution: its BatchNorm's name, None if it has none, "?" if that is unknown."""
    tensors = tensors_of(*modules)
    if source == NAMES:
        tensors = sorted(tensors, key=lambda tensor: tensor.name)
    found = {}
    for convolution in model_of_tensors(tensors, source).convolutions:
        found[convolution.name] = None if convolution.norm_known else "?"
        if convolution.norm:
            number = round((convolution.norm.load()[0] ** -2) - 1e-5)
            found[convolution.name] = modules[number - 1][0]
    return found


@pytest.mark.parametrize("source", [ORDER, NAMES])
@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ([("f.0", 8, 3), ("f.1", 8), ("f.3", 8, 8), ("f.4", 8)], {"f.0": "f.1", "f.3": "f.4"}),
        ([("f.0", 8, 3), ("f.2", 8)], {"f.0": "?"}),  # ReLU between
        ([("f.9", 8, 3), ("f.10", 8)], {"f.9": "f.10"}),
        ([("conv1", 8, 3), ("bn1", 8)], {"conv1": "bn1"}),
        ([("conv1", 8, 3), ("conv2", 16, 8), ("bn1", 8), ("bn2", 16)], {"conv1": "bn1", "conv2": "bn2"}),
        ([("a.conv_0", 8, 3), ("a.batch_norm_0", 8)], {"a.conv_0": "a.batch_norm_0"}),
        ([("Conv2d", 8, 3), ("BatchNorm2d", 8)], {"Conv2d": "BatchNorm2d"}),
        ([("convolution", 8, 3), ("normalization", 8)], {"convolution": "normalization"}),
        ([("conv2_block1_1_conv", 8, 3), ("conv2_block1_1_bn", 8)], {"conv2_block1_1_conv": "conv2_block1_1_bn"}),
        ([("stem", 8, 3), ("stem_bn", 8)], {"stem": "stem_bn"}),
        ([("stem", 8, 3), ("bn_stem", 8)], {"stem": "bn_stem"}),
        ([("res2.conv1", 8, 3), ("res2.conv1.norm", 8)], {"res2.conv1": "res2.conv1.norm"}),
        (
            [("conv_pw", 32, 8, 1, 1), ("bn1", 32), ("conv_dw", 32, 1), ("bn2", 32), ("conv_pwl", 8, 32), ("bn3", 8)],
            {"conv_pw": "bn1", "conv_dw": "bn2", "conv_pwl": "bn3"},
        ),
        ([("conv", 8, 3), ("bn", 8), ("head", 5, 8)], {"conv": "bn", "head": None}),
        ([("a", 8, 3), ("b", 5, 8)], {"a": None, "b": None}),
        ([("bn1", 16), ("conv1", 32, 16), ("bn2", 32), ("head", 5, 64)], {"conv1": "?", "head": None}),
        ([("conv_a", 8, 3), ("conv_b", 8, 3), ("norm", 8)], {"conv_a": "?", "conv_b": "?"}),
        ([("conv1", 8, 3), ("fc1", 8, 8, 1, 1), ("bn1", 8)], {"conv1": "bn1", "fc1": None}),
    ],
)
def test_plain_pairs_in_any_order(modules, expected, source):
    if source == ORDER and modules[0][0] == "bn1":
        expected = expected | {"conv1": "bn2"}
    if source == ORDER and modules[0][0] == "conv1" and modules[1][0] == "fc1":
        expected = {"conv1": "bn1", "fc1": None}
    assert pairs(*modules, source=source) == expected


PRE = [("a.bn1", 16), ("a.conv1", 16, 16), ("a.bn2", 16), ("a.conv2", 16, 16)]
PRE += [("b.bn1", 16), ("b.conv1", 32, 16), ("b.bn2", 32), ("b.conv2", 32, 32)]


def test_before_activation_the_next_norm_follows():
    assert pairs(*PRE) == {"a.conv1": "a.bn2", "a.conv2": "?", "b.conv1": "b.bn2", "b.conv2": None}


def test_before_activation_names_tell_nothing_without_order():
    found = pairs(*PRE, source=NAMES)
    assert "a.bn1" not in found.values()
    assert set(found.values()) == {"?"}


@pytest.mark.parametrize("source", [ORDER, NAMES])
def test_the_last_norm_of_a_network_does_not_follow_its_first_convolution(source):
    blocks = [
        (f"layer1.{k}.{name}", *sizes)
        for k in range(2)
        for name, *sizes in (("bn1", 16), ("conv1", 16, 16), ("bn2", 16), ("conv2", 16, 16))
    ]
    assert pairs(("conv1", 16, 3), *blocks, ("bn1", 16), ("fc", 5, 16), source=source)["conv1"] == "?"


def test_without_order_equal_channels_tell_nothing():
    modules = [("conv1", 16, 16), ("bn1", 16)]
    assert pairs(*modules) == {"conv1": "bn1"}
    assert pairs(*modules, source=NAMES) == {"conv1": "?"}


def test_sorted_names_in_a_dictionary_tell_no_order():
    tensors = sorted(tensors_of(("conv", 16, 16), ("norm", 16)), key=lambda tensor: tensor.name)
    (convolution,) = model_of_tensors(tensors, ORDER).convolutions
    assert (convolution.norm, convolution.norm_known) == (None, False)


def test_order_alone_tells_too_little():
    assert pairs(("conv_x", 8, 3), ("n1_bn", 8), ("conv_y", 5, 8)) == {"conv_x": "?", "conv_y": "?"}
    assert pairs(("conv1", 8, 1), ("bn", 8), ("conv2", 8, 1)) == {"conv1": "?", "conv2": "?"}  # XCiT: GELU before bn


def test_a_norm_behind_other_layers_is_theirs():
    arrays = {"conv.weight": (8, 3, 3, 3), "f.0.weight": (8, 8), "f.1.running_var": (8,)}
    arrays |= {"g.0.weight": (8, 8, 3), "g.1.running_var": (8,), "conv.bias": (8,)}
    (convolution,) = model_of_tensors(stored_tensors(arrays)).convolutions
    assert (convolution.norm, convolution.norm_known) == (None, True)


def test_factors():
    rng = np.random.default_rng(0)
    gamma, variance = rng.normal(size=4), rng.uniform(0.1, 2, size=4)
    arrays = {"c.0.weight": (4, 3, 3, 3), "c.1.weight": gamma, "c.1.running_var": variance, "c.1.bias": (4,)}
    for epsilons, epsilon in (({}, 1e-5), ({"c.1": 0.5}, 0.5)):
        (convolution,) = model_of_tensors(stored_tensors(arrays), epsilons=epsilons).convolutions
        assert convolution.norm.channels == 4
        expected = np.float32(gamma) / np.sqrt(np.float32(variance) + epsilon)
        np.testing.assert_allclose(convolution.norm.load(), expected, rtol=1e-6)
    del arrays["c.1.weight"]
    (convolution,) = model_of_tensors(stored_tensors(arrays)).convolutions
    np.testing.assert_allclose(convolution.norm.load(), 1 / np.sqrt(np.float32(variance) + 1e-5), rtol=1e-6)


@pytest.mark.parametrize("broken", ["shape", "quantised"])
def test_statistics_that_cannot_be_read_are_unknown(broken):
    tensors = stored_tensors({"c.0.weight": (4, 3, 3, 3), "c.1.bias": (4,), "c.1.running_var": (4,)})
    tensors[-1] = stored_tensor("c.1.running_var", np.ones(4), "quantised" if broken == "quantised" else "")
    if broken == "shape":
        tensors.append(stored_tensor("c.1.weight", np.ones(5)))
    (convolution,) = model_of_tensors(tensors).convolutions
    assert (convolution.norm, convolution.norm_known) == (None, False)


def test_a_transposed_convolution_takes_its_own_norm_only():
    arrays = {"up.0.weight": (16, 8, 2, 2), "up.0.bias": (8,), "up.1.running_var": (8,), "c.weight": (8, 4, 3, 3)}
    up, c = model_of_tensors(stored_tensors(arrays)).convolutions
    assert (up.norm, up.norm_known) == (None, False)
    assert (c.norm, c.norm_known) == (None, True)
