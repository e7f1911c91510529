"""Checks of the configuration that its types alone cannot express."""

from itertools import pairwise
from pathlib import Path

from answer_schema import LayerwiseConfig
from filtershift.analysis.comparing.expected import check_expectations
from filtershift.analysis.groups.definition import ORDERS
from filtershift.analysis.shifts.choices import check_choices
from filtershift.dataset.corrections import FIXED
from filtershift.dataset.models.batch_norm import FOLDED, STORED
from filtershift.errors import FiltershiftError
from filtershift.files import instead_of
from filtershift.passes import axes
from filtershift.results import NAME, VARIANTS
from schema import Config, DatasetConfig, GroupingConfig, UncertaintyConfig

MOST = 10_000  # bins or shards
MOST_RESAMPLES = 1_000_000


def check(config: Config) -> None:
    """Refuse impossible values in the configuration, and expand short forms in place.

    Raises:
        FiltershiftError: in one line, the key and what was expected.
    """
    _check_dataset(config.dataset)
    if not config.variants or not set(config.variants) <= set(VARIANTS):
        raise FiltershiftError(f"config: variants must be some of {', '.join(VARIANTS)}, not {config.variants}")
    if len(set(config.variants)) < len(config.variants):
        raise FiltershiftError(f"config: variants names one twice: {config.variants}")
    for key in ("bins", "shards"):
        if not 1 <= getattr(config, key) <= MOST:
            raise FiltershiftError(f"config: {key} must be 1 to {MOST:,}, not {getattr(config, key)}")
    if config.basis not in (axes.PCA, *axes.FIXED):
        raise FiltershiftError(f"config: basis must be one of {', '.join((axes.PCA, *axes.FIXED))}, not {config.basis}")
    check_choices(config.choices)
    _check_importance(config)
    _check_uncertainty(config.uncertainty)
    _check_pairs(config.layerwise)
    if unknown := set(config.compare) - {"runs", "with"}:
        raise FiltershiftError(f"config: unknown key 'compare.{min(unknown)}' (known: runs, with)")
    for key in ("figure_1", "figure_8"):
        for row in getattr(config.paper, key):
            if (
                not isinstance(row, list)
                or len(row) != 2
                or not all(isinstance(item, str | int | float) for item in row)
            ):
                raise FiltershiftError(f"config: paper.{key} takes [grouping, label] pairs, not {row}")
            row[:] = map(str, row)
    for name, grouping in config.grouping.items():
        if not NAME.fullmatch(name):
            raise FiltershiftError(f"config: grouping '{name}': a name has up to 100 letters, digits, '_' and '-'")
        _check_grouping(name, grouping)


def _check_importance(config: Config) -> None:
    if not (config.importance and config.importance.endswith(".csv")):
        return
    file = Path(config.importance).expanduser()
    if not file.is_file():
        raise FiltershiftError(f"config: importance: {file} is not a file{instead_of(file)}")
    config.importance = str(file)


def _check_uncertainty(uncertainty: UncertaintyConfig) -> None:
    if not 0 <= uncertainty.resamples <= MOST_RESAMPLES:
        raise FiltershiftError(
            f"config: uncertainty.resamples must be 0 to {MOST_RESAMPLES:,}, not {uncertainty.resamples}"
        )
    if uncertainty.seed < 0:
        raise FiltershiftError(f"config: uncertainty.seed must be 0 or more, not {uncertainty.seed}")
    if not 0 < uncertainty.level < 1:
        raise FiltershiftError(f"config: uncertainty.level must lie between 0 and 1, not {uncertainty.level}")


def _check_pairs(layerwise: LayerwiseConfig) -> None:
    """Check `layerwise.pairs`, and make of a list the mapping that it stands for."""
    pairs = layerwise.pairs
    if pairs is None:
        return
    if isinstance(pairs, list) and pairs:
        pairs = {"differ": pairs[0], "same": pairs[1:]}
    if isinstance(pairs, dict) and isinstance(pairs.get("same"), str):
        pairs["same"] = [pairs["same"]]
    known = isinstance(pairs, dict) and set(pairs) == {"differ", "same"} and isinstance(pairs["same"], list)
    if not known or not all(isinstance(column, str) for column in (pairs["differ"], *pairs["same"])):
        raise FiltershiftError(
            "config: layerwise.pairs takes columns of labels, as in {differ: robust, same: [architecture]}, not "
            f"{layerwise.pairs}"
        )
    if layerwise.models:
        raise FiltershiftError("config: layerwise.models and layerwise.pairs are two questions; leave out one")
    layerwise.pairs = pairs


def _check_dataset(dataset: DatasetConfig) -> None:
    if not NAME.fullmatch(str(dataset.name)):
        wanted = "up to 100 letters, digits, '_' and '-', e.g. dataset.name=mine"
        raise FiltershiftError(f"config: dataset.name must be {wanted}")
    if dataset.batch_norm not in (FOLDED, STORED):
        raise FiltershiftError(f"config: dataset.batch_norm must be {FOLDED} or {STORED}, not {dataset.batch_norm}")
    check_expectations(dataset.expected)
    _check_corrections(dataset)
    if dataset.models is not None or dataset.extend is not None:
        _check_models(dataset)
    choose_packages(dataset)
    built = dataset.download or dataset.packages or dataset.filters is not None or dataset.models
    if not (dataset.path or built):
        wanted = f"the file you get from {dataset.source}" if dataset.source else "an HDF5 file"
        raise FiltershiftError(f"config: dataset.path must name {wanted}, e.g. dataset.path=/data/dataset.h5")
    if dataset.path and (dataset.packages or dataset.filters is not None):
        raise FiltershiftError("config: dataset.path goes with dataset=local, as in dataset=local,dataset.path=…")


def choose_packages(dataset: DatasetConfig) -> None:
    """Keep only the packages of `dataset.only`, if it names any."""
    known = [package.package for package in dataset.packages]
    if unknown := [name for name in dataset.only if name not in known]:
        raise FiltershiftError(f"config: dataset.only: there is no package {unknown[0]!r}; there are: {known}")
    if dataset.only:
        dataset.packages = [package for package in dataset.packages if package.package in dataset.only]


def _check_corrections(dataset: DatasetConfig) -> None:
    if dataset.corrected and not dataset.corrections:
        raise FiltershiftError(f"config: dataset.corrected: there are no dataset.corrections of {dataset.name}")
    for model, labels in dataset.corrections.items():
        at = f"config: dataset.corrections.{model}"
        if not isinstance(labels, dict):
            raise FiltershiftError(f"{at} must hold keys, as in {{COLUMN: LABEL}}, not {labels}")
        for column, label in labels.items():
            if column in FIXED:
                raise FiltershiftError(f"{at}: {column} is no label and cannot be corrected")
            if not isinstance(label, str | int | float) or not str(label).isprintable():
                raise FiltershiftError(f"{at}: {column} takes a label on one line, not {label!r}")
            labels[column] = str(label)


def _check_models(dataset: DatasetConfig) -> None:
    """Check `dataset.models`: model files, which replace the zoo's packages, or a number for synthetic data."""
    example = "dataset=own,dataset.name=mine,dataset.models=[a.onnx,b.safetensors,c.pt]"
    if dataset.filters is not None:
        if type(dataset.models) is not int or dataset.extend is not None:
            raise FiltershiftError(f"config: dataset.models is a number for dataset=synthetic; files are {example}")
        return
    if not isinstance(dataset.models, list) or not dataset.models:
        raise FiltershiftError(f"config: dataset.models must be a list of model files, as in {example}")
    if dataset.path or dataset.download:
        raise FiltershiftError(
            "config: dataset.models make their own data set; to add them to another: dataset=own,dataset.name=mine,"
            f"dataset.models=[…],dataset.extend={dataset.path or 'NAME'}"
        )
    dataset.packages = []


def _check_grouping(name: str, grouping: GroupingConfig) -> None:
    grouping.title = grouping.title or name.replace("_", " ")
    grouping.by = [grouping.by] if isinstance(grouping.by, str) else grouping.by
    if not isinstance(grouping.by, list) or not all(isinstance(column, str) for column in grouping.by):
        raise FiltershiftError(f"config: grouping.{name}.by must be a column or a list of columns, not {grouping.by}")
    if grouping.order not in ORDERS:
        raise FiltershiftError(
            f"config: grouping.{name}.order must be one of {', '.join(ORDERS)}, not {grouping.order}"
        )
    for key in ("where", "exclude"):
        chosen = getattr(grouping, key)
        for column, labels in chosen.items():
            several = labels if isinstance(labels, list) else [labels]
            if wrong := [label for label in several if not isinstance(label, str | int | float)]:
                raise FiltershiftError(
                    f"config: grouping.{name}.{key}: {column} takes labels, not {wrong[0]}; missing ones are unknown"
                )
            chosen[column] = [str(label) for label in several]
    for key in ("min_filters", "min_models"):
        if getattr(grouping, key) < 0:
            raise FiltershiftError(f"config: grouping.{name}.{key} must be 0 or more, not {getattr(grouping, key)}")
    if grouping.bins:
        _check_bins(name, grouping)


def _check_bins(name: str, grouping: GroupingConfig) -> None:
    """Check the edges that cut one column."""
    if grouping.map:
        raise FiltershiftError(f"config: grouping.{name} has both bins and map; keep one")
    if len(grouping.by) != 1:
        raise FiltershiftError(f"config: grouping.{name}.by must be the one column that bins cut, not {grouping.by}")
    if len(grouping.bins) < 2 or not all(low < high for low, high in pairwise(grouping.bins)):
        raise FiltershiftError(f"config: grouping.{name}.bins must be two or more rising edges, not {grouping.bins}")
