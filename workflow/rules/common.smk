# The composed configuration, and the few helpers that rules share.
import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError
from snakemake_interface_executor_plugins.settings import DeploymentMethod

# The folder of this project, and whether its Snakefile is the main one or a module of another.
PROJECT = Path(workflow.current_basedir).parents[1].resolve()
MAIN = workflow.modifier.is_main_snakefile()
# How rules name it. Where runs are at home it is not in their paths, so a project can be moved without running again.
ROOT = Path() if PROJECT == Path.cwd() else PROJECT
SCRIPTS = str(ROOT / "workflow/scripts")
sys.path.insert(0, f"{PROJECT}/workflow/lib")

from configuration import check_file, load
from overrides import override_list
from filtershift.errors import FiltershiftError

for key in set(config) - {"overrides"}:
    said = f"{key}={config[key]}"
    raise WorkflowError(f"--config {said}: only overrides can be set; write --config 'overrides=[{said}]'")

try:
    config["overrides"] = override_list(config.get("overrides", []))
    CONFIG = load(PROJECT / "config", config["overrides"])
    # In a module, a rule of the main workflow may yet make the file, and the file's time tells of changes.
    FINGERPRINT = check_file(CONFIG, Path("results")) if MAIN else ""
except FiltershiftError as error:
    raise WorkflowError(str(error)) from None

if MAIN:
    config["resolved"] = asdict(CONFIG)
elif workflow.modifier.path_modifier.replace_prefix("results/") != "results/":
    raise WorkflowError("filtershift takes no prefix: its results are in results/NAME, where dataset.name is NAME")

# Commands run with the Python that runs Snakemake, activated or not, unless conda brings another.
OWN = DeploymentMethod.CONDA not in workflow.deployment_settings.deployment_method
HERE_FIRST = f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"; ' if OWN else ""
FOLDERS = f"PYTHONPATH={shlex.quote(f'{PROJECT}/src')} MPLCONFIGDIR={shlex.quote(f'{PROJECT}/.snakemake/matplotlib')}"
shell.prefix(f"set -euo pipefail; export {FOLDERS}; {HERE_FIRST}")


def room(*names):
    """The modules of rooms of the package: an edited room reruns its rules."""
    modules = [path for name in names for path in sorted((ROOT / "src/filtershift" / name).rglob("*.py"))]
    return [str(path) for path in modules]


def quoted(value):
    """A value as one word of the shell, a text of YAML: text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value).replace("$", r"\u0024")
    return shlex.quote(yaml.safe_dump(text, default_style="'", width=float("inf")).rstrip("\n"))


def listed(paths):
    """Paths as a list of YAML."""
    return f"[{','.join(map(str, paths))}]"


def module(path):
    """One module of the package, for a rule that needs no more of its room."""
    return str(ROOT / "src/filtershift" / path)


def definition(grouping):
    """All of a grouping but its title, which only figures use."""
    return {key: value for key, value in asdict(CONFIG.grouping[grouping]).items() if key != "title"}


def titles(groupings):
    """The titles of groupings, for a figure."""
    return quoted([CONFIG.grouping[name].title for name in groupings])


def shown(*names):
    """Those of the named groupings that are configured."""
    return [name for name in names if name in CONFIG.grouping]


def drawable(groupings, variant):
    """Whether a figure of these groupings and this variant can be drawn with what is configured."""
    return bool(groupings) and (variant is None or variant in CONFIG.variants)


# Groupings of more than one group, that is all but those without a column.
COMPARED = [name for name, grouping in CONFIG.grouping.items() if grouping.by]
MAPPED = [name for name in CONFIG.maps if name in COMPARED]

HERE = f"results/{CONFIG.dataset.name}"
