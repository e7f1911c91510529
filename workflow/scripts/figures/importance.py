"""Draw how the quality of layers goes with their importance."""

from pathlib import Path

from filtershift.command import run


def draw(
    layers: Path,
    quality: Path,
    importance: str,
    resamples: int,
    seed: int,
    level: float,
    table: Path,
    figure: list[Path],
    skipped: Path,
) -> None:
    """Layers, their quality, and a column or a file of their importance -> rank correlations, table and figure."""
    from filtershift.analysis.quality.importance import importance_correlations
    from filtershift.dataset.importance import importance_of_layers
    from filtershift.dataset.layer_table import load_layers
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.quality.importance import correlations
    from filtershift.files import read_table, write_table

    measured, left_out = importance_of_layers(load_layers(layers), importance)
    found = importance_correlations(
        read_table(quality, text=("model", "state")), measured.reset_index(drop=True), resamples, seed, level
    )
    write_table(table, found)
    save(correlations(found), *figure)
    write_table(skipped, left_out)


if __name__ == "__main__":
    run(draw)
