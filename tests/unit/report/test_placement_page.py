from dataclasses import replace

import pandas as pd
import pytest

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
    rows = [
        (variant, grouping, model, f"{grouping} {k}", k, 0.1 * k)
        for variant in ("scaled", "unscaled")
        for grouping in TITLES
        for model in MODELS["model"]
        for k in (1, 2)
    ]
    return pd.DataFrame(rows, columns=["variant", "grouping", "model", "group", "rank", "shift"])


def told(text: str) -> str:
    """Without the marks that isolate labels."""
    return text.replace("\N{FIRST STRONG ISOLATE}", "").replace("\N{POP DIRECTIONAL ISOLATE}", "")


def test_the_nearest_groups_and_the_wasted_layers_are_named() -> None:
    near, wasted, _ = sections(shifts(), MODELS, LAYERS, SKIPPED, TITLES, TASKS)
    assert told(near.text[1]) == (
        "Of scaled filters, mine is nearest to task 1 by Task (D = 0.1) and model 1 by Model (D = 0.1). "
        "What the 2 models nearest to it are for: Denoising (2)."
    )
    assert told(wasted.text[1]) == (
        "mine has 9 layers and 900 filters, 50\N{NO-BREAK SPACE}% of them in wasted layers: 7 layers are degenerate "
        "(conv0, conv1, conv2, conv3 and 3 more), 1 layer is random-like (conv7)."
    )
    assert told(wasted.text[2]) == "<b>fine</b> has 1 layer and 64 filters; none of its layers is wasted."
    assert wasted.tables[1].frame["state"].tolist() == STATES


@pytest.mark.parametrize(("skipped", "said"), [(SKIPPED, "Of each convolution"), (SKIPPED[:0], "Nothing was left out")])
def test_what_is_left_out_is_said(skipped: pd.DataFrame, said: str) -> None:
    assert sections(shifts(), MODELS, LAYERS, skipped, TITLES, TASKS)[-1].text[0].startswith(said)


def test_the_page_has_each_figure_in_its_section_and_labels_are_text(picture: Figure) -> None:
    profile = replace(picture, caption="<p>the profile</p>")
    page = placement_page(
        picture.path.parent, shifts(), MODELS, LAYERS, SKIPPED, TITLES, TASKS, nearest=picture, profile=profile
    )
    assert "Models placed in zoo</h1>" in page
    parts = (">Nearest</h2>", "the caption", ">Layers</h2>", "the profile", ">Skipped</h2>")
    assert sorted(map(page.index, parts)) == [page.index(part) for part in parts]
    assert "<b>fine" not in page
    assert "&lt;b&gt;fine" in page
