"""Correct the labels of the layer table."""

from pathlib import Path

from filtershift.command import run


def correct(stored: Path, corrections: dict[str, dict[str, str]], layers: Path, models: Path, skipped: Path) -> None:
    """Layer table as the data set has it, labels of models -> layers.csv, models.csv and corrections of no use."""
    from filtershift.dataset.corrections import with_corrections
    from filtershift.dataset.layer_table import load_texts
    from filtershift.dataset.model_table import model_table
    from filtershift.files import write_table

    table, unused = with_corrections(load_texts(stored), corrections)
    write_table(layers, table, index=True)
    write_table(models, model_table(table))
    write_table(skipped, unused)


if __name__ == "__main__":
    run(correct)
