"""Small data sets on which the claims of the papers can be judged: models of ten layers each, one per depth decile."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from filtershift.analysis.claims.evidence import Evidence, resampled
from filtershift.analysis.groups.assign import interval_labels
from numpy_reference import made_basis

EDGES = np.linspace(-4, 4, 71)
DECILES = 10
FALLING = np.linspace(1, 0.2, 9)
GROUPINGS = ("task", "data_type", "depth_decile", "model_family", "kernel")


@dataclass(frozen=True)
class Model:
    """A model; sequences are by decile.

    `at` is the mean of all its coefficients, to which that of each decile is added; `apart` is the distance of the two
    modes of which their distributions are made; `spread` their standard deviations.
    """

    task: str = "Classification"
    data_type: str = "natural"
    family: str = "other"
    training_set: str | None = None
    at: float = 0.0
    depth: Sequence[float] = (0.0,) * DECILES
    apart: float = 0.0
    spread: Sequence[float] = tuple(FALLING)
    n: int = 20_000
    lineage: str | None = None
    kernel: str = "regular"
    ranges: Sequence[float] = (1.0,) * DECILES
    states: Sequence[str | None] = ("diverse",) * DECILES
    entropy: Sequence[float] = (0.5,) * DECILES


def histogram(model: Model, decile: int) -> np.ndarray:
    """Counts (9, bins) of a layer, of two modes."""
    centre, spread = model.at + model.depth[decile], np.array(model.spread)[:, None]
    modes = [ndtr((EDGES - centre - side * model.apart / 2) / spread) for side in (-1, 1)]
    return np.rint(np.diff(sum(modes) / 2, axis=1) * model.n / DECILES).astype(np.int64)


def make(models: Sequence[Model], groupings: Sequence[str] = GROUPINGS, draws: int = 200) -> Evidence:
    """The evidence of these models, on which only these groupings are configured."""
    rows = [(m, k) for m in range(len(models)) for k in range(DECILES)]
    own = pd.DataFrame(
        {
            "model": [m for m, _ in rows],
            "task": [models[m].task for m, _ in rows],
            "data_type": [models[m].data_type for m, _ in rows],
            "depth_decile": [k for _, k in rows],
            "model_family": [models[m].family for m, _ in rows],
            "kernel": [models[m].kernel for m, _ in rows],
        }
    )
    labels = {"depth_decile": interval_labels([k / 10 for k in range(11)])}
    for name in ("task", "data_type", "model_family", "kernel"):
        codes, known = pd.factorize(own[name], sort=True)
        own[name], labels[name] = codes, list(known)
    own = own[["model", *groupings]]
    n = np.array([models[m].n // DECILES for m, _ in rows])
    variance = np.array([np.square(models[m].spread) + models[m].apart ** 2 / 4 for m, _ in rows])
    layers = own.assign(
        layer=range(len(rows)),
        n_filters=n,
        non_finite_filters=0,
        conv_depth_norm=[k / (DECILES - 1) for _, k in rows],
        mean_range=[models[m].ranges[k] for m, k in rows],
        state=[models[m].states[k] for m, k in rows],
        variance_entropy=[models[m].entropy[k] for m, k in rows],
    )
    of_models = pd.DataFrame(
        {
            "model": [f"net-{m}" for m in range(len(models))],
            "n_filters": [model.n for model in models],
            "training_set": pd.Series([model.training_set for model in models], dtype=object),
            "lineage": pd.factorize(pd.Series([model.lineage or f"net-{m}" for m, model in enumerate(models)]))[0],
        }
    )
    return Evidence(
        weight=resampled(of_models["lineage"].to_numpy(), draws, 0),
        models=of_models,
        layers=layers,
        labels={name: labels[name] for name in groupings},
        cells=own,
        counts=np.stack([histogram(models[m], k) for m, k in rows]),
        n=n,
        mean=np.array([np.full(9, models[m].at + models[m].depth[k]) for m, k in rows]),
        scatter=n[:, None, None] * variance[:, :, None] * np.eye(9),
        edges=EDGES,
        basis=made_basis(variance=np.arange(9, 0, -1) / 45),
    )
