"""What the papers chose when they defined the shift D, and what else could be chosen."""

from dataclasses import dataclass

from filtershift.errors import FiltershiftError

KNOWN = {
    "weighting": ("filter", "layer", "model"),
    "extent": ("data", "quantile", "symmetric"),
    "epsilon": ("density", "floor", "pseudocount"),
    "divergence": ("kl", "js", "wasserstein", "tv", "frechet", "bures"),
}
"""The values of each choice, the papers' first."""

GAUSSIAN = ("frechet", "bures")
"""Divergences of means and covariances: without histograms, so that extent, epsilon and bins do not matter."""


@dataclass(frozen=True)
class Choices:
    """How a shift is computed; the defaults are the papers'.

    Attributes:
        weighting: what counts the same in a group: each filter, each layer or each model.
        extent: what the bins divide: the range of all coefficients (data), the range that holds 99.9 % of them with a
            bin for the rest on each side (quantile), or the smallest range around zero that holds all (symmetric).
        epsilon: what empty bins get: float32's epsilon as a density (density), at least that as a probability (floor),
            or half a filter, as all bins do (pseudocount).
        divergence: between two histograms: the symmetric Kullback-Leibler divergence (kl), the Jensen-Shannon
            divergence (js), both in nats, the first Wasserstein distance in units of the coefficients (wasserstein),
            or the total variation, 0 … 1 (tv). Between two normal distributions: the squared Fréchet distance (frechet)
            or its part without the means, the squared Bures distance (bures), in squared units of the coefficients.
    """

    weighting: str = "filter"
    extent: str = "data"
    epsilon: str = "density"
    divergence: str = "kl"


PAPER = Choices()


def check_choices(choices: object) -> None:
    """Check choices as configured, an object with the attributes of `Choices`.

    Raises:
        FiltershiftError: a value is unknown.
    """
    for key, known in KNOWN.items():
        if (value := getattr(choices, key)) not in known:
            raise FiltershiftError(f"config: choices.{key} must be one of {', '.join(known)}, not {value}")
