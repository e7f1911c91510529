"""Every command in the documentation runs, as it is written.

What is cheap runs for real in a small copy of the project: its zoo is the small data set of these tests, and finished.
The rest is in `EXCEPTIONS`, with the reason, and runs dry in a copy of the project where nothing is finished: the
configuration is composed, jobs are planned, targets and options have to exist.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

import numpy as np
import onnx
import pytest
import yaml
from onnx import helper, numpy_helper
from safetensors.numpy import save_file

from filtershift.dataset.sources.bundle_manifest import RunSettings
from filtershift.dataset.sources.bundles import write_bundle
from forks import forked
from running import ROOT, Workflow, copy_project, environment, snakemake
from small_dataset import write_small

DRY, DRY_SMALL, SYNTAX = "dry run", "dry run of what is finished", "syntax only"
ALL_JOBS = "makes all results of a data set anew: minutes, for the zoo with half a GB of downloads"
# A pattern of commands, how they are tried instead of being run, and why.
EXCEPTIONS = [
    (r"^make (results|test)$|^make (results|test) ", DRY, "the one is what other tests do, the other is these tests"),
    (r"^snakemake --cores (all|4) (compare )?--config", DRY, ALL_JOBS),
    (r"^snakemake --cores all trajectory", DRY, "makes a data set of 39 models; test_trajectory.py follows another"),
    (r"^snakemake --cores 2 results/synthetic/claims.html", DRY, "makes up 2 million filters"),
    (r"^snakemake --cores all placement --config .*my\.onnx", DRY, "that of the tutorial is run for real"),
    (r"^snakemake --profile", DRY, "needs a cluster"),
    (r"^(make bench|python benchmarks/)", DRY, "measures for minutes to hours"),
    (r"^python docs/scripts/images.py", DRY, "needs two finished runs"),
    (r"^snakemake --cores .* results/zoo/.*(claims.html|pdf)$", DRY_SMALL, "is there: nothing to be done"),
    (r"^snakemake results/zoo/.*embedding/task.pdf", DRY_SMALL, "is there: nothing to be done"),
    (r"^snakemake --cores all --dry-run --quiet", DRY_SMALL, "is a dry run"),
    (r"^torch\.", SYNTAX, "PyTorch is not needed, hence not installed"),
]
# Commands that would cost much, done dry: starts of Snakemake are noted, to be planned afterwards, recipes are printed,
# options are looked for in the help.
DRY_COMMANDS = r"""
snakemake() { printf '%s\0' "$@" $'\n' >> starts; }
make() { command make --dry-run "$@" > /dev/null; }
python() {
    test -f "$1" || { echo "there is no file $1"; return 1; }
    test -f "$1.help" || command python "$1" --help > "$1.help"
    local options=$(< "$1.help") word
    for word in "$@"; do
        [[ $word != --* || $options == *"$word"* ]] || { echo "$1 has no option $word"; return 1; }
    done
}
"""
LANGUAGES = {"bash", "python", "yaml", "snakemake", "text", ""}
COMMAND = re.compile(r"^\s*\$?\s*(snakemake|make|python|pip|git|cp|source|conda|pytest) ", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def how(self) -> str | None:
        """How it is tried if not for real."""
        return next((how for pattern, how, _ in EXCEPTIONS if re.search(pattern, self.text, re.MULTILINE)), None)


def blocks(page: Path) -> list[Block]:
    text, name = page.read_text(), str(page.relative_to(ROOT))
    fences = re.finditer(r"^( *)```(.*)\n((?:.*\n)*?)\1```$", text, re.MULTILINE)
    return [Block(name, text[: fence.start()].count("\n") + 1, fence[2], dedent(fence[3])) for fence in fences]


PAGES = [
    *ROOT.glob("*.md"),
    *(page for folder in ("docs", "config", "profiles") for page in (ROOT / folder).glob("*.md")),
]
BLOCKS = [block for page in sorted(PAGES) for block in blocks(page)]
RUN = [block for block in BLOCKS if block.language in ("bash", "python")]
# Files that pages show and commands name, by a line of theirs.
SHOWN = {
    "config/grouping/framework.yaml": "title: Framework",
    "config/grouping/opset.yaml": "title: Operator set",
    "models.yaml": "- file: b.safetensors",
}


def complete(folder: Path, finished: Workflow) -> Path:
    """A copy of the project with an environment, and the files that commands name."""
    copy_project(folder)
    for name in ("benchmarks", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy2(ROOT / name, folder)
    (folder / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    (folder / ".venv/.ready").touch()
    for name, line in SHOWN.items():
        (folder / name).write_text(next(block.text for block in BLOCKS if line in block.text))
    (folder / "data").mkdir()
    for name in ("dataset", "after"):
        write_small(folder / f"data/{name}.h5")
    write_models(folder)
    write_bundle_of(finished.results, folder / "bundle.zip")
    # Its data set lies where its configuration says, from the folder above results/.
    shutil.copy2(finished.project / finished.dataset, folder / finished.dataset)
    for name in ("before", "after"):
        results = shutil.copytree(finished.results, folder / "results" / name)
        config = results / "config.yaml"
        config.write_text(config.read_text().replace("name: small", f"name: {name}"))
    return folder


def write_bundle_of(results: Path, path: Path) -> None:
    """What `snakemake bundle` makes of a run whose data set was not built of models."""
    configuration = yaml.safe_load((results / "config.yaml").read_text())
    files = {name: results / name for name in RunSettings.of(configuration, "test").files}
    write_bundle(path, {**files, "skipped/models.csv": results / "skipped/layers.csv"}, configuration)


def write_models(folder: Path) -> None:
    """A model of one convolution in files of three kinds."""
    weight = np.random.default_rng(0).normal(size=(8, 3, 3, 3)).astype(np.float32)
    for name in ("b", "pruned"):
        save_file({"conv.weight": weight}, folder / f"{name}.safetensors")
    (folder / "nets").mkdir()
    for name in ("c.pt", "nets/Müller, 2.pt"):
        shutil.copy2(ROOT / "tests/data/torch/training.pt", folder / name)
    values = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in ("x", "y")]
    node = helper.make_node("Conv", ["x", "w"], ["y"], name="conv")
    graph = helper.make_graph([node], "g", values[:1], values[1:], [numpy_helper.from_array(weight, "w")])
    for name in ("a", "my"):
        onnx.save(helper.make_model(graph), folder / f"{name}.onnx")
    (folder / "resources/packages").mkdir(parents=True)
    with zipfile.ZipFile(folder / "resources/packages/nudenet-3.4.2-py3-none-any.whl", "w") as wheel:
        wheel.write(folder / "my.onnx", "nudenet/320n.onnx")


def choose(folder: Path, groupings: list[str], maps: list[str]) -> None:
    """Configure a project's groupings and maps."""
    config = yaml.safe_load((folder / "config/config.yaml").read_text())
    config["defaults"] = [
        choice if "grouping" not in choice else {"grouping": groupings} for choice in config["defaults"]
    ]
    (folder / "config/config.yaml").write_text(yaml.safe_dump({**config, "maps": maps}))


@pytest.fixture(scope="module")
def untouched(finished: Workflow, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project where nothing has run on the zoo, with the groupings that commands name: fewer jobs are planned.

    Its zoo has the packages of the first look, `zoo_quick`: a third of them, so that it is composed sooner.
    """
    folder = complete(tmp_path_factory.mktemp("untouched"), finished)
    choose(folder, ["task", "depth_decile"], maps=[])
    quick, zoo = (yaml.safe_load((folder / f"config/dataset/{name}.yaml").read_text()) for name in ("zoo_quick", "zoo"))
    packages = [package for package in zoo["packages"] if package["package"] in quick["only"]]
    (folder / "config/dataset/zoo.yaml").write_text(yaml.safe_dump({**zoo, "packages": packages}))
    return folder


@pytest.fixture(scope="module")
def small(finished: Workflow, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after a run; what it calls the zoo is the small data set."""
    folder = complete(tmp_path_factory.mktemp("small"), finished)
    choose(folder, ["all", "task"], maps=["task"])
    (folder / "config/dataset/zoo.yaml").write_text("name: zoo\npath: resources/zoo/dataset.h5\n")
    (folder / "resources/zoo").mkdir()
    write_small(folder / "resources/zoo/dataset.h5")
    shutil.copytree(finished.results, folder / "results/zoo")
    touched = forked(["--cores", "all", "--touch", "--quiet", "all"], variables(folder), folder)
    assert touched.returncode == 0, touched.stdout
    assert "Nothing to be done" in forked(["--cores", "all", "--dry-run"], variables(folder), folder).stdout
    return folder


def run(folder: Path, script: str) -> str:
    """Run commands in a project's folder, with its environment first in the path; what they say."""
    script = script.replace("/data/", f"{folder}/data/")
    words = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(
        words,
        cwd=folder,
        env=variables(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def variables(folder: Path) -> dict[str, str]:
    return {**environment(), "PATH": f"{folder}/.venv/bin:{os.environ['PATH']}", "PYTHONPATH": f"{folder}/src"}


def run_dry(folder: Path, script: str) -> None:
    """Do commands dry in a project's folder."""
    starts = folder / "starts"
    starts.write_text("")
    run(folder, DRY_COMMANDS + script)
    for start in starts.read_text().split("\n\0")[:-1]:
        assert_can_be_planned(folder, start)


@cache
def assert_can_be_planned(folder: Path, start: str) -> None:
    """That the jobs of a start of Snakemake, its words ended by NUL, can be planned; pages repeat some."""
    done = forked([*start.split("\0")[:-1], "--dry-run", "--quiet", "all"], variables(folder), folder)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("block", RUN, ids=str)
def test_commands(block: Block, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    script = block.text if block.language == "bash" else f"python -c {shlex.quote(block.text)}"
    if block.how == SYNTAX:
        compile(block.text, str(block), "exec") if block.language == "python" else run(ROOT, f"set -n\n{script}")
    elif block.how in (DRY, DRY_SMALL):
        run_dry(request.getfixturevalue("untouched" if block.how == DRY else "small"), script)
    else:
        run(shutil.copytree(request.getfixturevalue("small"), tmp_path / "small", symlinks=True), script)


def test_the_whole_zoo_can_be_planned(tmp_path: Path) -> None:
    """As it is configured: commands are planned with fewer packages and groupings."""
    packages = yaml.safe_load((ROOT / "config/dataset/zoo.yaml").read_text())["packages"]
    done = snakemake(ROOT, tmp_path, "--dry-run")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("rule package:") == len(packages)


@pytest.mark.parametrize("pattern", [pattern for pattern, _, _ in EXCEPTIONS])
def test_exception_is_needed(pattern: str) -> None:
    assert any(re.search(pattern, block.text, re.MULTILINE) for block in RUN)


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_no_command_hides_in_a_block_of_another_language(block: Block) -> None:
    assert block.language in LANGUAGES
    assert block.language == "bash" or not COMMAND.search(block.text)


def test_targets_of_make_in_the_text() -> None:
    """A command in the middle of a sentence names a target there is."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {(page.name, target) for page in PAGES for target in re.findall(r"`make ([a-z-]+)", page.read_text())}
    assert [(page, target) for page, target in sorted(named) if target not in targets] == []
    assert named
