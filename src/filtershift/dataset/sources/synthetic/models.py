"""The models and layers of a synthetic data set, as `/meta` of the v1.0.0 schema."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.dataset.sources.synthetic.catalogue import ARCHITECTURES, ROLES, Architecture
from filtershift.dataset.writer import INDEX

FINE_TUNED = 0.15  # share of fine-tuned copies among models that share their name with an earlier one
FROZEN = 0.6  # share of layers that a fine-tuned copy leaves unchanged

LAYER = [
    "layer_name",
    "kernel",
    "groups",
    "in_channels",
    "out_channels",
]  # columns about the layer, not the model

Ints = NDArray[np.int64]


def meta_table(n_filters: int, n_models: int, n_layers: int, seed: int) -> pd.DataFrame:
    """`/meta` with exactly these numbers of filters, models and layers: one row per layer, the index as columns.

    The columns are those of the zoo, plus `source`: the row of the layer whose filters it has, which is another layer
    if a fine-tuned copy kept them. Requires `n_filters` ≥ `n_layers` ≥ `n_models` ≥ 1.
    """
    rng = np.random.default_rng([seed, 0])
    models = _models(n_models, rng)
    kinds = [ARCHITECTURES[name] for name in models["Name"]]
    counts = 1 + apportion(n_layers - n_models, np.array([kind.layers - 0.9 for kind in kinds]))
    tables = [_layers(kind, count) for kind, count in zip(kinds, counts, strict=True)]
    layers = pd.concat(tables, keys=range(n_models), names=["model_id", None]).reset_index("model_id")
    layers = layers.reset_index(drop=True).assign(source=_sources(models["parent"].to_numpy(), counts))
    layers = _shaped(layers, _sizes(layers, n_filters))
    models = models.drop(columns="parent").join(_counts(layers, kinds))
    first, last = [*INDEX, *models], ["filter_ids", *LAYER, "source"]
    return layers.join(models, on="model_id")[[*first, *last]]


def apportion(total: int, weights: NDArray[np.float64]) -> Ints:
    """Whole numbers with sum `total` in proportion to `weights`, by the largest-remainder method."""
    exact = total * weights / weights.sum()
    counts = np.floor(exact).astype(np.int64)
    counts[np.argsort(counts - exact, kind="stable")[: total - counts.sum()]] += 1
    return counts


def sizes(meta: pd.DataFrame) -> Ints:
    """The number of filters of each layer of `meta`."""
    return (meta["in_channels"] // meta["groups"] * meta["out_channels"]).to_numpy(np.int64)


def _models(n_models: int, rng: np.random.Generator) -> pd.DataFrame:
    """One row per model, in random order: its labels, and `parent`: the model it is a fine-tuned copy of, or -1."""
    counts = (np.arange(len(ROLES)) < n_models).astype(np.int64)
    counts += apportion(n_models - counts.sum(), np.array([role.weight for role in ROLES]))
    chosen = [(role, k) for role, count in zip(ROLES, counts, strict=True) for k in range(count)]
    rows: list[dict[str, object]] = []
    by_name: dict[str, list[int]] = {}
    for model_id, pick in enumerate(rng.permutation(n_models)):
        role, k = chosen[pick]
        name = role.names[k % len(role.names)]
        training, pretraining = str(rng.choice(role.training)), str(rng.choice(role.pretraining))
        parent, earlier = -1, by_name.setdefault(name, [])
        if earlier and rng.random() < FINE_TUNED:
            parent = int(rng.choice(earlier))
            pretraining = str(rows[parent]["Training-Dataset"])
        earlier.append(model_id)
        rows.append(
            {
                "model": f"{name}_{training}_{model_id}",
                "producer": str(rng.choice(["pytorch 1.7", "pytorch 1.9", "tf2onnx 1.8.4"])),
                "op_set": int(rng.integers(9, 14)),
                "Name": name,
                "Paper": f"https://example.org/papers/{name.replace(' ', '-')}" if rng.random() < 0.8 else None,
                "Pretraining-Dataset": pretraining or None,
                "Training-Dataset": training,
                "Visual Category": role.data_type,
                "Task": role.task,
                "Accessible": f"https://example.org/models/{model_id}",
                "Dataset URL": None,
                "parent": parent,
            }
        )
    return pd.DataFrame(rows)


def _layers(kind: Architecture, count: int) -> pd.DataFrame:
    """One row per layer of a model, in order: its depth, and its shape in a real model (`groups` 0: depthwise)."""
    rng = np.random.default_rng([kind.layers, kind.first, kind.last, count])  # the same for equal architectures
    steps = rng.choice([0, 1, 2, 3], count, p=[0.08, 0.42, 0.3, 0.2])
    steps[-1] = max(steps[-1], 1)
    steps[0] = 0
    depth = np.cumsum(steps)
    norm = depth / max(depth[-1], 1)
    height = {"pyramid": norm, "hourglass": 1 - np.abs(2 * norm - 1), "flat": np.ones(count)}[kind.shape]
    out_channels = np.rint(kind.first * (kind.last / kind.first) ** (np.rint(4 * height) / 4)).astype(np.int64)
    before = np.full(count, kind.first) if kind.shape == "flat" else out_channels[np.maximum(np.arange(count) - 1, 0)]
    groups = np.full(count, kind.groups)
    before[0], groups[0] = 3, 1
    return pd.DataFrame(
        {
            "conv_depth": depth,
            "conv_depth_norm": norm,
            "per_group": np.where(groups > 0, np.maximum(before // np.maximum(groups, 1), 1), 1),
            "out_channels": out_channels,
            "groups": groups,
        }
    )


def _sources(parents: Ints, counts: Ints) -> Ints:
    """The layer whose filters each layer has: itself, or a layer of the parent model that was kept."""
    source, first = np.arange(counts.sum()), np.cumsum(counts) - counts
    for model in np.flatnonzero(parents >= 0):
        parent = parents[model]
        kept = int(FROZEN * min(counts[model], counts[parent]))
        source[first[model] : first[model] + kept] = source[first[parent] : first[parent] + kept]
    return source


def _sizes(layers: pd.DataFrame, n_filters: int) -> tuple[Ints, Ints]:
    """Input channels per group and output channels of every layer: in proportion to real models, with an exact total.

    The filters that rounding leaves over are given, as extra output channels, to layers that are not copies and have
    no copies. The rest that is left after this goes to the last layer, a head with one output channel.
    """
    source = layers["source"].to_numpy()
    per_group, out_channels, groups = (
        layers[name].to_numpy()[source] for name in ("per_group", "out_channels", "groups")
    )
    natural = (per_group * out_channels).astype(float)
    natural[-1] = 0
    share = natural / max(natural.sum(), 1)
    target = 1 + (n_filters - len(layers)) * share
    width = np.sqrt(n_filters / max(natural.sum(), 1))
    per_group = np.where(groups > 0, np.clip(np.rint(per_group * width), 1, np.floor(target)), 1).astype(np.int64)
    out_channels = (target / per_group).astype(np.int64)
    rest = n_filters - (per_group * out_channels).sum()
    free = np.flatnonzero(np.bincount(source, minlength=len(source)) == 1)
    free = free[np.argsort(-per_group[free], kind="stable")]
    rounds, rest = divmod(rest, per_group[free].sum())
    out_channels[free] += rounds
    costs = np.cumsum(per_group[free])
    more = np.searchsorted(costs, rest, side="right")
    out_channels[free[:more]] += 1
    rest -= costs[more - 1] if more else 0
    per_group[-1], out_channels[-1] = out_channels[-1] + rest, 1
    return per_group, out_channels


def _shaped(layers: pd.DataFrame, sizes: tuple[Ints, Ints]) -> pd.DataFrame:
    """Layers with columns for their shape and their filters."""
    per_group, out_channels = sizes
    groups = layers["groups"].to_numpy()[layers["source"]]
    groups = np.where(groups > 0, np.gcd(groups, out_channels), out_channels)
    n = per_group * out_channels
    stop = np.cumsum(n)
    return layers.assign(
        filter_ids=[f"{first}:{last}" for first, last in zip(stop - n, stop - 1, strict=True)],
        layer_name="Conv_" + layers.groupby("model_id").cumcount().astype(str),
        kernel=np.select([groups == 1, per_group == 1], ["regular", "depthwise"], "grouped"),
        groups=groups,
        in_channels=per_group * groups,
        out_channels=out_channels,
        n_filters=n,
    )


def _counts(layers: pd.DataFrame, kinds: list[Architecture]) -> pd.DataFrame:
    """Counts of every model: depth, filters of each shape, operators."""
    of_model = layers.groupby("model_id")
    n, n_layers = of_model["n_filters"].sum(), of_model.size()
    depths, last = of_model["conv_depth"].nunique(), of_model["conv_depth"].max()
    others = last + 1 - depths  # depths where all convolutions have other kernel sizes
    mean = n // n_layers
    fives = np.array([kind.groups == 0 for kind in kinds]) * others * mean
    return pd.DataFrame(
        {
            "depth": 3 * last + 5,
            "total_filters": n + fives,
            "3x3_filter_share": n / (n + fives),
            "(1, 1) filters": (others - others // 2) * mean,
            "(3, 3) filters": n,
            "(5, 5) filters": fives,
            "Conv": n_layers + others,
            "Relu": n_layers + others - 1,
            "Add": n_layers // 3,
            "MaxPool": 1,
        }
    )
