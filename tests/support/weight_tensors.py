"""Weight tensors of convolutions, (out_channels, in_channels / groups, 3, 3), the same on every machine."""

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]

# The number of groups of those that have more than one.
GROUPS = {"grouped": 3, "depthwise": 12}


def random_tensor(seed: int, *shape: int) -> Tensor:
    """Thousandths from -1 to 1, of which more are small."""
    whole = np.random.RandomState(seed).randint(-1000, 1001, (2, *shape, 3, 3))
    return (whole[0] * np.abs(whole[1]) / 1e6).astype(np.float32)


def weight_tensors() -> dict[str, Tensor]:
    """A tensor of every kind of layer, by name."""
    tensors = {
        "regular": random_tensor(1, 8, 6),
        "grouped": random_tensor(2, 9, 2),
        "depthwise": random_tensor(3, 12, 1),
        "wide": random_tensor(4, 40, 30),
        "far from zero": random_tensor(5, 10, 7) + np.float32(1.5),
        "few filters": random_tensor(6, 2, 3),
        "sparse": random_tensor(7, 16, 8),
        "one pattern": random_tensor(8, 12, 10),
        "zero rows": random_tensor(9, 6, 5),
        "one output channel": random_tensor(10, 1, 12),
        "two filters": random_tensor(11, 2, 1),
        "five weights of nine": random_tensor(12, 8, 8),
        "at the limit": np.ones((4, 4, 3, 3), np.float32),
        "all equal": np.ones((4, 4, 3, 3), np.float32),
        "all zero": np.zeros((4, 4, 3, 3), np.float32),
    }
    tensors["sparse"][3:14] /= 1000
    tensors["one pattern"] = tensors["one pattern"] / 64 + tensors["one pattern"][:, :, :1, :1] * random_tensor(
        13, 1, 1
    )
    tensors["zero rows"][[1, 4]] = 0
    tensors["five weights of nine"][:, :, ::2, ::2] = 0
    tensors["at the limit"][0] = 0.01
    return tensors
