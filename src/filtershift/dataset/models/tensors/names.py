"""The parts of a tensor's name: its module, and the name it has there."""

from __future__ import annotations

import re


def split(name: str) -> tuple[str, str]:
    """The module and the leaf of a name: "layer1.0.conv.weight" gives ("layer1.0.conv", "weight").

    Names of TensorFlow have slashes and end with a number: "stem/conv/kernel:0" gives ("stem/conv", "kernel").
    """
    before, colon, number = name.rpartition(":")
    name = before if colon and number.isdecimal() else name
    cut = max(name.rfind("."), name.rfind("/"))
    return name[: max(cut, 0)], name[cut + 1 :]


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts numbers in names by value."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if part.isdecimal() and len(part) < 19 else (-1, part) for part in parts]
