"""Figures to files: the same bytes for the same figure, whole or not at all."""

import os
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

from filtershift.errors import FiltershiftError
from filtershift.figures.layout import SCREEN_DPI
from filtershift.figures.style import STYLE

_PRINT_DPI = 300
"""Dots per inch of the parts of a PDF that are images."""


def save(figure: Figure, *paths: str | os.PathLike[str]) -> None:
    """Write a figure as PDF (vectors, TrueType text) or PNG (256 colours), by the ending of each path.

    The files carry no date and no version, so equal figures give equal bytes. Each is written beside its place and
    renamed, so it appears whole or not at all; missing folders are made.

    Raises:
        FiltershiftError: a path ends neither in .pdf nor in .png; nothing is written then.
    """
    writers = {".pdf": _write_pdf, ".png": _write_png}
    targets = [Path(path) for path in paths]
    for target in targets:
        if target.suffix not in writers:
            raise FiltershiftError(f"{target}: cannot write a figure as '{target.suffix}'; use .pdf or .png")
    for target in targets:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with mpl.rc_context(STYLE):
                writers[target.suffix](figure, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def _write_pdf(figure: Figure, path: Path) -> None:
    undated = {"Creator": None, "Producer": None, "CreationDate": None}
    figure.savefig(path, format="pdf", dpi=_PRINT_DPI, metadata=undated)


def _write_png(figure: Figure, path: Path) -> None:
    """Write the picture with a palette: a quarter of the bytes, no colour off by more than the eye notices."""
    picture = BytesIO()
    figure.savefig(picture, format="png", dpi=SCREEN_DPI, pil_kwargs={"compress_level": 1})
    with Image.open(picture) as full:
        palette = full.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(path, format="png", optimize=True, dpi=(SCREEN_DPI, SCREEN_DPI))
