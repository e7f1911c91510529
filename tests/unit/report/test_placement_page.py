from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from filtershift.analysis.comparing.placement import Placement
from filtershift.report.placement import placement_page, sections
from filtershift.report.sections import Figure

TITLES = {"task": "Task", "model": "Model"}
TASKS = {"model 1": "Denoising", "model 2": "Denoising"}
MODELS = pd.DataFrame(
    {
        "model": ["mine", "<b>fine</b>"],
        "n_layers": [9, 1],
        "n_filters": [900, 64],
        "degenerate": [7, 0],
        "random_like": [1, 0],
        "wasted_filters": [450, 0],
        "outside": [0, 0],
        "depth_source": ["names", "graph"],
        "same_as": [None, "model 1"],
    }
)
STATES = ["degenerate"] * 7 + ["random-like", "diverse", "diverse"]
LAYERS = pd.DataFrame(
    {
        "model": ["mine"] * 9 + ["<b>fine</b>"],
        "layer_name": [f"conv{k}" for k in range(10)],
        "conv_depth": range(10),
        "n_filters": 100,
        "state": STATES,
        "phenotype": "sun",
        "sparsity": 0.1,
        "sparsity_percentile": 50.0,
        "variance_entropy": 0.5,
        "random_threshold": 0.9,
        "orthogonality": 0.9,
    }
)
SKIPPED = pd.DataFrame({"kind": ["convolution"], "name": ["mine: conv"], "reason": ["5 x 5"], "count": [3]})


def shifts() -> pd.DataFrame:
    """Of each model the two nearest groups of each grouping: the first is noise, the second is not."""
    rows = [
        (variant, grouping, model, f"{grouping} {k}", k, 0.1 * k, ["within null", "above"][k - 1], 5_000, 0.0)
        for variant in ("scaled", "unscaled")
        for grouping in TITLES
        for model in MODELS["model"]
        for k in (1, 2)
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS, "flag", "n_filters", "own_share"])


COLUMNS = ["variant", "grouping", "model", "group", "rank", "shift"]


def told(text: str) -> str:
    """Without the marks that isolate labels."""
    return text.replace("\N{FIRST STRONG ISOLATE}", "").replace("\N{POP DIRECTIONAL ISOLATE}", "")


def test_the_nearest_groups_and_the_wasted_layers_are_named() -> None:
    near, wasted, _ = sections(shifts(), MODELS, LAYERS, SKIPPED, TITLES, TASKS)
    assert told(near.text[1]) == (
        "Of scaled filters, mine is nearest to task 1 by Task (D = 0.1, not above noise: within null) and model 1 by "
        "Model (D = 0.1, not above noise: within null). What the 2 models nearest to it are for: Denoising (2). "
        "It has only 900 filters, so all its shifts are too large."
    )
    assert "It has the same layers as model 1 of the data set" in told(near.text[2])
    assert told(wasted.text[1]) == (
        "mine has 9 layers and 900 filters, 50\N{NO-BREAK SPACE}% of them in wasted layers: 7 layers are degenerate "
        "(conv0, conv1, conv2, conv3 and 3 more), 1 layer is random-like (conv7)."
    )
    assert told(wasted.text[2]) == "<b>fine</b> has 1 layer and 64 filters; none of its layers is wasted."
    assert told(wasted.text[3]).startswith("Depths of mine are uncertain")
    assert wasted.tables[1].frame["state"].tolist() == STATES


def headline(table: pd.DataFrame) -> str:
    return told(sections(table, MODELS[:1], LAYERS, SKIPPED, TITLES, {})[0].text[1])


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("above", "D = 0.1, above noise)"),
        ("above, interval reaches 0", "D = 0.1, above noise, interval reaches 0)"),
        ("below floor", "D = 0.1, not above noise: below floor)"),
        (None, "D = 0.1)"),
    ],
)
def test_the_headline_says_whether_the_shift_is_noise(flag: str | None, said: str) -> None:
    assert f"task 1 by Task ({said}" in headline(shifts().assign(flag=flag))


def test_groups_too_small_to_trust_are_named_apart() -> None:
    table = shifts()
    table.loc[table["group"] == "task 1", "n_filters"] = 33
    table.loc[table["grouping"] == "model", "n_filters"] = 33
    said = headline(table)
    assert "task 2 by Task (D = 0.2, above noise)" in said
    assert "model 1 by Model (D = 0.1, not above noise: within null, a group too small to trust)" in said
    *trusted, small = sections(table, MODELS, LAYERS, SKIPPED, TITLES, {})[0].tables
    assert {group for shown in trusted for group in shown.frame["group"]} == {"task 2"}
    assert set(small.frame["group"]) == {"task 1", "model 1", "model 2"}
    assert small.title == "Groups too small to trust: fewer than 1,000 filters"


def test_the_flag_stands_beside_the_shift() -> None:
    shown = sections(shifts(), MODELS[:1], LAYERS, SKIPPED, TITLES, {})[0].tables[0]
    assert list(shown.frame) == ["group", "shift", "flag", "n_filters"]


def test_a_group_that_is_the_model_itself_is_told() -> None:
    assert "task 1 by Task (D = 0.1, the model itself)" in headline(shifts().assign(own_share=1.0))


@pytest.mark.parametrize(("skipped", "said"), [(SKIPPED, "What was left out"), (SKIPPED[:0], "Nothing was left out")])
def test_what_is_left_out_is_said(skipped: pd.DataFrame, said: str) -> None:
    assert sections(shifts(), MODELS, LAYERS, skipped, TITLES, TASKS)[-1].text[0].startswith(said)


def test_the_page_has_each_figure_in_its_section_and_labels_are_text(picture: Figure) -> None:
    profile = replace(picture, caption="<p>the profile</p>")
    unseen: Any = None  # by this page
    found = Placement(shifts(), LAYERS, MODELS, unseen)
    folder = picture.path.parents[1] / "placement/mine"
    page = placement_page(folder, "zoo", found, SKIPPED, TITLES, TASKS, nearest=picture, layers=profile)
    assert f"{folder}/" in page
    assert "Models placed in zoo</h1>" in page
    parts = (">Nearest</h2>", "the caption", ">Layers</h2>", "the profile", ">Skipped</h2>")
    assert sorted(map(page.index, parts)) == [page.index(part) for part in parts]
    assert "<b>fine" not in page
    assert "&lt;b&gt;fine" in page
