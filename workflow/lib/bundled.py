"""A bundle as the data set: what it decides of the configuration."""

import csv
from pathlib import Path
from typing import Any

from filtershift.analysis.comparing.expected import Expectation
from filtershift.dataset.sources.bundles import read_manifest, read_table_text
from filtershift.errors import FiltershiftError
from filtershift.results import FILES
from schema import Config


def take_over(config: Config) -> None:
    """Set what the bundle at `dataset.path` decides: shards, how models were read, and what is known of the data set.

    Raises:
        FiltershiftError: in one line, what is wrong with the bundle, or which key would need the filters.
    """
    dataset = config.dataset
    if not dataset.path:
        raise FiltershiftError("config: dataset.path must name a bundle, e.g. dataset.path=bundle.zip")
    try:
        manifest = read_manifest(Path(dataset.path).expanduser())
        stored, settings = manifest.configuration["dataset"], manifest.settings
        expected = [Expectation(**one) for one in stored.get("expected", [])]
        corrections: Any = {**stored.get("corrections", {})}
    except FiltershiftError as error:
        raise FiltershiftError(f"config: dataset.path: {error}") from None
    except TypeError:
        raise FiltershiftError(f"config: dataset.path: {dataset.path}: its manifest.json is damaged") from None
    if config.bins != settings.bins:
        raise FiltershiftError(
            f"config: bins={config.bins} needs the filters, which a bundle has not; {dataset.path} has "
            f"bins={settings.bins}, which can be written among the overrides"
        )
    if missing := [variant for variant in config.variants if variant not in settings.variants]:
        raise FiltershiftError(
            f"config: variants: {dataset.path} has no {missing[0]} filters, only {', '.join(settings.variants)} ones"
        )
    config.shards, dataset.batch_norm = settings.shards, settings.batch_norm
    dataset.expected = dataset.expected or expected
    dataset.corrections = dataset.corrections or corrections
    dataset.corrected = dataset.corrected or stored.get("corrected") is True


def bundled_models(path: Path) -> tuple[list[dict[str, str]], set[str]]:
    """The labels and numbers of each model of a bundle, and the groupings that the run had.

    Raises:
        FiltershiftError: the bundle is damaged.
    """
    manifest = read_manifest(path)
    rows = csv.DictReader(read_table_text(path, FILES["models"]).splitlines())
    models = [{column: label for column, label in row.items() if column and label} for row in rows]
    return models, set(manifest.configuration["grouping"])
