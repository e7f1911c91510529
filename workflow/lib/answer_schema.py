"""The part of the schema about questions beside the run: placements, two models layer by layer, trajectories."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class PlacementConfig:
    """Models to compare with a finished data set by `snakemake placement`, see [placement](placement.md).

    Attributes:
        models (list of models): The models, listed as in `dataset.models`.
        groupings: The groupings of the data set with whose groups the models are compared.
        reference (path): A bundle (see [bundle](bundle.md)) of the data set that the models are compared with. Then no
            finished run is needed here, and the answer is in the results of the data set that the bundle is of.
        name: The name of the folder of the answer. By default it is made from the names of the models, and a code for
            their paths.
    """

    models: list[Any] = field(default_factory=list)
    groupings: list[str] = field(default_factory=list)
    reference: str | None = None
    name: str | None = None


@dataclass
class LayerwiseConfig:
    """Two models, or pairs of models, to compare by `snakemake layerwise`, see [layerwise](layerwise.md).

    Attributes:
        models (two models): The model before and the model after: model files, listed as in `dataset.models`, or names
            of models of the data set.
        pairs (columns, or `differ` and `same`): Pairs of models of the data set instead: those that differ in one label
            and agree in others, as in `{differ: robust, same: [architecture]}`, or `[robust, architecture]`, the one in
            which they differ first.
        fail_above: The largest D that a layer may have moved by, of scaled filters if these are among `variants`. If a
            layer above noise has a larger one, Snakemake ends with an error once all files are written.
        name: The name of the folder of the answer. By default it is made from the names of the models, and a code for
            their paths.
    """

    models: list[Any] = field(default_factory=list)
    pairs: Any = None  # a list of columns, or a mapping, which check() makes one
    fail_above: float | None = None
    name: str | None = None


@dataclass
class TrajectoryConfig:
    """Models over time, by `snakemake trajectory`, see [trajectories](trajectory.md).

    Attributes:
        by: The label of models whose number says when a checkpoint was taken, as `epoch`. If it is set, trajectories
            are a part of all results.
        within (list of labels): The labels that tell runs apart, as `[seed]`. Runs are replicates: curves are means
            over runs, with intervals.
    """

    by: str | None = None
    within: list[str] = field(default_factory=list)
