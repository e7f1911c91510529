"""`import filtershift`: what it offers."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import filtershift

ROOT = Path(__file__).parents[2]


def test_nothing_heavy_is_imported_before_it_is_asked_for() -> None:
    code = "import sys, filtershift; sys.exit(' '.join({'numpy', 'pandas', 'sklearn', 'numba'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr == "\n"


def test_every_name_is_there_and_documented() -> None:
    assert set(filtershift.__all__) < set(dir(filtershift))
    for name in filtershift.__all__:
        assert getattr(filtershift, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'shifts'; it offers Filters"):
        filtershift.shifts  # noqa: B018


def test_the_names_for_type_checkers_are_those_at_run_time() -> None:
    lines = [
        line.split() for line in Path(filtershift.__file__).read_text().splitlines() if line.startswith("    from")
    ]
    found = {name.strip(","): module for _, module, _, *names in lines for name in names}
    assert set(found) == set(filtershift.__all__)
    for name, module in found.items():
        assert getattr(filtershift, name) is getattr(importlib.import_module(module), name)


def test_the_version_is_that_of_the_citation() -> None:
    assert f"\nversion: {filtershift.__version__}\n" in (ROOT / "CITATION.cff").read_text()
