"""Draw D-matrices (figures 3 and 7)."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import command
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: D-matrices, the tables of their groups' sizes, their titles (JSON), outputs."""

    shift: list[Path] = MISSING
    n: list[Path] = MISSING
    titles: str = MISSING
    figure: list[Path] = MISSING


@command(Settings)
def main(settings: Settings) -> None:
    """D-matrices -> panels with one shared colour scale."""
    from filtershift.analysis.shift import load_matrix
    from filtershift.figures.saving import save
    from filtershift.figures.shift_matrix import ShiftPanel, shift_matrix
    from filtershift.files import read_table

    panels = []
    for title, shift, n in zip(json.loads(settings.titles), settings.shift, settings.n, strict=True):
        matrix = load_matrix(shift)
        sizes = read_table(n)
        models, filters = sizes["n_models"].tolist(), sizes["n_filters"].tolist()
        panels.append(ShiftPanel(title, list(matrix.index), models, filters, matrix.to_numpy()))
    save(shift_matrix(panels), *settings.figure)


if __name__ == "__main__":
    main()
