"""Makes a function of a typed configuration a command that takes `key=value` arguments."""

import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from hydra import compose, initialize
from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from filtershift.errors import FiltershiftError

Settings = TypeVar("Settings")


def run(function: Callable[[Settings], None], settings: type[Settings]) -> None:
    """Call a function with the arguments of the command line, a dataclass; bad input ends in one line, status 1."""
    if "--help" in sys.argv:
        print(function.__doc__, settings.__doc__, OmegaConf.to_yaml(OmegaConf.structured(settings)), sep="\n\n", end="")
        return
    ConfigStore.instance().store(name="settings", node=settings)
    try:
        with initialize(version_base="1.3", config_path=None):
            composed: Any = OmegaConf.to_object(compose("settings", sys.argv[1:]))
        function(composed)
    except (HydraException, OmegaConfBaseException) as error:
        said, *more = str(error.__cause__ or error).splitlines()
        fail(f"error: {', '.join([said, *(line.strip() for line in more[:1])])}")
    except (FiltershiftError, OSError, MemoryError) as error:
        line, *_ = str(error).splitlines() or ["not enough memory"]
        fail(f"error: {line}")


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
