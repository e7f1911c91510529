"""What changed when, and which layers settled when, from the shifts of layers."""

import numpy as np
import pandas as pd

from filtershift.analysis.trajectory.over_runs import over_runs

_TINY = 1e-12


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
    """The steps of layers from one checkpoint to the next: those above noise first, of these the most sudden first.

    A step is above noise if it is so in more than half of the runs that make it. ``times`` says how sudden it is: how
    many times as large as expected. Expected is what the layer's other steps and the other layers' same step suggest
    (the product of their medians over that of all steps), but at least the floor. So a layer that changes alone
    stands first, even while all layers change fast at the beginning of training.

    Args:
        layers: columns variant, run, layer, checkpoint, compared, against, shift, floor, above.
        level: coverage of the intervals over runs.

    Returns:
        Columns variant, layer, against, checkpoint, above, n_runs, n_above, shift, shift_low, shift_high, floor, times.
    """
    steps = layers[layers["compared"] == "previous"]
    keys = ["variant", "layer", "against", "checkpoint"]
    table = over_runs(steps, keys, ["shift"], level)
    more = steps.groupby(keys, sort=False).agg(n_above=("above", "sum"), floor=("floor", "mean")).reset_index()
    table = table.merge(more, on=keys)
    table["times"] = np.nan
    for _, own in table.groupby("variant", sort=False):
        table.loc[own.index, "times"] = _times(own)
    table["above"] = table["n_above"] > table["n_runs"] / 2
    order = np.lexsort([-(table["shift"] - table["floor"]), -table["times"], ~table["above"]])
    columns = [*keys, "above", "n_runs", "n_above", "shift", "shift_low", "shift_high", "floor", "times"]
    return table[columns].iloc[order].reset_index(drop=True)


def _times(steps: pd.DataFrame) -> np.ndarray:
    """How many times as large as expected each step of one variant is."""
    size = pd.Series(np.log(np.fmax(np.fmax(steps["shift"].to_numpy(), steps["floor"].to_numpy()), _TINY)), steps.index)
    of_layer = size.groupby(steps["layer"]).transform("median")
    of_step = size.groupby([steps["against"], steps["checkpoint"]]).transform("median")
    expected = np.exp(of_layer + of_step - size.median())
    times: np.ndarray = (steps["shift"] / np.maximum(expected, steps["floor"].clip(lower=_TINY))).to_numpy()
    return times


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
