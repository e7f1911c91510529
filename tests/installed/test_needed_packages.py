"""What `import filtershift` needs to be installed."""

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


def test_packages_of_the_workflow_are_not_needed(tmp_path: Path) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    extra = {canonicalize_name(Requirement(text).name) for text in extras["workflow"]}
    modules = [m for m, owners in packages_distributions().items() if extra & {canonicalize_name(o) for o in owners}]
    assert {"snakemake", "hydra", "docutils"} <= set(modules)
    command = [sys.executable, "-c", USED, *modules, "omegaconf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
