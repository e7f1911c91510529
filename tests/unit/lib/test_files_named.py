"""Files that the configuration names, and finished results that it would replace."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from configuration import check_quick, load
from filtershift.errors import FiltershiftError

CONFIG = Path(__file__).parents[3] / "config"
LOCAL = ["dataset=local", "dataset.path=/data/dataset.h5"]
SMALL = [*LOCAL, "grouping=[task]"]


def test_a_file_of_importance_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "critical.csv").touch()
    assert load(CONFIG, [*SMALL, f"importance={tmp_path}/critical.csv"]).importance == f"{tmp_path}/critical.csv"
    assert load(CONFIG, [*SMALL, "importance=criticality"]).importance == "criticality"
    with pytest.raises(FiltershiftError) as caught:
        load(CONFIG, [*SMALL, f"importance={tmp_path}/critcal.csv"])
    assert (
        str(caught.value)
        == f"config: importance: {tmp_path}/critcal.csv is not a file; did you mean {tmp_path}/critical.csv?"
    )


@pytest.mark.parametrize(("former", "refused"), [("[all,task,model]", True), ("[all,task]", False)])
def test_a_first_look_does_not_replace_larger_results(tmp_path: Path, former: str, refused: bool) -> None:
    (tmp_path / "small").mkdir()
    groupings = "".join(f"  {name}: {{}}\n" for name in former[1:-1].split(","))
    (tmp_path / "small/config.yaml").write_text(f"variants: [scaled]\ngrouping:\n{groupings}")
    overrides = [*LOCAL, "dataset.name=small", "experiment=quick"]
    with pytest.raises(FiltershiftError, match=r"dataset\.name=small_quick") if refused else nullcontext():
        check_quick(load(CONFIG, overrides), overrides, tmp_path)
