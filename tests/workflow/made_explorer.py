"""Pages of the explorer in a browser, of made-up layers or of a run, and what they offer to save."""

import json
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import Locator, Page

from browser import Opened
from coefficient_moments import made_layer_moments
from filtershift.analysis.shifts.choices import GAUSSIAN, Choices
from filtershift.analysis.shifts.divergences import divergences, smoothed
from filtershift.analysis.shifts.gaussian import coefficient_moments, gaussian_parts, gaussians
from filtershift.analysis.shifts.weighting import filter_weights
from filtershift.passes.bases import Basis
from filtershift.report.explorer.content import Histograms, content
from filtershift.report.explorer.page import explorer_page

BINS, WIDTH = 12, 0.5
RATIO = np.arange(9.0, 0, -1) / 45
BASIS = Basis(np.linalg.qr(np.arange(81.0).reshape(9, 9) % 7 + np.eye(9))[0].T, np.zeros(9), RATIO, RATIO, 0)
LABELS = [
    "a",
    "__proto__",
    "constructor",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "",
    "a / b",
]


@contextmanager
def explorer(opened: Opened, path: Path, width: int = 1280, **asked: Any) -> Iterator[Page]:
    """The page, once it has drawn what its address asks for."""
    words = "&".join(f"{key}={urllib.parse.quote(json.dumps(value))}" for key, value in asked.items())
    with opened(path, width=width, fragment=f"#{words}") as page:
        page.locator("body[data-ready]").wait_for()
        yield page


def saved(page: Page, button: Locator) -> pd.DataFrame:
    """The CSV file behind a button."""
    with page.expect_download() as download:
        button.click()
    return pd.read_csv(download.value.path(), keep_default_na=False)


def matrix(page: Page) -> pd.DataFrame:
    """The D-matrix as the page offers it, in the order shown."""
    table = saved(page, page.locator(".middle .take button", has_text="CSV").first)
    table = table.set_index(table.columns[0])
    # pandas names a column without a label itself.
    labels = ["" if str(label).startswith("Unnamed") else str(label) for label in table.columns]
    return table.set_axis(table.index.astype(str)).set_axis(labels, axis=1)


def made(
    path: Path,
    choices: Choices = Choices(),  # noqa: B008
    columns: Mapping[str, Sequence[str]] = MappingProxyType({}),
    **more: Any,
) -> tuple[Path, np.ndarray, pd.DataFrame]:
    """A page of 14 made-up layers, two for each label, their histograms (L, 9, bins), and the layer table.

    ``columns`` are more labels of the layers.
    """
    rng, count = np.random.default_rng(5), 2 * len(LABELS)
    n = rng.integers(1500, 4000, count)
    probability = rng.dirichlet(np.full(BINS, 0.5), (count, 9))
    counts = np.array([[rng.multinomial(n[k], p) for p in probability[k]] for k in range(count)])
    layers = pd.DataFrame(
        {
            "model": [f"model {k // 4}" for k in range(count)],
            "Task": [LABELS[k // 2] for k in range(count)],
            "constructor": ["x", "y"] * len(LABELS),
            "conv_depth": np.arange(count),
            "conv_depth_norm": np.linspace(0, 1, count),
            "n_filters": n,
            "layer_name": [f"conv{k % 4}" for k in range(count)],
            **columns,
        }
    ).rename_axis("layer")
    shown = content(
        "made", layers, pd.DataFrame({"sparsity": rng.random(count)}), made_layer_moments(n), (BASIS, BASIS),
        {"scaled": Histograms(counts, -3.0, WIDTH)}, choices, **more,
    )  # fmt: skip
    path.write_text(explorer_page("Explorer of made", shown, ["#112233", "#445566"]))
    return path, counts, layers


def expected(counts: np.ndarray, layers: pd.DataFrame, column: str, choices: Choices) -> pd.DataFrame:
    """The D-matrix by a column, computed in Python."""
    group, labels = pd.factorize(layers[column])
    model = pd.factorize(layers["model"])[0]
    weights = filter_weights(choices.weighting, layers["n_filters"].to_numpy(float), group, model, len(labels))
    if choices.divergence in GAUSSIAN:
        of_layers = coefficient_moments(made_layer_moments(layers["n_filters"].to_numpy()), 0, BASIS)
        own = gaussians(of_layers, weights, group, len(labels))
        return pd.DataFrame(gaussian_parts(own, choices.divergence).sum(axis=0), labels, labels)
    sums = np.zeros((len(labels), *counts.shape[1:]))
    np.add.at(sums, group, counts * weights[:, None, None])
    p = smoothed(sums, WIDTH, choices.epsilon)
    d = (divergences(p, WIDTH, choices.divergence) * choices.of_components(RATIO)[:, None, None]).sum(axis=0)
    return pd.DataFrame(d, labels, labels)
