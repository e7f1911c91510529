"""Targets of the command line that nothing makes: of these Snakemake itself only says that there is no rule."""

import difflib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from snakemake.io import expand

REFUSED = ("MissingRuleException", "WorkflowError:\nTarget rules may not contain wildcards")
"""How Snakemake's messages about such a target begin."""
# A wildcard with its constraint, which may have braces of its own.
_CONSTRAINED = re.compile(r"\{(\w+),(?:[^{}]|\{[^{}]*\})*\}")


def unknown_target(targets: Iterable[str], rules: Sequence[Any], results: str, names: Mapping[str, Any]) -> str:
    """A line about the first target that is no rule to ask for and no file that a rule makes; "" if there is none.

    Args:
        targets: as the user gave them.
        rules: all of Snakemake's.
        results: the folder of results of the configured data set.
        names: what wildcards may be, to name the file that was perhaps meant.
    """
    named = {rule.name: rule for rule in rules}
    goals = [rule.name for rule in rules if not rule.has_wildcards()]
    for target in targets:
        rule = named.get(target)
        file = target if Path(target).is_absolute() else os.path.relpath(target)
        if rule and rule.has_wildcards():
            return f"error: {target}: this rule makes several files; name one{_example(_made([rule], names))}"
        if not rule and not any(one.is_producer(file) for one in rules):
            return f"error: {target}: {_reason(os.path.relpath(file), [*goals, *_made(rules, names)], results)}"
    return ""


def _example(files: Sequence[str]) -> str:
    return f", as in {files[0]}" if files else ""


def _made(rules: Iterable[Any], names: Mapping[str, Any]) -> list[str]:
    """The files that rules make, as far as their names are known."""
    patterns = [_CONSTRAINED.sub(r"{\1}", str(pattern)) for rule in rules for pattern in rule.output]
    return [file for file in expand(patterns, **names, allow_missing=True) if "{" not in file]


def _reason(file: str, known: Iterable[str], results: str) -> str:
    """Why nothing makes a file, with the rule or the file that was perhaps meant."""
    folder, *rest = Path(file).parts
    if folder == "results" and len(rest) > 1 and rest[0] != Path(results).name:
        return f"this run makes files of {results} only; give the overrides with which results/{rest[0]} is made"
    by_end = {one.removeprefix(f"{results}/"): one for one in known}
    close = difflib.get_close_matches(file.removeprefix(f"{results}/"), by_end, n=1, cutoff=0.65)
    meant = f"did you mean {by_end[close[0]]}?" if close else "snakemake --list names the rules"
    return f"there is no such rule, and no rule makes such a file; {meant}"
