"""The explorer in a browser, from a file and without a network: its numbers are the workflow's, and no label runs."""

import json
import urllib.parse
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from browser import Opened, needs_chromium
from filtershift.analysis.shifts.choices import Choices
from filtershift.analysis.shifts.divergences import divergences, smoothed
from filtershift.passes.stored.groups import load_group_arrays
from made_explorer import LABELS, RATIO, WIDTH, expected, explorer, made, matrix, saved
from running import Workflow

pytestmark = needs_chromium


@pytest.mark.parametrize("variant", ["scaled", "unscaled"])
def test_the_matrix_is_that_of_the_workflow(finished: Workflow, variant: str, opened: Opened) -> None:
    known = pd.read_csv(finished.results / variant / "shift/task.csv", index_col=0)
    with explorer(opened, finished.results / "explorer.html", grouping="task", variant=variant) as page:
        found = matrix(page)
        assert found.index.tolist() == found.columns.tolist() == known.index.tolist()
        np.testing.assert_allclose(found, known, rtol=1e-9, atol=1e-12)


def test_a_pair_has_the_bases_of_the_workflow(finished: Workflow, opened: Opened) -> None:
    groups, _ = load_group_arrays(finished.results / "scaled/pca/task.h5")
    pair = ["Classification", "Segmentation"]
    with explorer(opened, finished.results / "explorer.html", grouping="task", pair=pair) as page:
        table = saved(page, page.locator(".side .take").last.get_by_role("button", name="CSV"))
        for label in pair:
            own = table[table["group"] == label]
            for column, key in (("explained_variance_ratio", "explained_variance_ratio"), ("w0", "components")):
                values = own[[f"w{k}" for k in range(9)]] if column == "w0" else own[column]
                np.testing.assert_allclose(values.to_numpy(float), groups[label][key], rtol=1e-6, atol=1e-7)
        expect(page.locator(".side").get_by_text("D = ").first).to_be_visible()


@pytest.mark.parametrize(
    "choices",
    [
        Choices(weighting=weighting, epsilon=epsilon, divergence=divergence, weights=weights)
        for weighting, epsilon, divergence, weights in (
            ("filter", "density", "kl", "ratio"),
            ("layer", "floor", "js", "equal"),
            ("model", "pseudocount", "wasserstein", "ratio"),
            ("filter", "floor", "tv", "ratio"),
            ("model", "density", "kl", "ratio"),
            ("filter", "density", "frechet", "ratio"),
            ("model", "density", "bures", "equal"),
        )
    ],
    ids=lambda choices: f"{choices.weighting}-{choices.epsilon}-{choices.divergence}",
)
def test_every_choice_is_that_of_the_workflow(tmp_path: Path, choices: Choices, opened: Opened) -> None:
    path, counts, layers = made(tmp_path / "page.html", choices)
    with explorer(opened, path, by=["model"], order="label") as page:
        for column in ("model", "constructor"):
            page.get_by_role("combobox", name="by", exact=True).select_option(column)
            known = expected(counts, layers, column, choices)
            np.testing.assert_allclose(matrix(page).loc[known.index, known.columns], known, rtol=1e-9, atol=1e-12)


def test_filters_selections_and_parts(tmp_path: Path, opened: Opened) -> None:
    path, counts, layers = made(tmp_path / "page.html")
    chosen = Choices()
    with explorer(opened, path, by=["model"], where={"constructor": ["x"]}, ranges={"conv_depth": [0, 9]}) as page:
        kept = (layers["constructor"] == "x") & (layers["conv_depth"] <= 9)
        known = expected(counts[kept], layers[kept], "model", chosen)
        np.testing.assert_allclose(matrix(page).loc[known.index, known.columns], known, rtol=1e-9, atol=1e-12)
        expect(page.get_by_text("filters by labels, not by ranges")).to_be_visible()
    with explorer(opened, path, selection=[0, 3, 5]) as page:
        sides = layers.assign(side=np.where(layers.index.isin([0, 3, 5]), "selection", "the rest"))
        known = expected(counts, sides, "side", chosen)
        np.testing.assert_allclose(matrix(page).loc[known.index, known.columns], known, rtol=1e-9, atol=1e-12)
    with explorer(opened, path, by=["conv_depth_norm"], parts=2) as page:
        assert matrix(page).columns.tolist() == ["[0, .5]", "(.5, 1]"]
        expect(page.get_by_text('+grouping.mine={by:["conv_depth_norm"],bins:[0,0.5,1]}')).to_be_visible()


def test_labels_are_shown_as_they_are(tmp_path: Path, opened: Opened) -> None:
    path, counts, layers = made(tmp_path / "page.html")
    known = expected(counts, layers, "Task", Choices())
    with explorer(opened, path, by=["Task"], order="label") as page:
        found = matrix(page)
        assert set(found.index) == set(known.index)
        np.testing.assert_allclose(found.loc[known.index, known.columns], known, rtol=1e-9, atol=1e-12)
        page.get_by_label("Only layers with").select_option("Task")
        for label in LABELS[:5]:
            expect(page.get_by_role("group", name="only these Task").get_by_text(label, exact=True)).to_be_visible()
        page.get_by_label("Colour labels by").select_option("constructor")
        for view in ("Layers", "Models", "Groups"):
            page.get_by_role("tab", name=view).click()
            expect(page.get_by_role("tab", name=view)).to_have_attribute("aria-selected", "true")
    with explorer(opened, path, by=["Task"], pair=LABELS[3:5]) as page:
        expect(page.locator(".side h3")).to_contain_text(LABELS[4])


def test_an_address_that_asks_for_nonsense_is_told(tmp_path: Path, opened: Opened) -> None:
    path, _, _ = made(tmp_path / "page.html")
    nonsense = {"by": ["nope"], "view": "x", "where": {"nope": []}, "parts": "many", "selection": [99], "pair": 1}
    with explorer(opened, path, **nonsense, x="sparsity") as page:
        expect(page.locator("#notice")).to_contain_text("by, view, where, parts, selection, pair")
        assert len(matrix(page)) == 4


def test_by_the_keyboard_alone(tmp_path: Path, opened: Opened) -> None:
    path, _, _ = made(tmp_path / "page.html")
    with explorer(opened, path, order="label") as page:
        cells = page.get_by_role("application")
        cells.focus()
        for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        expect(page.locator(".hint")).to_contain_text("model 1 – model 2")
        page.keyboard.press("Enter")
        expect(page.locator(".side h3")).to_be_focused()
        expect(page.locator(".side h3")).to_contain_text("model 1 and model 2")
        page.keyboard.press("Escape")
        expect(cells).to_be_focused()
        expect(page.locator(".side h3")).to_have_count(0)
        page.get_by_role("tab", name="Groups").focus()
        for key in ("End", "ArrowRight", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        expect(page.get_by_role("tab", name="Layers")).to_have_attribute("aria-selected", "true")
        assert page.get_by_role("tab").evaluate_all("tabs => tabs.map((tab) => tab.tabIndex)") == [-1, 0, -1]
        expect(page.get_by_role("main").get_by_role("tabpanel", name="Layers")).to_be_visible()


def test_layers_are_selected_by_the_keyboard_as_by_the_lasso(tmp_path: Path, opened: Opened) -> None:
    path, _, _ = made(tmp_path / "page.html")
    with explorer(opened, path, view="layers", x="conv_depth") as page:
        page.get_by_label("conv_depth from").fill("10")
        page.keyboard.press("Enter")
        expect(page.get_by_text("4 of 14 layers selected.")).to_be_visible()


@pytest.mark.parametrize(("view", "label"), [("groups", "Order"), ("layers", "across"), ("models", "Model")])
def test_a_choice_keeps_the_focus(tmp_path: Path, view: str, label: str, opened: Opened) -> None:
    path, _, _ = made(tmp_path / "page.html")
    with explorer(opened, path, view=view) as page:
        field = page.get_by_role("combobox", name=label, exact=True)
        before = field.input_value()
        field.focus()
        page.keyboard.press("ArrowDown")
        expect(field).not_to_have_value(before)
        page.wait_for_timeout(300)
        expect(field).to_be_focused()


def test_a_map_comes_back_after_a_grouping_too_small_for_one(tmp_path: Path, opened: Opened) -> None:
    path, _, _ = made(tmp_path / "page.html")
    with explorer(opened, path, by=["constructor"]) as page:
        region = page.get_by_role("region", name="Map")
        expect(region).to_contain_text("A map needs 3")
        for column, points in (("model", 4), ("constructor", 0), ("Task", len(LABELS))):
            page.get_by_role("combobox", name="by", exact=True).select_option(column)
            expect(region.locator(".point:visible")).to_have_count(points)


def test_placed_models_stand_out(tmp_path: Path, opened: Opened) -> None:
    path, _, _ = made(tmp_path / "page.html", marked=["model 2"])
    with explorer(opened, path, by=["model"], view="groups") as page:
        points = page.get_by_role("region", name="Map").locator(".point")
        expect(points).to_have_count(4)
        rings = points.evaluate_all("points => points.map((point) => parseFloat(point.style.strokeWidth) || 0)")
        assert rings == [0, 0, 4, 0]
    with explorer(opened, path) as page:
        model = page.get_by_role("combobox", name="Model", exact=True)
        expect(model).to_have_value("model 2")
        expect(model.locator("option")).to_have_text(["model 2", "model 0", "model 1", "model 3"])
        model.select_option("model 0")
        expect(page.get_by_role("row").filter(has=page.get_by_role("button", name="model 2"))).to_have_class("marked")
        expect(page.locator("tr.marked")).to_have_count(1)


def test_one_of_two_runs_stands_out(tmp_path: Path, opened: Opened) -> None:
    """Groups of the first run alone have a ring; labels have the colour of their run."""
    of_runs = {"data set": ["here"] * 8 + ["there"] * 6}
    path, _, _ = made(tmp_path / "page.html", columns=of_runs, marked=["model 0", "model 1"], joint=True)
    with explorer(opened, path, by=["model"]) as page:
        expect(page.locator(".key")).to_have_text("herethere")
        region = page.get_by_role("region", name="Map")
        expect(region).to_contain_text("A ring: groups of here.")
        rings = region.locator(".point").evaluate_all("p => p.map((one) => parseFloat(one.style.strokeWidth) || 0)")
        assert rings == [4, 4, 0, 0]


@pytest.mark.parametrize("column", ["cut:sparsity", "grouping:task", "selection:", "column:Task"])
def test_a_column_may_be_named_as_a_choice_of_the_page(column: str, tmp_path: Path, opened: Opened) -> None:
    path, counts, layers = made(tmp_path / "page.html", columns={column: list("aabbccddeeffgg")})
    known = expected(counts, layers, column, Choices())
    with explorer(opened, path) as page:
        page.get_by_role("combobox", name="by", exact=True).select_option(label=column)
        found = matrix(page)
        np.testing.assert_allclose(found.loc[known.index, known.columns], known, rtol=1e-9, atol=1e-12)
        page.get_by_label("Only layers with").select_option(label=column)
        expect(page.get_by_role("group", name=f"only these {column}")).to_be_visible()


def test_nothing_stale_is_shown_when_no_layer_is_left(tmp_path: Path, opened: Opened) -> None:
    path, _, _ = made(tmp_path / "page.html")
    with explorer(opened, path, where={"constructor": ["x"]}) as page:
        page.get_by_role("button", name="none").click()
        expect(page.locator(".summary")).to_have_text("No layer is left: loosen the filters.")
        expect(page.get_by_role("application")).to_be_hidden()
        page.get_by_role("button", name="all", exact=True).click()
        expect(page.get_by_role("application")).to_be_visible()


def test_a_label_among_many_is_found_and_left_out(tmp_path: Path, opened: Opened) -> None:
    path, _, layers = made(tmp_path / "page.html")
    depths = [str(depth) for depth in layers["conv_depth"]]
    with explorer(opened, path, where={"conv_depth": depths}) as page:
        page.get_by_label("find a label of conv_depth").fill(depths[-1])
        expect(page.locator(".chip")).to_have_text([depths[-1]])
        page.get_by_role("button", name="none").click()
        expect(page.locator(".chip")).to_have_attribute("aria-pressed", "false")
        [asked] = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).fragment)["where"]
        assert json.loads(asked) == {"conv_depth": depths[:-1]}


def test_two_models_layer_by_layer(tmp_path: Path, opened: Opened) -> None:
    path, counts, layers = made(tmp_path / "page.html")
    with explorer(opened, path, view="models", model="model 3") as page:
        part = page.get_by_role("region", name="Layer by layer")
        expect(part.get_by_role("slider")).to_be_hidden()
        part.get_by_role("combobox").select_option("model 0")
        table = saved(page, part.get_by_role("button", name="CSV"))
        assert table["layer"].tolist() == table["layer_after"].tolist() == ["conv0", "conv1"]
        p = smoothed(counts[layers["model"].isin(["model 0", "model 3"])].astype(float), WIDTH, "density")
        d = (divergences(p, WIDTH, "kl") * RATIO[:, None, None]).sum(axis=0)
        np.testing.assert_allclose(table["shift"].astype(float), [d[4, 0], d[5, 1]], rtol=1e-9)
        first = ["conv0", "conv1"][int(d[5, 1] > d[4, 0])]
        expect(part.get_by_role("row").nth(1)).to_contain_text(first)
        part.get_by_role("slider").press("ArrowRight")
        expect(part.get_by_role("combobox")).to_have_value("model 1")


def test_a_search_leads_to_a_layer(tmp_path: Path, opened: Opened) -> None:
    path, _, _ = made(tmp_path / "page.html")
    with explorer(opened, path) as page:
        box = page.get_by_label("find a model, layer or label")
        box.press_sequentially("conv1")
        expect(page.locator("#names option")).to_have_count(4)  # one in each model
        box.fill("model 2 / conv1")
        expect(page.get_by_role("combobox", name="Model", exact=True)).to_have_value("model 2")
        assert "layer=9" in page.url


def test_a_search_leads_to_a_model_and_its_layers(finished: Workflow, opened: Opened) -> None:
    with explorer(opened, finished.results / "explorer.html") as page:
        page.get_by_label("find a model, layer or label").fill("model: net-1")
        expect(page.get_by_role("tab", name="Models")).to_have_attribute("aria-selected", "true")
        expect(page.locator("main select").first).to_have_value("net-1")
        assert page.locator(".filters canvas").count() == 18
        table = saved(page, page.locator(".take button", has_text="CSV").first)
        quality = pd.read_csv(finished.results / "quality/layers.csv")
        own = quality[quality["model"] == "net-1"]
        assert table["layer"].tolist() == own["layer"].tolist()
        np.testing.assert_allclose(pd.to_numeric(table["variance_entropy"]), own["variance_entropy"], rtol=1e-6)


@pytest.mark.parametrize("width", [1280, 400])
def test_no_scrolling_sideways(finished: Workflow, width: int, opened: Opened) -> None:
    with explorer(opened, finished.results / "explorer.html", width=width) as page:
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
