"""Statistics that decide the papers' claims about shifts and bases, one function per claim.

The first line of each function's docstring is the definition of the statistic that users see.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from filtershift.analysis.claims.evidence import Evidence
from filtershift.analysis.claims.groups import (
    DEPTHS,
    FEWEST_LINEAGES,
    Compared,
    Finding,
    UndecidedError,
    compared,
    covariances,
    enough,
    from_normal,
    model_shifts,
    numbered,
    spreads,
    whole,
)
from filtershift.analysis.claims.statistics import rank_correlation, weighted_quantile
from filtershift.analysis.groups.assign import UNKNOWN

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

DISCRIMINATOR = "GAN-Discriminator"
MEDICAL = "medical"
NO_FAMILY = (UNKNOWN, "other")


def _finding(evidence: Evidence, draws: Array, *groupings: Compared) -> Finding:
    models = min((groups.models for groups in groupings), key=evidence.lineages)
    return Finding(draws, models, ", ".join(groups.description for groups in groupings))


def _finding_of(evidence: Evidence, draws: Array, groups: Compared, chosen: Sequence[int]) -> Finding:
    """A finding about the ``chosen`` groups of a grouping; it rests on the models of the smallest of them."""
    models = min((groups.members[k] for k in chosen), key=evidence.lineages)
    return Finding(draws, models, groups.description)


def depth_against_task_and_data_type(evidence: Evidence) -> Finding:
    """The median shift between depth deciles over the smaller of those between tasks and between data types."""
    groupings = [compared(evidence, name) for name in ("depth_decile", "task", "data_type")]
    depth, task, data_type = (groups.median for groups in groupings)
    return _finding(evidence, depth / np.minimum(task, data_type), *groupings)


def last_decile(evidence: Evidence) -> Finding:
    """The mean shift of the last decile to the others over the largest of another."""
    depth = whole(evidence, "depth_decile", DEPTHS)
    return _finding(evidence, depth.means[:, -1] / depth.means[:, :-1].max(axis=1), depth)


def first_and_second_to_last_decile(evidence: Evidence) -> Finding:
    """The smaller of the mean shifts of the first and the second-to-last decile over the largest between them."""
    depth = whole(evidence, "depth_decile", DEPTHS)
    means = depth.means
    return _finding(evidence, means[:, [0, -2]].min(axis=1) / means[:, 1:-2].max(axis=1), depth)


def distance_in_depth(evidence: Evidence) -> Finding:
    """Spearman's correlation, over pairs of deciles, of their distance and their shift."""
    depth = whole(evidence, "depth_decile", DEPTHS)
    a, b = np.triu_indices(len(depth.labels), k=1)
    return _finding(evidence, rank_correlation((b - a).astype(float), depth.pairs), depth)


def models_against_groupings(evidence: Evidence) -> Finding:
    """The median shift between models of different lineages over the largest of those between groups of a grouping."""
    groupings = [compared(evidence, name) for name in ("task", "data_type", "depth_decile")]
    models, shift = model_shifts(evidence)
    a, b = _pairs_of_lineages(evidence, models)
    median = _median_of_pairs(evidence, models[a], models[b], shift[a, b])
    draws = median / np.max([groups.median for groups in groupings], axis=0)
    description = ", ".join([f"{len(models)} models", *(groups.description for groups in groupings)])
    return Finding(draws, models, description)


def _pairs_of_lineages(evidence: Evidence, models: Numbers) -> tuple[Numbers, Numbers]:
    """All pairs of these models that are of different lineages, as positions in ``models``."""
    a, b = np.triu_indices(len(models), k=1)
    apart = evidence.lineage[models[a]] != evidence.lineage[models[b]]
    return a[apart], b[apart]


def within_families(evidence: Evidence) -> Finding:
    """The median shift of models of one family trained on different sets over that of models of different families."""
    labels, cell = numbered(evidence, "model_family")
    family = np.full(len(evidence.models), -1)
    family[evidence.model] = np.where(np.isin(np.array(labels, object)[cell], NO_FAMILY), -1, cell)
    trained = evidence.models["training_set"]
    models, shift = model_shifts(evidence)
    models_known = np.flatnonzero(family[models] >= 0)
    models, shift = models[models_known], shift[np.ix_(models_known, models_known)]
    a, b = _pairs_of_lineages(evidence, models)
    sets = trained.to_numpy(object)[models], trained.notna().to_numpy()[models]
    same = family[models[a]] == family[models[b]]
    within = same & sets[1][a] & sets[1][b] & (sets[0][a] != sets[0][b])
    sides = []
    for pairs, what in ((within, "of one family and different training sets"), (~same, "of different families")):
        i, j = models[a[pairs]], models[b[pairs]]
        in_pairs = np.union1d(i, j)
        if (found := evidence.lineages(in_pairs)) < FEWEST_LINEAGES:
            raise UndecidedError(f"{found} lineages of models are in pairs {what}; it takes {FEWEST_LINEAGES}")
        sides.append((_median_of_pairs(evidence, i, j, shift[a[pairs], b[pairs]]), in_pairs))
    (near, in_pairs), (far, _) = sides
    families = len(set(family[models[a[within]]].tolist()))
    return Finding(near / far, in_pairs, f"{int(within.sum())} pairs of models of {families} families")


def within_lineages(evidence: Evidence) -> Finding:
    """The median over lineages of the median shift between their models over that of models of different lineages."""
    models, shift = model_shifts(evidence)
    lineage = evidence.lineage[models]
    several = [np.flatnonzero(lineage == number) for number in np.unique(lineage) if (lineage == number).sum() > 1]
    if len(several) < FEWEST_LINEAGES:
        raise UndecidedError(f"{len(several)} lineages have several models; it takes {FEWEST_LINEAGES}")
    near = np.array([np.median(shift[np.ix_(own, own)][np.triu_indices(len(own), k=1)]) for own in several])
    within = weighted_quantile(near, evidence.weight[:, [models[own[0]] for own in several]], 0.5)
    a, b = _pairs_of_lineages(evidence, models)
    far = _median_of_pairs(evidence, models[a], models[b], shift[a, b])
    return Finding(within / far, models[np.concatenate(several)], f"{len(several)} lineages of several models")


def depthwise_against_tasks(evidence: Evidence) -> Finding:
    """The shift between depthwise and regular kernels over the median shift between tasks."""
    kernels, tasks = compared(evidence, "kernel", 2), compared(evidence, "task")
    a, b = (kernels.find(label) for label in ("depthwise", "regular"))
    draws = kernels.shift[:, a, b] / tasks.median
    return _finding_of(evidence, draws, kernels, [a, b])


def _median_of_pairs(evidence: Evidence, a: Numbers, b: Numbers, shift: Array) -> Array:
    """The median shift of pairs of models in every draw; a model is not paired with its own lineage."""
    return weighted_quantile(shift, (weight[a] * weight[b] for weight in evidence.weight), 0.5)


def discriminators_and_normal(evidence: Evidence) -> Finding:
    """D of GAN-discriminators from normal coefficients over the median D of the other tasks from these."""
    tasks = compared(evidence, "task")
    discriminators = [tasks.find(DISCRIMINATOR)]
    return _finding_of(evidence, _against(from_normal(evidence, tasks), discriminators), tasks, discriminators)


def medical_types(evidence: Evidence) -> Finding:
    """The smallest mean shift of a medical data type over the median mean shift of the others."""
    types = compared(evidence, "data_type")
    medical = [k for k, label in enumerate(types.labels) if label.startswith(MEDICAL)]
    if not medical:
        there = ", ".join(
            f"{label} has {found}" for label, found in types.too_small.items() if label.startswith(MEDICAL)
        )
        raise UndecidedError(f"no medical data type has {enough()}; {there or 'there is none'}")
    return _finding_of(evidence, _against(types.means, medical), types, medical)


def _against(values: Array, chosen: Sequence[int]) -> Array:
    """The smallest of the values (draws, G) of ``chosen`` groups divided by the median of the others, (draws,)."""
    others = np.delete(values, chosen, axis=1)
    if others.shape[1] < 2:
        raise UndecidedError("there are fewer than 2 other groups to compare with")
    return np.nanmin(values[:, chosen], axis=1) / np.nanmedian(others, axis=1)


def shrinking_coefficients(evidence: Evidence) -> Finding:
    """The largest ratio, of all tasks, of the standard deviations of the last three coefficients to the first three."""
    tasks = compared(evidence, "task")
    variance = spreads(evidence, tasks) ** 2
    ratio = np.sqrt(variance[..., 6:].mean(axis=-1) / variance[..., :3].mean(axis=-1))
    return _finding(evidence, np.nanmax(ratio, axis=1), tasks)


def first_component(evidence: Evidence) -> Finding:
    """The share of the variance of all filters that is along their first principal component."""
    models = np.unique(evidence.model[evidence.n > 0])
    if (found := evidence.lineages(models)) < FEWEST_LINEAGES:
        raise UndecidedError(f"{found} lineages of models have filters; it takes {FEWEST_LINEAGES}")
    everything = covariances(evidence, np.zeros(len(evidence.n), np.int64), 1)[:, 0]
    variance = np.linalg.eigvalsh(np.nan_to_num(everything))
    total = variance.sum(axis=1)
    share = np.divide(variance[:, -1], total, out=np.full(len(total), np.nan), where=total > 0)
    return Finding(share, models, "all filters")
