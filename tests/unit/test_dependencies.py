"""`pyproject.toml`, `requirements.lock` and `environment.yml` name the same packages."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "tables": "pytables",
    "playwright": "playwright-python",
    "ml-dtypes": "ml_dtypes",
    "flatbuffers": "python-flatbuffers",
    "msgpack": "msgpack-python",
}
CONDA_ONLY = {"pip"}
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def direct() -> dict[str, Requirement]:
    """The direct dependencies, also those of the workflow and for development, by name."""
    texts = [*project()["dependencies"], *chain(*project()["optional-dependencies"].values())]
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, texts)}


def lock() -> list[tuple[Requirement, int]]:
    """The requirements of the lock, each with its number of hashes."""
    entries: list[tuple[Requirement, int]] = []
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if HASH.fullmatch(line):
            requirement, hashes = entries.pop()
            entries.append((requirement, hashes + 1))
        elif not line.lstrip().startswith("#"):
            entries.append((Requirement(line.removesuffix(" \\")), 0))
    return entries


def locked() -> dict[str, Requirement]:
    """The requirements of the lock that apply here, by name."""
    return {r.name: r for r, _ in lock() if not r.marker or r.marker.evaluate()}


@pytest.mark.parametrize("requirement", direct().values(), ids=str)
def test_direct_dependency_has_a_floor(requirement: Requirement) -> None:
    assert [specifier.operator for specifier in requirement.specifier] == [">="], f"give {requirement} a floor"


@pytest.mark.parametrize("name", direct())
def test_locked_version_satisfies_pyproject(name: str) -> None:
    assert name in locked(), f"{name} is not in requirements.lock: run 'make lock'"
    [pin] = locked()[name].specifier
    assert direct()[name].specifier.contains(pin.version), f"{name}=={pin.version} is too old: run 'make lock'"


@pytest.mark.parametrize(("requirement", "hashes"), lock(), ids=str)
def test_locked_package_is_pinned_and_has_hashes(requirement: Requirement, hashes: int) -> None:
    assert [specifier.operator for specifier in requirement.specifier] == ["=="]
    assert hashes > 0


def test_lock_names_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"://|file:|@|--(extra-)?index|--find-links", text)


def test_environment_has_the_dependencies_and_floors_of_pyproject() -> None:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = {requirement.name: requirement.specifier for requirement in map(Requirement, entries)}
    expected = {CONDA_NAMES.get(name, name): requirement.specifier for name, requirement in direct().items()}
    assert conda.pop("python") == project()["requires-python"]
    assert {name: floor for name, floor in conda.items() if name not in CONDA_ONLY} == expected
