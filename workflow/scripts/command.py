"""Makes a function of a typed configuration a command that takes `key=value` arguments."""

import gc
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from filtershift.errors import FiltershiftError

Settings = TypeVar("Settings")


def run(function: Callable[[Settings], None], settings: type[Settings]) -> None:
    """Call a function with the arguments of the command line, a dataclass; bad input ends in one line, status 1."""
    if "--help" in sys.argv:
        print(function.__doc__, settings.__doc__, OmegaConf.to_yaml(OmegaConf.structured(settings)), sep="\n\n", end="")
        return
    # A job ends in seconds and figures are millions of small objects: to look for garbage so often takes a tenth of it.
    gc.set_threshold(100_000)
    try:
        function(parsed(settings, dict(argument(word) for word in sys.argv[1:])))
    except OmegaConfBaseException as error:
        said, *more = str(error).splitlines()
        fail(f"error: {', '.join([said, *(line.strip() for line in more[:1])])}")
    except (FiltershiftError, OSError, MemoryError) as error:
        line, *_ = str(error).splitlines() or ["not enough memory"]
        fail(f"error: {line}")


def argument(word: str) -> tuple[str, Any]:
    """The key and the value of `key=value`: YAML of texts and lists alone, since the settings say what is a number."""
    key, separator, value = word.partition("=")
    if not separator:
        raise FiltershiftError(f"{word}: write key=value; --help tells the keys")
    try:
        return key, yaml.load(value, yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise FiltershiftError(f"{word}: {' '.join(str(error).split())}") from None


def fail(line: str) -> NoReturn:
    """End with one line on the standard error stream, or on the other one where the disk of the log is full."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        print(line)
    sys.exit(1)


def parsed(kind: type[Settings], content: Any) -> Settings:
    """A dataclass, with those inside it, from plain values."""
    typed: Any = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(kind), OmegaConf.create(content)))
    return typed


def progress(title: str) -> Callable[[Any], Any]:
    """A progress bar on the standard error stream for a sequence of work."""
    from functools import partial

    from tqdm import tqdm

    return partial(tqdm, desc=title, mininterval=1, file=sys.stderr)
