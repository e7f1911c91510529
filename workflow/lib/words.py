"""Arguments of scripts as words of the shell."""

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

import yaml

_PLAIN = re.compile(r"[\w./][\w./-]*")


def words(arguments: Mapping[str, Any]) -> str:
    """Arguments as `key=value`, as `filtershift.command` reads them."""
    return " ".join(f"{key}={quoted(value)}" for key, value in arguments.items())


def quoted(value: Any) -> str:
    """A value as one word of the shell: lists and mappings as JSON, text and numbers as a text of YAML."""
    if isinstance(value, (list, dict)):
        return shlex.quote(json.dumps(value))
    if _PLAIN.fullmatch(text := str(value)):
        return text
    return shlex.quote(yaml.safe_dump(text, default_style="'", width=float("inf")).rstrip("\n"))
