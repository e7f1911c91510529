"""Figures to files: the same bytes for the same figure, whole or not at all."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from filtershift.errors import FiltershiftError
from filtershift.figures.style import STYLE
from filtershift.files import whole_file

_PRINT_DPI = 300
"""Dots per inch of the parts of a PDF that are images."""

_EXACT = 96
"""Entries of a PNG's palette kept for its most frequent colours."""


def save(figure: Figure, *paths: str | os.PathLike[str]) -> None:
    """Write a figure as PDF (vectors, TrueType text) or PNG (256 colours), by the ending of each path.

    The files carry no date and no version, so equal figures give equal bytes. Each is written beside its place and
    renamed, so it appears whole or not at all; missing folders are made.

    Raises:
        FiltershiftError: a path ends neither in .pdf nor in .png; nothing is written then.
    """
    writers = {".pdf": _pdf, ".png": _png}
    targets = [Path(path) for path in paths]
    for target in targets:
        if target.suffix not in writers:
            raise FiltershiftError(f"{target}: cannot write a figure as '{target.suffix}'; use .pdf or .png")
    for target in targets:
        with mpl.rc_context(STYLE):
            content = writers[target.suffix](figure)
        with whole_file(target) as beside:
            beside.write_bytes(content)


def _pdf(figure: Figure) -> bytes:
    undated = {"Creator": None, "Producer": None, "CreationDate": None}
    content = BytesIO()
    figure.savefig(content, format="pdf", dpi=_PRINT_DPI, metadata=undated)
    return content.getvalue()


def _png(figure: Figure) -> bytes:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    content = BytesIO()
    _with_palette(picture).save(content, format="png", dpi=(figure.dpi, figure.dpi))
    return content.getvalue()


def _with_palette(picture: Image.Image) -> Image.Image:
    """Return the picture in 256 colours, which takes a third of the bytes.

    Its most frequent colours (paper, fills, lines) stay exactly what they are; the rest, soft edges of text and lines,
    share what is left of the palette.
    """
    pixels = np.asarray(picture)
    others = picture.quantize(256 - _EXACT, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    counted: list[Any] = picture.getcolors(maxcolors=2**24) or []
    frequent = sorted(counted, key=lambda entry: (-entry[0], entry[1]))[:_EXACT]
    exact = np.array(sorted(color for _, color in frequent), dtype=np.uint8)
    keys, numbers = _as_numbers(exact), _as_numbers(pixels)
    nearest = np.searchsorted(keys, numbers).clip(max=len(keys) - 1)
    entries = np.where(keys[nearest] == numbers, nearest, np.asarray(others) + np.uint8(_EXACT))
    result = Image.fromarray(entries.astype(np.uint8), mode="P")
    result.putpalette([*np.resize(exact, (_EXACT, 3)).ravel().tolist(), *(others.getpalette() or [])])
    return result


def _as_numbers(colors: np.ndarray) -> np.ndarray:
    """Return one integer for each colour (…, 3), in the order of (red, green, blue)."""
    return colors.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
