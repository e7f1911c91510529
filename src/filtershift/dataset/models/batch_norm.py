"""BatchNorm behind a convolution: what it multiplies each output channel by.

At inference a convolution with weights W and a BatchNorm with scale γ, variance σ² and ε behind it are together one
convolution with weights W · γ / √(σ² + ε). Exports to ONNX store that product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FOLDED, ABSORBED, SEPARATE, UNKNOWN = "folded", "absorbed", "separate", "unknown"
"""States of a layer: multiplied here; multiplied in the file already, or no BatchNorm follows; known but kept apart;
the file does not say."""

STORED = "stored"
"""The choice to take weights as they are; the other choice is `FOLDED`."""


@dataclass(frozen=True)
class BatchNorm:
    """A BatchNorm: its number of channels (None if its statistics are not stored), and what reads their factors."""

    channels: int | None
    load: Callable[[], NDArray[np.float64]]


NOT_STORED = BatchNorm(None, lambda: np.empty(0))
"""A BatchNorm whose statistics are those of its input, or computed: what it multiplies by is unknown."""


def factors(scale: ArrayLike | None, variance: ArrayLike, epsilon: float) -> NDArray[np.float64]:
    """γ / √(σ² + ε) of each channel; γ is 1 if `scale` is None. Not finite where the variance is not positive."""
    with np.errstate(all="ignore"):
        root = np.sqrt(np.asarray(variance, np.float64) + epsilon)
        return (1.0 if scale is None else np.asarray(scale, np.float64)) / root


def fold(weights: NDArray[np.float32], by_channel: NDArray[np.float64]) -> NDArray[np.float32]:
    """Multiply weights (output channels, …) by a factor per output channel."""
    return (weights * by_channel.reshape(-1, *[1] * (weights.ndim - 1))).astype(np.float32)
