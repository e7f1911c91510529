"""Write docs/reference-api.md: what `import filtershift` offers, from the docstrings."""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import filtershift

PAGE = Path(__file__).parents[1] / "reference-api.md"
SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Yields):$")
INTRODUCTION = """\
# Python API

What `import filtershift` offers in a notebook or a program, from its docstrings, by `make docs`.
[A notebook](notebook.ipynb) shows it at work.
Mistakes raise `filtershift.FiltershiftError`, in one line that says what is expected.

`pip install .` in a copy of the project installs what this needs.
The workflow needs more packages: `pip install '.[workflow]'`, or `make`, which installs everything into `.venv`.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())


def page() -> str:
    """The page: a section for each public name, classes first, with their public methods."""
    lines = [INTRODUCTION]
    for name in filtershift.__all__:
        thing = getattr(filtershift, name)
        lines += [f"## `{name}`", "", *entry(f"filtershift.{name}", thing)]
        if inspect.isclass(thing):
            for method, function in inspect.getmembers(thing, inspect.isfunction):
                if not method.startswith("_"):
                    lines += [f"### `{name}.{method}`", "", *entry(f"{name.lower()}.{method}", function)]
    return "\n".join(lines)


def entry(call: str, thing: Callable[..., Any]) -> Iterator[str]:
    """Lines for a class or function: how it is called, and its docstring."""
    if not inspect.isclass(thing):
        signature = inspect.signature(thing)
        called = signature.replace(parameters=[p for p in signature.parameters.values() if p.name != "self"])
        yield from ("```text", call + re.sub(r"(: |-> )'(.*?)'", r"\1\2", str(called)), "```", "")
    for paragraph in re.split(r"\n(?=\S[^\n]*:\n {4})", inspect.getdoc(thing) or ""):
        heading, _, rest = paragraph.partition("\n")
        if SECTION.match(heading):
            yield from (f"**{heading[:-1].replace('Args', 'Parameters')}**", "", *listed(rest), "")
        else:
            yield from (re.sub(r"``(.*?)``", r"`\1`", paragraph.strip()), "")


def listed(text: str) -> list[str]:
    """The entries of a section of a docstring as a list, names in code."""
    joined = re.sub(r"\n {5,}", " ", re.sub(r"``(.*?)``", r"`\1`", text.rstrip()))
    return [re.sub(r"^(\*{0,2}\w+): ", r"- `\1`: ", line.strip()) for line in joined.splitlines() if line.strip()]


if __name__ == "__main__":
    main()
