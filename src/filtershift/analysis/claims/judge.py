"""Judge claims on a data set: each by an interval of the statistic that decides it. See docs/claims.md."""

import math
import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from filtershift.analysis.claims.claim import FAILS, HOLDS, UNDECIDED, Claim
from filtershift.analysis.claims.evidence import Evidence
from filtershift.analysis.claims.groups import Finding, UndecidedError

COLUMNS = (
    *("number", "key", "claim", "paper", "reports", "statistic", "rule", "variant", "value", "low", "high"),
    *("n_models", "n_lineages", "rests_on", "verdict", "means", "reason"),
)
LEVEL = 0.95
"""Coverage of the intervals."""


def judge_claims(evidence: Evidence, claims: Sequence[Claim]) -> pd.DataFrame:
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
        "reports": claim.reports,
        "statistic": claim.statistic,
        "rule": claim.rule,
        "variant": claim.variant,
    }
    try:
        finding = claim.measure(evidence)
        value, low, high = interval(finding, claim.possible)
    except UndecidedError as undecided:
        return {**row, "verdict": UNDECIDED, "means": "", "reason": str(undecided)}
    verdict, threshold = claim.region.verdict(low, high)
    lineages = evidence.lineages(finding.models)
    found = {
        **{"value": value, "low": low, "high": high},
        **{"n_models": len(finding.models), "n_lineages": lineages, "rests_on": finding.rests_on},
        **{"verdict": verdict, "means": {HOLDS: claim.if_holds, FAILS: claim.if_not}.get(verdict, "")},
    }
    found["reason"] = ""
    if verdict == UNDECIDED:
        found["reason"] = (
            f"the interval includes {threshold:g}; {_lineages_needed(value, low, high, threshold, lineages)}"
        )
    return {**row, **found}


def _lineages_needed(value: float, low: float, high: float, threshold: float, lineages: int) -> str:
    """How many lineages would decide a claim if the value stayed, as intervals shrink with the root of their number."""
    reach = high - value if value < threshold else value - low
    apart = abs(value - threshold)
    if apart == 0 or (needed := math.ceil(lineages * (reach / apart) ** 2)) > 10 * lineages:
        return f"ten times the {lineages} lineages would not decide it if the value stayed"
    return f"about {needed} lineages, not {lineages}, would decide it if the value stayed"


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
