"""What is known of a data set from elsewhere, beside what a run found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from filtershift.errors import FiltershiftError
from filtershift.results import VARIANTS

if TYPE_CHECKING:
    import pandas as pd

    from filtershift.passes.bases import Bases

RATIOS = tuple(f"{variant}_explained_variance_ratio" for variant in VARIANTS)
LENGTHS = {"filters": 1, "layers": 1, "models": 1, **dict.fromkeys(RATIOS, 9)}
"""Quantities that can be known, and how many numbers each has."""
COLUMNS = ("quantity", "expected", "found", "tolerance", "agrees", "source")


@dataclass(frozen=True)
class Expectation:
    """What a source says of a quantity.

    Attributes:
        quantity: one of `LENGTHS`.
        value: its number, or the list of its numbers.
        tolerance: how far a number found may be away.
        source: who says so.
    """

    quantity: str = ""
    value: Any = None
    tolerance: float = 0.0
    source: str = ""

    @property
    def numbers(self) -> list[int | float]:
        """The numbers, also of a quantity that has one."""
        return self.value if isinstance(self.value, list) else [self.value]


def check_expectations(expectations: Sequence[Expectation]) -> None:
    """Check expectations as configured.

    Raises:
        FiltershiftError: a quantity is unknown, has other numbers than it takes, or its tolerance is negative.
    """
    for one in expectations:
        if one.quantity not in LENGTHS:
            raise FiltershiftError(
                f"config: dataset.expected: quantity must be one of {', '.join(LENGTHS)}, not {one.quantity!r}"
            )
        at, length = f"config: dataset.expected: {one.quantity}", LENGTHS[one.quantity]
        if len(one.numbers) != length or not all(type(number) in (int, float) for number in one.numbers):
            wanted = "a number" if length == 1 else f"a list of {length} numbers"
            raise FiltershiftError(f"{at}: value must be {wanted}, not {one.value}")
        if not one.tolerance >= 0:
            raise FiltershiftError(f"{at}: tolerance must be 0 or more, not {one.tolerance}")


def find_quantities(models: pd.DataFrame, bases: Bases) -> dict[str, list[int | float]]:
    """The numbers of each of `LENGTHS` from a model table and the global bases."""
    counts = {"filters": [int(models["n_filters"].sum())], "layers": [int(models["n_layers"].sum())]}
    ratios = {name: basis.explained_variance_ratio.tolist() for name, basis in zip(RATIOS, bases, strict=True)}
    return {**counts, "models": [len(models)], **ratios}


def compare_expected(expectations: Sequence[Expectation], found: Mapping[str, Sequence[int | float]]) -> pd.DataFrame:
    """One row per number that is known, with `COLUMNS`; a number of several is named after its place, from 0.

    A number that is missing (NaN) agrees with none.

    Raises:
        ValueError: more or fewer numbers were found of a quantity than are known.
    """
    import pandas as pd

    rows = [
        (
            one.quantity if len(one.numbers) == 1 else f"{one.quantity}_{k}",
            *(expected, value, one.tolerance, abs(value - expected) <= one.tolerance, one.source),
        )
        for one in expectations
        for k, (expected, value) in enumerate(zip(one.numbers, found[one.quantity], strict=True))
    ]
    # As objects, counts stay whole numbers beside ratios.
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
