"""A typed function as a command: its signature is the list of arguments, given as `key=value`.

Hydra's OmegaConf checks them: the signature becomes a structured configuration, whose keys and types are the function's
parameters. A value is YAML in which every scalar is text, since the types say what is a number; lists and mappings may
be JSON.
"""

import gc
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, fields, make_dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import yaml
from omegaconf import MISSING, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from filtershift.errors import FiltershiftError


def run(function: Callable[..., None]) -> None:
    """Call a function with the arguments of the command line; bad input ends in one line and status 1."""
    if "--help" in sys.argv:
        settings = OmegaConf.structured(arguments_of(function))
        print(inspect.getdoc(function), OmegaConf.to_yaml(settings), sep="\n\n", end="")
        return
    # Collect garbage rarely: figures are millions of small objects, and the default rate costs a tenth of a job.
    gc.set_threshold(100_000)
    try:
        function(**parsed(function, sys.argv[1:]))
    except OmegaConfBaseException as error:
        first, *more = str(error).splitlines()
        fail(f"error: {', '.join([first, *(line.strip() for line in more[:1])])}")
    except (FiltershiftError, OSError, MemoryError) as error:
        line, *_ = str(error).splitlines() or ["not enough memory"]
        fail(f"error: {line}")


def arguments_of(function: Callable[..., None]) -> type:
    """The parameters of a function as a dataclass; those without a default must be given."""
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    defaults = {one.name: MISSING if one.default is one.empty else one.default for one in parameters}
    return make_dataclass(
        function.__name__, [(one.name, one.annotation, field(default=defaults[one.name])) for one in parameters]
    )


def parsed(function: Callable[..., None], words: Iterable[str]) -> dict[str, Any]:
    """The arguments of a function from words `key=value`, in the types of its signature.

    Raises:
        FiltershiftError: a word is not `key=value`, or its value is not YAML.
        OmegaConfBaseException: an unknown key, a value of another type, or a missing one.
    """
    kind = arguments_of(function)
    empty = OmegaConf.structured(kind)
    # Dataclasses of the package are frozen, which OmegaConf would keep to while it fills them.
    for key in empty:
        OmegaConf.set_readonly(empty._get_node(key), False)
    given = OmegaConf.create({key: _literal(value) for key, value in map(_argument, words)})
    settings: Any = OmegaConf.to_object(OmegaConf.merge(empty, given))
    return {item.name: getattr(settings, item.name) for item in fields(kind)}


def _argument(word: str) -> tuple[str, Any]:
    key, separator, value = word.partition("=")
    if not separator:
        raise FiltershiftError(f"{word}: write key=value; --help tells the keys")
    if value[:1] in ("[", "{"):
        try:
            return key, json.loads(value)
        except json.JSONDecodeError:
            pass
    try:
        return key, yaml.load(value, yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise FiltershiftError(f"{word}: {' '.join(str(error).split())}") from None


def _literal(value: Any) -> Any:
    """A value in which OmegaConf sees no reference to another key: labels may hold `${`."""
    if isinstance(value, dict):
        return {key: _literal(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_literal(inner) for inner in value]
    return re.sub(r"(\\*)\$\{", r"\1\1\\${", value) if isinstance(value, str) else value


def fail(line: str) -> NoReturn:
    """End with one line on the standard error stream, or on the other one where the disk of the log is full."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        print(line)
    sys.exit(1)


def progress(title: str) -> Callable[[Any], Any]:
    """A progress bar on the standard error stream for a sequence of work."""
    from tqdm import tqdm

    return partial(tqdm, desc=title, mininterval=1, file=sys.stderr)


def per_variant(files: Sequence[Path], variants: Sequence[str]) -> list[list[Path]]:
    """The files of each variant, from those of all, which are listed one variant after the other."""
    each = len(files) // len(variants)
    return [list(files[k * each : (k + 1) * each]) for k in range(len(variants))]
