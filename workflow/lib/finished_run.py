"""What a finished run says of itself: the configuration in the folder of its results."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from filtershift.errors import FiltershiftError
from filtershift.results import Results
from schema import Config

RESULTS = Path("results")
EXAMPLE = "compare.runs=[results/a,results/b]"


def stored_configuration(folder: Path, at: str) -> DictConfig:
    """The resolved configuration of the run whose results are in a folder; ``at`` begins the messages.

    Raises:
        FiltershiftError: there are no such results, or they have no configuration.
    """
    file = folder / "config.yaml"
    if not file.is_file():
        raise FiltershiftError(f"{at} is not a finished run: there is no {file}{_nearest(folder)}")
    try:
        config = OmegaConf.load(file)
    except (YAMLError, OmegaConfBaseException, UnicodeDecodeError):
        config = None
    if not isinstance(config, DictConfig):
        raise FiltershiftError(f"{at}: {file} is not the configuration of a run")
    return config


def as_first_run(composed: Any, overrides: Sequence[str]) -> DictConfig:
    """The configuration of the first run of `compare.runs`, with the second one as `compare.with`.

    Only overrides of `uncertainty` go with it: all else that is compared is as the first run has it.

    Raises:
        FiltershiftError: in one line, what is wrong with the runs or the overrides.
    """
    runs = composed.compare.runs
    if not OmegaConf.is_list(runs) or len(runs) != 2 or not all(isinstance(run, str) for run in runs):
        raise FiltershiftError(f"config: compare.runs takes two folders of results, as in {EXAMPLE}, not {runs}")
    if composed.compare["with"]:
        raise FiltershiftError("config: compare.runs names both runs; leave out compare.with")
    others = [override for override in overrides if not override.startswith(("compare.", "uncertainty."))]
    if others:
        raise FiltershiftError(
            f"config: compare.runs: the configuration is that of {runs[0]}; leave out {others[0]}, or use compare.with"
        )
    first, at = Path(runs[0]).expanduser(), f"config: compare.runs: {runs[0]}"
    stored = stored_configuration(first, at)
    if first.resolve().parent != RESULTS.resolve():
        raise FiltershiftError(
            f"{at}: the first run must be in results/ of this folder, where the answer goes; name it second, or start "
            f"with --directory {first.resolve().parents[1]}"
        )
    stored.pop("fingerprint", None)
    try:
        config: Any = OmegaConf.merge(OmegaConf.structured(Config), stored)
    except OmegaConfBaseException as error:
        reason = str(error).splitlines()[0]
        raise FiltershiftError(f"{at}: its config.yaml is of another version ({reason}); run it again") from None
    if config.dataset.name != first.resolve().name:
        raise FiltershiftError(
            f"{at}: these are the results of the data set {config.dataset.name}, in a folder of another name; name it "
            f"second, or move it back to {RESULTS}/{config.dataset.name}"
        )
    for key in [override.partition("=")[0] for override in overrides if override.startswith("uncertainty.")]:
        OmegaConf.update(config, key, OmegaConf.select(composed, key))
    config.compare = {"runs": list(runs), "with": runs[1]}
    return config


def _nearest(folder: Path) -> str:
    """The finished run that was perhaps meant, or all those there are, to end a message; "" if there is none."""
    # Beside a path without a folder lies the project, which has a config/config.yaml, too.
    known = {
        file.parent.name: file.parent
        for place in {folder.parent, RESULTS} - {Path()}
        for file in place.glob("*/config.yaml")
        if Results(file.parent).file("basis").is_file()
    }
    close = difflib.get_close_matches(folder.name, known, n=1)
    if close:
        return f"; did you mean {known[close[0]]}?"
    return f"; finished runs are {', '.join(sorted(map(str, known.values())))}" if known else ""
