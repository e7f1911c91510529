"""Place models beside a finished data set."""

from pathlib import Path

from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.command import run


def place_models(
    models: dict[str, Path],
    batch_norm: str,
    results: Path,
    groupings: list[str],
    variants: list[str],
    resampling: Resampling,
    shifts: Path,
    layers: Path,
    summary: Path,
    skipped: Path,
) -> None:
    """Model files by name, and the results of a data set -> shifts to groups, quality of layers, what is left out."""
    import pandas as pd

    from filtershift.analysis.comparing.placement import place
    from filtershift.analysis.comparing.reference import load_reference
    from filtershift.analysis.quality.layers import non_finite
    from filtershift.dataset.models.reading import read_model_file
    from filtershift.files import write_table
    from filtershift.results import SKIPPED

    read = {name: read_model_file(file, name, batch_norm) for name, file in models.items()}
    placement = place(read, load_reference(results, groupings, variants), resampling)
    write_table(shifts, placement.shifts)
    write_table(layers, placement.layers)
    write_table(summary, placement.models)
    rows = pd.DataFrame([vars(row) for model in read.values() for row in model.skipped], columns=SKIPPED)
    write_table(skipped, pd.concat([rows, non_finite(placement.layers)]))


if __name__ == "__main__":
    run(place_models)
