"""Labels, titles and paths may hold any character: the run passes, and they come back as they were."""

import json
import re
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from browser import Opened, needs_chromium
from filtershift.dataset.writer import write_dataset
from running import Workflow, copy_project, in_quotes
from small_dataset import write_small

TITLE = """Purpose, $x_1$: <b>"it's"</b> `tick` $HOME %s C:\\"""
LABELS = [
    "plain",
    "a/b",
    "../../up",
    "..",
    "$x_1$ and \\frac{1}{2}",
    "<script>alert(1)</script>",
    "two\nlines",
    """both "double" and 'single' quotes""",
    "a, b; c",
    "long " + "x" * 295,
    "Größe, Привет, 漢字",
    "{wildcards} {0} %d %2F",
    "NaN",
    "01",
    " spaces ",
    "-",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """A finished run in which each label is the task of one model."""
    folder = tmp_path_factory.mktemp("a 'hostile' $folder; (really)")
    filters = np.random.default_rng(0).normal(0, 0.1, (50 * len(LABELS), 9))
    ids = [f"{50 * k}:{50 * k + 49}" for k in range(len(LABELS))]
    meta = pd.DataFrame({"conv_depth": 0, "conv_depth_norm": 0.0, "Task": LABELS, "filter_ids": ids})
    workflow = Workflow(
        tmp_path_factory.mktemp("project"),
        folder / "run",
        folder / "data set.h5",
        ("grouping=[task]", "variants=[scaled]", f"grouping.task.title={in_quotes(TITLE)}"),
    )
    copy_project(workflow.project)
    write_dataset(workflow.dataset, [filters], meta.rename_axis("model_id").reset_index())
    done = workflow.run()
    assert done.returncode == 0, done.stdout
    return workflow


def texts(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_tables(hostile: Workflow) -> None:
    assert texts(hostile.results / "layers.csv")["Task"].tolist() == LABELS
    assert texts(hostile.results / "models.csv")["Task"].tolist() == LABELS
    assert texts(hostile.results / "groups/task.csv")["group"].tolist() == LABELS
    matrix = texts(hostile.results / "scaled/shift/task.csv")
    assert matrix.iloc[:, 0].tolist() == matrix.columns[1:].tolist()
    assert set(matrix.columns[1:]) == set(LABELS)
    assert set(texts(hostile.results / "scaled/shift/task.n.csv")["group"]) == set(LABELS)


@pytest.mark.parametrize("kind", ["pca", "histograms", "densities"])
def test_arrays(hostile: Workflow, kind: str) -> None:
    with h5py.File(hostile.results / f"scaled/{kind}/task.h5") as file:
        groups = [node for node in file.values() if isinstance(node, h5py.Group)]
        assert {node.attrs["label"] for node in groups} == set(LABELS)
        assert all(len(node) > 0 for node in groups)


def test_nothing_outside_results(hostile: Workflow) -> None:
    assert {path.name for path in hostile.directory.iterdir()} == {"results", ".snakemake"}
    assert {path.name for path in hostile.directory.parent.iterdir()} == {"run", "data set.h5"}
    assert not [path for path in hostile.project.rglob("*") if path.name in ("results", "outputs")]
    assert {path.name for path in hostile.project.glob(".snakemake/*")} <= {"matplotlib"}
    names = "".join(str(path.relative_to(hostile.directory)) for path in hostile.results.rglob("*"))
    assert re.fullmatch(r"[\w./-]+", names)


def test_report(hostile: Workflow) -> None:
    page = (hostile.results / "report.html").read_text()
    assert "<script>alert(1)</script>" not in page
    [text] = re.findall(r'<script id="workflow-desc">\s*var workflow_desc = (".*");', page)
    assert "Purpose, $x_1$: &lt;b&gt;" in json.loads(text)


@needs_chromium
def test_report_in_a_browser(hostile: Workflow, opened: Opened) -> None:
    """Labels are shown as they are, and no script among them runs."""
    with opened(hostile.results / "report.html") as page:
        expect(page.locator(".prose").get_by_text("Purpose, $x_1$: <b>")).to_be_visible()
        page.get_by_role("link", name="the story of this run").click()
        groups = page.frame_locator("iframe").get_by_role("region", name="Groups")
        for label in ("<script>alert(1)</script>", "two lines", "{wildcards} {0} %d %2F", "NaN", "01"):
            expect(groups.get_by_role("cell", name=label, exact=True)).to_be_visible()


@needs_chromium
def test_explorer_in_a_browser(hostile: Workflow, opened: Opened) -> None:
    """Every view shows labels as they are, and none becomes an element of the page."""
    with opened(hostile.results / "explorer.html", width=1280) as page:
        page.get_by_label("Only layers with").select_option("Task")
        chips = page.get_by_role("group", name="only these Task")
        for label in ("<script>alert(1)</script>", "../../up", "{wildcards} {0} %d %2F", "NaN", "01"):
            expect(chips.get_by_role("button", name=label, exact=True)).to_be_visible()
        page.get_by_label("find a model, layer or label").fill("Task: <script>alert(1)</script>")
        expect(page.locator(".side h3")).to_have_text("<script>alert(1)</script>")
        for view in ("Layers", "Models", "Groups"):
            page.get_by_role("tab", name=view).click()
            expect(page.get_by_role("tab", name=view)).to_have_attribute("aria-selected", "true")
            expect(page.locator("main .js-plotly-plot").first).to_be_visible()
        assert page.locator("main script, main img, main b").count() == 0


def test_braces_in_a_title(hostile: Workflow) -> None:
    assert "shift_matrix task" in hostile.planned(f"grouping.task.title={in_quotes('$x_{max}$ {{ here }}')}")


def test_a_second_run_has_nothing_to_do(hostile: Workflow) -> None:
    assert hostile.planned() == set()


def test_a_project_in_a_folder_of_any_name(tmp_path: Path) -> None:
    workflow = Workflow(tmp_path / "my project's (new) copy", tmp_path, tmp_path / "dataset.h5")
    copy_project(workflow.project)
    write_small(workflow.dataset)
    done = workflow.run("results/small/groups/task.csv")
    assert done.returncode == 0, done.stdout
