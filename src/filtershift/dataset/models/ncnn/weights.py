"""The `.bin` of a ncnn model: where the arrays of each layer are, and their values.

Format: `ModelBinFromDataReader::load` in https://github.com/Tencent/ncnn/blob/master/src/modelbin.cpp.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.ncnn.param import Layer
from filtershift.dataset.models.ncnn.storage import Array, is_known, stored_arrays
from filtershift.errors import FiltershiftError

_HALF, _INT8, _SINGLE = 0x01306B47, 0x000D4B38, (0, 0x0002C056)
_TABLE = 256 * 4  # bytes of the table that one byte per number points into


@dataclass(frozen=True)
class Place:
    """Where an array is: its first byte, its number of values and their type, and why they are not read."""

    start: int
    count: int
    dtype: str = "<f4"
    left_out: str = ""

    @property
    def stop(self) -> int:
        """The byte behind the array, which is padded to four bytes."""
        return self.start + -(-self.count * np.dtype(self.dtype).itemsize // 4) * 4


class Weights:
    """The `.bin` of a model, with the places of the arrays of each layer.

    Raises:
        FiltershiftError: the file is missing, or the layers store more or fewer bytes than it has.
    """

    def __init__(self, param: Path, layers: Sequence[Layer]) -> None:
        self.path = param.with_suffix(".bin")
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, 2)
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        except OSError as error:
            reason = error.strerror
            raise FiltershiftError(f"its weights cannot be read ({reason}); expected them in {self.path}") from None
        self.places: list[list[Place]] = []
        position = 0
        for layer in layers:
            of_layer = []
            for array in stored_arrays(layer):
                place = self._place(position, array, layer)
                position = place.stop
                of_layer.append(place)
            self.places.append(of_layer)
        if position != size:
            raise FiltershiftError(
                f"its layers store {position:,} bytes, but {self.path.name} has {size:,}{_custom(layers)}; "
                "expected the .bin that belongs to this .param"
            )

    def values(self, place: Place) -> NDArray[np.float32]:
        """The values of an array that is not left out."""
        return np.frombuffer(self._data, place.dtype, place.count, place.start).astype(np.float32)

    def _place(self, start: int, array: Array, layer: Layer) -> Place:
        place = self._tagged(start, array.length) if array.tagged else Place(start, array.length)
        if place.stop > len(self._data):
            raise layer.wrong(
                f"stores {array.length:,} numbers in bytes {start:,} to {place.stop:,}, but {self.path.name} has "
                f"{len(self._data):,} bytes"
            )
        return place

    def _tagged(self, start: int, count: int) -> Place:
        (tag,) = struct.unpack("<I", self._data[start : start + 4].ljust(4, b"\0"))
        if tag == _HALF:
            return Place(start + 4, count, "<f2")
        if tag == _INT8:
            return Place(start + 4, count, "i1", "quantised (weights are int8)")
        if tag in _SINGLE:
            return Place(start + 4, count)
        return Place(start + 4 + _TABLE, count, "u1", "quantised (weights are codes of 256 values)")


def _custom(layers: Sequence[Layer]) -> str:
    """The kinds of layers that ncnn does not know, in words."""
    kinds = sorted({layer.kind for layer in layers if not is_known(layer.kind)})
    return f"; what layers of the kind {ascii(', '.join(kinds))[:200]} store is not known" if kinds else ""
