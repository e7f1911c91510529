"""What changed when, and which layers settled when, from the shifts of layers."""

import numpy as np
import pandas as pd

from filtershift.analysis.trajectory.over_runs import over_runs

SUDDEN = 3
"""How many times as large as expected a sudden step is, in every run."""

# The part of its floor that a sudden step has at least.
_NOTABLE = 0.25
# No step is expected to be smaller than this part of its floor: layers may stand still.
_STILL = 1e-3
_TINY = 1e-12
# Layers of a run from which the median layer says how large a step is.
_ENOUGH = 3


def settling(layers: pd.DataFrame) -> pd.DataFrame:
    """When each layer settles in each run: columns variant, run, layer, settles.

    The first checkpoint from which on the shift to the last checkpoint stays within noise. Missing if the shift of the
    last checkpoint but one is still above noise: then the layer moves to the end.

    Args:
        layers: columns variant, run, layer, checkpoint, compared, shift, above.
    """
    to_last = layers[(layers["compared"] == "last") & layers["shift"].notna()]
    keys = ["variant", "run", "layer"]
    moving = to_last[to_last["above"]].groupby(keys)["checkpoint"].max()
    to_last = to_last.join(moving.rename("moving"), on=keys)
    still = to_last[~(to_last["checkpoint"] <= to_last["moving"])].groupby(keys)["checkpoint"].min()
    every = to_last[keys].drop_duplicates()
    return every.join(still.rename("settles"), on=keys).reset_index(drop=True)


def changes(layers: pd.DataFrame, level: float) -> pd.DataFrame:
    """The steps of layers from one checkpoint to the next: those above noise or sudden first, by how sudden they are.

    A step is above noise if it is so in more than half of the runs that make it. ``times`` says how many times as large
    as expected it is in each run, the smallest of all runs. Expected is the layer's median step, as many times larger
    as the median layer's same step is larger than that layer's median step. A step is sudden if it is `SUDDEN` times as
    large as expected or more, and at least a quarter of its floor.

    So a layer that changes alone stands first, even while all layers change fast at the beginning of training, and even
    if it is too small for its change to be above noise.

    Args:
        layers: columns variant, run, layer, checkpoint, compared, against, shift, floor, above.
        level: coverage of the intervals over runs.

    Returns:
        Columns variant, layer, against, checkpoint, above, sudden, times, n_runs, n_above, shift, shift_low,
        shift_high, floor.
    """
    steps = layers[layers["compared"] == "previous"]
    steps = steps.assign(times=_times(steps))
    keys = ["variant", "layer", "against", "checkpoint"]
    table = over_runs(steps, keys, ["shift"], level)
    of_step = steps.groupby(keys, sort=False)
    more = of_step.agg(n_above=("above", "sum"), floor=("floor", "mean"), times=("times", "min")).reset_index()
    table = table.merge(more, on=keys)
    table["above"] = table["n_above"] > table["n_runs"] / 2
    table["sudden"] = (table["times"] >= SUDDEN) & (table["shift"] >= _NOTABLE * table["floor"])
    named = table["above"] | table["sudden"]
    order = np.lexsort([-(table["shift"] - table["floor"]), -table["times"], ~named])
    columns = [*keys, "above", "sudden", "times", "n_runs", "n_above", "shift", "shift_low", "shift_high", "floor"]
    return table[columns].iloc[order].reset_index(drop=True)


def _times(steps: pd.DataFrame) -> pd.Series:
    """How many times as large as expected in its run each step is."""
    least = (_STILL * steps["floor"]).clip(lower=_TINY)
    size = pd.Series(np.log(np.fmax(steps["shift"].to_numpy(), least.to_numpy())), steps.index)
    run = [steps["variant"], steps["run"]]
    of_layer = size.groupby([*run, steps["layer"]]).transform("median")
    of_step = (size - of_layer).groupby([*run, steps["against"], steps["checkpoint"]]).transform("median")
    enough = steps["layer"].groupby(run).transform("nunique") >= _ENOUGH
    expected = of_layer + of_step.where(enough, 0)
    return steps["shift"] / np.maximum(np.exp(expected), least)


def summary(steps: pd.DataFrame, settled: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """One row per variant and layer, by depth: when it settles over runs, and its largest step.

    Args:
        steps: as `changes` returns them.
        settled: as `settling` returns it.
        places: columns layer, depth, n_filters.

    Returns:
        Columns variant, layer, depth, n_filters, n_runs, n_settled (runs in which it settles), settles (the median over
        runs, missing if in half of them or more it does not), earliest, latest, and of the largest step above noise
        step_from, step_to and step (the mean shift over runs).
    """
    keys = ["variant", "layer"]
    when = settled.assign(when=settled["settles"].fillna(np.inf))
    table = (
        when.groupby(keys, sort=False)
        .agg(
            n_runs=("when", "size"),
            n_settled=("settles", "count"),
            settles=("when", "median"),
            earliest=("when", "min"),
            latest=("when", "max"),
        )
        .replace(np.inf, np.nan)
        .reset_index()
    )
    largest = steps[steps["above"]].sort_values("shift", ascending=False, kind="stable").drop_duplicates(keys)
    largest = largest.rename(columns={"against": "step_from", "checkpoint": "step_to", "shift": "step"})
    table = table.merge(largest[[*keys, "step_from", "step_to", "step"]], on=keys, how="left")
    table = table.merge(places[["layer", "depth", "n_filters"]].assign(place=range(len(places))), on="layer")
    variant = table["variant"].map({name: k for k, name in enumerate(table["variant"].unique())})
    order = np.lexsort([table["place"], variant])
    columns = ["variant", "layer", "depth", "n_filters", "n_runs", "n_settled", "settles", "earliest", "latest"]
    return table[[*columns, "step_from", "step_to", "step"]].iloc[order].reset_index(drop=True)
