"""A bundle as the data set: what it decides of the configuration, and what it cannot do."""

from pathlib import Path
from typing import Any

import pytest

from bundled import bundled_models
from configuration import load
from filtershift.dataset.sources.bundle_manifest import RunSettings
from filtershift.dataset.sources.bundles import write_bundle
from filtershift.errors import FiltershiftError
from made_bundle import configuration

CONFIG = Path(__file__).parents[3] / "config"
DATASET = {"name": "six", "path": "/home/me/six.h5", "batch_norm": "stored"}
EXPECTED = {"quantity": "layers", "value": 6.0, "tolerance": 0.0, "source": "us"}


def bundle(folder: Path, **changes: Any) -> Path:
    """A bundle whose files are empty but for the table of models."""
    (folder / "empty").touch()
    (folder / "models.csv").write_text("model_id,model,Task,n_filters\n0,x,a,40\n1,y,,50\n")
    configured = configuration(**changes)
    files = dict.fromkeys(RunSettings.of(configured, "test").files, folder / "empty")
    write_bundle(folder / "six.zip", {**files, "models.csv": folder / "models.csv"}, configured)
    return folder / "six.zip"


def loaded(path: Path, *overrides: str) -> Any:
    return load(CONFIG, ["dataset=bundle", "grouping=[task]", f"dataset.path={path}", *overrides])


def test_a_bundle_decides_what_the_filters_did(tmp_path: Path) -> None:
    dataset = {**DATASET, "expected": [EXPECTED], "corrections": {"x": {"Task": "b"}}, "corrected": True}
    config = loaded(bundle(tmp_path, dataset=dataset, shards=3, bins=70))
    assert (config.dataset.name, config.shards, config.dataset.batch_norm) == ("bundle", 3, "stored")
    assert [vars(one) for one in config.dataset.expected] == [EXPECTED]
    assert (config.dataset.corrections, config.dataset.corrected) == ({"x": {"Task": "b"}}, True)
    assert config.dataset.file == str(tmp_path / "six.zip")


def test_models_are_told_with_the_labels_they_have(tmp_path: Path) -> None:
    models, groupings = bundled_models(bundle(tmp_path))
    assert models == [
        {"model_id": "0", "model": "x", "Task": "a", "n_filters": "40"},
        {"model_id": "1", "model": "y", "n_filters": "50"},
    ]
    assert groupings == {"all", "Task"}


@pytest.mark.parametrize(
    ("changes", "overrides", "said"),
    [
        ({}, [], "config: bins=70 needs the filters, which a bundle has not; "),
        ({"variants": ["scaled"]}, ["bins=20"], "six.zip has no unscaled filters, only scaled ones"),
        ({"dataset": {**DATASET, "expected": [{"quantity": 1, "run": "ls"}]}}, ["bins=20"], "manifest.json is damaged"),
        ({"dataset": {**DATASET, "corrections": [1]}}, ["bins=20"], "its manifest.json is damaged"),
        ({"dataset": {**DATASET, "batch_norm": "x"}}, ["bins=20"], "dataset.batch_norm must be folded or stored"),
        ({}, ["dataset.path=null"], "config: dataset.path must name a bundle"),
        ({}, ["dataset.path=none.zip"], "config: dataset.path: none.zip: no such file; expected a bundle"),
    ],
)
def test_what_a_bundle_cannot_do_is_one_line(
    changes: dict[str, Any], overrides: list[str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(FiltershiftError) as refused:
        loaded(bundle(tmp_path, **changes), *overrides)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
