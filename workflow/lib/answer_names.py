"""The name of the folder that holds the answer to a request."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from filtershift.dataset.models.listed import ModelFile
from filtershift.errors import FiltershiftError
from filtershift.results import NAME

LONGEST = 60
"""Characters of a name."""


def request_name(models: Sequence[ModelFile], chosen: str | None, key: str = "placement.name") -> str:
    """The name for an answer about models: the chosen one, or one made from their names and a code for their paths.

    The code keeps apart models that have the same name in different folders.

    Raises:
        FiltershiftError: the chosen name, that of ``key`` in the configuration, cannot be that of a folder.
    """
    if chosen is not None:
        if not NAME.fullmatch(chosen):
            raise FiltershiftError(f"config: {key} must be up to 100 letters, digits, '_' and '-', not {chosen!r}")
        return chosen
    return coded("-".join(model.name for model in models), *(f"{one.name}={_full(one.file)}" for one in models))


def coded(words: str, *paths: str) -> str:
    """Words as they can be in the name of a folder, cut to `LONGEST`, and six digits that stand for the paths."""
    code = hashlib.blake2b("\n".join(paths).encode(), digest_size=3).hexdigest()
    readable = re.sub(r"[^A-Za-z0-9]+", "-", words)[: LONGEST - len(code) - 1].strip("-")
    return f"{readable or 'models'}-{code}"


def _full(file: str) -> str:
    return str(Path(file).resolve()) if file else ""
