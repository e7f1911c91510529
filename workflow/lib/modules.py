"""Which modules of the package a script imports, directly or not: what its rule depends on."""

import re
from functools import cache
from pathlib import Path

IMPORT = re.compile(r"^ *(?:from (filtershift[\w.]*) import (\([^)]*\)|.*)|import (filtershift[\w.]*))", re.MULTILINE)
"""The forms of import that the package and the scripts use; a test compares what is found with Python's own finder."""


def code_of(script: Path, source: Path) -> list[Path]:
    """A script, then every module of the package in the folder ``source`` that it imports, sorted.

    The package's own `__init__.py` counts as imported, but not what it imports: it is a door for notebooks.
    """
    found: set[Path] = set()
    waiting = set(_imported(script, source))
    while waiting:
        module = waiting.pop()
        found.add(module)
        if module != source / "filtershift/__init__.py":
            waiting |= set(_imported(module, source)) - found
    return [script, *sorted(found)]


@cache
def _imported(file: Path, source: Path) -> tuple[Path, ...]:
    """The modules that a file names in its imports, and the packages these are in."""
    known = _modules(source)
    found: set[Path] = set()
    for origin, members, plain in IMPORT.findall(file.read_text()):
        base = origin or plain
        for name in (base, *(f"{base}.{member}" for member in re.findall(r"\w+", members))):
            parts = name.split(".")
            found |= {known[inner] for k in range(len(parts)) if (inner := ".".join(parts[: k + 1])) in known}
    return tuple(found)


@cache
def _modules(source: Path) -> dict[str, Path]:
    """Every module and package in a folder, by its name."""
    names = {path: ".".join(path.relative_to(source).with_suffix("").parts) for path in source.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}
