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
    names: set[str] = set()
    for origin, members, plain in IMPORT.findall(file.read_text()):
        base = origin or plain
        names |= {base, *(f"{base}.{member}" for member in re.findall(r"\w+", members))}
    return tuple(path for name in names for path in _files(name, source))


@cache
def _files(name: str, source: Path) -> list[Path]:
    """The file of a module and those of the packages it is in; none for a name that is no module."""
    parts = name.split(".")
    packages = [source.joinpath(*parts[:k], "__init__.py") for k in range(1, len(parts) + 1)]
    module = source.joinpath(*parts).with_suffix(".py")
    return [path for path in (*packages, module) if path.is_file()]
