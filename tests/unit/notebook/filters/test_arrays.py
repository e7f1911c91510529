"""Arrays, tensors and networks as filters."""

import ml_dtypes
import numpy as np
import pandas as pd
import pytest

import filtershift
from filtershift import FiltershiftError
from six_layers import LAYERS


class Tensor:
    """A parameter as PyTorch has it: numpy() needs force, and knows no bfloat16."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.shape = values.shape

    def detach(self) -> "Tensor":
        return self

    def float(self) -> "Tensor":
        return Tensor(self.values.astype(np.float32))

    def numpy(self, force: bool = False) -> np.ndarray:
        if not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        if self.values.dtype == ml_dtypes.bfloat16:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.values

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        return self.numpy()


class Network:
    """What a network is here: something to call, with a state_dict()."""

    def __init__(self, state: dict[str, object]) -> None:
        self.state = state

    def __call__(self) -> None: ...

    def state_dict(self) -> dict[str, object]:
        return self.state


STATE = {
    "conv.weight": Tensor(LAYERS[0]),
    "conv.bias": Tensor(np.zeros(5)),
    "pointwise.weight": Tensor(np.zeros((4, 4, 1, 1))),
    "bn.num_batches_tracked": Tensor(np.array(3)),
    "fc.weight": Tensor(np.zeros((10, 9))),
    "sequence.weight": Tensor(np.zeros((10, 3, 3))),
    "half.weight": Tensor(LAYERS[1].astype(np.float16)),
    "brain.weight": Tensor(LAYERS[2].astype(ml_dtypes.bfloat16)),
}


@pytest.mark.parametrize("given", [STATE, Network(STATE)], ids=["state_dict", "network"])
def test_a_state_dict_without_its_other_tensors(given) -> None:
    filters = filtershift.from_arrays(given)
    assert filters.layers["layer_name"].tolist() == ["conv.weight", "half.weight", "brain.weight"]
    assert repr(filters) == f"<{sum(w.size // 9 for w in LAYERS[:3]):,} filters of 3 layers; skipped: 5 arrays>"
    assert filters.skipped["name"].tolist() == [name for name in STATE if name not in set(filters.layers["layer_name"])]
    assert filters.skipped["reason"][3] == "has shape (10, 9), not (out, in, 3, 3) as a weight of a 3×3 convolution"
    rounded = [LAYERS[0], LAYERS[1].astype(np.float16), LAYERS[2].astype(ml_dtypes.bfloat16)]
    for found, expected in zip(filters, rounded, strict=True):
        np.testing.assert_array_equal(found, expected.astype(np.float32).reshape(-1, 3, 3))


def test_weights_are_those_of_the_moment() -> None:
    weights = LAYERS[0].copy()
    filters = filtershift.from_arrays({"conv.weight": Tensor(weights)})
    weights[:] = 0
    np.testing.assert_array_equal(filters[0], LAYERS[0].reshape(-1, 3, 3))


def test_bare_filters_and_types_of_jax() -> None:
    filters = filtershift.from_arrays(
        {"rows": LAYERS[0].reshape(-1, 9), "three": LAYERS[1].reshape(-1, 3, 3).astype(ml_dtypes.bfloat16)}
    )
    assert filters.layers["n_filters"].tolist() == [LAYERS[0].size // 9, LAYERS[1].size // 9]
    assert filters.skipped.empty


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([], "no layer given"),
        ({}, "no layer given"),
        ("net.pt", "'net.pt' is a path, not filters; open it with open_dataset or read_model"),
        (np.zeros((4, 5, 5)), r"layer '0' has shape \(4, 5, 5\), not \(out, in, 3, 3\)"),
        (np.zeros((4, 9), complex), "has type complex128; expected real numbers"),
        ({"a": np.zeros(3), "b": np.zeros(4)}, "layer 'a' has shape .*; none of the other arrays holds 3×3 filters"),
        ([[1, 2], [[3]]], r"layer '0' has shape \(2,\)"),
        ([[[1, 2], [3]]], "layer '0' is no array"),
        ({"model": {"conv.weight": LAYERS[0]}, "epoch": 3}, "'model' is a mapping, not an array"),
        (pd.DataFrame(np.zeros((4, 9))), "not an object of type DataFrame"),
        (None, "not None"),
        (lambda: LAYERS, "of type function"),
        (3, r"layer '0' has shape \(\)"),
        (
            [filtershift.from_arrays(LAYERS)],
            r"layer '0' is an object of type Filters, not an array; join Filters with \+",
        ),
        ([Network(STATE)], "layer '0' is an object of type Network, not an array; .* give networks one by one"),
        (Network, "of type type"),
    ],
)
@pytest.mark.parametrize("function", [filtershift.from_arrays, filtershift.pca, filtershift.quality])
def test_mistakes_are_one_line(function, wrong, said) -> None:
    with pytest.raises(FiltershiftError, match=said) as error:
        function(wrong)
    assert "\n" not in str(error.value)
