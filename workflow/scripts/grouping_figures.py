"""Draw what shows one grouping alone: eigenfilters, cumulative variance, densities."""

from dataclasses import dataclass, field

from command import run
from cumulative import Settings as Cumulative
from cumulative import main as draw_cumulative
from eigenfilters import Settings as Eigenfilters
from eigenfilters import main as draw_eigenfilters
from ridge import Settings as Ridge
from ridge import main as draw_ridge


@dataclass
class Settings:
    """Arguments: those of the three scripts, as in `ridge.densities=…`."""

    eigenfilters: Eigenfilters = field(default_factory=Eigenfilters)
    cumulative: Cumulative = field(default_factory=Cumulative)
    ridge: Ridge = field(default_factory=Ridge)


def main(settings: Settings) -> None:
    """Group bases and densities -> three figures, in one process: to start one takes longer than to draw."""
    draw_eigenfilters(settings.eigenfilters)
    draw_cumulative(settings.cumulative)
    draw_ridge(settings.ridge)


if __name__ == "__main__":
    run(main, Settings)
