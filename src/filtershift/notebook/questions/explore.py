"""The explorer of filters: a page in which every grouping is a click."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import ArrayLike

from filtershift.analysis.shifts.choices import PAPER
from filtershift.errors import FiltershiftError
from filtershift.files import whole_file
from filtershift.notebook.filters.arrays import as_filters
from filtershift.notebook.filters.choosing import shown
from filtershift.notebook.filters.filters import Filters
from filtershift.notebook.measures.measuring import filled, measured
from filtershift.notebook.measures.quality import quality_of
from filtershift.passes.example_filters import example_filters
from filtershift.passes.extent import layer_extent
from filtershift.passes.histograms import compared_counts
from filtershift.results import VARIANTS


@dataclass(frozen=True)
class Explorer:
    """The page that `explore` wrote; a notebook shows it in a frame if it lies in the notebook's folder or below.

    Attributes:
        path: of the page.
    """

    path: Path

    def __repr__(self) -> str:
        return f"<explorer in {self.path}>"

    def _repr_html_(self) -> str:
        here = Path(os.path.relpath(self.path))
        if here.parts[0] == "..":  # a notebook serves only the files below it
            return f"<p>{escape(repr(self))}; open this file in a browser</p>"
        address = escape(quote(here.as_posix()))
        link = f'<p><a href="{address}" target="_blank">{escape(str(here))}</a></p>'
        return f'{link}<iframe src="{address}" title="explorer" width="100%" height="800"></iframe>'


def explore(filters: Filters | ArrayLike, path: str | Path = "explorer.html") -> Explorer:
    """Write the explorer of filters: one page that groups layers by any column, and needs no network.

    It shows the shifts between groups, the layers and models by quality, and a few filters of each layer. Layers
    without filters are left out.

    Args:
        filters: the filters, or arrays as of `from_arrays`.
        path: of the page; a file that is there is replaced.

    Returns:
        What shows the page in a notebook, and has its ``path``.

    Raises:
        FiltershiftError: no finite filter, or the page cannot be written.
    """
    from filtershift.figures.drawing.palette import palette_hex
    from filtershift.report.explorer.content import Histograms, content
    from filtershift.report.explorer.page import explorer_page

    page = page_path(path, "explore")
    filters = filled(as_filters(filters))
    found = measured(filters)
    bins = found.grids[0].bins
    counts = np.zeros((len(filters), 2, 9, bins), np.int64)
    extents = []
    for layer, of_layer, of_blocks in found.counted:
        counts[filters.layers.index.get_loc(layer)] = compared_counts(of_layer, bins)
        extents.append((layer, of_blocks))
    shown_content = content(
        name=page.stem,
        layers=filters.layers,
        quality=quality_of(filters, found.moments, layer_extent(extents)),
        moments=found.moments,
        bases=found.bases,
        histograms={
            variant: Histograms(counts[:, v], float(grid.extent[0]), float(grid.edges[1] - grid.edges[0]))
            for v, (variant, grid) in enumerate(zip(VARIANTS, found.grids, strict=True))
        },
        choices=PAPER,
        examples=example_filters(filters.source, filters.row_ranges, found.bases[0], found.grids[0], counts[:, 0]),
    )
    return Explorer(write_page(page, explorer_page(page.stem, shown_content, palette_hex())))


def page_path(path: object, caller: str) -> Path:
    """The path of a page that is to be written."""
    if not isinstance(path, (str, Path)):
        raise FiltershiftError(f"{caller} expects the path of a page, not {shown(path)}")
    return Path(path).expanduser()


def write_page(page: Path, text: str) -> Path:
    """Write a page; its path."""
    try:
        with whole_file(page) as beside:
            beside.write_text(text)
    except OSError as error:
        raise FiltershiftError(f"{page}: the page cannot be written: {error.strerror}") from None
    return page
