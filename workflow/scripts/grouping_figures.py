"""Draw what shows one grouping alone, in all variants: to start a process takes longer than to draw."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from cumulative import Settings as Cumulative
from cumulative import main as draw_cumulative
from eigenfilters import Settings as Eigenfilters
from eigenfilters import main as draw_eigenfilters
from omegaconf import MISSING
from ridge import Settings as Ridge
from ridge import main as draw_ridge
from shift_matrix import Settings as ShiftMatrix
from shift_matrix import main as draw_shift_matrix


@dataclass
class Settings:
    """Arguments: the folder of results, a grouping, its title (JSON), variants, kinds of figures, whether intervals."""

    results: Path = MISSING
    grouping: str = MISSING
    titles: str = MISSING
    variants: list[str] = MISSING
    kinds: list[str] = MISSING
    intervals: bool = False


def main(settings: Settings) -> None:
    """Bases, densities and shifts of groups -> figures, all where the results of a data set have them."""
    for variant in settings.variants:
        for kind in settings.kinds:
            draw(kind, settings.results / variant, settings)


def draw(kind: str, folder: Path, settings: Settings) -> None:
    """One figure of one variant, whose results are in the folder."""
    from filtershift.errors import FiltershiftError

    name, titles = settings.grouping, settings.titles
    figure = [folder / f"figures/{kind}/{name}.{end}" for end in ("pdf", "png")]
    table = figure[0].with_suffix(".csv")
    pca, n = folder / f"pca/{name}.h5", folder / f"shift/{name}.n.csv"
    if kind == "eigenfilters":
        draw_eigenfilters(Eigenfilters(pca=[pca], figure=figure, table=table))
    elif kind == "cumulative":
        draw_cumulative(Cumulative(pca=[pca], titles=titles, figure=figure, table=table))
    elif kind == "ridge":
        draw_ridge(Ridge(densities=folder / f"densities/{name}.h5", n=n, figure=figure))
    elif kind == "shift_matrix":
        shift = folder / f"shift/{name}.csv"
        intervals = [folder / f"shift/{name}.intervals.csv"] if settings.intervals else []
        draw_shift_matrix(ShiftMatrix(shift=[shift], n=[n], intervals=intervals, titles=titles, figure=figure))
    else:
        known = "eigenfilters, cumulative, ridge, shift_matrix"
        raise FiltershiftError(f"kinds: there is no figure '{kind}' of a grouping; give some of {known}")


if __name__ == "__main__":
    run(main, Settings)
