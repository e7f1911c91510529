"""Numbers, labels and tables as they stand on the page."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from filtershift.report.sections import (
    MOST_ROWS,
    Cell,
    Figure,
    Section,
    Table,
    listing,
    name,
    number,
    several,
    share,
    text,
    with_figures,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (4685105, "4,685,105"),
        (np.int64(7), "7"),
        (1234.5678, "1,235"),
        (12.3456, "12.3"),
        (0.012345, "0.0123"),
        (-0.5, "−0.5"),
        (1.5e-9, "1.5e−09"),
        (2.0, "2"),
    ],
)
def test_number(value: float, written: str) -> None:
    assert number(value) == written


@pytest.mark.parametrize(
    ("ratio", "written"),
    [(0, "0"), (0.001, "under 1"), (0.5, "50"), (0.994, "over 99"), (0.999, "over 99"), (1, "100")],
)
def test_share(ratio: float, written: str) -> None:
    assert share(ratio) == f"{written}\N{NO-BREAK SPACE}%"


def test_words() -> None:
    assert [several(n, "model") for n in (0, 1, 2000)] == ["0 models", "1 model", "2,000 models"]
    assert [listing(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_a_label_is_one_line_of_bounded_length() -> None:
    assert text(" two\n\tlines ") == "two lines"
    assert text("") == text(" \n") == "(empty)"
    assert text("x" * 80) == "x" * 80
    assert text("x" * 81) == "x" * 79 + "…"


def test_a_label_does_not_turn_the_sentence_around() -> None:
    assert name("\N{RIGHT-TO-LEFT OVERRIDE}a") == "\u2068\N{RIGHT-TO-LEFT OVERRIDE}a\u2069"


def test_cells_show_numbers_short_and_keep_them_whole() -> None:
    frame = pd.DataFrame({"n_filters": [1000, 5], "first_three": [0.123456, np.nan], "Task": ["a", None]})
    table = Table("Title", frame, "file.csv")
    assert table.columns == [("filters", True), ("first three", True), ("Task", False)]
    assert table.rows == [
        [Cell("1,000", 1000.0), Cell("0.123", 0.123456), Cell("a")],
        [Cell("5", 5.0), Cell("–"), Cell("–")],
    ]
    assert table.left_out == 0


def test_a_long_table_is_cut() -> None:
    table = Table("Title", pd.DataFrame({"layer": range(MOST_ROWS + 3)}), "file.csv")
    assert [row[0].number for row in table.rows] == list(range(MOST_ROWS))
    assert table.left_out == 3


def test_figures_come_to_the_sections_of_their_titles() -> None:
    figure = Figure(Path("a.png"), "A", "")
    told = with_figures([Section("A", ["text"]), Section("B", [])], {"A": [figure], "C": [figure]})
    assert told == [Section("A", ["text"], figures=[figure]), Section("B", [])]
