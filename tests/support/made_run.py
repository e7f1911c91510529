"""A small run as its tables, with labels of any kind."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from filtershift.report.run import Run

LABELS = [
    "plain",
    "<script>alert(1)</script>",
    """quotes " and '""",
    "",
    "two\nlines",
    "x" * 500,
    "{{ 7 * 7 }}",
    "&amp;",
]
RATIOS = [0.5, 0.2, 0.1, 0.08, 0.04, 0.03, 0.02, 0.02, 0.01]


def all_pairs(labels: list[str]) -> pd.DataFrame:
    """D of groups j and k is (j + 1) (k + 1) / 100, and above noise from 0.2."""
    a, b = np.triu_indices(len(labels), 1)
    shift = (a + 1) * (b + 1) / 100
    believed = {"corrected": shift - 0.01, "low": shift / 2, "high": 2 * shift}
    flag = np.where(shift >= 0.2, "above", "within null")
    return pd.DataFrame({"a": np.take(labels, a), "b": np.take(labels, b), "shift": shift, **believed, "flag": flag})


def make_run(titles: Mapping[str, str], variants: tuple[str, ...] = ("scaled", "unscaled")) -> Run:
    """Eight models of one layer each; group k of every grouping is model k, of 500 (k + 1) filters."""
    n = 500 * np.arange(1, len(LABELS) + 1)
    models = pd.DataFrame({"model": LABELS, "n_layers": 1, "n_filters": n, "Task": LABELS, "op_set": 11})
    sizes = pd.DataFrame({"group": LABELS, "n_filters": n, "n_layers": 1, "n_models": 1})
    curve = pd.DataFrame(
        [(label, i, ratio) for label in LABELS for i, ratio in enumerate(RATIOS)],
        columns=["group", "component", "explained_variance_ratio"],
    )
    layers = pd.DataFrame({"layer": range(8), "model": LABELS, "conv_depth": 0, "n_filters": n}).assign(
        state=["degenerate", *["diverse"] * 6, None],
        sparsity=0.25,
        variance_entropy=[*np.linspace(0.1, 0.9, 7), np.nan],
        entropy_ratio=np.linspace(0.1, 0.9, 8),
        phenotype=["sun"] * 5 + [None] * 3,
        orthogonality=np.nan,
        batch_norm=["folded"] * 4 + ["absorbed"] * 4,
    )
    return Run(
        titles=titles,
        labels=["Task", "model", "Task", "elsewhere"],
        models=models,
        skipped=pd.DataFrame({"kind": ["model"], "name": [LABELS[1]], "reason": ["no filter"], "count": [np.nan]}),
        paper_skipped=pd.DataFrame(
            {"kind": ["figure"], "name": ["paper/figure-02"], "reason": ["needs groupings"], "count": [np.nan]}
        ),
        groups=pd.concat([sizes.assign(grouping=key) for key in titles] or [sizes[:0].assign(grouping="")]),
        ratios={variant: np.array(RATIOS) for variant in variants},
        axes=None,
        curves=dict.fromkeys(variants, curve) if titles else {},
        pairs={variant: {key: all_pairs(LABELS[:: 1 - 2 * k]) for key in titles} for k, variant in enumerate(variants)},
        nearest={},
        ranges=None,
        quality=layers,
        ranking=pd.DataFrame({"model_id": 0, "model": LABELS[:1], "n_judged": 1, "degenerate": 1.0}),
        cost=pd.DataFrame(
            {"step": ["moments", "ridge"], "jobs": [1, 2], "seconds": [3.0, 4.5], "cpu_seconds": 1.0}
        ).assign(largest_mb=[150.0, 200.0]),
        noise=True,
    )
