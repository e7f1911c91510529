"""The observable claims of the papers, each with the rule that decides it, judged on a data set.

The papers are Gavrikov & Keuper, 2021 (arXiv:2201.08465) and 2022 (CVPR, arXiv:2203.15331). They judge by eye: the
statistics and thresholds here are ours. A claim is judged by an interval; if the interval includes the threshold, the
claim is undecided. See docs/claims.md.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from filtershift.analysis.claims import about_layers as of_layers
from filtershift.analysis.claims import about_shifts as of_shifts
from filtershift.analysis.claims.evidence import Evidence
from filtershift.analysis.claims.groups import Finding, UndecidedError

HOLDS, FAILS, UNDECIDED = "holds", "does not hold", "cannot be judged here"
COLUMNS = (
    *("number", "key", "claim", "paper", "statistic", "rule", "variant"),
    *("value", "low", "high", "n_models", "n_lineages", "rests_on", "verdict", "reason"),
)
LEVEL = 0.95
"""Coverage of the intervals."""


@dataclass(frozen=True)
class Region:
    """The values of a statistic at which a claim holds: above ``low`` and below ``high``."""

    low: float = -np.inf
    high: float = np.inf

    @property
    def words(self) -> str:
        """The region in words, for example "below 0.5"."""
        if np.isinf(self.low):
            return f"below {self.high:g}"
        return f"above {self.low:g}" if np.isinf(self.high) else f"between {self.low:g} and {self.high:g}"

    def verdict(self, low: float, high: float) -> tuple[str, str]:
        """The verdict for an interval, and the reason if the claim is undecided."""
        if self.low < low and high < self.high:
            return HOLDS, ""
        if high <= self.low or self.high <= low:
            return FAILS, ""
        [threshold, *_] = [end for end in (self.low, self.high) if low <= end <= high]
        return UNDECIDED, f"the interval includes {threshold:g}"


@dataclass(frozen=True)
class Claim:
    """A claim of the papers, paraphrased, and what decides it.

    Attributes:
        key: a short name.
        says: the claim, a sentence.
        paper: year and, where known, figure or section.
        measure: function that computes the statistic; the first line of its docstring defines it in words.
        region: the values at which the claim holds.
        possible: the smallest and the largest value that the statistic can have.
        variant: the variant of the filters that the statistic uses.
    """

    key: str
    says: str
    paper: str
    measure: Callable[[Evidence], Finding]
    region: Region
    possible: tuple[float, float] = (0, np.inf)
    variant: str = "scaled"

    @property
    def statistic(self) -> str:
        """The statistic in words."""
        return str(self.measure.__doc__).splitlines()[0].rstrip(".")

    @property
    def rule(self) -> str:
        """When the claim holds, in words."""
        return f"holds if all of the interval is {self.region.words}; does not hold if none of it is"


CLAIMS: Sequence[Claim] = (
    Claim(
        "depth_shifts_small",
        "Shifts between depth deciles are far smaller than those between tasks and between data types.",
        "2021, figures 3 and 4",
        of_shifts.depth_against_task_and_data_type,
        Region(high=0.5),
    ),
    Claim(
        "last_decile_distinct",
        "Of all depth deciles the last is the most distinct.",
        "2021, figure 3; 2022",
        of_shifts.last_decile,
        Region(low=1),
    ),
    Claim(
        "first_decile_next",
        "After the last, the first and the second-to-last depth decile are the most distinct.",
        "2021, figure 3; 2022",
        of_shifts.first_and_second_to_last_decile,
        Region(low=1),
    ),
    Claim(
        "shift_grows_with_depth_distance",
        "The shift between two depth deciles grows with their distance.",
        "2021, figure 3; 2022",
        of_shifts.distance_in_depth,
        Region(low=0),
        (-1, 1),
    ),
    Claim(
        "range_falls_with_depth",
        "The mean range of filters falls with depth.",
        "2021, figure 6",
        of_layers.ranges_by_depth,
        Region(high=0),
        (-1, 1),
        "unscaled",
    ),
    Claim(
        "range_varies_in_first_deciles",
        "In the first depth deciles the mean range of filters varies strongly between models.",
        "2021, figure 6",
        of_layers.range_spread_by_depth,
        Region(low=1),
        variant="unscaled",
    ),
    Claim(
        "families_alike",
        "Within a model family the shift is negligible, whatever the training set.",
        "2021, figure 4; 2022",
        of_shifts.within_families,
        Region(high=0.25),
    ),
    Claim(
        "models_differ_most",
        "Single models show the largest shifts of all groupings.",
        "2021, figure 4",
        of_shifts.models_against_groupings,
        Region(low=1),
    ),
    Claim(
        "discriminators_gaussian",
        "The coefficients of GAN-discriminators are close to Gaussian.",
        "2021; 2022",
        of_shifts.discriminators_and_normal,
        Region(high=0.5),
    ),
    Claim(
        "discriminators_random",
        "Layers of GAN-discriminators cannot be told from randomly initialised ones.",
        "2022, section 5",
        of_layers.discriminators_random_layers,
        Region(low=0.5),
        (0, 1),
        "unscaled",
    ),
    Claim(
        "coefficients_shrink",
        "Coefficients shrink towards the least significant components.",
        "2021; 2022",
        of_shifts.shrinking_coefficients,
        Region(high=1),
    ),
    Claim(
        "first_component_share",
        "The first principal component carries four tenths of the variance of all filters.",
        "2021, figure 1; 2022",
        of_shifts.first_component,
        Region(0.3, 0.5),
        (0, 1),
    ),
    Claim(
        "medical_types_outliers",
        "All medical data types are outliers among the data types.",
        "2022",
        of_shifts.medical_types,
        Region(low=1),
    ),
    Claim(
        "many_models_degenerate",
        "Many trained models have degenerate layers.",
        "2022, section 5",
        of_layers.models_with_degenerate_layers,
        Region(low=0.25),
        (0, 1),
        "unscaled",
    ),
    Claim(
        "large_models_on_small_sets_degenerate",
        "Large models trained on small data sets have more degenerate layers.",
        "2022, section 5",
        of_layers.degenerate_layers_of_large_models_on_small_sets,
        Region(low=0),
        (-1, 1),
        "unscaled",
    ),
    Claim(
        "large_models_on_small_sets_redundant",
        "In large models trained on small data sets the deeper layers are the more redundant.",
        "2022, section 5",
        of_layers.entropy_in_depth_of_large_models_on_small_sets,
        Region(high=0),
        (-1, 1),
        "unscaled",
    ),
)


def judge_claims(evidence: Evidence, claims: Sequence[Claim] = CLAIMS) -> pd.DataFrame:
    """Judge every claim: one row per claim, with the columns `COLUMNS`; values that cannot be measured are missing."""
    from threadpoolctl import threadpool_limits

    # More threads in the linear algebra library would change the last digits. Draws without a group give NaN warnings.
    with threadpool_limits(limits=1, user_api="blas"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        rows = [{"number": k, **_judged(claim, evidence)} for k, claim in enumerate(claims, start=1)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _judged(claim: Claim, evidence: Evidence) -> dict[str, object]:
    row: dict[str, object] = {
        "key": claim.key,
        "claim": claim.says,
        "paper": claim.paper,
        "statistic": claim.statistic,
        "rule": claim.rule,
        "variant": claim.variant,
    }
    try:
        finding = claim.measure(evidence)
        value, low, high = interval(finding, claim.possible)
    except UndecidedError as undecided:
        return {**row, "verdict": UNDECIDED, "reason": str(undecided)}
    verdict, reason = claim.region.verdict(low, high)
    found = {
        **{"value": value, "low": low, "high": high},
        **{"n_models": len(finding.models), "n_lineages": evidence.lineages(finding.models)},
        "rests_on": finding.rests_on,
    }
    return {**row, **found, "verdict": verdict, "reason": reason}


def interval(finding: Finding, possible: tuple[float, float]) -> tuple[float, float, float]:
    """The statistic and the ends of its interval.

    The interval is the percentiles of the resamples, moved so that their median is the statistic. It is moved because
    models that a resample contains twice make shifts larger.

    Raises:
        UndecidedError: the statistic is not defined on the data set, or on most resamples.
    """
    value, resamples = float(finding.draws[0]), finding.draws[1:]
    known = resamples[np.isfinite(resamples)]
    if not np.isfinite(value):
        raise UndecidedError("the statistic is not defined: something is divided by zero")
    if 2 * len(known) < len(resamples):
        raise UndecidedError("too few models: most resamples lack a group")
    low, middle, high = np.quantile(known, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
    ends = np.clip([value + low - middle, value + high - middle], *possible)
    return value, float(ends[0]), float(ends[1])
