"""What a rule passes to a script arrives as it was."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.analysis.groups.definition import Grouping
from filtershift.command import parsed
from filtershift.dataset.sources.packages import Package, PackageModel
from filtershift.errors import FiltershiftError
from words import words

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TRICKY = st.sampled_from(
    ["", "null", "~", "on", "1e3", "- a", "${a}", r"\${a}", r"\\${a}", "$a", "it's", '"', "{", "[a", "a: b"]
)
LABELS = st.one_of(TEXTS, TRICKY)


def script(
    path: Path, label: str, number: int, labels: dict[str, str], rows: list[list[str]], left_out: int = 3
) -> None:
    """Arguments of all kinds."""


def typed(grouping: Grouping, packages: list[Package]) -> None:
    """Arguments that are dataclasses."""


@given(LABELS, st.integers(), st.dictionaries(LABELS, LABELS, max_size=4), st.lists(st.lists(LABELS), max_size=4))
def test_any_text_arrives(label: str, number: int, labels: dict[str, str], rows: list[list[str]]) -> None:
    given = {"path": "a/b c.csv", "label": label, "number": number, "labels": labels, "rows": rows}
    assert parsed(script, shlex.split(words(given))) == {**given, "path": Path("a/b c.csv"), "left_out": 3}


def test_dataclasses_arrive() -> None:
    package = {"package": "p", "version": "1", "file": "f", "sha256": "0", "models": [{"member": "m", "model": "${x}"}]}
    given = {"grouping": {"by": ["a"], "where": {"a": ["1", "${b}"]}, "bins": [0, 0.5]}, "packages": [package]}
    arrived = parsed(typed, shlex.split(words(given)))
    assert arrived["grouping"] == Grouping(["a"], {"a": ["1", "${b}"]}, bins=[0.0, 0.5])
    assert arrived["packages"] == [Package("p", "1", "f", "0", [PackageModel("m", "${x}")])]


def test_plain_values_stay_readable() -> None:
    assert words({"layers": "results/zoo/layers.csv", "bins": 70}) == "layers=results/zoo/layers.csv bins=70"


@pytest.mark.parametrize("word", ["rows=[{", "label"])
def test_mistakes(word: str) -> None:
    with pytest.raises(FiltershiftError, match=r"write key=value|while parsing"):
        parsed(script, [word])
