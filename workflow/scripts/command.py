"""Makes a function of a typed configuration a command that takes `key=value` arguments."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import hydra
from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from filtershift.errors import FiltershiftError

Settings = TypeVar("Settings")

# Hydra as a parser of arguments only: no folders, no log files.
QUIET = {
    "defaults": [
        "settings",
        {"override hydra/job_logging": "none"},
        {"override hydra/hydra_logging": "none"},
        "_self_",
    ],
    "hydra": {"run": {"dir": "."}, "output_subdir": None},
}


def command(settings: type[Settings]) -> Callable[[Callable[[Settings], None]], Callable[[], None]]:
    """Run the decorated function on arguments of the dataclass ``settings``; bad input ends in one line, status 1."""
    store = ConfigStore.instance()
    store.store(name="settings", node=settings)
    store.store(name="command", node=QUIET)

    def decorate(function: Callable[[Settings], None]) -> Callable[[], None]:
        @hydra.main(version_base="1.3", config_path=str(Path(__file__).parent), config_name="command")
        def run(composed: DictConfig) -> None:
            try:
                arguments: Any = OmegaConf.to_object(composed)
                function(arguments)
            except (FiltershiftError, OSError, MemoryError, OmegaConfBaseException) as error:
                line, *_ = str(error).splitlines() or ["not enough memory"]
                fail(f"error: {line}")

        return run

    return decorate


def fail(line: str) -> NoReturn:
    """End with one line on the standard error stream, or on the other one where the disk of the log is full."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        print(line)
    sys.exit(1)


def parsed(kind: type[Settings], content: Any) -> Settings:
    """A dataclass, with those inside it, from what JSON holds of it."""
    typed: Any = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(kind), OmegaConf.create(content)))
    return typed


def progress(title: str) -> Callable[[Any], Any]:
    """A progress bar on the standard error stream for a sequence of work."""
    from functools import partial

    from tqdm import tqdm

    return partial(tqdm, desc=title, mininterval=1, file=sys.stderr)
