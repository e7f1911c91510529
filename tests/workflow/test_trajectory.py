"""Models over time: a request answered, and mistakes."""

from pathlib import Path

from filtershift.files import read_table
from running import Workflow, jobs_of


def test_models_numbered_by_a_label(copy: Workflow) -> None:
    chosen = ["trajectory.by=op_set", "trajectory.within=[Name]"]
    done = copy.run("trajectory", overrides=chosen)
    assert done.returncode == 0, done.stdout
    assert jobs_of(done.stdout) == {"follow", "trajectory"}  # the filters are not read again
    folder = copy.results / "trajectory"
    checkpoints = read_table(folder / "checkpoints.csv")
    assert checkpoints["run"].tolist() == ["ResNet"] * 2 + ["StyleGAN"] * 2 + ["U-Net"] * 2
    assert checkpoints["checkpoint"].tolist() == [11, 13] * 3
    shifts = read_table(folder / "shifts.csv", text=("depth",))
    assert (shifts.loc[shifts["depth"] == "all", "shift"] > 0).all()
    page = (folder / "trajectory.html").read_text()
    assert "op_set 11" in page
    assert "data:image/png" in page
    assert copy.planned(*chosen, targets=["trajectory"]) == set()

    before = contents(folder)
    failed = copy.run("trajectory", overrides=chosen[:1])
    assert failed.returncode != 0
    assert "error: trajectory.within: the models net-0 and net-2 are both op_set 11; name a label" in failed.stdout
    assert contents(folder) == before

    for overrides, said in (
        ([], "trajectory.by names no label; write overrides=[trajectory.by=epoch]"),
        (["trajectory.by=op_sett"], "config: trajectory.by: no model has a label 'op_sett', did you mean 'op_set'?"),
    ):
        failed = copy.run("trajectory", "--dry-run", overrides=overrides)
        assert failed.returncode != 0
        assert said in failed.stdout

    assert "follow" in copy.planned(chosen[0])  # of everything it is a part


def contents(folder: Path) -> dict[str, bytes]:
    """The files of an answer that people see."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name != ".complete"}
