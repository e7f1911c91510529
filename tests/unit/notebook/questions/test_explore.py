"""The explorer of filters in a notebook."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import filtershift
from filtershift import FiltershiftError
from six_layers import LAYERS


def content_of(page: Path) -> dict:
    """What the page shows, as JSON."""
    found = re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page.read_text(), re.DOTALL)
    assert found
    return json.loads(found[1])


def test_a_data_set_with_all_that_the_page_of_a_run_shows(dataset, tmp_path) -> None:
    found = filtershift.explore(dataset, tmp_path / "six.html")
    content = content_of(found.path)
    assert content["count"] == len(dataset)
    assert {"model", "layer_name"} & {column["name"] for column in content["columns"]}
    assert set(content["variants"]) == {"scaled", "unscaled"}
    ratio = filtershift.pca(dataset).explained_variance_ratio_
    assert content["variants"]["scaled"]["weights"] == pytest.approx(ratio.tolist())
    assert content["examples"]
    assert not content["groupings"]
    assert {"sparsity", "orthogonality"} <= set(content["measures"])


def test_layers_without_filters_and_in_another_order(dataset, tmp_path) -> None:
    arrays = {"bare": LAYERS[0].reshape(-1, 9), "none": np.zeros((0, 9)), "last": LAYERS[1].reshape(-1, 9)}
    content = content_of(filtershift.explore(arrays, tmp_path / "arrays.html").path)
    assert content["count"] == 2
    forward, backward = (
        content_of(filtershift.explore(chosen, tmp_path / "order.html").path) for chosen in (dataset, dataset[::-1])
    )
    assert forward == backward


def test_a_notebook_shows_what_lies_below_it(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    below = filtershift.explore(LAYERS[0], "a & b.html")
    assert below.path.exists()
    assert "a & b.html" in repr(below)
    assert '<iframe src="a%20%26%20b.html"' in below._repr_html_()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir("notebooks")
    above = filtershift.explore(LAYERS[0], "../page.html")
    assert "<iframe" not in above._repr_html_()
    assert "page.html" in above._repr_html_()


def test_mistakes(tmp_path) -> None:
    with pytest.raises(FiltershiftError, match="none is finite"):
        filtershift.explore(np.full((5, 9), np.nan), tmp_path / "page.html")
    with pytest.raises(FiltershiftError, match="cannot be written"):
        filtershift.explore(LAYERS[0], tmp_path)
    with pytest.raises(FiltershiftError, match="expects the path of a page, not 3"):
        filtershift.explore(LAYERS[0], 3)
