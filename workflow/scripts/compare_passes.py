"""Passes 2 and 3 over the filters of two data sets, in the basis of both."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from command import parsed, progress, run
from omegaconf import MISSING


@dataclass
class Files:
    """Of one data set: its filters, its layer table, and the moments of all shards."""

    dataset: Path = MISSING
    layers: Path = MISSING
    moments: list[Path] = field(default_factory=list)


@dataclass
class Settings:
    """Arguments: the files of both data sets (JSON), the number of bins, and what to write."""

    here: str = MISSING
    there: str = MISSING
    bins: int = 70
    threads: int = 1
    basis: Path = MISSING
    histograms: Path = MISSING


def main(settings: Settings) -> None:
    """Filters of two data sets -> their common bases, and each layer's histograms in these."""
    from filtershift.analysis.comparing.joint_passes import Measurable, measure_jointly
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes import VARIANTS
    from filtershift.passes.group_files import save_group_arrays
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments

    with ExitStack() as stack:
        sets = [
            Measurable(
                stack.enter_context(FilterFile(files.dataset)),
                row_ranges_of(load_layers(files.layers)),
                load(files.moments, LayerMoments),
            )
            for files in (parsed(Files, json.loads(text)) for text in (settings.here, settings.there))
        ]
        found = measure_jointly(sets, settings.bins, settings.threads, progress("comparison"))
    save_group_arrays(settings.basis, {name: vars(basis) for name, basis in zip(VARIANTS, found.bases, strict=True)})
    sides = {
        side: {"layer": layer, "counts": counts}
        for side, layer, counts in zip(("here", "there"), found.layers, found.counts, strict=True)
    }
    save_group_arrays(settings.histograms, sides, {"edges": found.edges})


if __name__ == "__main__":
    run(main, Settings)
