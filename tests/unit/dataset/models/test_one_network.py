"""One network in every kind of file: the same filters, shifts, states and, with a graph, the same depths."""

from pathlib import Path

import numpy as np
import pytest

from filtershift import Filters, quality, read_model, shift
from filtershift.dataset.models.reading import read_model_file

FOLDER = Path(__file__).parents[3] / "data/models/one_network"
WITH_GRAPH = [
    *("dynamo.onnx", "torchscript.onnx", "exported.pt2", "scripted.pt", "traced.pt", "frozen.pt", "keras2.h5"),
    *("keras2.keras", "keras3.h5", "keras3.keras", "net.tflite", "net.ncnn.param", "net.xml"),
]
WITHOUT_GRAPH = ["module.pt", "state_dict.pt", "sorted.safetensors"]
STORED = np.load(FOLDER / "state_dict.npz")
LAYERS = {"stem.0": "stem.1", "conv1": "bn1", "conv3": "bn3", "conv4": "bn4", "conv5": "bn5", "head": ""}
DEPTHS, GROUPS = [0, 1, 2, 4, 5, 6], [1, 8, 2, 1, 1, 1]


def effective(layer: str) -> np.ndarray:
    """The filters of a layer with its BatchNorm multiplied in."""
    weights, norm = STORED[f"{layer}.weight"].astype(float), LAYERS[layer]
    if norm:
        factors = STORED[f"{norm}.weight"] / np.sqrt(STORED[f"{norm}.running_var"].astype(float) + 1e-5)
        weights = weights * factors.reshape(-1, 1, 1, 1)
    return weights.reshape(-1, 3, 3)


@pytest.mark.parametrize("file", [*WITH_GRAPH, *WITHOUT_GRAPH])
def test_the_filters_are_those_of_the_network(file: str) -> None:
    model = read_model_file(FOLDER / file, "m")
    for layer, name in zip(model.layers, LAYERS, strict=True):
        np.testing.assert_allclose(layer.weights, effective(name), rtol=0, atol=1e-6)
    assert model.skipped == ()
    assert model.kernel_shapes == {(3, 3): sum(len(effective(name)) for name in LAYERS), (1, 1): 160}


@pytest.mark.parametrize("file", ["dynamo.onnx", "torchscript.onnx", *WITHOUT_GRAPH])
def test_layers_are_named_as_in_the_network(file: str) -> None:
    assert [layer.name for layer in read_model_file(FOLDER / file, "m").layers] == list(LAYERS)


@pytest.mark.parametrize("file", WITH_GRAPH)
def test_depths_and_channels_are_those_of_the_graph(file: str) -> None:
    layers = read_model_file(FOLDER / file, "m").layers
    assert [layer.conv_depth for layer in layers] == DEPTHS
    assert [layer.groups for layer in layers] == GROUPS
    for layer, name in zip(layers, LAYERS, strict=True):
        out_channels, per_group = STORED[f"{name}.weight"].shape[:2]
        assert (layer.out_channels, layer.in_channels) == (out_channels, per_group * (layer.groups or 0))


@pytest.mark.slow
def test_shifts_and_states_are_the_same_in_all_files() -> None:
    models = {file: read_model(FOLDER / file) for file in [*WITH_GRAPH, *WITHOUT_GRAPH]}
    for variant in ("scaled", "unscaled"):
        assert shift(models, variant=variant).to_numpy().max() <= 1e-6

    def states(filters: Filters) -> list[str]:
        return sorted(quality(filters)["state"])

    assert {tuple(states(filters)) for filters in models.values()} == {tuple(states(models["net.xml"]))}
