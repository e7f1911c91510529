"""The figures of a comparison of two models."""

from matplotlib.figure import Figure

from filtershift.analysis.layerwise.compare import Layerwise
from filtershift.analysis.layerwise.summary import change_bases
from filtershift.figures.distributions.eigenfilters import eigenfilter_tiles
from filtershift.figures.layerwise.depth import layer_changes


def figures_of(found: Layerwise) -> dict[str, Figure]:
    """The layers by depth, and the eigenfilters of the change if any filter has a partner that differs."""
    tiles = [(label, {**vars(basis), "n_models": 2}) for label, basis in change_bases(found).items()]
    drawn = {"depth": layer_changes(found.layers)}
    return {**drawn, "eigenfilters": eigenfilter_tiles(tiles)} if tiles else drawn
