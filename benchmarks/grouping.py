"""One more grouping, as its jobs in the workflow make it: bases, shifts, densities and their three figures."""

from pathlib import Path

from filtershift.analysis.groups.assign import assign
from filtershift.analysis.groups.definition import Grouping
from filtershift.dataset.layer_table import load_layers
from filtershift.figures.distributions.eigenfilters import eigenfilter_tiles
from filtershift.figures.distributions.ridge import density_ridges
from filtershift.figures.drawing.saving import save
from filtershift.figures.shifts.shift_matrix import shift_matrix
from filtershift.passes.moments import LayerMoments
from filtershift.passes.stored.groups import load_bases
from filtershift.passes.stored.layers import load
from filtershift.results import VARIANTS
from pipeline import histogram_files, shifts_of


def add_grouping(folder: Path, column: str) -> None:
    """Group by a column of the layer table and draw, both variants; ``folder`` has the results of the passes."""
    layers = load_layers(folder / "layers.csv")
    groups = assign(layers, column, Grouping(by=[column]))
    moments = load([folder / "moments.h5"], LayerMoments)
    global_bases = load_bases(folder / "basis.h5")
    models = dict(zip(groups.sizes["group"].tolist(), groups.sizes["n_models"].tolist(), strict=True))
    for v, (variant, histograms) in enumerate(zip(VARIANTS, histogram_files(folder), strict=True)):
        shifts, own = shifts_of(groups, "shift", layers, moments, v, global_bases[v], histograms)
        bases = [(label, {**vars(basis), "n_models": models[label]}) for label, basis in own.items()]
        densities = {label: {"density": density} for label, density in shifts.densities.items()}
        figures = {
            "eigenfilters": eigenfilter_tiles(bases),
            "ridge": density_ridges(shifts.x, densities, shifts.n["group"].tolist()),
            "shift_matrix": shift_matrix([column], [shifts.matrix], [shifts.n]),
        }
        for name, figure in figures.items():
            beside = folder / "figures" / variant / column
            save(figure, beside / f"{name}.pdf", beside / f"{name}.png")
