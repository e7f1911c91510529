"""Which layer of one checkpoint is which layer of another."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.quality.summaries import depth_labels
from filtershift.results import SKIPPED

_SHAPE = ("n_filters", "out_channels")


@dataclass(frozen=True)
class Followed:
    """The layers of all checkpoints, and which of them are the same layer.

    Attributes:
        layers: one row per layer of a checkpoint, indexed by layer number: run, checkpoint, depth, and ``place``, the
            row of ``places``; -1 for a layer without a partner in the last checkpoint of its run.
        places: one row per layer that is followed, by depth: layer (its name), depth, conv_depth_norm, n_filters.
        skipped: layers without a partner, as rows kind, name, reason, count of filters.
    """

    layers: pd.DataFrame
    places: pd.DataFrame
    skipped: pd.DataFrame


def follow_layers(layers: pd.DataFrame, checkpoints: pd.DataFrame) -> Followed:
    """Find every layer again in the other checkpoints of its run, and in the other runs.

    Layers with the same name are the same. Of the rest, those of the same shape are paired in their order. The last
    checkpoint of a run is what its others are paired with; the last ones of runs are paired with each other. A layer
    has the name and depth that it has in the last checkpoint of the first run that has it.

    Args:
        layers: the layer table, with layer_name and channels where they are known.
        checkpoints: those of `find_checkpoints`.
    """
    layers = layers.sort_values(["model_id", "conv_depth"], kind="stable")
    of_model = {model: own for model, own in layers.groupby("model_id", sort=False)}
    place_of = np.full(len(layers), -1)
    row_of = pd.Series(range(len(layers)), layers.index)
    places: list[int] = []  # the layer that gave each place its name
    for _, run in checkpoints.groupby("run", sort=False):
        last = of_model[run["model_id"].iloc[-1]]
        found = _paired(last, layers.loc[places])
        new = np.flatnonzero(found < 0)
        found[new] = len(places) + np.arange(len(new))
        places += last.index[new].tolist()
        place_of[row_of[last.index]] = found
        for model in run["model_id"].iloc[:-1]:
            pairs = _paired(of_model[model], last)
            place_of[row_of[of_model[model].index]] = np.where(pairs >= 0, found[pairs], -1)
    named = layers.loc[places]
    order = np.argsort(named["conv_depth_norm"].to_numpy(), kind="stable")
    rank = np.append(np.argsort(order), -1)
    depth = depth_labels(named["conv_depth_norm"].to_numpy(float))
    table = pd.DataFrame(
        {
            "layer": _distinct(_names(named)),
            "depth": depth,
            "conv_depth_norm": named["conv_depth_norm"].to_numpy(float),
            "n_filters": named["n_filters"].to_numpy(),
        }
    )
    own_depth = np.array(depth_labels(layers["conv_depth_norm"].to_numpy(float)), object)
    followed = layers[["model_id"]].assign(
        place=rank[place_of], depth=np.where(place_of >= 0, np.append(depth, "")[place_of], own_depth)
    )
    followed = followed.reset_index().merge(checkpoints[["run", "checkpoint", "model_id"]], on="model_id")
    followed = followed.set_index("layer").drop(columns="model_id").sort_index()
    return Followed(followed, table.iloc[order].reset_index(drop=True), _without_partner(followed, layers))


def layer_names(layers: pd.DataFrame) -> list[str]:
    """What a table of left-out layers calls each: its model, and its name or else its depth."""
    return [
        f"{model}, {name or 'layer of depth ' + str(depth)}"
        for model, name, depth in zip(layers["model"], _names(layers), layers["conv_depth"], strict=True)
    ]


def _paired(layers: pd.DataFrame, others: pd.DataFrame) -> NDArray[np.int64]:
    """The row of ``others`` that is the same layer as each row of ``layers``, -1 if none is."""
    pairs = np.full(len(layers), -1)
    row_of_name = {name: row for row, name in enumerate(_names(others)) if name}
    for row, name in enumerate(_names(layers)):
        pairs[row] = row_of_name.pop(name, -1) if name else -1
    waiting: defaultdict[str, list[int]] = defaultdict(list)
    taken = set(pairs.tolist())
    for row, shape in enumerate(_shapes(others)):
        if row not in taken:
            waiting[shape].append(row)
    for row, shape in enumerate(_shapes(layers)):
        if pairs[row] < 0 and waiting[shape]:
            pairs[row] = waiting[shape].pop(0)
    return pairs


def _names(layers: pd.DataFrame) -> list[str]:
    """The name of each layer, "" if it has none; arrays by name are called as layers of files are."""
    if "layer_name" not in layers:
        return [""] * len(layers)
    return ["" if pd.isna(name) else str(name).removesuffix(".weight") for name in layers["layer_name"]]


def _shapes(layers: pd.DataFrame) -> list[str]:
    """The shape of each layer; channels are text or numbers, or missing."""
    known = layers.reindex(columns=_SHAPE).apply(pd.to_numeric, errors="coerce").astype(float)
    return [str(row) for row in known.to_numpy().tolist()]


def _distinct(names: Sequence[str]) -> list[str]:
    """Names that are all different: layers without one are numbered, and repeated ones get a number behind them."""
    filled = [name or f"layer {k}" for k, name in enumerate(names)]
    seen: defaultdict[str, int] = defaultdict(int)
    distinct = []
    for name in filled:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return distinct


def _without_partner(followed: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    lost = layers.loc[followed.index[followed["place"] < 0]]
    reason = "no layer of the same name, or else of the same shape, in the last checkpoint of its run"
    rows = {"kind": "layer", "name": layer_names(lost), "reason": reason, "count": lost["n_filters"]}
    return pd.DataFrame(rows, columns=SKIPPED)
