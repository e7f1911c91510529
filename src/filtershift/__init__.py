"""Distribution shifts between trained 3x3 convolution filters.

In a notebook: `open_dataset`, `read_model` and `from_arrays` give `Filters`; `pca`, `coefficients`, `shift` and
`quality` measure them, `plot` draws what was measured, and `explore` writes a page to look around in. `layerwise` says
what changed between two models, `trajectory` follows the checkpoints of a training, and `place` compares models with a
data set of which only the statistics are here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from filtershift.errors import FiltershiftError
    from filtershift.notebook.filters.arrays import from_arrays
    from filtershift.notebook.filters.filters import Filters
    from filtershift.notebook.filters.opening import open_dataset, read_model
    from filtershift.notebook.measures.plots import plot
    from filtershift.notebook.measures.principal import coefficients, pca
    from filtershift.notebook.measures.quality import quality
    from filtershift.notebook.measures.shifts import shift
    from filtershift.notebook.questions.explore import explore
    from filtershift.notebook.questions.layerwise import layerwise
    from filtershift.notebook.questions.placing import place
    from filtershift.notebook.questions.trajectory import Trajectory, trajectory

__all__ = [
    "Filters",
    "FiltershiftError",
    "Trajectory",
    "coefficients",
    "explore",
    "from_arrays",
    "layerwise",
    "open_dataset",
    "pca",
    "place",
    "plot",
    "quality",
    "read_model",
    "shift",
    "trajectory",
]

_HOME = {
    "__version__": "version",
    "Filters": "notebook.filters.filters",
    "FiltershiftError": "errors",
    "Trajectory": "notebook.questions.trajectory",
    "coefficients": "notebook.measures.principal",
    "explore": "notebook.questions.explore",
    "from_arrays": "notebook.filters.arrays",
    "layerwise": "notebook.questions.layerwise",
    "open_dataset": "notebook.filters.opening",
    "pca": "notebook.measures.principal",
    "place": "notebook.questions.placing",
    "plot": "notebook.measures.plots",
    "quality": "notebook.measures.quality",
    "read_model": "notebook.filters.opening",
    "shift": "notebook.measures.shifts",
    "trajectory": "notebook.questions.trajectory",
}


def __getattr__(name: str) -> Any:
    """The names above, once they are asked for: the workflow's scripts start without them."""
    if name not in _HOME:
        raise AttributeError(f"module 'filtershift' has no attribute '{name}'; it offers {', '.join(__all__)}")
    return getattr(import_module(f"filtershift.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """The public names, before they are loaded, too."""
    return [*__all__, "__version__"]
