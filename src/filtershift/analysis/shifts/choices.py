"""What the papers chose when they defined the shift D, and what else could be chosen."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filtershift.errors import FiltershiftError

KNOWN = {
    "weighting": ("filter", "layer", "model"),
    "extent": ("data", "quantile", "symmetric"),
    "epsilon": ("density", "floor", "pseudocount"),
    "divergence": ("kl", "js", "wasserstein", "tv", "frechet", "bures"),
    "weights": ("ratio", "equal"),
}
"""The values of each choice, the papers' first."""

GAUSSIAN = ("frechet", "bures")
"""Divergences of means and covariances: without histograms, so that extent, epsilon, weights and bins do not matter."""


@dataclass(frozen=True)
class Choices:
    """How a shift is computed; the defaults are the papers'.

    Attributes:
        weighting: what counts the same in a group: each filter, each layer or each model.
        extent: what the bins divide: the range of all coefficients (data), the range that holds 99.9 % of them with a
            bin for the rest on each side (quantile), the smallest range around zero that holds all (symmetric), or a
            fixed range [low, high], beyond which coefficients are left out, as `numpy.histogram` does.
        epsilon: what empty bins get: float32's epsilon as a density (density), at least that as a probability (floor),
            or half a filter, as all bins do (pseudocount).
        divergence: between two histograms: the symmetric Kullback-Leibler divergence (kl), the Jensen-Shannon
            divergence (js), both in nats, the first Wasserstein distance in units of the coefficients (wasserstein),
            or the total variation, 0 … 1 (tv). Between two normal distributions: the squared Fréchet distance (frechet)
            or its part without the means, the squared Bures distance (bures), in squared units of the coefficients.
        weights: what a component counts: its explained variance ratio (ratio) or a ninth (equal).
    """

    weighting: str = "filter"
    extent: Any = "data"  # a name, or a list of two numbers
    epsilon: str = "density"
    divergence: str = "kl"
    weights: str = "ratio"

    @property
    def cut(self) -> bool:
        """Whether coefficients are left out."""
        return not isinstance(self.extent, str)

    def of_components(self, ratio: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each component counts, (9,); ``ratio`` (9,) are the explained variance ratios of the global basis."""
        return np.full(9, 1 / 9) if self.weights == "equal" else ratio


PAPER = Choices()


def check_choices(choices: object) -> None:
    """Check choices as configured, an object with the attributes of `Choices`.

    Raises:
        FiltershiftError: a value is unknown.
    """
    for key, known in KNOWN.items():
        value = getattr(choices, key)
        if key == "extent" and isinstance(value, list):
            numbers = [end for end in value if isinstance(end, int | float) and math.isfinite(end)]
            if len(value) != 2 or numbers != value or not value[0] < value[1]:
                raise FiltershiftError(f"config: choices.extent takes two rising numbers, as in [-3,3], not {value}")
        elif value not in known:
            more = ", or two numbers as in [-3,3]" if key == "extent" else ""
            raise FiltershiftError(f"config: choices.{key} must be one of {', '.join(known)}{more}, not {value}")
