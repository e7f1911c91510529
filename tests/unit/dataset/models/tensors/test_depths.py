"""Depths of convolutions without a graph: as those of the graph where modules, names and channels tell them."""

import pytest

from filtershift.dataset.models.convolutions import convolution_ranks
from filtershift.dataset.models.model import NAMES, ORDER
from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.tensors.model import model_of_tensors
from filtershift.dataset.models.tensors.names import natural

# A ResNet with its basic and its bottleneck block, in the order of definition, and the depths in its graph.
RESNET = {
    "conv1": ((8, 3, 7, 7), 0),
    "layer1.0.conv1": ((8, 8, 3, 3), 1),
    "layer1.0.conv2": ((8, 8, 3, 3), 2),
    "layer2.0.conv1": ((16, 8, 3, 3), 3),
    "layer2.0.conv2": ((16, 16, 3, 3), 4),
    "layer2.0.downsample.0": ((16, 8, 1, 1), 3),
    "layer3.0.conv1": ((4, 16, 1, 1), 5),
    "layer3.0.conv2": ((4, 4, 3, 3), 6),
    "layer3.0.conv3": ((32, 4, 1, 1), 7),
    "layer3.0.downsample.0": ((32, 16, 1, 1), 5),
    "head": ((5, 32, 3, 3), 8),
}
# A block whose 1×1 on the shortcut has the name of a layer like the others.
PLAIN_NAMES = {
    "net.0": ((8, 3, 3, 3), 0),
    "net.1.conv1": ((16, 8, 3, 3), 1),
    "net.1.conv2": ((16, 16, 3, 3), 2),
    "net.1.conv3": ((16, 8, 1, 1), 1),
    "net.2": ((4, 16, 3, 3), 3),
}
# The shortcut is defined before the block.
SHORTCUT_FIRST = {
    "embedder.convolution": ((8, 3, 3, 3), 0),
    "stages.0.shortcut.convolution": ((16, 8, 1, 1), 1),
    "stages.0.layer.0.convolution": ((16, 8, 3, 3), 1),
    "stages.0.layer.1.convolution": ((16, 16, 3, 3), 2),
}
# A downsampling layer on the path: its channels are not those of the blocks behind it.
ON_THE_PATH = {
    "stem.0": ((8, 3, 4, 4), 0),
    "stages.0.downsample.1": ((16, 8, 2, 2), 1),
    "stages.0.blocks.0.conv_dw": ((16, 1, 7, 7), 2),
    "stages.0.blocks.1.conv_dw": ((16, 1, 7, 7), 3),
}
XCEPTION = {
    "conv1": ((8, 3, 3, 3), 0),
    "block.rep.0.conv": ((8, 1, 3, 3), 1),
    "block.rep.0.pointwise": ((16, 8, 1, 1), 2),
    "block.skip": ((16, 8, 1, 1), 1),
    "last": ((4, 16, 3, 3), 3),
}
BRANCHES = {
    "features.0": ((8, 3, 3, 3), 0),
    "features.1.branch1x1": ((4, 8, 1, 1), 1),
    "features.1.branch3x3_1": ((4, 8, 1, 1), 1),
    "features.1.branch3x3_2": ((4, 4, 3, 3), 2),
    "features.1.branch_pool": ((4, 8, 1, 1), 1),
    "features.2.squeeze": ((2, 12, 1, 1), 3),
    "features.2.expand1x1": ((4, 2, 1, 1), 4),
    "features.2.expand3x3": ((4, 2, 3, 3), 4),
    "features.3": ((4, 8, 3, 3), 5),
}
REPVGG = {
    "stages.0.rbr_dense.conv": ((8, 3, 3, 3), 0),
    "stages.0.rbr_1x1.conv": ((8, 3, 1, 1), 0),
    "stages.1.rbr_dense.conv": ((8, 8, 3, 3), 1),
    "stages.1.rbr_1x1.conv": ((8, 8, 1, 1), 1),
}
MOBILE = {
    "conv_stem": ((8, 3, 3, 3), 0),
    "blocks.0.0.conv_dw": ((8, 1, 3, 3), 1),
    "blocks.0.0.se.conv_reduce": ((2, 8, 1, 1), 2),
    "blocks.0.0.se.conv_expand": ((8, 2, 1, 1), 3),
    "blocks.0.0.conv_pw": ((4, 8, 1, 1), 4),
    "blocks.1.0.conv_pw": ((24, 4, 1, 1), 5),
    "blocks.1.0.conv_dw": ((24, 1, 3, 3), 6),
    "blocks.1.0.conv_pwl": ((4, 24, 1, 1), 7),
    "conv_head": ((16, 4, 1, 1), 8),
}
DENSE = {
    "features.conv0": ((8, 3, 3, 3), 0),
    "features.denseblock1.denselayer1.conv1": ((8, 8, 1, 1), 1),
    "features.denseblock1.denselayer1.conv2": ((4, 8, 3, 3), 2),
    "features.transition1.conv": ((6, 12, 1, 1), 3),
    "features.denseblock2.denselayer1.conv1": ((8, 6, 1, 1), 4),
    "features.denseblock2.denselayer1.conv2": ((4, 8, 3, 3), 5),
}
UNET = {
    "conv_in": ((8, 3, 3, 3), 0),
    "encoder.0.conv1": ((8, 8, 3, 3), 1),
    "encoder.0.conv2": ((8, 8, 3, 3), 2),
    "bottleneck.conv1": ((8, 8, 3, 3), 3),
    "decoder.0.conv1": ((8, 16, 3, 3), 4),
    "conv_out": ((3, 8, 3, 3), 5),
}
NETWORKS = {
    **{"resnet": RESNET, "plain names": PLAIN_NAMES, "shortcut first": SHORTCUT_FIRST, "on the path": ON_THE_PATH},
    **{"xception": XCEPTION, "branches": BRANCHES, "repvgg": REPVGG, "mobile": MOBILE, "dense": DENSE, "unet": UNET},
}


def depths(network, source, groups=None):
    tensors = [
        StoredTensor(f"{name}.weight", shape, name, lambda: pytest.fail("read")) for name, (shape, _) in network.items()
    ]
    if source == NAMES:
        tensors.sort(key=lambda tensor: natural(tensor.name))
    convolutions = model_of_tensors(tensors, source, groups or {}).convolutions
    assert [found.depth for found in convolutions] == sorted(found.depth for found in convolutions)
    ranks = convolution_ranks(found.depth for found in convolutions)
    return {found.name: ranks[found.depth][0] for found in convolutions}


@pytest.mark.parametrize("source", [ORDER, NAMES])
@pytest.mark.parametrize("network", NETWORKS)
def test_depths_are_those_of_the_graph(network, source):
    assert depths(NETWORKS[network], source) == {name: depth for name, (_, depth) in NETWORKS[network].items()}


def test_a_projection_is_known_by_the_groups_of_the_block():
    grouped = RESNET | {"layer2.0.conv1": ((16, 4, 3, 3), 3)}
    assert depths(grouped, ORDER)["layer2.0.downsample.0"] == 5
    assert depths(grouped, ORDER, {"layer2.0.conv1.weight": 2})["layer2.0.downsample.0"] == 3


def test_what_only_looks_like_a_projection_stays_on_the_path():
    assert depths({"x": ((8, 8, 3, 3), 0), "skip.0": ((4, 8, 1, 1), 1), "y": ((8, 4, 3, 3), 2)}, ORDER) == {
        **{"x": 0, "skip.0": 1, "y": 2}
    }
    assert depths({"shortcut": ((8, 3, 3, 3), 0)}, ORDER) == {"shortcut": 0}


def test_names_of_any_length_and_depth_are_followed():
    deep = {".".join("a" * 5000): ((2, 2, 3, 3), 0), "/".join("b" * 5000): ((2, 2, 3, 3), 1)}
    assert list(depths(deep, ORDER).values()) == [0, 1]
