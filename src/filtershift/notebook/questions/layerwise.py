"""Two models layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from numpy.typing import ArrayLike

from filtershift.analysis.layerwise.compare import Layerwise, compare_layers
from filtershift.analysis.layerwise.models import ModelLayers, model_of_layers
from filtershift.analysis.layerwise.summary import moved
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.dataset.models.batch_norm import FOLDED
from filtershift.errors import FiltershiftError, about
from filtershift.notebook.filters.arrays import as_filters
from filtershift.notebook.filters.choosing import check_whole, shown
from filtershift.notebook.filters.filters import Filters
from filtershift.notebook.filters.opening import read_model
from filtershift.notebook.measures.measuring import THREADS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Model = Filters | Mapping[str, ArrayLike] | ArrayLike | str | Path


@dataclass(frozen=True)
class LayerChanges:
    """What changed between two models, layer by layer; `layerwise` makes it.

    Attributes:
        layers: one row per layer and variant: its shift with interval, null and flag, its parts, the quality before and
            after, and what became of its filters. docs/layerwise.md explains the columns.
        unmatched: what has no partner, or was left out, as rows kind, name, reason, count.
    """

    layers: pd.DataFrame
    unmatched: pd.DataFrame
    _found: Layerwise

    @property
    def moved(self) -> pd.DataFrame:
        """The rows of ``layers`` that are above noise, largest shift first."""
        return moved(self.layers)

    def __repr__(self) -> str:
        before, after = self._found.names
        count = len(self.layers.drop_duplicates(["layer", "layer_after"]))
        changed = self.moved[["layer", "layer_after"]].drop_duplicates()
        return f"<{before} → {after}: {len(changed)} of {count} layers moved>"

    def _repr_html_(self) -> str:
        columns = ["variant", "layer", "shift", "low", "high", "p", "flag", "relative_change"]
        return f"<p>{self!r}</p>{self.moved[columns].to_html(max_rows=20, index=False)}".replace("<<", "&lt;<")

    def plot(self) -> Figure:
        """The layers by depth: D with its interval and null, and the relative change of weights."""
        from filtershift.figures.drawing.saving import png
        from filtershift.figures.layerwise.depth import layer_changes

        figure = layer_changes(self.layers)
        figure._repr_png_ = partial(png, figure)  # type: ignore[attr-defined]
        return figure

    def page(self, folder: str | Path) -> Path:
        """Write the page, with its tables and figures, into a folder that it replaces; returns the path of the page.

        Raises:
            FiltershiftError: the folder holds other files.
        """
        from filtershift.figures.drawing.saving import save
        from filtershift.figures.layerwise.answer import figures_of
        from filtershift.report.layerwise import FILES, PAGE, write_answer

        place = Path(folder).expanduser()
        others = [path.name for path in place.iterdir() if path.name not in FILES] if place.is_dir() else []
        if others or place.is_file():
            raise FiltershiftError(
                f"{place}: would be replaced, but holds {(*others, 'a file')[0]}; choose a new folder"
            )
        write_answer(place, self._found, "common to both models", figures_of(self._found), save)
        return place / PAGE


def layerwise(
    before: Model, after: Model, resamples: int = 200, seed: int = 0, bins: int = 70, batch_norm: str = FOLDED
) -> LayerChanges:
    """What changed in each layer from one model to another, and which layers moved above noise.

    A training loop can call it with the weights of a net, as in ``layerwise(before, net.state_dict())``.

    Args:
        before: a model file, `Filters` of one model, a network, or arrays or tensors as of `from_arrays`.
        after: the other model. Layers match by name, else by shape and order.
        resamples: number of draws for intervals and nulls; more make them steadier.
        seed: of the random numbers.
        bins: of the histograms over the common extent of both models.
        batch_norm: of model files: "folded" or "stored", as of `read_model`.

    Returns:
        What changed: the tables ``layers`` (all, by depth), ``moved`` (those above noise, largest shift first) and
        ``unmatched``; ``plot()`` draws the layers by depth, and ``page(folder)`` writes the page. See
        docs/layerwise.md for the columns.

    Raises:
        FiltershiftError: a model cannot be read or has no filters, or no layer has a partner.
    """
    check_whole("resamples", resamples, 1, 1_000_000)
    check_whole("seed", seed, 0, 2**32 - 1)
    check_whole("bins", bins, 1, 10_000)
    models, skipped = zip(*(_model(given, side, batch_norm) for side, given in _sides(before, after)), strict=True)
    if models[0].name == models[1].name:
        models = tuple(replace(one, name=f"{one.name} ({side})") for one, side in zip(models, _SIDES, strict=True))
    found = compare_layers(
        models[0], models[1], Resampling(resamples, seed), reference=bins, threads=THREADS, left_out=pd.concat(skipped)
    )
    return LayerChanges(found.layers, found.skipped, found)


_SIDES = ("before", "after")


def _sides(before: Model, after: Model) -> list[tuple[str, Model]]:
    return list(zip(_SIDES, (before, after), strict=True))


def _model(given: Any, side: str, batch_norm: str) -> tuple[ModelLayers, pd.DataFrame]:
    """A model as layers with their filters, and what was left out of it."""
    is_path = isinstance(given, (str, Path))
    with about(side):
        filters = read_model(given, batch_norm) if is_path else as_filters(given)
        table = filters.layers.sort_values(["model_id", "conv_depth"], kind="stable")
        if len(names := table["model"].unique()) > 1:
            raise FiltershiftError(
                f"holds {len(names)} models; choose one, as in filters.where(model={shown(str(names[0]))})"
            )
        weights = [filters[int(layer)] for layer in table.index]
        name = side if not is_path and not isinstance(given, Filters) else str(names[0])
        table = table.assign(layer_name=[_bare(layer) for layer in table.get("layer_name", [None] * len(table))])
        return model_of_layers(name, table, weights), filters.skipped.assign(name=name + ": " + filters.skipped["name"])


def _bare(name: Any) -> Any:
    """The name of a layer as files have it: a state dict has that of its weight."""
    return name.removesuffix(".weight") if isinstance(name, str) else name
