"""`import filtershift`: what it offers, and what it needs to be installed."""

import importlib
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import filtershift

ROOT = Path(__file__).parents[2]
USED = f"""
import sys
sys.modules.update(dict.fromkeys(sys.argv[1:]))
import filtershift as fs, numpy as np
data = fs.from_arrays({{"a": np.random.default_rng(0).normal(size=(40, 5, 3, 3))}}) + fs.read_model(
    {str(ROOT / "tests/data/models/one_network/torchscript.onnx")!r}
)
data.save("own.h5")
data = fs.open_dataset("own.h5")
fs.quality(data), fs.coefficients(data)
fs.plot(fs.shift(data, by="model", intervals=True, resamples=2)), fs.plot(fs.pca(data)), fs.plot(data, by="model")
fs.explore(data)
"""


def test_nothing_heavy_is_imported_before_it_is_asked_for() -> None:
    code = "import sys, filtershift; sys.exit(' '.join({'numpy', 'pandas', 'sklearn', 'numba'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr == "\n"


def test_packages_of_the_workflow_are_not_needed(tmp_path: Path) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    extra = {canonicalize_name(Requirement(text).name) for text in extras["workflow"]}
    modules = [m for m, owners in packages_distributions().items() if extra & {canonicalize_name(o) for o in owners}]
    assert {"snakemake", "hydra", "docutils"} <= set(modules)
    command = [sys.executable, "-c", USED, *modules, "omegaconf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


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
