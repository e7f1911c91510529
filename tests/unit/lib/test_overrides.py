"""Overrides on Snakemake's command line, with brackets or without, are the same list."""

from typing import Any

import pytest
import yaml

from filtershift.errors import FiltershiftError
from overrides import override_list


def given(text: str) -> list[str]:
    """What comes of a text on the command line, of which Snakemake keeps what is no YAML."""
    try:
        return override_list(yaml.safe_load(text))
    except yaml.YAMLError:
        return override_list(text)


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        ("[]", []),
        ("[bins=100]", ["bins=100"]),
        ("[bins=100, shards=2]", ["bins=100", "shards=2"]),
        ('["variants=[scaled]",bins=5]', ["variants=[scaled]", "bins=5"]),
        ("[placement.models=[my.onnx]]", ["placement.models=[my.onnx]"]),
        (
            "[dataset=own,dataset.models=[a.onnx,b.pt],bins=5]",
            ["dataset=own", "dataset.models=[a.onnx,b.pt]", "bins=5"],
        ),
        ('["variants=[scaled]",grouping=[all,task]]', ["variants=[scaled]", "grouping=[all,task]"]),
        (
            "[+grouping.a={by:[Task,kernel],where:{Task:x}},bins=5]",
            ["+grouping.a={by:[Task,kernel],where:{Task:x}}", "bins=5"],
        ),
        ("[models=['a,b]',\"c[\"],bins=5]", ["models=['a,b]',\"c[\"]", "bins=5"]),
        ("['models=[{file: a, name: b}]', bins=[1]]", ["models=[{file: a, name: b}]", "bins=[1]"]),
        ("[paper.figure_1=[[task,a],[all,all]],]", ["paper.figure_1=[[task,a],[all,all]]"]),
    ],
)
def test_overrides(text: str, overrides: list[str]) -> None:
    assert given(text) == overrides
    assert override_list(overrides) == overrides


@pytest.mark.parametrize("value", ["bins=100", "[bins=100", {"bins": 100}, 5, None, ""], ids=repr)
def test_what_is_no_list(value: Any) -> None:
    with pytest.raises(FiltershiftError, match=r"^overrides: .* is not a list; write .* 'overrides=\[bins=100\]'$"):
        override_list(value)
