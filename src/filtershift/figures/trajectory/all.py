"""The figures of a trajectory by name."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from filtershift.analysis.trajectory.trace import Trajectory
from filtershift.figures.drawing.blank import blank
from filtershift.figures.drawing.saving import save
from filtershift.figures.trajectory.curves import Panel, curve_panels
from filtershift.figures.trajectory.layers import layer_map
from filtershift.passes.patterns import TYPES

COMPARED = {"first": "D from the first checkpoint", "previous": "D from the checkpoint before"}
COMPARED["last"] = "D to the last checkpoint"
QUALITY = {
    "sparsity": "sparsity",
    "variance_entropy": "variance entropy H",
    "entropy_ratio": "H / T_H (1: like random filters)",
    "orthogonality": "orthogonality",
    "degenerate": "share of degenerate layers",
    "random_like": "share of random-like layers",
}
SHAPES = {
    "high_frequency": "share of high frequencies",
    "symmetry": "symmetry of the mean filter",
    **{kind: f"share of {kind}" for kind in TYPES},
}

KINDS = ("layers", "shifts", "quality", "shapes")
"""The figures; all but quality are of one variant."""


def trajectory_figure(found: Trajectory, kind: str, variant: str) -> Figure:
    """Draw one of `KINDS`, of one variant."""
    means = found.over_runs[kind]
    own = means[means["variant"] == variant] if "variant" in means else means
    if kind == "layers" and found.summary.empty:
        return blank("no layer is found again in another checkpoint of its run")
    if kind == "layers":
        return layer_map(own, found.summary[found.summary["variant"] == variant], found.by)
    if kind == "shifts":
        panels = [Panel(title, own[own["compared"] == key], "shift", "floor") for key, title in COMPARED.items()]
        return curve_panels(panels, found.by, logarithmic=True)
    titles = QUALITY if kind == "quality" else SHAPES
    return curve_panels(_known(titles, own), found.by)


def save_trajectory_figure(found: Trajectory, kind: str, variant: str, stem: Path) -> None:
    """Write one of `KINDS` as PDF and PNG, to a path without a suffix."""
    save(trajectory_figure(found, kind, variant), f"{stem}.pdf", f"{stem}.png")


def _known(titles: dict[str, str], table: pd.DataFrame) -> list[Panel]:
    """A panel for each value that is known of any layer."""
    return [Panel(title, table, value) for value, title in titles.items() if table[value].notna().any()]
