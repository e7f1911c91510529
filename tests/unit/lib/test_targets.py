"""Targets that nothing makes, with what was perhaps meant."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from targets import unknown_target

NAMES = {"dataset": "zoo", "variant": ["scaled", "unscaled"], "grouping": ["all", "task"]}
NO_RULE = "there is no such rule, and no rule makes such a file"


def rule(name: str, *output: str, made: str = "") -> SimpleNamespace:
    """A rule as Snakemake has it, which makes one file."""
    return SimpleNamespace(
        name=name, output=output, is_producer=lambda file: file == made, has_wildcards=lambda: output
    )


RULES = [
    rule("paper"),
    rule("layers", "results/{dataset,zoo}/layers.csv", made="results/zoo/layers.csv"),
    rule("ridge", r"results/{dataset,zoo}/{variant,\w{1,9}}/figures/ridge/{grouping}.pdf"),
    rule("place", "results/{dataset}/placement/{request}/placement.html"),
]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("paper", ""),
        ("results/zoo/layers.csv", ""),
        ("./results/zoo/../zoo/layers.csv", ""),
        ("papr", f"{NO_RULE}; did you mean paper?"),
        ("tsak", f"{NO_RULE}; snakemake --list names the rules"),
        ("layers.csv", f"{NO_RULE}; did you mean results/zoo/layers.csv?"),
        (
            "results/zoo/unscaled/figures/rige/tsk.pdf",
            f"{NO_RULE}; did you mean results/zoo/unscaled/figures/ridge/task.pdf?",
        ),
        (str(Path("results/zoo/layers.csv").absolute()), f"{NO_RULE}; did you mean results/zoo/layers.csv?"),
        (
            "results/other/layers.csv",
            "this run makes files of results/zoo only; give the overrides with which results/other is made",
        ),
        ("ridge", "this rule makes several files; name one, as in results/zoo/scaled/figures/ridge/all.pdf"),
        ("ridg", f"{NO_RULE}; snakemake --list names the rules"),
        ("place", "this rule makes several files; name one"),
    ],
)
def test_the_first_target_that_nothing_makes(target: str, said: str) -> None:
    assert unknown_target(["paper", target], RULES, "results/zoo", NAMES) == (said and f"error: {target}: {said}")
