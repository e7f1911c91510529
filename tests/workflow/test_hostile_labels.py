"""Labels, titles and paths may hold any character: the run passes, and they come back as they were."""

import json
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from running import ROOT, Workflow

from filtershift.dataset.writer import write_dataset

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
TITLE = """Purpose: $x_1$, <b>"it's"</b> {braces} `tick` $HOME ${oc.env:HOME} C:\\"""


def in_quotes(text: str) -> str:
    """A text in Hydra's grammar: in quotes, which and the backslashes before which have a backslash."""
    return "'" + text.replace("\\'", "\\\\'").replace("'", "\\'") + ("\\'" if text.endswith("\\") else "'")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """A finished run in which each label is the task of one model."""
    folder = tmp_path_factory.mktemp("a 'hostile' $folder, (really)")
    rng = np.random.default_rng(0)
    rows = [
        {"model_id": k, "conv_depth": 0, "conv_depth_norm": 0.0, "Task": label, "filter_ids": f"{50 * k}:{50 * k + 49}"}
        for k, label in enumerate(LABELS)
    ]
    dataset = folder / "data set.h5"
    write_dataset(dataset, [rng.normal(0, 0.1, (50 * len(LABELS), 9))], pd.DataFrame(rows))
    overrides = ("grouping=[task]", "variants=[scaled]", f"grouping.task.title={json.dumps(TITLE)}")
    workflow = Workflow(ROOT, folder / "run", dataset, overrides)
    return workflow
