"""Draw D-matrices (figures 3 and 7)."""

import json
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: D-matrices, tables of their groups' sizes and of their intervals (if any), titles (JSON), outputs."""

    shift: list[Path] = MISSING
    n: list[Path] = MISSING
    intervals: list[Path] = field(default_factory=list)
    titles: str = MISSING
    figure: list[Path] = MISSING


def main(settings: Settings) -> None:
    """D-matrices -> panels with one shared colour scale."""
    from filtershift.analysis.shifts.d_matrix import load_matrix
    from filtershift.analysis.uncertainty.tables import load_intervals, noise_cells
    from filtershift.figures.saving import save
    from filtershift.figures.shift_matrix import ShiftPanel, shift_matrix
    from filtershift.files import read_table

    panels = []
    paths = zip(settings.shift, settings.n, strict=True)
    for title, (shift, n), intervals in zip_longest(json.loads(settings.titles), paths, settings.intervals):
        matrix = load_matrix(shift)
        sizes = read_table(n)
        models, filters = sizes["n_models"].tolist(), sizes["n_filters"].tolist()
        labels = list(matrix.index)
        noise = noise_cells(load_intervals(intervals), labels) if intervals else None
        panels.append(ShiftPanel(title, labels, models, filters, matrix.to_numpy(), noise))
    save(shift_matrix(panels), *settings.figure)


if __name__ == "__main__":
    run(main, Settings)
