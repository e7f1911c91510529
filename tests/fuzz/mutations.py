"""Bytes, damaged at random: the same generator gives the same damage."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

Place = tuple[int, int]
"""First byte, and one past the last."""

_POWERS = [1 << power for power in (0, 7, 8, 15, 16, 31, 32, 63, 64)]
EXTREMES = sorted({number for power in _POWERS for number in (power - 1, power)})


def damaged(data: bytes, rng: Generator, places: Sequence[Place] = (), tokens: Sequence[bytes] = ()) -> bytes:
    """`data` with one to some dozen changes.

    Args:
        data: bytes that are sound.
        rng: decides.
        places: where nine in ten changes are, none of which moves what follows. Everywhere, and they do, if empty.
        tokens: what means something in this format.
    """
    changed = bytearray(data)
    changes = _OVERWRITING if places else _OVERWRITING + _LENGTHENING
    for _ in range(min(int(rng.geometric(0.4)), 40)):
        inside = places and rng.random() < 0.9
        start, stop = places[_pick(rng, places)] if inside else (0, len(changed))
        if start < min(stop, len(changed)):
            position = int(rng.integers(start, min(stop, len(changed))))
            changes[rng.integers(len(changes))](changed, position, rng, tokens)
    if rng.random() < 0.03:
        del changed[int(rng.integers(len(changed) + 1)) :]
    return bytes(changed)


def _pick(rng: Generator, places: Sequence[Place]) -> int:
    """One of the places, the larger the likelier."""
    sizes = np.cumsum([stop - start for start, stop in places])
    return int(np.searchsorted(sizes, rng.integers(sizes[-1]), side="right"))


def _bit(data: bytearray, position: int, rng: Generator, tokens: Sequence[bytes]) -> None:
    data[position] ^= 1 << int(rng.integers(8))


def _byte(data: bytearray, position: int, rng: Generator, tokens: Sequence[bytes]) -> None:
    data[position] = int(rng.integers(256))


def _run(data: bytearray, position: int, rng: Generator, tokens: Sequence[bytes]) -> None:
    """A run of one byte, or of random ones."""
    length = min(int(rng.integers(1, 33)), len(data) - position)
    data[position : position + length] = rng.bytes(length) if rng.random() < 0.5 else rng.bytes(1) * length


def _number(data: bytearray, position: int, rng: Generator, tokens: Sequence[bytes]) -> None:
    """A number of 1 to 8 bytes: an extreme, or a little off what it was."""
    width = 1 << int(rng.integers(4))
    start = position - position % width
    old = int.from_bytes(data[start : start + width], "little")
    choices = [*EXTREMES, old - 1, old + 1, old * 2, old // 2, len(data), len(data) - old]
    number = choices[rng.integers(len(choices))] % (1 << 8 * width)
    data[start : start + width] = number.to_bytes(width, "little")[: len(data) - start]


def _splice(data: bytearray, position: int, rng: Generator, tokens: Sequence[bytes]) -> None:
    """Bytes from nearby or anywhere, such as one address in place of another."""
    length = int(rng.choice([2, 4, 8, 16, 64]))
    source = position + int(rng.integers(-512, 512)) if rng.random() < 0.7 else int(rng.integers(len(data)))
    source, target = (max(0, at - at % length) for at in (source, position))
    piece = data[source : source + length]
    data[target : target + len(piece)] = piece


def _token(data: bytearray, position: int, rng: Generator, tokens: Sequence[bytes]) -> None:
    piece = tokens[rng.integers(len(tokens))] if tokens else rng.bytes(4)
    data[position : position + len(piece)] = piece[: len(data) - position]


def _insert(data: bytearray, position: int, rng: Generator, tokens: Sequence[bytes]) -> None:
    source = int(rng.integers(len(data)))
    copied = bytes(data[source : source + int(rng.integers(1, 65))])
    choices = [*tokens, copied, copied, rng.bytes(3)]
    times = 1 if rng.random() < 0.9 else int(rng.integers(2, 3000))
    data[position:position] = choices[rng.integers(len(choices))] * times


def _delete(data: bytearray, position: int, rng: Generator, tokens: Sequence[bytes]) -> None:
    del data[position : position + int(rng.integers(1, 65))]


_Change = Callable[[bytearray, int, Generator, Sequence[bytes]], None]
_OVERWRITING: list[_Change] = [_bit, _byte, _run, _number, _number, _number, _splice, _splice, _token]
_LENGTHENING: list[_Change] = [_insert, _insert, _delete]
