# The composed configuration, and the functions that rules share.
#
#   needs   config/, the overrides of the command line
#   makes   CONFIG, and what follows from it for all rules: which groupings and variants there are, where results lie
#   helpers code, arguments      what a job depends on, and what its script is called with
#           in_variants, figure  paths of outputs
#           memory, minutes      what a job may use
import gc
import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path

from snakemake_interface_executor_plugins.settings import DeploymentMethod

# Collect garbage rarely: a configuration and a DAG are many small objects, and the default rate costs a tenth of a start.
gc.set_threshold(100_000)

# The folder of this project, and whether its Snakefile is the main one or a module of another.
PROJECT = Path(workflow.current_basedir).parents[1].resolve()
MAIN = workflow.modifier.is_main_snakefile()
# How rules name it. Where runs are at home it is not in their paths, so a project can be moved without running again.
ROOT = Path() if PROJECT == Path.cwd() else PROJECT
sys.path.insert(0, f"{PROJECT}/workflow/lib")

from bundled import bundled_models
from columns import check_columns, check_trajectory, named_columns, without_labels
from configuration import check_quick, extended, load, model_files
from dataset_file import check_file
from filtershift.dataset.models.listed import parts_of
from filtershift.errors import FiltershiftError, did_you_mean
from modules import code_of
from overrides import override_list
from words import words

# A mistake ends the run here with `sys.exit`: below the message of an exception Snakemake lists lines of these files.
for key in set(config) - {"overrides"}:
    given = f"{key}={config[key]}"
    hint = did_you_mean(key, ["overrides"]) or f"; write --config 'overrides=[{given}]'"
    sys.exit(f"error: --config {given}: only overrides can be set{hint}")

try:
    config["overrides"] = override_list(config.get("overrides", []))
    CONFIG = load(PROJECT / "config", config["overrides"])
    DATASET = CONFIG.dataset.file
    # In a module, a rule of the main workflow may yet make the file, and the file's time tells of changes.
    FINGERPRINT = check_file(CONFIG, Path("results")) if MAIN else ""
    check_quick(CONFIG, config["overrides"], Path("results"))
    # Models of one's own, as the data set and beside it.
    MODELS = model_files("dataset.models", CONFIG.dataset.models if isinstance(CONFIG.dataset.models, list) else [])
    PLACED_MODELS = model_files("placement.models", CONFIG.placement.models)
    # The data set that models of one's own are added to.
    BASE = extended(PROJECT / "config", CONFIG.dataset)
    # Models of a bundle with their labels, and the groupings that were made of them.
    BUNDLED_MODELS, BUNDLED_GROUPINGS = bundled_models(Path(DATASET)) if CONFIG.dataset.bundled else ([], set())
    # Labels of each model, as far as they are in the configuration.
    GIVEN = [model.labels for model in MODELS]
    GIVEN += BUNDLED_MODELS
    GIVEN += [{**one.labels, **model.labels} for one in (BASE or CONFIG.dataset).packages for model in one.models]
    if MAIN:
        layers = Path(f"results/{CONFIG.dataset.name}/layers.csv")
        check_columns(CONFIG.grouping, named_columns(CONFIG), layers, Path(CONFIG.dataset.file), GIVEN)
        named = {"by": [CONFIG.trajectory.by] * bool(CONFIG.trajectory.by), "within": CONFIG.trajectory.within}
        check_trajectory(named, layers, GIVEN)
except FiltershiftError as error:
    sys.exit(f"error: {error}")

# Groupings left out because the models have no labels for them.
UNLABELLED = {
    name: reason
    for name, reason in without_labels(CONFIG.grouping, GIVEN, config["overrides"]).items()
    if (MODELS and not BASE) or (CONFIG.dataset.bundled and name not in BUNDLED_GROUPINGS)
}
for grouping in UNLABELLED:
    del CONFIG.grouping[grouping]

if MAIN:
    config["resolved"] = asdict(CONFIG)
elif workflow.modifier.path_modifier.replace_prefix("results/") != "results/":
    sys.exit("error: filtershift takes no prefix: its results are in results/NAME, where dataset.name is NAME")

RESULTS = f"results/{CONFIG.dataset.name}"
# What is built of packages, a download or settings: the data set itself, or the one that models are added to.
SOURCE = BASE or CONFIG.dataset
GIGABYTES = max(SOURCE.size, CONFIG.dataset.size, 36 * sum(int(one["n_filters"]) for one in BUNDLED_MODELS)) / 1e9
CHOICES = asdict(CONFIG.choices)
RESAMPLING = {key: getattr(CONFIG.uncertainty, key) for key in ("resamples", "seed", "level")}
# Groupings of more than one group, that is all but those without a column; and those of them that maps are made of.
COMPARED = [name for name, grouping in CONFIG.grouping.items() if grouping.by]
MAPPED = [name for name in CONFIG.maps if name in COMPARED]
# Confidence intervals of each shift; empty if uncertainty.resamples is 0.
INTERVALS = ["results/{dataset}/{variant}/shift/{grouping}.intervals.csv"] if CONFIG.uncertainty.resamples else []
TEMPLATES = sorted(str(path) for path in (ROOT / "src/filtershift/report/templates").glob("*"))

# Commands run with the Python that runs Snakemake, activated or not, unless conda brings another.
WITHOUT_CONDA = DeploymentMethod.CONDA not in workflow.deployment_settings.deployment_method
PYTHON_FIRST = f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"; ' if WITHOUT_CONDA else ""
FOLDERS = f"PYTHONPATH={shlex.quote(f'{PROJECT}/src')} MPLCONFIGDIR={shlex.quote(f'{PROJECT}/.snakemake/matplotlib')}"
shell.prefix(f"set -euo pipefail; export {FOLDERS}; {PYTHON_FIRST}")

# The shell command of a job: its script with its arguments; with a progress bar beside the log; and with threads.
JOB = "python {input.code[0]:q} {params.files} {params.values} 2> {log}"
JOB_WITH_PROGRESS = "python {input.code[0]:q} {params.files} {params.values} 2>&1 | tee {log}"
JOB_WITH_THREADS = "python {input.code[0]:q} {params.files} {params.values} threads={threads} 2>&1 | tee {log}"


def code(script):
    """A script and every module that it imports: an edit of any of them runs the rule again."""
    files = code_of(PROJECT / f"workflow/scripts/{script}.py", PROJECT / "src")
    return [str(ROOT / path.relative_to(PROJECT)) for path in files]


def arguments(**values):
    """The arguments of a job's script, as two params: files, its inputs and outputs under their names, and values.

    Values may be functions of the wildcards; a changed one runs the job again, which Snakemake does not see of params
    that look at inputs. The inputs `code` and `needs` are no arguments: what the script is made of, and what it finds
    without being told.
    """

    def files(wildcards, input, output):
        named = {name: file for name, file in [*input.items(), *output.items()] if name not in ("code", "needs")}
        return words(
            {name: str(file) if isinstance(file, str) else list(map(str, file)) for name, file in named.items()}
        )

    def given(wildcards):
        return words({name: value(wildcards) if callable(value) else value for name, value in values.items()})

    return {"files": files, "values": given}


def whole(folder):
    """The mark of a folder that holds a whole answer, to stand first among the outputs of its rule.

    Snakemake removes what a job is about to make, and what a failed one made: of an answer it may have this mark only.
    The page is an output that is updated, which Snakemake keeps, and the job replaces the folder when it is complete.
    """
    return touch(f"{folder}/.complete")


def in_variants(*paths):
    """Paths in every configured variant, one variant after the other."""
    return [path.replace("{variant}", variant) for variant in CONFIG.variants for path in paths]


def table(path, category, caption, label, **labels):
    """A file that the report shows, with what it is (or a function of the wildcards that gives all labels)."""
    labels = label if callable(label) else {"figure": label, **labels}
    return report(path, caption=f"../report/{caption}.rst", category=category, labels=labels)


def figure(stem, category, caption, label, **labels):
    """The files of a figure: the PDF, and the PNG, which the report shows."""
    return [f"{stem}.pdf", table(f"{stem}.png", category, caption, label, **labels)]


def tables_in_variants(path, category, caption, label):
    """A table of a grouping in every variant, which the report shows."""
    labels = {"grouping": "{grouping}"}
    return [table(path.replace("{variant}", v), category, caption, label, **labels, variant=v) for v in CONFIG.variants]


def figures_in_variants(kind, category, caption, label):
    """The files of one kind of figure of a grouping in every variant, one variant after the other."""
    stem = f"results/{{dataset}}/{{variant}}/figures/{kind}/{{grouping}}"
    images = tables_in_variants(f"{stem}.png", category, caption, label)
    return [file for pair in zip(in_variants(f"{stem}.pdf"), images, strict=True) for file in pair]


def definition(grouping):
    """All of a grouping but its title, which only figures use."""
    return {key: value for key, value in asdict(CONFIG.grouping[grouping]).items() if key != "title"}


def titles(groupings):
    """The title of each grouping, for a figure or a page."""
    return {name: CONFIG.grouping[name].title for name in groupings}


def available(groupings, variant=None):
    """Whether a figure of these groupings and this variant can be made with what is configured."""
    return bool(groupings) and (variant is None or variant in CONFIG.variants)


def configured(*names):
    """Those of the named groupings that are configured."""
    return [name for name in names if name in CONFIG.grouping]


def memory(base, per_gb=0):
    """MB of memory: those of the command, and 300 of the Snakemake that starts it on a node.

    Base values are measured on the zoo, what each GB of data set adds at paper scale; each failure doubles both.
    """
    return lambda wildcards, attempt: round(300 + base + per_gb * GIGABYTES) * 2 ** (attempt - 1)


def minutes(base, per_gb=0):
    """Minutes a command may take; each failure doubles them."""
    return lambda wildcards, attempt: round(base + per_gb * GIGABYTES) * 2 ** (attempt - 1)
