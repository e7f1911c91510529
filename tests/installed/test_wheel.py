"""The package as others install it: a wheel, in an environment that knows nothing of this folder."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

import filtershift
from made_bundle import make_bundle, make_results
from six_layers import LAYERS

ROOT = Path(__file__).parents[2]
SOURCES = ("src", "pyproject.toml", "README.md", "LICENSE")
BUILD = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"


def ran(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command outside the repository. Kernels are not compiled, which takes longer than all the rest."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**kept, "NUMBA_DISABLE_JIT": "1"}
    called = [str(word) for word in words]
    return subprocess.run(called, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the environment env, the bundle six.zip, and x.safetensors, which is a model of its data set."""
    place = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, place / "project" / name if copy is shutil.copytree else place / "project")
    built = ran(sys.executable, "-c", BUILD, place, cwd=place / "project")
    assert built.returncode == 0, built.stderr
    shutil.rmtree(place / "project")
    # Its packages are those of this environment, but for the one that is tested.
    uv = Path(sysconfig.get_path("scripts"), "uv")
    assert ran(uv, "venv", "--offline", "--python", sys.executable, place / "env", cwd=place).returncode == 0
    [packages] = place.glob("env/lib/python*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    [wheel] = place.glob("*.whl")
    install = (uv, "pip", "install", "--offline", "--no-deps", "--python", place / "env/bin/python", wheel)
    installed = ran(*install, cwd=place)
    assert installed.returncode == 0, installed.stderr
    make_results(place / "six")
    make_bundle(place / "six", place / "six.zip")
    save_file({f"conv{k}.weight": np.ascontiguousarray(LAYERS[k]) for k in range(2)}, place / "x.safetensors")
    return place


def test_the_command_works_outside_the_repository(place: Path) -> None:
    command = place / "env/bin/filtershift"
    found = ran(place / "env/bin/python", "-c", "import filtershift; print(filtershift.__file__)", cwd=place)
    assert found.stdout.startswith(str(place / "env/lib"))
    assert ran(command, "--version", cwd=place).stdout == f"filtershift {filtershift.__version__}\n"

    placed = ran(command, "place", "x.safetensors", "--reference", "six.zip", "--out", "answer", cwd=place)
    assert placed.returncode == 0, placed.stderr
    assert placed.stdout.splitlines()[0].split() == ["model", "grouping", "group", "D", "low", "high", "flag"]
    assert placed.stdout.endswith("open answer/placement.html\n")
    names = {"placement.html", "explorer.html", "shifts.csv", "layers.csv", "models.csv", "skipped.csv"}
    assert {path.name for path in (place / "answer").iterdir()} == names
    assert "Models placed in six</h1>" in (place / "answer/placement.html").read_text()

    layers = ran(command, "layers", "x.safetensors", "--csv", "layers.csv", cwd=place)
    assert layers.returncode == 0, layers.stderr
    table = pd.read_csv(place / "layers.csv")
    assert table["layer_name"].tolist() == ["conv0", "conv1"]
