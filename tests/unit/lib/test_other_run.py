"""What a run can be compared with, and what is said of what it cannot be compared with."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from filtershift.dataset.fingerprint import fingerprint
from filtershift.errors import FiltershiftError
from other_run import OtherRun, find_run
from schema import GroupingConfig

CONFIGURED = {"all": GroupingConfig(), "task": GroupingConfig(title="My task", by=["Task"])}
TASK = {"title": "Task", "by": ["Task"], "order": "natural"}


def run(folder: Path, **changed: Any) -> Path:
    """The results of a finished run in two shards, and its data set."""
    results = folder / "results/other"
    config = {
        "dataset": {"name": "other", "path": None},
        "shards": 2,
        "grouping": {"all": {"by": []}, "task": TASK, "model": {"by": ["model"]}},
        **changed,
    }
    files = ["layers.csv", "statistics/basis.h5", *(f"statistics/moments.{k}-of-2.h5" for k in (1, 2))]
    for name in ("resources/other/dataset.h5", *(f"results/other/{file}" for file in files)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    for grouping in ("all", "task", "model"):
        (results / "groups").mkdir(exist_ok=True)
        (results / f"groups/{grouping}.csv").touch()
        (results / f"groups/{grouping}.sizes.csv").touch()
    OmegaConf.save(OmegaConf.create(config), results / "config.yaml")
    return results


def found(folder: Path | str, here: Path = Path("results/here")) -> OtherRun:
    return find_run("compare.with", str(folder), here, CONFIGURED)


def mistake(folder: Path, here: Path = Path("results/here")) -> str:
    with pytest.raises(FiltershiftError) as caught:
        found(folder, here)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"config: compare.with: {folder}")
    return str(caught.value)


def test_a_finished_run(tmp_path: Path) -> None:
    other = found(f"{run(tmp_path)}/")
    assert other.dataset == tmp_path / "resources/other/dataset.h5"
    assert [path.name for path in other.moments] == ["moments.1-of-2.h5", "moments.2-of-2.h5"]
    assert other.groupings == ["all", "task"]
    assert other.remarks == [["grouping", "model", f"in {other.folder}, but not configured", ""]]
    assert all(Path(path).is_file() for path in other.tables)


def test_a_run_of_a_bundle(tmp_path: Path) -> None:
    results = run(tmp_path, dataset={"name": "other", "path": "theirs.zip", "bundled": True})
    assert "the bundle it was made from has none" in mistake(results)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    data = tmp_path / "data.h5"
    data.write_text("filters")
    results = run(tmp_path, dataset={"name": "other", "path": str(data)}, fingerprint=fingerprint(data))
    assert found(results).dataset == data
    data.write_text("others")
    assert f"{data} has changed since" in mistake(results)
    data.unlink()
    assert f"there is no file {data}" in mistake(results)


def test_a_grouping_that_is_another_one(tmp_path: Path) -> None:
    """Titles and the order of drawing do not count."""
    results = run(tmp_path, grouping={"all": {"by": []}, "task": {**TASK, "min_filters": 5}})
    (results / "groups/all.sizes.csv").unlink()
    assert found(results).remarks == [
        ["grouping", "all", f"{results} does not have this grouping", ""],
        ["definition", "task", f"compared, but {results} defines it differently", ""],
    ]


@pytest.mark.parametrize("name", ["config.yaml", "layers.csv", "statistics/moments.2-of-2.h5", "statistics/basis.h5"])
def test_a_run_that_is_not_finished(tmp_path: Path, name: str) -> None:
    results = run(tmp_path)
    (results / name).unlink()
    assert re.search(f"is not a finished run: there is no {results / name}", mistake(results))


def test_folders_that_are_no_results(tmp_path: Path) -> None:
    assert "is not a finished run" in mistake(tmp_path / "nowhere")
    assert "as in results/other" in mistake(tmp_path / "not a name")


@pytest.mark.parametrize(
    ("name", "said"), [("othr", "; did you mean {}/other?"), ("zzz", "; finished runs are {}/other")]
)
def test_the_nearest_run_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")  # runs of this project are named, too
    results = run(tmp_path)
    assert mistake(results.with_name(name)).endswith(said.format(results.parent))


def test_a_run_with_itself(tmp_path: Path) -> None:
    """Also by a link to it."""
    results = run(tmp_path)
    link = tmp_path / "link"
    link.symlink_to(results)
    assert "itself; name another one" in mistake(link, results)


def test_files_of_earlier_trials_do_not_turn_up(tmp_path: Path) -> None:
    results = run(tmp_path, grouping={"all": {"by": []}})
    other = found(results)
    assert other.groupings == ["all"]
    assert other.remarks == [["grouping", "task", f"{results} does not have this grouping", ""]]


def test_runs_of_one_name_elsewhere_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = run(tmp_path)
    assert found(results).name.startswith("other-")
    monkeypatch.chdir(tmp_path)
    assert found("results/other").name == found(results).name == "other"


@pytest.mark.parametrize("text", ["", "shards: many", "- a", "a: [", "dataset: zoo", "dataset: {name: zoo}"])
def test_configurations_that_are_none(tmp_path: Path, text: str) -> None:
    results = run(tmp_path)
    (results / "config.yaml").write_text(text)
    assert "is not the configuration of a run" in mistake(results)


def test_nothing_in_common(tmp_path: Path) -> None:
    results = run(tmp_path)
    for name in CONFIGURED:
        (results / f"groups/{name}.sizes.csv").unlink()
    assert "none of the groupings configured (all, task); it has: model" in mistake(results)


def test_a_data_set_that_was_made_again(tmp_path: Path) -> None:
    results = run(tmp_path)
    later = (results / "layers.csv").stat().st_mtime + 10
    os.utime(tmp_path / "resources/other/dataset.h5", (later, later))
    assert "has changed since; repeat that run" in mistake(results)
