import pandas as pd
import pytest

from filtershift.analysis.trajectory.checkpoints import find_checkpoints
from filtershift.errors import FiltershiftError


def models(*rows) -> pd.DataFrame:
    """A layer table of models of two layers: rows (run, epoch)."""
    return pd.DataFrame(
        [
            {"model_id": k, "model": f"m{k}", "n_filters": 5, "run": run, "epoch": epoch}
            for k, (run, epoch) in enumerate(rows)
            for _ in range(2)
        ]
    ).rename_axis("layer")


def test_runs_in_natural_order_and_checkpoints_by_number() -> None:
    table, skipped = find_checkpoints(models(("10", "10"), ("10", "9"), ("9", "1e1"), ("9", ".5")), "epoch", ["run"])
    assert table["run"].tolist() == ["9", "9", "10", "10"]
    assert table["checkpoint"].tolist() == [0.5, 10, 9, 10]
    assert table["n_filters"].tolist() == [10] * 4
    assert skipped.empty


def test_without_labels_of_runs_there_is_one() -> None:
    assert find_checkpoints(models(("a", 1), ("b", 2)), "epoch", [])[0]["run"].tolist() == ["run", "run"]


def test_what_is_no_checkpoint_is_listed_with_the_reason() -> None:
    given = models(("a", "1"), ("a", "2"), ("a", None), ("a", "best"), ("a", "inf"), (None, "3"), ("b", "4"))
    table, skipped = find_checkpoints(given, "epoch", ["run"])
    assert table["model"].tolist() == ["m0", "m1"]
    assert skipped[["name", "reason"]].to_numpy().tolist() == [
        ["m2", "has no label 'epoch'"],
        ["m3", "its label 'epoch' is 'best'; expected a number"],
        ["m4", "its label 'epoch' is 'inf'; expected a number"],
        ["m5", "has no label 'run'"],
        ["b", "has one checkpoint, epoch 4"],
    ]
    assert skipped["count"].tolist() == [10] * 5


@pytest.mark.parametrize(
    ("rows", "by", "within", "said"),
    [
        ([("a", 1), ("a", 1)], "epoch", ["run"], "models m0 and m1 are both epoch 1 of run a; name a label"),
        ([("a", 1), ("b", 1)], "epoch", [], "models m0 and m1 are both epoch 1; name a label"),
        ([("a", 1), ("b", 1)], "epoch", ["run"], r"no run has two checkpoints \(run a: has one checkpoint, epoch 1;"),
        ([("a", None)], "epoch", ["run"], r"no run has two checkpoints \(model m0: has no label 'epoch'\)"),
        ([("a", 1)], "epcoh", ["run"], "trajectory.by: the models have no label 'epcoh', did you mean 'epoch'"),
        ([("a", 1)], "epoch", ["seed"], "trajectory.within: the models have no label 'seed'"),
    ],
)
def test_mistakes_are_one_line(rows, by, within, said) -> None:
    with pytest.raises(FiltershiftError, match=said):
        find_checkpoints(models(*rows), by, within)
