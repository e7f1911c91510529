"""The layers of a grouping, with what a divergence needs of them."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import GAUSSIAN, Choices
from filtershift.analysis.shifts.gaussian import coefficient_moments
from filtershift.analysis.uncertainty.grouped_layers import load_grouped_layers
from filtershift.analysis.uncertainty.layer_sums import LayerSums
from filtershift.analysis.uncertainty.moment_layers import moment_layers
from filtershift.passes.bases import Basis
from filtershift.passes.moments import LayerMoments
from filtershift.passes.stored.layers import load


def load_layers_of_groups(
    histograms: Sequence[Path],
    moments: Sequence[Path],
    variant: int,
    groups: Membership,
    model: pd.Series,
    basis: Basis,
    choices: Choices,
    cluster: pd.Series | None = None,
) -> LayerSums:
    """Read the histograms, or the moments, of a grouping's layers.

    Args:
        histograms: the histogram files of all shards of the variant.
        moments: the files of moments of all shards.
        variant: 0 for scaled, 1 for unscaled filters.
        groups: the groups of the grouping and their layers.
        model: the model_id of each layer of the data set.
        basis: the global basis of the variant.
        choices: how shifts are computed.
        cluster: the cluster of each model_id; None if models are independent.
    """
    if choices.divergence in GAUSSIAN:
        own = coefficient_moments(load(moments, LayerMoments), variant, basis)
        return moment_layers(own, groups, model, choices, cluster)
    ratio = basis.explained_variance_ratio
    return load_grouped_layers(histograms, groups, model, ratio, choices, cluster)
