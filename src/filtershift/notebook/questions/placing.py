"""Models beside a data set of which only the statistics are here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pandas as pd
import yaml

from filtershift.analysis.comparing.bundle import read_bundle
from filtershift.analysis.comparing.placement import Placement
from filtershift.analysis.comparing.placement import place as placed_beside
from filtershift.analysis.comparing.reference import Reference, load_reference
from filtershift.analysis.quality.layers import non_finite
from filtershift.analysis.shifts.choices import Choices
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.dataset.layer_table import load_layers
from filtershift.dataset.models.listed import listed_models
from filtershift.dataset.models.reading import read_model_file
from filtershift.dataset.sources.bundle_manifest import RunSettings
from filtershift.errors import FiltershiftError
from filtershift.notebook.filters.choosing import check_whole, shown
from filtershift.notebook.questions.explore import Explorer, page_path, write_page
from filtershift.results import FILES, SKIPPED, Results

Read = TypeVar("Read")
_MOST_RESAMPLES = 1_000_000


@dataclass(frozen=True)
class Placed:
    """Models beside a data set, as `place` found them. A notebook shows the nearest groups.

    Attributes:
        shifts: one row per variant, grouping, model and group: how far they are apart, and how far to believe that.
        layers: one row per layer of the models: its quality, and the percentage of the data set's layers below it.
        models: one row per model: how much of it is wasted, and which models of the data set have the same layers.
        skipped: what was left out: kind, name, reason, count (of filters).
        dataset: the name of the data set.
    """

    shifts: pd.DataFrame
    layers: pd.DataFrame
    models: pd.DataFrame
    skipped: pd.DataFrame
    dataset: str
    _reference: Path = field(repr=False)
    _settings: RunSettings = field(repr=False)
    _found: Placement = field(repr=False)
    _beside: Reference = field(repr=False)

    def __repr__(self) -> str:
        return f"<{len(self.models):,} model{'s' * (len(self.models) != 1)} placed in {self.dataset}>"

    def _repr_html_(self) -> str:
        columns = ["variant", "grouping", "model", "rank", "group", "shift", "low", "high", "flag"]
        nearest = self.shifts.loc[self.shifts["rank"] <= 3, columns]
        return f"<p>{escape(repr(self))}; the three nearest groups:</p>{nearest.to_html(index=False, notebook=True)}"

    def page(self, path: str | Path = "placement.html") -> Path:
        """Write the page of `snakemake placement`: one file, which names no other. Returns its path.

        Raises:
            FiltershiftError: the page cannot be written.
        """
        from filtershift.figures.drawing.saving import save
        from filtershift.figures.quality.profile import layer_profiles
        from filtershift.figures.shifts.nearest import nearest_of_placement
        from filtershift.report.placement import placement_figures, placement_page

        page = page_path(path, "page")
        titles = {name: self._settings.titles[name] for name in self._settings.placing}
        with TemporaryDirectory(prefix="filtershift-") as place:
            folder = Path(place)
            save(nearest_of_placement(self.shifts, titles), folder / "nearest.png")
            save(layer_profiles(self.layers, self._beside.quality), folder / "layers.png")
            text = placement_page(
                None, self.dataset, self._found, self.skipped, titles, self._beside.tasks, **placement_figures(folder)
            )
        return write_page(page, text)

    def explore(self, path: str | Path = "explorer.html") -> Explorer:
        """Write the explorer of the data set with the models among those of the data set.

        Returns:
            What shows the page in a notebook, and has its ``path``.

        Raises:
            FiltershiftError: the page cannot be written, or the reference is no longer there.
        """
        from filtershift.figures.drawing.palette import palette_hex
        from filtershift.report.explorer.page import explorer_page

        page = page_path(path, "explore")
        content = _read(self._reference, partial(_explored, self._found))
        return Explorer(write_page(page, explorer_page(f"Models placed in {self.dataset}", content, palette_hex())))


def place(
    models: str | Path | Sequence[str | Path], reference: str | Path, resamples: int = 1000, seed: int = 0
) -> Placed:
    """Compare models with the groups and layers of a data set, without its filters.

    As `snakemake placement`: the models are measured in the basis and on the bins of the data set (see
    docs/placement.md).

    Args:
        models: model files of any kind, or folders as model hubs lay them out.
        reference: a bundle, as `snakemake bundle` writes, or a folder of results, such as ``results/zoo``.
        resamples: number of draws for the interval of each shift; 0 leaves intervals, floors and nulls out.
        seed: of the random numbers.

    Raises:
        FiltershiftError: in one line, what is wrong with a model or with the reference.
    """
    check_whole("resamples", resamples, 0, _MOST_RESAMPLES)
    check_whole("seed", seed, 0, 2**32 - 1)
    if not isinstance(reference, (str, Path)):
        raise FiltershiftError(f"place expects as reference a bundle or a folder of results, not {shown(reference)}")
    listed = listed_models(_paths(models))
    file = Path(reference).expanduser()
    settings, beside = _read(file, _load)
    read = {one.name: read_model_file(Path(one.file), one.name, settings.batch_norm) for one in listed}
    found = placed_beside(read, beside, Resampling(resamples, seed))
    rows = pd.DataFrame([vars(row) for model in read.values() for row in model.skipped], columns=list(SKIPPED))
    skipped = pd.concat([rows, non_finite(found.layers)], ignore_index=True)
    tables = (found.shifts, found.layers, found.models, skipped)
    return Placed(*tables, settings.name, file, settings, found, beside)


def _paths(models: object) -> list[str]:
    several = [models] if isinstance(models, (str, Path)) else models
    if not isinstance(several, (list, tuple)) or not several:
        raise FiltershiftError(f"place expects the path of a model, or a list of paths, not {shown(models)}")
    if wrong := [one for one in several if not isinstance(one, (str, Path))]:
        raise FiltershiftError(f"place expects paths of models, not {shown(wrong[0])}")
    return [str(Path(one).expanduser()) for one in several]


def _read(reference: Path, read: Callable[[Path, RunSettings], Read]) -> Read:
    """What a function reads in a folder of results, or in a bundle unpacked as one."""
    if not reference.is_dir():
        return read_bundle(reference, read)
    try:
        configuration = yaml.safe_load(Results(reference).file("config").read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        raise FiltershiftError(
            f"{reference} holds no results: expected a folder such as results/zoo, with a config.yaml, or a bundle"
        ) from None
    settings = RunSettings.of(configuration, f"{reference}/config.yaml")
    expected = [name for name in settings.files if name != FILES["skipped_models"]]
    if missing := [name for name in expected if not (reference / name).is_file()]:
        raise FiltershiftError(f"{reference}: there is no {missing[0]}; run the workflow to its end")
    return read(reference.resolve(), settings)


def _load(folder: Path, settings: RunSettings) -> tuple[RunSettings, Reference]:
    """What placing needs."""
    return settings, load_reference(folder, settings.placing, settings.variants)


def _explored(placed: Placement, folder: Path, settings: RunSettings) -> dict[str, Any]:
    """The content of the explorer with placed models."""
    from filtershift.report.explorer.run import run_content

    results = Results(folder)
    return run_content(
        folder,
        load_layers(results.file("layers")),
        settings.variants,
        settings.titles,
        settings.orders,
        Choices(**settings.choices),
        settings.intervals,
        results.file("example_filters"),
        placed,
    )
