"""A finished run holds everything the contract names, and the numbers are those of the method."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import yaml

import filtershift
import reference
from finished_files import EXPECTED, RULES, VARIANTS
from running import PARTS, Workflow
from small_dataset import NON_FINITE, TASKS, ZEROS, small_filters


@pytest.fixture(scope="module")
def layers() -> list[np.ndarray]:
    """The finite filters of each layer, as float64."""
    return [reference.finite(filters) for filters in small_filters()[0]]


@pytest.fixture(scope="module")
def groups(layers: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The filters of each task by its label, in natural order."""
    labels = small_filters()[1]["Task"].fillna("unknown").replace("Semantic Segmentation", "Segmentation")
    return {
        label: np.concatenate([layers[k] for k in np.flatnonzero(labels == label)]) for label in sorted(set(labels))
    }


def of_variant(filters: np.ndarray, variant: str) -> np.ndarray:
    return reference.scaled(filters) if variant == "scaled" else filters


@pytest.mark.parametrize("name", EXPECTED)
def test_file_of_the_contract(finished: Workflow, name: str) -> None:
    start = {".pdf": b"%PDF", ".png": b"\x89PNG", ".h5": b"\x89HDF"}.get(Path(name).suffix, b"")
    assert (finished.results / name).read_bytes().startswith(start)
    assert (finished.results / name).stat().st_size > 0


@pytest.mark.parametrize("rule", RULES)
def test_rule_leaves_a_log_and_a_benchmark(finished: Workflow, rule: str) -> None:
    text = "\n".join(path.read_text() for path in (finished.project / "workflow/rules").rglob("*.smk"))
    [block] = re.findall(rf"^rule {rule}:\n((?:    .*\n|\n)*)", text, re.MULTILINE)
    # The costs are read out of the benchmarks, so they and the pages after them have none.
    for kind in ("log", "benchmark") if rule not in ("cost", "overview", "report") else ("log",):
        [name] = re.findall(rf'    {kind}:\n        "results/\{{dataset\}}/(.*)"', block)
        assert list(finished.results.glob(re.sub(r"\{.*?\}", "*", name))), name


def test_nothing_half_written_or_elsewhere(finished: Workflow) -> None:
    given = {*PARTS, "Snakefile", "environment.yml", str(finished.dataset)}
    assert {path.name for path in finished.directory.iterdir()} == {*given, "results", ".snakemake"}
    assert {path.name for path in finished.directory.glob("results/*")} == {"small"}
    assert not [path for path in finished.results.rglob("*") if path.name.startswith(".")]
    assert not [
        path for part in PARTS for path in (finished.project / part).rglob("*") if path.name in ("results", "outputs")
    ]


def test_resolved_configuration(finished: Workflow) -> None:
    config = yaml.safe_load((finished.results / "config.yaml").read_text())
    assert config["dataset"]["name"] == "small"
    assert config["dataset"]["path"] == str(finished.dataset)
    assert list(config["grouping"]) == ["all", "task"]
    assert config["grouping"]["task"]["by"] == ["Task"]
    assert (config["bins"], config["shards"], config["variants"]) == (70, 1, list(VARIANTS))


def test_tables_of_layers_and_models(finished: Workflow, layers: list[np.ndarray]) -> None:
    table = pd.read_csv(finished.results / "layers.csv", index_col="layer")
    assert table["n_filters"].tolist() == [len(filters) for filters in small_filters()[0]]
    assert table["Task"].isna().sum() == 5
    assert set(table["Task"].dropna()) == {*TASKS, "Segmentation"} - {None, "Semantic Segmentation"}
    models = pd.read_csv(finished.results / "models.csv", index_col="model_id")
    assert models["n_filters"].sum() == table["n_filters"].sum()
    assert models["op_set"].tolist() == [11, 13, 11, 13, 11, 13]


def test_what_is_left_out_is_listed(finished: Workflow) -> None:
    skipped = pd.read_csv(finished.results / "skipped.csv")
    assert list(skipped) == ["kind", "name", "reason", "count"]
    [broken] = skipped[skipped["kind"] == "filters"].to_dict("records")
    assert (broken["name"], broken["count"]) == (f"net-2, layer {NON_FINITE}", 1)
    assert not skipped["name"].str.contains("paper").any()


def test_what_is_left_out_of_the_papers_figures_is_listed(finished: Workflow) -> None:
    skipped = pd.read_csv(finished.results / "paper/skipped.csv")
    undrawn = set(skipped.loc[skipped["kind"] == "figure", "name"])
    assert undrawn == {f"paper/figure-{number}" for number in ("02", "06", "13", "14", "15", "16", "17")}
    panels = " ".join(skipped.loc[skipped["kind"] == "panel", "name"])
    for label in ("formula", "fractals", "first"):  # of the configured rows of figure 1
        assert label in panels


@pytest.mark.parametrize("variant", VARIANTS)
def test_shifts(finished: Workflow, groups: dict[str, np.ndarray], variant: str) -> None:
    labels, expected = reference.shift_matrix({label: of_variant(rows, variant) for label, rows in groups.items()})
    matrix = pd.read_csv(finished.results / variant / "shift/task.csv", index_col=0)
    assert matrix.index.tolist() == matrix.columns.tolist() == labels
    np.testing.assert_allclose(matrix.to_numpy(), expected, rtol=1e-9, atol=1e-14)
    n = pd.read_csv(finished.results / variant / "shift/task.n.csv")
    assert n["group"].tolist() == labels
    assert n["n_filters"].tolist() == [len(groups[label]) for label in labels]
    assert n["n_models"].tolist() == [2 if label == "Classification" else 1 for label in labels]
    parts = pd.read_csv(finished.results / variant / "shift/task.components.csv").set_index(["a", "b"])
    assert len(parts) == len(labels) * (len(labels) - 1) / 2
    for (a, b), row in parts.iterrows():
        assert row["shift"] == pytest.approx(matrix.loc[a, b])
        assert row.filter(like="component_").sum() == pytest.approx(matrix.loc[a, b])
    assert pd.read_csv(finished.results / variant / "shift/all.csv", index_col=0).to_numpy().tolist() == [[0]]


@pytest.mark.parametrize("variant", VARIANTS)
def test_how_far_to_believe_the_shifts(finished: Workflow, variant: str) -> None:
    shift = finished.results / variant / "shift"
    parts, intervals = (pd.read_csv(shift / f"task.{kind}.csv") for kind in ("components", "intervals"))
    pd.testing.assert_frame_equal(intervals[["a", "b", "shift"]], parts[["a", "b", "shift"]])
    assert (intervals["low"] <= intervals["corrected"]).all()
    assert (intervals["corrected"] <= intervals["high"]).all()
    reaches_0 = intervals["flag"].isin(["above, interval reaches 0", "below floor", "within null"])
    assert ((intervals["low"] == 0) == reaches_0).all()
    floor = pd.read_csv(shift / "task.floor.csv", index_col="group")
    assert floor["resampled"].to_dict() == {
        label: "models" if label == "Classification" else "layers" for label in floor.index
    }
    larger = np.maximum(floor.loc[intervals["a"], "floor"].to_numpy(), floor.loc[intervals["b"], "floor"].to_numpy())
    np.testing.assert_allclose(intervals["floor"], larger)
    n = pd.read_csv(shift / "task.n.csv", index_col="group")
    assert floor[n.columns].equals(n)
    boxes = pd.read_csv(finished.results / variant / "figures/shift_boxes/groupings.csv")
    assert boxes["flag"].tolist() == intervals["flag"].tolist()


def test_results_open_in_a_notebook_and_give_the_same_shifts(finished: Workflow) -> None:
    opened = filtershift.open_dataset(finished.results)
    assert opened.layers["op_set"].dtype == "int64"
    expected = pd.read_csv(finished.results / "scaled/shift/task.csv", index_col=0)
    pd.testing.assert_frame_equal(filtershift.shift(opened, by="Task"), expected, check_names=False)


def test_zero_filters_lie_on_an_edge(layers: list[np.ndarray]) -> None:
    """Else the shifts above would not try the rule for ties."""
    rows = reference.scaled(np.concatenate(layers))
    values = reference.coefficients(rows, reference.pca(rows))
    low, high = values.min(), values.max()
    of_zero = values[~rows.any(axis=1)]
    assert len(of_zero) >= len(layers[ZEROS]) > 0
    np.testing.assert_allclose((of_zero[:, 0] - low) / (high - low) * reference.BINS, reference.BINS / 2, rtol=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_bases(finished: Workflow, groups: dict[str, np.ndarray], variant: str) -> None:
    wanted = {"all": {"all": np.concatenate(list(groups.values()))}, "task": groups}
    for grouping, members in wanted.items():
        with h5py.File(finished.results / variant / f"pca/{grouping}.h5") as file:
            assert {node.attrs["label"] for node in file.values()} == set(members)
            for node in file.values():
                rows = of_variant(members[node.attrs["label"]], variant)
                basis = reference.pca(rows)
                np.testing.assert_allclose(node["explained_variance_ratio"][()], basis.ratio, rtol=1e-9)
                np.testing.assert_allclose(node["mean"][()], basis.mean, rtol=1e-9, atol=1e-14)
                np.testing.assert_allclose(node["components"][()], basis.components, atol=1e-8)
                assert node["n_filters"][()] == len(rows)


@pytest.mark.parametrize("variant", VARIANTS)
def test_histograms(finished: Workflow, groups: dict[str, np.ndarray], variant: str) -> None:
    everything = of_variant(np.concatenate(list(groups.values())), variant)
    basis = reference.pca(everything)
    values = reference.coefficients(everything, basis)
    with h5py.File(finished.results / variant / "histograms/task.h5") as file:
        np.testing.assert_allclose(file["edges"][[0, -1]], [values.min(), values.max()], rtol=1e-12)
        for label, rows in groups.items():
            expected = reference.histogram(
                reference.coefficients(of_variant(rows, variant), basis), values.min(), values.max()
            )
            assert np.array_equal(file[label]["counts"][()], expected)


def test_quality(finished: Workflow, layers: list[np.ndarray]) -> None:
    table = pd.read_csv(finished.results / "quality/layers.csv", index_col="layer")
    expected = pd.DataFrame([reference.quality(filters) for filters in layers])
    assert table["sparsity"].tolist() == expected["sparsity"].tolist()
    assert expected["sparsity"].nunique() > 3
    for column in ("variance_entropy", "clean_variance_entropy", "random_threshold", "mean_range"):
        np.testing.assert_allclose(table[column], expected[column], rtol=1e-9, err_msg=column)
    assert np.isnan(table["variance_entropy"][ZEROS])
    assert table["zero_filters"][ZEROS] == len(layers[ZEROS])


def test_orthogonality_where_the_shape_is_known(finished: Workflow, layers: list[np.ndarray]) -> None:
    table = pd.read_csv(finished.results / "quality/layers.csv", index_col="layer")
    found = table["orthogonality"]
    shapes = small_filters()[1][["out_channels", "in_channels"]].to_numpy()
    fits = [out * per == len(filters) for (out, per), filters in zip(shapes, layers, strict=True)]
    assert found.notna().tolist() == fits
    assert sum(fits) > 3
    for layer in np.flatnonzero(fits):
        rows = layers[layer].reshape(shapes[layer][0], -1)
        assert found[layer] == pytest.approx(reference.orthogonality(rows), abs=1e-7)  # the weights are float32
        if rows.any():
            stable, effective = reference.ranks(rows)
            assert table.loc[layer, ["stable_rank", "effective_rank"]].tolist() == pytest.approx([stable, effective])
        assert table.loc[layer, ["weight_25", "weight_50"]].tolist() == pytest.approx(np.percentile(rows, [25, 50]))


def test_models_and_groups_of_the_quality(finished: Workflow) -> None:
    quality = pd.read_csv(finished.results / "quality/layers.csv")
    models = pd.read_csv(finished.results / "quality/models.csv").set_index("model")
    for model, rows in quality.groupby("model"):
        assert models["n_layers"][model] == len(rows)
        assert models["degenerate"][model] == pytest.approx((rows["state"].dropna() == "degenerate").mean())
    assert models["degenerate"].is_monotonic_decreasing
    assert models["degenerate"].iloc[0] > 0
    groups = pd.read_csv(finished.results / "quality/groups.csv")
    assert set(groups["grouping"]) == {"task"}
    assert groups["n_filters"].sum() == quality["n_filters"].sum()


class Sources(HTMLParser):
    """Collects what a page would fetch."""

    fetched: list[str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"link": "href", "use": "href", "object": "data"}.get(tag, "src")
        self.fetched += [value for name, value in attrs if name in (wanted, "srcset") and value]


def test_report_is_self_contained(finished: Workflow) -> None:
    page = (finished.results / "report.html").read_text()
    sources = Sources()
    sources.fetched = []
    sources.feed(page)
    assert [source for source in sources.fetched if not source.startswith("data:")] == []
    assert not re.search(r"@import\s+(url\()?[\"']?https?:|url\([\"']?https?:|import\([\"']https?:", page)
    assert "Coefficients of every group are counted in 70 bins" in page


def test_report_shows_every_figure_and_table(finished: Workflow) -> None:
    page = (finished.results / "report.html").read_text()
    [table] = re.findall(r'<script id="results">\s*var results = (\{.*\});\n', page)
    shown = json.loads(table)
    figures = {f"results/small/{name}" for name in EXPECTED if name.endswith(".png")}
    tables = {"skipped.csv", "cost.csv", "quality/layers.csv", *(f"{variant}/shift/task.csv" for variant in VARIANTS)}
    tables |= {f"{variant}/shift/task.nearest.csv" for variant in VARIANTS}
    assert figures | {f"results/small/{name}" for name in tables} <= set(shown)
    assert "image/webp" in page, "Snakemake's page has another form: see compact.py"
    for name, entry in shown.items():
        assert entry["data_uri"].startswith(("data:", "<!doctype html>")) or entry["data_uri"] in shown, name
        assert entry["caption"], name
        assert entry["labels"]["figure"], name
