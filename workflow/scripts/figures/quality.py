"""Draw the quality of layers by depth and size, the most degenerate models, and states by group and threshold."""

from pathlib import Path

from filtershift.command import run


def draw(
    layers: Path,
    models: Path,
    groups: Path,
    moved: Path,
    titles: dict[str, str],
    sparsity: list[Path],
    variance_entropy: list[Path],
    entropy_by_size: list[Path],
    ranking: list[Path],
    shares: list[Path],
    thresholds: list[Path],
) -> None:
    """Quality of layers, models and groups, and with moved thresholds -> boxes by depth, entropy, shares of states."""
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.quality import summaries
    from filtershift.figures.quality.entropy import entropy
    from filtershift.figures.quality.thresholds import states_by_threshold
    from filtershift.files import read_table

    of_layers = read_table(layers, text=("model", "state"))
    save(summaries.depth_boxes(of_layers, "sparsity"), *sparsity)
    save(summaries.depth_boxes(of_layers, "variance_entropy"), *variance_entropy)
    save(entropy(of_layers), *entropy_by_size)
    save(summaries.model_ranking(read_table(models, text=("model",))), *ranking)
    save(summaries.group_shares(read_table(groups, text=("grouping", "group")), titles), *shares)
    save(states_by_threshold(read_table(moved, text=("threshold",))), *thresholds)


if __name__ == "__main__":
    run(draw)
