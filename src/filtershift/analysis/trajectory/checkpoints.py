"""Which models are checkpoints, and of which run."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from filtershift.analysis.groups.assign import natural_key
from filtershift.errors import FiltershiftError, did_you_mean
from filtershift.results import SKIPPED

ONE_RUN = "run"
"""The name of the run if no label tells runs apart."""


def find_checkpoints(layers: pd.DataFrame, by: str, within: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The checkpoints of all runs, and the models that are none.

    Args:
        layers: the layer table: model_id, model, n_filters and labels.
        by: the label whose number says when a checkpoint was taken.
        within: the labels that tell runs apart; runs are replicates.

    Returns:
        One row per checkpoint, sorted by run (in natural order) and number: run, checkpoint, model_id, model, n_layers,
        n_filters; and what is left out as rows kind, name, reason, count of filters: models without these labels or
        with one that is no number, and runs of a single checkpoint.

    Raises:
        FiltershiftError: there is no such label, two models of a run have the same number, or no run has two
            checkpoints.
    """
    for key, labels in (("by", [by]), ("within", within)):
        for label in labels:
            if label not in layers:
                hint = did_you_mean(label, layers.columns) or f"; there are: {', '.join(layers.columns)}"
                raise FiltershiftError(f"trajectory.{key}: the models have no label '{label}'{hint}")
    of_model = layers.groupby("model_id", sort=True)
    models = of_model[list(dict.fromkeys(["model", by, *within]))].first()
    models = models.join(of_model["n_filters"].agg(n_layers="size", n_filters="sum")).reset_index()
    reasons = [_reason(row, by, within) for row in models.to_dict("records")]
    known = models[[not reason for reason in reasons]]
    left_out = [
        ("model", row["model"], reason, row["n_filters"])
        for row, reason in zip(models.to_dict("records"), reasons, strict=True)
        if reason
    ]
    names = known[list(within)].astype(str).agg(" / ".join, axis=1) if within else ONE_RUN
    table = known.assign(run=names, checkpoint=known[by].map(float))
    _check_unique(table, by, within)
    single = table.groupby("run")["checkpoint"].transform("size") < 2
    left_out += [
        ("run", row.run, f"has one checkpoint, {by} {row.checkpoint:g}", row.n_filters)
        for row in table[single].itertuples()
    ]
    table = table[~single]
    if table.empty:
        said = "; ".join(f"{kind} {name}: {reason}" for kind, name, reason, _ in left_out[:3])
        more = f"; and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        raise FiltershiftError(f"trajectory: no run has two checkpoints ({said}{more})")
    place = {run: k for k, run in enumerate(sorted(table["run"].unique(), key=natural_key))}
    table = table.iloc[np.lexsort([table["checkpoint"], table["run"].map(place)])]
    columns = ["run", "checkpoint", "model_id", "model", "n_layers", "n_filters"]
    return table[columns].reset_index(drop=True), pd.DataFrame(left_out, columns=SKIPPED)


def _reason(model: dict, by: str, within: Sequence[str]) -> str:
    """Why a model is no checkpoint; "" if it is one."""
    for label in (by, *within):
        if pd.isna(model[label]):
            return f"has no label '{label}'"
    try:
        known = math.isfinite(float(model[by]))
    except (TypeError, ValueError):
        known = False
    return "" if known else f"its label '{by}' is {str(model[by])[:40]!r}; expected a number"


def _check_unique(table: pd.DataFrame, by: str, within: Sequence[str]) -> None:
    twice = table[table.duplicated(["run", "checkpoint"], keep=False)]
    if len(twice):
        first = twice[(twice[["run", "checkpoint"]] == twice[["run", "checkpoint"]].iloc[0]).all(axis=1)]
        one, other = first["model"].astype(str).iloc[:2]
        run = f" of run {first['run'].iloc[0]}" if within else ""
        raise FiltershiftError(
            f"trajectory.within: the models {one} and {other} are both {by} {first['checkpoint'].iloc[0]:g}{run}; name "
            "a label that tells runs apart, as in trajectory.within=[seed]"
        )
