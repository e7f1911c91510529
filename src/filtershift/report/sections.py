"""What the page is made of: sections of text, figures and tables, and how numbers and labels are written in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
from pandas.api.types import is_numeric_dtype

MOST_ROWS = 200
"""Rows of a table on the page; the file named below it holds all."""

_PERCENT = "\N{NO-BREAK SPACE}%"
_LONGEST = 80
"""Characters of a label on the page."""


@dataclass(frozen=True)
class Figure:
    """A finished PNG, its title, and as HTML how to read it."""

    path: Path
    title: str
    caption: str


@dataclass(frozen=True)
class Cell:
    """What a table shows of a value, and the number it is sorted by, if it is one."""

    text: str
    number: float | None = None


@dataclass(frozen=True)
class Table:
    """The first rows of a table, and the file, or files with commas between them, that hold all of it.

    ``marks`` are the classes, of the style sheet, of cells that hold certain texts. A table of ``prose`` has sentences
    for labels: these are not cut, and it is shown at its full height.
    """

    title: str
    frame: pd.DataFrame
    file: str
    marks: Mapping[str, str] = field(default_factory=dict)
    prose: bool = False

    @property
    def files(self) -> list[str]:
        """Paths of the files, from the folder of the page."""
        return self.file.split(", ")

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """The heading of each column, and whether it holds numbers."""
        headings = [str(column).removeprefix("n_").replace("_", " ") for column in self.frame]
        return list(zip(headings, map(is_numeric_dtype, self.frame.dtypes), strict=True))

    @property
    def rows(self) -> list[list[Cell]]:
        """The rows shown."""
        shown = self.frame.head(MOST_ROWS)
        longest = None if self.prose else _LONGEST
        return [list(row) for row in zip(*(_cells(shown[column], longest) for column in shown), strict=True)]

    @property
    def left_out(self) -> int:
        """How many rows are not shown."""
        return max(0, len(self.frame) - MOST_ROWS)


@dataclass(frozen=True)
class Section:
    """A part of the story: paragraphs, figures, tables."""

    title: str
    text: Sequence[str]
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()


def with_figures(sections: Sequence[Section], figures: Mapping[str, Sequence[Figure]]) -> list[Section]:
    """The sections with their figures, given by the titles of sections; those without a figure stay as they are."""
    return [replace(section, figures=figures.get(section.title, ())) for section in sections]


def _cells(column: pd.Series, longest: int | None) -> list[Cell]:
    """The cells of a column; what is missing is a dash and has no number."""
    numeric = is_numeric_dtype(column)
    values = [None if missing else value for value, missing in zip(column, column.isna(), strict=True)]
    return [
        Cell("–") if value is None else Cell(number(value), float(value)) if numeric else Cell(text(value, longest))
        for value in values
    ]


def text(label: object, longest: int | None = _LONGEST) -> str:
    """A label on one line, of bounded length."""
    line = " ".join(str(label).split())
    return (line if longest is None or len(line) <= longest else f"{line[: longest - 1]}…") or "(empty)"


def name(label: object) -> str:
    """A label within a sentence: its own direction of writing does not turn what is around it."""
    return f"\N{FIRST STRONG ISOLATE}{text(label)}\N{POP DIRECTIONAL ISOLATE}"


def number(value: float) -> str:
    """A number in three digits, or whole with thousands commas."""
    whole = float(value).is_integer() or abs(value) >= 100
    return (f"{value:,.0f}" if whole else f"{value:.3g}").replace("-", "−")


def share(ratio: float) -> str:
    """A share in percent, none rounded to nothing or to all."""
    if 0 < ratio < 0.01:
        return f"under 1{_PERCENT}"
    return f"over 99{_PERCENT}" if 0.99 < ratio < 1 else f"{100 * ratio:.0f}{_PERCENT}"


def several(count: int, noun: str) -> str:
    """A number of things, as in "1 model" and "24 models"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listing(parts: Sequence[str]) -> str:
    """Parts as in "a, b and c"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)
