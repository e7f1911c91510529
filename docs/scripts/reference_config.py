"""Write docs/reference-config.md: every key of the configuration, from the dataclasses of workflow/lib/schema.py."""

import json
import re
import sys
from dataclasses import MISSING, Field, fields, is_dataclass
from inspect import cleandoc
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference-config.md"
sys.path.insert(0, str(ROOT / "workflow/lib"))

from configuration import load  # noqa: E402
from schema import Config, GroupingConfig  # noqa: E402

TYPES = {str: "text", int: "integer", float: "number", bool: "true or false"}
ENTRY = re.compile(r"^(\w+)(?: \((.*?)\))?: (.*)$")
INTRODUCTION = """\
# Configuration keys

Every key, from `workflow/lib/schema.py`, by `make docs`. [config/README.md](../config/README.md) says how to set them.
A default is what the files in `config/` say without an override; for keys of the data set, `dataset/synthetic.yaml`.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())


def page() -> str:
    """The page: a section for the root and one for each key that holds others."""
    defaults, synthetic = load(ROOT / "config", []), load(ROOT / "config", ["dataset=synthetic"])
    names = json.dumps(list(defaults.grouping))
    chosen = {"dataset": f"`{defaults.dataset.name}`", "grouping": f"`{names}`", "dataset.name": "that of the file"}
    defaults.dataset = synthetic.dataset
    root = section("", Config, defaults, chosen)
    return "\n".join(
        [INTRODUCTION, *root, *section("grouping.NAME", GroupingConfig, None, {"grouping.NAME.title": "the name"})]
    )


def section(prefix: str, kind: Any, default: Any, chosen: dict[str, str]) -> list[str]:
    """Lines of a dataclass's keys, then of those of the dataclasses in it; ``chosen`` has defaults in words."""
    summary, explained = explanations(kind)
    title = f"## `{prefix}`" if prefix else "## The root"
    rows, inner = [], []
    for item in fields(kind):
        key = f"{prefix}.{item.name}" if prefix else item.name
        hint, value = get_type_hints(kind)[item.name], getattr(default, item.name, None)
        nested = next((part for part in (hint, *get_args(hint)) if is_dataclass(part)), None)
        if nested and get_origin(hint) is not list:
            inner += section(key, nested, value, chosen)
        if nested is None or item.name in explained:
            if item.name not in explained:
                sys.exit(f"workflow/lib/schema.py: {kind.__name__} does not explain '{item.name}' under Attributes")
            said, what = explained[item.name]
            rows.append(f"| `{key}` | {said or words(hint)} | {chosen.get(key) or shown(item, value)} | {what} |")
    table = ["| key | type | default | what it does, and when to change it |", "|---|---|---|---|", *rows]
    return [title, "", summary, "", *table, "", *inner]


def explanations(kind: type) -> tuple[str, dict[str, tuple[str | None, str]]]:
    """The summary of a dataclass's docstring; the type, where named, and the explanation of each attribute."""
    summary, _, attributes = cleandoc(kind.__doc__ or "").partition("\n\nAttributes:\n")
    joined = re.sub(r"\n {8,}", " ", attributes)
    found = [ENTRY.match(line.strip()) for line in joined.splitlines()]
    return summary, {entry[1]: (entry[2], entry[3].replace("|", "\\|")) for entry in found if entry}


def words(hint: Any) -> str:
    """A type in plain words."""
    if get_origin(hint) is list:
        return f"list of {words(get_args(hint)[0])}s".replace("texts", "text")
    kinds = [part for part in get_args(hint) if part is not type(None)] or [hint]
    return TYPES[kinds[0]]


def shown(item: Field[Any], value: Any) -> str:
    """A default as one writes it; where nothing was composed, that of the dataclass."""
    if value is None and item.default is not MISSING:
        value = item.default
    elif value is None and item.default_factory is not MISSING:
        value = item.default_factory()
    if value == "???":
        return "must be set"
    if value in (None, [], {}):
        return "none"
    return f"`{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}`"


if __name__ == "__main__":
    main()
