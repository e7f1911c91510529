"""Figures to files: the same bytes for the same figure, whole or not at all."""

import os
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.style import STYLE
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
    writers = {".pdf": _pdf, ".png": png}
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


def png(figure: Figure) -> bytes:
    """Return a figure as PNG, as `save` writes it."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = _with_palette(np.asarray(canvas.buffer_rgba()))
    content = BytesIO()
    picture.save(content, format="png", dpi=(figure.dpi, figure.dpi))
    return content.getvalue()


def _with_palette(pixels: np.ndarray) -> Image.Image:
    """Return a picture of opaque pixels (height, width, 4) in 256 colours, which takes a third of the bytes.

    Its most frequent colours (paper, fills, lines) stay exactly what they are; the rest, soft edges of text and lines,
    share what is left of the palette. Most of a figure being paper, only runs of equal pixels are looked at.
    """
    flat = pixels.view(np.uint32).ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(starts, append=flat.size)
    colors, color = np.unique(flat[starts], return_inverse=True)
    counts = np.bincount(color, weights=lengths)
    exact = np.argsort(-counts, kind="stable")[:_EXACT]
    rgb = colors.view(np.uint8).reshape(-1, 4)[:, :3]
    soft = Image.fromarray(rgb[None]).quantize(256 - _EXACT, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    entries = np.asarray(soft)[0] + np.uint8(_EXACT)
    entries[exact] = np.arange(len(exact))
    result = Image.fromarray(entries[color].repeat(lengths).reshape(pixels.shape[:2]))
    result.putpalette([*np.resize(rgb[exact], (_EXACT, 3)).ravel().tolist(), *(soft.getpalette() or [])])
    return result
