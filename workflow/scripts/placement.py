"""Place models beside a finished data set."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: models (JSON: name -> file), results to place them in and how, the uncertainty's keys, the tables."""

    models: str = MISSING
    results: Path = MISSING
    groupings: list[str] = MISSING
    variants: list[str] = MISSING
    resamples: int = MISSING
    seed: int = MISSING
    level: float = MISSING
    shifts: Path = MISSING
    layers: Path = MISSING
    summary: Path = MISSING
    skipped: Path = MISSING


def main(settings: Settings) -> None:
    """Models and the histograms of groups -> shifts to every group, the quality of every layer."""
    import pandas as pd

    from filtershift.analysis.comparing.placement import place
    from filtershift.analysis.comparing.reference import load_reference
    from filtershift.analysis.quality.layers import non_finite
    from filtershift.analysis.uncertainty.intervals import Resampling
    from filtershift.dataset.models.files import read_model_file
    from filtershift.files import write_table

    files = json.loads(settings.models)
    models = {name: read_model_file(Path(file), name) for name, file in files.items()}
    reference = load_reference(settings.results, settings.groupings, settings.variants)
    how = Resampling(settings.resamples, settings.seed, settings.level)
    placement = place(models, reference, how)
    write_table(settings.shifts, placement.shifts)
    write_table(settings.layers, placement.layers)
    write_table(settings.summary, placement.models)
    rows = [vars(row) for model in models.values() for row in model.skipped]
    skipped = pd.DataFrame(rows, columns=["kind", "name", "reason", "count"])
    write_table(settings.skipped, pd.concat([skipped, non_finite(placement.layers)]))


if __name__ == "__main__":
    run(main, Settings)
