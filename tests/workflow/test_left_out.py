"""What a data set lacks is left out of the paper's figures and listed, and stops nothing."""

import pandas as pd
import pytest

from running import Workflow


@pytest.fixture(scope="module")
def copy(finished: Workflow, tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """The finished run to go on with, first in one way and then in the other: what both need is made once."""
    return finished.copied(tmp_path_factory.mktemp("left_out") / "run")


@pytest.mark.parametrize("kept", [True, False], ids=["some left", "none left"])
def test_groups_that_are_not_there(copy: Workflow, kept: bool) -> None:
    rows, labels = ("[[task,nope],[all,all]]", "[faces,nada]") if kept else ("[[task,nope]]", "[nada]")
    overrides = ["grouping=[all,task,data_type]", f"paper.figure_1={rows}", f"paper.figure_2={labels}"]
    figures = [f"results/small/paper/figure-{number}.png" for number in ("01", "02")]
    done = copy.run(*figures, "results/small/paper/skipped.csv", overrides=overrides)
    assert done.returncode == 0, done.stdout
    names = pd.read_csv(copy.results / "paper/skipped.csv")["name"]
    assert names.str.contains("nope").sum() == names.str.contains("nada").sum() == 1
