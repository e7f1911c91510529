"""Read the overrides of the configuration from Snakemake's command line."""

from typing import Any

from filtershift.errors import FiltershiftError

_OPEN, _CLOSE, _QUOTES = "[{(", "]})", "'\""


def override_list(given: Any) -> list[str]:
    """The overrides of `--config 'overrides=[…]'`.

    YAML reads them as a list. But if an override itself has brackets, as in [placement.models=[a.onnx]], they arrive as
    text, which is split at commas outside brackets and quotes.

    Raises:
        FiltershiftError: they are neither a list nor text in brackets.
    """
    if isinstance(given, str) and given.startswith("[") and given.endswith("]"):
        return _split(given[1:-1])
    if not isinstance(given, list):
        raise FiltershiftError(f"overrides: '{given}' is not a list; write --config 'overrides=[bins=100]'")
    return [str(override) for override in given]


def _split(text: str) -> list[str]:
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        else:
            depth += (character in _OPEN) - (character in _CLOSE)
        if character == "," and not quote and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [_bare(part.strip()) for part in parts if part.strip()]


def _bare(override: str) -> str:
    """An override without the quotes around it, if it has any."""
    return override[1:-1] if len(override) > 1 and override[0] == override[-1] and override[0] in _QUOTES else override
