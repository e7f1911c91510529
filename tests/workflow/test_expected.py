"""What is known of a data set from elsewhere is compared with what was found; what differs stops nothing."""

from dataclasses import replace

import pandas as pd
import pytest

from running import Workflow

RATIOS = [0.9, *[0.01] * 8]
KNOWN = [
    "{quantity:models,value:6,source:here}",
    "{quantity:layers,value:26}",
    f"{{quantity:unscaled_explained_variance_ratio,value:{RATIOS},tolerance:0.5}}",
]


def test_what_is_known(copy: Workflow) -> None:
    known = replace(copy, overrides=(*copy.overrides, f"dataset.expected=[{','.join(KNOWN)}]"))
    assert known.planned() == {"expected", "configuration", "cost", "overview", "report"}
    done = known.run("results/small/overview.html")
    assert done.returncode == 0, done.stdout
    table = pd.read_csv(copy.results / "expected.csv")
    assert table["quantity"].tolist()[:2] == ["models", "layers"]
    assert table["found"].tolist()[:2] == [6, 25]
    assert table["found"][2:].sum() == pytest.approx(1)
    assert table["agrees"].tolist()[:2] == [True, False]
    agree = table["agrees"].sum()
    page = (copy.results / "overview.html").read_text()
    assert f"This run agrees with {agree} of 11 numbers known of this data set from elsewhere." in page
    assert copy.planned() == {"configuration", "cost", "overview", "report"}
