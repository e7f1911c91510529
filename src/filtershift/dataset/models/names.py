"""The parts of a tensor's name."""

from __future__ import annotations

import re


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts numbers in names by value."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if part.isdecimal() and len(part) < 19 else (-1, part) for part in parts]
