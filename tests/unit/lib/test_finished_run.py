"""Two finished runs are enough: what is configured is what the first of them was made with."""

import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from configuration import load
from filtershift.errors import FiltershiftError

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).parents[3] / "config"
MADE = ["dataset=local", "dataset.path=small.h5", "bins=20", "grouping=[task]", "+grouping.mine.by=[Task,kernel]"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished runs in results/, a and b, one that failed, and one elsewhere."""
    base, config = tmp_path_factory.mktemp("runs"), load(CONFIG, MADE)
    for folder in ("results/a", "results/b", "results/failed", "far/results/c"):
        (base / folder / "statistics").mkdir(parents=True)
        config.dataset.name = folder[-1]
        OmegaConf.save(OmegaConf.create({**asdict(config), "fingerprint": "1"}), base / folder / "config.yaml")
        if folder != "results/failed":
            (base / folder / "statistics/basis.h5").touch()
    return base


@pytest.fixture(autouse=True)
def runs(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the runs, to change."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


def mistake(*overrides: str) -> str:
    with pytest.raises(FiltershiftError) as caught:
        load(CONFIG, overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_configuration_is_that_of_the_first_run() -> None:
    config = load(CONFIG, ["compare.runs=[results/a,far/results/c]"])
    expected = load(CONFIG, [*MADE, "dataset.name=a", "compare.with=far/results/c"])
    expected.compare["runs"] = ["results/a", "far/results/c"]
    assert config == expected


def test_the_uncertainty_can_be_chosen() -> None:
    config = load(CONFIG, ["compare.runs=[results/a,results/b]", "uncertainty.resamples=10"])
    assert config.uncertainty.resamples == 10
    assert config.bins == 20


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["compare.runs=[results/a]"], "takes two folders of results, as in compare.runs=[results/a,results/b]"),
        (["compare.runs=results/a"], "takes two folders of results"),
        (["compare.runs=[results/aa,results/b]"], "there is no results/aa/config.yaml; did you mean results/a?"),
        (["compare.runs=[a,results/b]"], "there is no a/config.yaml; did you mean results/a?"),
        (
            ["compare.runs=[results/zzz,results/b]"],
            "no results/zzz/config.yaml; finished runs are results/a, results/b",
        ),
        (["compare.runs=[far/results/c,results/b]"], "the first run must be in results/ of this folder"),
        (["compare.runs=[results/a,results/b]", "bins=30"], "leave out bins=30, or use compare.with"),
        (["compare.runs=[results/a,results/b]", "compare.with=results/b"], "leave out compare.with"),
    ],
)
def test_mistakes_are_one_line(overrides: list[str], said: str) -> None:
    assert said in mistake(*overrides)


def test_a_folder_that_was_renamed() -> None:
    """Its data set's name is in the paths of all results, so the answer would go to another folder."""
    Path("results/a").rename("results/before")
    assert "results/before: these are the results of the data set a" in mistake(
        "compare.runs=[results/before,results/b]"
    )


def test_a_run_of_another_version() -> None:
    Path("results/a/config.yaml").write_text("bin: 3")
    assert "its config.yaml is of another version (Key 'bin' not in 'Config')" in mistake(
        "compare.runs=[results/a,results/b]"
    )
