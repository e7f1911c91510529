"""Measure the shifts of one grouping in all variants: to start a process takes longer than to measure."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING
from shift import Settings as Shift
from shift import main as measure


@dataclass
class Settings:
    """Arguments: the folder of results, a grouping, variants, histograms of layers, and as of `shift.py`."""

    results: Path = MISSING
    grouping: str = MISSING
    variants: list[str] = MISSING
    histograms: list[Path] = MISSING
    order: str = "shift"
    choices: str = "{}"


def main(settings: Settings) -> None:
    """Per-layer histograms, groups and bases -> the tables of shifts, all where the results of a data set have them."""
    results, name = settings.results, settings.grouping
    for variant in settings.variants:
        folder = results / variant
        measure(
            Shift(
                histograms=[path for path in settings.histograms if path.name.startswith(f"histograms-{variant}.")],
                layers=results / "layers.csv",
                groups=results / f"groups/{name}.csv",
                sizes=results / f"groups/{name}.sizes.csv",
                pca=folder / f"pca/{name}.h5",
                basis=results / "statistics/basis.h5",
                variant=variant,
                order=settings.order,
                choices=settings.choices,
                output=folder / f"shift/{name}.csv",
                n=folder / f"shift/{name}.n.csv",
                components=folder / f"shift/{name}.components.csv",
                sensitivity=folder / f"shift/{name}.sensitivity.csv",
                group_histograms=folder / f"histograms/{name}.h5",
                densities=folder / f"densities/{name}.h5",
            )
        )


if __name__ == "__main__":
    run(main, Settings)
