"""Draw the quality of layers by depth and by size, the most degenerate models, and the states in every group."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from command import run
from omegaconf import MISSING

RANKED = 40


@dataclass
class Settings:
    """Arguments: the quality of layers, models and groups, titles of groupings (JSON: name -> title), outputs."""

    layers: Path = MISSING
    models: Path = MISSING
    groups: Path = MISSING
    titles: str = MISSING
    sparsity: list[Path] = MISSING
    variance_entropy: list[Path] = MISSING
    entropy_by_size: list[Path] = MISSING
    ranking: list[Path] = MISSING
    shares: list[Path] = MISSING


def main(settings: Settings) -> None:
    """Tables of quality -> boxes by depth, entropy against size with the random threshold, shares of states."""
    import numpy as np

    from filtershift.analysis.quality.layers import random_threshold
    from filtershift.analysis.quality.summaries import depth_rows
    from filtershift.figures.blank import blank
    from filtershift.figures.boxes import boxes
    from filtershift.figures.entropy import entropy
    from filtershift.figures.saving import save
    from filtershift.figures.shares import SharePanel, shares
    from filtershift.files import read_table

    def panel(title: str, row: str, table: Any) -> SharePanel:
        parts = table[["degenerate", "random_like", "diverse"]].to_numpy(float)
        return SharePanel(title, table[row].tolist(), table["n_judged"].tolist(), parts)

    layers = read_table(settings.layers, text=("model", "state"))
    save(boxes(depth_rows(layers, "sparsity"), "sparsity of a layer", apart=1), *settings.sparsity)
    rows = depth_rows(layers, "variance_entropy")
    save(boxes(rows, "variance entropy of a layer", apart=1), *settings.variance_entropy)

    n = (layers["n_filters"] - layers["non_finite_filters"]).to_numpy(int)
    sizes = np.unique(np.geomspace(3, 10 * n.max() + 3, 400).astype(int))
    points = n, layers["variance_entropy"].to_numpy(float), layers["state"].fillna("").tolist()
    save(entropy(*points, (sizes, random_threshold(sizes))), *settings.entropy_by_size)

    models = read_table(settings.models, text=("model",))
    worst = models[:RANKED]
    title = f"{len(worst)} of {len(models)} models, most degenerate first"
    save(shares([panel(title, "model", worst)]), *settings.ranking)

    titles = json.loads(settings.titles)
    groups = read_table(settings.groups, text=("grouping", "group")).groupby("grouping", sort=False)
    panels = [panel(titles[name], "group", table) for name, table in groups]
    save(shares(panels) if panels else blank(), *settings.shares)


if __name__ == "__main__":
    run(main, Settings)
