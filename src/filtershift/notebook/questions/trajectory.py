"""Checkpoints of a training run followed over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from filtershift.analysis.trajectory.trace import LayerHistograms, trace
from filtershift.analysis.trajectory.trace import Trajectory as Found
from filtershift.errors import FiltershiftError, about
from filtershift.notebook.filters.arrays import from_arrays
from filtershift.notebook.filters.choosing import shown
from filtershift.notebook.filters.filters import Filters
from filtershift.notebook.filters.joining import joined
from filtershift.notebook.filters.opening import read_model
from filtershift.notebook.measures.measuring import filled, measured
from filtershift.notebook.measures.quality import quality_of
from filtershift.passes.extent import layer_extent
from filtershift.passes.histograms import compared_counts
from filtershift.results import VARIANTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHECKPOINT, RUN = "checkpoint", "run"
"""The columns of checkpoints that are given by number, and of runs that are given by name."""

PAGE = "trajectory.html"


@dataclass(frozen=True)
class Trajectory(Found):
    """What `trajectory` returns: tables, and ways to look at them."""

    def plot(self, kind: str = "layers", variant: str = "scaled") -> Figure:
        """Draw it as the workflow does.

        Args:
            kind: "layers" (every layer at every checkpoint), "shifts" (curves by depth), "quality" or "shapes".
            variant: "scaled" or "unscaled" filters.

        Raises:
            FiltershiftError: no such kind or variant.
        """
        from filtershift.figures.trajectory.all import KINDS, trajectory_figure
        from filtershift.notebook.measures.plots import shown_by_notebooks

        if kind not in KINDS:
            raise FiltershiftError(f"plot: kind must be one of {', '.join(KINDS)}, not {shown(kind)}")
        if variant not in set(self.shifts["variant"]):
            raise FiltershiftError(f"plot: {shown(variant)} filters were not followed; trajectory takes variants")
        return shown_by_notebooks(trajectory_figure(self, kind, variant))

    def save(self, folder: str | Path) -> Path:
        """Write a page, with all tables and figures, into a folder of its own; a former one is replaced.

        Returns:
            The path of the page.

        Raises:
            FiltershiftError: the folder holds something else, or cannot be written.
        """
        from filtershift.figures.trajectory.all import save_trajectory_figure
        from filtershift.report.trajectory import write_trajectory

        page = Path(folder).expanduser() / PAGE
        if page.parent.exists() and not page.exists() and (page.parent.is_file() or any(page.parent.iterdir())):
            raise FiltershiftError(f"{folder} is not empty; save a trajectory into a folder of its own")
        try:
            write_trajectory(page, self, partial(save_trajectory_figure, self))
        except OSError as error:
            raise FiltershiftError(f"{folder}: the page cannot be written: {error.strerror}") from None
        return page

    def __repr__(self) -> str:
        runs = self.checkpoints["run"].nunique()
        return f"<trajectory of {len(self.checkpoints)} checkpoints of {runs} run{'s' * (runs != 1)}>"

    def _repr_html_(self) -> str:
        return self.summary.to_html(max_rows=20, notebook=True)


def trajectory(
    checkpoints: Mapping[Any, Any] | Filters,
    by: str | None = None,
    within: str | Sequence[str] = (),
    variants: Sequence[str] = ("scaled",),
    bins: int = 70,
    level: float = 0.95,
) -> Trajectory:
    """How filters develop over checkpoints: which layers changed when, and which settled when.

    Shifts are those of `shift`, in the basis of all checkpoints given. A training loop can call it: a network's
    weights are copied when they are given.

    Args:
        checkpoints: by number, as in ``{0: before, 1: after}``: paths of model files, networks, mappings of names to
            arrays such as ``net.state_dict()``, or what `from_arrays` or `read_model` return. Or by run and number, as
            in ``{"seed 0": {0: …, 1: …}, "seed 1": {…}}``. Or filters of a data set, with ``by``.
        by: of filters of a data set: the column whose number says when a checkpoint was taken, as "epoch".
        within: of filters of a data set: the columns that tell runs apart, as "seed".
        variants: "scaled", "unscaled" or both.
        bins: of the histograms.
        level: coverage of intervals over runs, and what chance stays below.

    Raises:
        FiltershiftError: no run has two checkpoints, a number or column is none, or a model cannot be read.
    """
    if not isinstance(checkpoints, Filters):
        if by is not None or within:
            raise FiltershiftError("trajectory: by and within go with Filters; these checkpoints are given by number")
        checkpoints, by, within = _given_by_number(checkpoints), CHECKPOINT, [RUN]
    elif by is None:
        raise FiltershiftError("trajectory: name the column that numbers checkpoints, as in by='epoch'")
    wanted = [variants] if isinstance(variants, str) else list(variants)
    if not wanted or not set(wanted) <= set(VARIANTS):
        raise FiltershiftError(f"trajectory: variants must be some of {', '.join(VARIANTS)}, not {shown(variants)}")
    filters = filled(checkpoints)
    found = measured(filters, bins)
    counts = np.zeros((len(filters), 2, 9, bins), np.int32)
    extents = []
    for layer, of_layer, of_blocks in found.counted:
        counts[filters.layers.index.get_loc(layer)] = compared_counts(of_layer, bins)
        extents.append((layer, of_blocks))
    histograms = {}
    for variant in wanted:
        v = VARIANTS.index(variant)
        edges, ratio = found.grids[v].edges, found.bases[v].explained_variance_ratio
        histograms[variant] = LayerHistograms(counts[:, v], float(edges[1] - edges[0]), ratio)
    columns = [within] if isinstance(within, str) else list(within)
    quality = quality_of(filters, found.moments, layer_extent(extents))
    traced = trace(filters.layers, histograms, found.moments, quality, by, columns, level)
    return Trajectory(**vars(traced))


def _given_by_number(checkpoints: object) -> Filters:
    """The filters of all checkpoints of all runs, with their number and run as columns."""
    if not isinstance(checkpoints, Mapping) or not checkpoints:
        raise FiltershiftError(
            f"trajectory expects checkpoints by number, as in {{0: before, 1: after}}, not {shown(checkpoints)}"
        )
    runs = checkpoints if all(isinstance(key, str) for key in checkpoints) else {RUN: checkpoints}
    parts, labels = [], []
    for run, of_run in runs.items():
        if not isinstance(of_run, Mapping):
            raise FiltershiftError(f"trajectory: run {shown(run)} must hold checkpoints by number, not {shown(of_run)}")
        for number, weights in of_run.items():
            if not isinstance(number, Real) or isinstance(number, bool):
                raise FiltershiftError(f"trajectory: a checkpoint's number must be a number, not {shown(number)}")
            with about(f"checkpoint {number:g} of {run}"):
                parts.append(_filters(weights))
            labels.append((str(run), float(number), f"{run} at {number:g}"))
    source, layers, row_ranges, skipped = joined(parts)
    of_layer = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    run, number, model = (np.array(values, object)[of_layer] for values in zip(*labels, strict=True))
    layers = layers.assign(run=run, checkpoint=number.astype(float), model=model, model_id=of_layer)
    return Filters(source, layers, row_ranges, skipped)


def _filters(weights: Any) -> Filters:
    """The filters of one checkpoint."""
    if isinstance(weights, Filters):
        return weights
    return read_model(weights) if isinstance(weights, (str, Path)) else from_arrays(weights)
