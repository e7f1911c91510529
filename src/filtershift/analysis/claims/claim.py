"""A claim about trained filters: what it says, what it means, and the rule that decides it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from filtershift.analysis.claims.evidence import Evidence
from filtershift.analysis.claims.groups import Finding

HOLDS, FAILS, UNDECIDED = "holds", "does not hold", "cannot be judged here"


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

    def verdict(self, low: float, high: float) -> tuple[str, float]:
        """The verdict for an interval, and the threshold in it if the claim is undecided (else NaN)."""
        if self.low < low and high < self.high:
            return HOLDS, np.nan
        if high <= self.low or self.high <= low:
            return FAILS, np.nan
        [threshold, *_] = [end for end in (self.low, self.high) if low <= end <= high]
        return UNDECIDED, threshold


@dataclass(frozen=True)
class Claim:
    """A claim about trained filters, and what decides it.

    Attributes:
        key: a short name.
        says: the claim, a sentence.
        paper: year and, where known, figure of the paper that makes it; "" if none does.
        reports: what the papers report, with its numbers.
        if_holds: what it means if the claim holds, a sentence.
        if_not: what it means if it does not hold.
        measure: function that computes the statistic; the first line of its docstring defines it in words.
        region: the values at which the claim holds.
        possible: the smallest and the largest value that the statistic can have.
        variant: the variant of the filters that the statistic uses.
    """

    key: str
    says: str
    paper: str
    reports: str
    if_holds: str
    if_not: str
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
