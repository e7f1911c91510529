"""Distribution shifts between trained 3x3 convolution filters.

In a notebook: `open_dataset`, `read_model` and `from_arrays` give `Filters`, and `pca`, `shift` and `quality` measure
them.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from filtershift.api import Filters, from_arrays, open_dataset, pca, quality, read_model, shift

__all__ = ["Filters", "from_arrays", "open_dataset", "pca", "quality", "read_model", "shift"]


def __getattr__(name: str) -> Any:
    """The names above, once they are asked for: the workflow's scripts start without them."""
    if name not in __all__:
        raise AttributeError(f"module 'filtershift' has no attribute '{name}'")
    from filtershift import api

    return getattr(api, name)
