"""Say how far to believe the shifts of one grouping, in all variants in one process."""

from dataclasses import dataclass, field
from pathlib import Path

from command import run
from omegaconf import MISSING
from uncertainty import Settings as Uncertainty
from uncertainty import main as measure


@dataclass
class Settings:
    """Arguments: the folder of results, a grouping, variants, histograms of layers, and as of `uncertainty.py`."""

    results: Path = MISSING
    grouping: str = MISSING
    variants: list[str] = MISSING
    histograms: list[Path] = MISSING
    clusters: list[Path] = field(default_factory=list)
    resamples: int = MISSING
    seed: int = MISSING
    level: float = MISSING
    choices: str = "{}"


def main(settings: Settings) -> None:
    """Per-layer histograms, groups and shifts -> intervals and floors, where the results of a data set have them."""
    results, name = settings.results, settings.grouping
    for variant in settings.variants:
        tables = results / variant / "shift"
        measure(
            Uncertainty(
                histograms=[path for path in settings.histograms if path.name.startswith(f"histograms-{variant}.")],
                layers=results / "layers.csv",
                name=name,
                groups=results / f"groups/{name}.csv",
                sizes=results / f"groups/{name}.sizes.csv",
                basis=results / "statistics/basis.h5",
                variant=variant,
                pairs=tables / f"{name}.components.csv",
                n=tables / f"{name}.n.csv",
                clusters=settings.clusters,
                resamples=settings.resamples,
                seed=settings.seed,
                level=settings.level,
                choices=settings.choices,
                output=tables / f"{name}.intervals.csv",
                floor=tables / f"{name}.floor.csv",
            )
        )


if __name__ == "__main__":
    run(main, Settings)
