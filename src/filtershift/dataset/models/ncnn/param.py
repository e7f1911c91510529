"""The `.param` of a ncnn model: a text with one layer per line.

Format: https://github.com/Tencent/ncnn/wiki/param-and-model-file-structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from filtershift.errors import FiltershiftError

LARGEST = 1 << 22  # bytes; a thousand layers take a thirtieth of this
LONGEST = 255  # characters of a kind or name that ncnn reads
_PAIR = re.compile(r'(-?\d+)=("[^"]*"|\S*)')
_INT = 1 << 31


@dataclass(frozen=True)
class Layer:
    """One layer: its kind, name, the blobs that it takes and makes, and its parameters as text by their number."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: Mapping[str, str]

    def integer(self, number: int, default: int = 0) -> int:
        """The value of a parameter that is a whole number of 32 bits."""
        text = self.parameters.get(str(number), str(default))
        if not re.fullmatch("[+-]?[0-9]{1,10}", text) or not -_INT <= int(text) < _INT:
            raise self.wrong(f"has {number}={ascii(text)[1:-1][:40]}; expected a whole number of 32 bits")
        return int(text)

    def decimal(self, number: int) -> float:
        """The value of a parameter that is any number; 0 if it is missing."""
        text = self.parameters.get(str(number), "0")
        try:
            return float(text)
        except ValueError:
            raise self.wrong(f"has {number}={ascii(text)[1:-1][:40]}; expected a number") from None

    def wrong(self, what: str) -> FiltershiftError:
        """The error that says what is wrong with this layer."""
        return FiltershiftError(f"layer {ascii(self.name)[:200]} ({ascii(self.kind)[1:-1][:80]}) {what}")


def read_layers(content: bytes) -> list[Layer]:
    """All layers, in order.

    Raises:
        FiltershiftError: the text is damaged, or it has other numbers of layers and blobs than its second line says.
    """
    if len(content) > LARGEST:
        raise FiltershiftError(f"is larger than {LARGEST >> 20} MiB; expected the text of a ncnn model")
    lines = enumerate(content.decode(errors="replace").split("\n"), 1)
    filled = ((number, line) for number, line in lines if line.strip())
    next(filled, None)  # the number that marks the format
    said = _counts(filled)
    layers = [_layer(number, line) for number, line in filled]
    found = len(layers), len({blob for layer in layers for blob in (*layer.inputs, *layer.outputs)})
    if found[0] != said[0]:
        raise FiltershiftError(f"has {found[0]:,} layers, but its second line says {said[0]:,}; get the file again")
    if found[1] > said[1]:
        raise FiltershiftError(f"has {found[1]:,} blobs, but its second line says {said[1]:,}; get the file again")
    return layers


def _counts(lines: Iterator[tuple[int, str]]) -> tuple[int, int]:
    """The numbers of layers and blobs that the second line says."""
    number, line = next(lines, (2, ""))
    match = re.fullmatch(r"\s*(\d{1,9})\s+(\d{1,9})\s*", line, re.ASCII)
    if not match:
        raise _damaged(number, line, "the numbers of layers and blobs")
    return int(match[1]), int(match[2])


def _layer(number: int, line: str) -> Layer:
    words = line.split()
    counts = words[2:4]
    if len(counts) < 2 or not all(re.fullmatch("[0-9]{1,9}", count) for count in counts):
        raise _damaged(number, line, "a kind, a name, and the numbers of inputs and outputs")
    inputs, outputs = map(int, counts)
    blobs = words[4 : 4 + inputs + outputs]
    if len(blobs) < inputs + outputs:
        raise _damaged(number, line, f"{inputs + outputs:,} blobs after the fourth word")
    values = " ".join(words[4 + inputs + outputs :])
    parameters = {pair[1]: pair[2] for pair in _PAIR.finditer(values)}
    return Layer(words[0][:LONGEST], words[1][:LONGEST], tuple(blobs[:inputs]), tuple(blobs[inputs:]), parameters)


def _damaged(number: int, line: str, expected: str) -> FiltershiftError:
    return FiltershiftError(f"is a damaged .param: line {number} is {ascii(line)[:80]}; expected {expected}")
