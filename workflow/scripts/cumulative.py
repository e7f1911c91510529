"""Draw the cumulative explained variance of groups (figure 9)."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: files of bases, the titles of their groupings (JSON), outputs."""

    pca: list[Path] = MISSING
    titles: str = MISSING
    figure: list[Path] = MISSING
    table: Path = MISSING


def main(settings: Settings) -> None:
    """Group bases -> a panel of lines a grouping, and the numbers as a table."""
    import numpy as np
    import pandas as pd

    from filtershift.figures.cumulative import CumulativePanel, cumulative
    from filtershift.figures.saving import save
    from filtershift.figures.style import group_colors
    from filtershift.files import write_table
    from filtershift.passes.bases import basis_table
    from filtershift.passes.group_files import load_group_arrays

    titles = json.loads(settings.titles)
    groupings = [load_group_arrays(path)[0] for path in settings.pca]
    panels = [
        CumulativePanel(title, list(groups), np.stack([basis["explained_variance_ratio"] for basis in groups.values()]))
        for title, groups in zip(titles, groupings, strict=True)
    ]
    colors = {label: color for groups in groupings for label, color in group_colors(groups).items()}
    save(cumulative(panels, colors), *settings.figure)
    tables = [basis_table(list(groups.items())).iloc[:, :4] for groups in groupings]
    write_table(settings.table, pd.concat(tables, keys=titles, names=["grouping"]).reset_index("grouping"))


if __name__ == "__main__":
    run(main, Settings)
