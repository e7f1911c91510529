"""Models of one's own in the configuration, alone or added to another data set."""

import re
from pathlib import Path

import h5py
import pytest

from configuration import extended, load, model_files
from filtershift.errors import FiltershiftError

CONFIG = Path(__file__).parents[3] / "config"

SMALL = "grouping=[task]"
OWN = [SMALL, "dataset.name=mine", "dataset.models=[a.pt,{file:b.pt,labels:{Visual Category:natural}}]"]


@pytest.mark.parametrize("dataset", ["own", "zoo", "local"])
def test_models_of_ones_own_take_the_place_of_others(dataset: str) -> None:
    config = load(CONFIG, [f"dataset={dataset}", *OWN])
    assert config.dataset.models == ["a.pt", {"file": "b.pt", "labels": {"Visual Category": "natural"}}]
    assert (config.dataset.name, config.dataset.packages) == ("mine", [])


def test_models_are_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(b"\x08\x07\x12\x04test")
    assert model_files("dataset.models", [f"{tmp_path}/a.pt"])[0].name == "a"
    with pytest.raises(FiltershiftError, match=r"^config: dataset.models: gone.pt: no such file; "):
        model_files("dataset.models", ["gone.pt"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["zoo", "zoo_quick", "synthetic", "cnn_filter_db_v1"])
def test_a_data_set_that_can_be_built_is_extended_by_name(name: str) -> None:
    base = extended(CONFIG, load(CONFIG, ["dataset=own", *OWN, f"dataset.extend={name}"]).dataset)
    assert base == load(CONFIG, [SMALL, f"dataset={name}"]).dataset


def test_any_other_is_extended_by_its_file(tmp_path: Path) -> None:
    assert extended(CONFIG, load(CONFIG, ["dataset=own", *OWN]).dataset) is None
    with h5py.File(tmp_path / "base.h5", "w") as file:
        file["filters"] = [[0.5] * 9]
    base = extended(CONFIG, load(CONFIG, ["dataset=own", *OWN, f"dataset.extend={tmp_path}/base.h5"]).dataset)
    assert base is not None
    assert base.file == f"{tmp_path}/base.h5"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("zo", "there is no file zo, and no such data set (bundle, cnn_filter_db_v0, cnn_filter_db_v1, local, "),
        ("local", "local is not a file; expected the path of one"),
        ("own", "own is not a file; expected the path of one"),
        ("/data/gone.h5", "there is no file /data/gone.h5"),
    ],
)
def test_what_cannot_be_extended(name: str, part: str) -> None:
    dataset = load(CONFIG, ["dataset=own", *OWN, f"dataset.extend={name}"]).dataset
    with pytest.raises(FiltershiftError, match="^config: dataset.extend: " + re.escape(part)):
        extended(CONFIG, dataset)


def test_a_data_set_does_not_extend_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resources/mine").mkdir(parents=True)
    (tmp_path / "resources/mine/dataset.h5").touch()
    dataset = load(CONFIG, ["dataset=own", *OWN, "dataset.extend=resources/mine/dataset.h5"]).dataset
    with pytest.raises(FiltershiftError, match=r"would replace itself; change dataset\.name$"):
        extended(CONFIG, dataset)


@pytest.mark.parametrize(
    ("overrides", "part"),
    [
        (["dataset=own"], "must be a list of model files, as in dataset=own,dataset.name=mine,dataset.models=[a.onnx,"),
        (["dataset=own", "dataset.models=a.pt"], "must be a list of model files"),
        (["dataset=own", "dataset.extend=zoo"], "must be a list of model files"),
        (["dataset.models=7"], "must be a list of model files"),
        (["dataset.models=[a.pt]"], "are not the data set zoo; choose a name, as in dataset.name=mine"),
        (["dataset=local", "dataset.models=[a.pt]"], "are not the data set local; choose a name"),
        (["dataset.name=synthetic", "dataset.models=[a.pt]"], "are not the data set synthetic; choose a name"),
        (
            ["dataset=local", "dataset.path=/d.h5", *OWN],
            "make their own data set; to add them to another: dataset=own",
        ),
        (["dataset=cnn_filter_db_v1", *OWN], "make their own data set; to add them to another: dataset=own"),
        (["dataset=synthetic", "dataset.models=many"], "is a number for dataset=synthetic"),
        (["dataset=synthetic", "dataset.models=[a.pt]"], "is a number for dataset=synthetic"),
        (["dataset=synthetic", "dataset.extend=zoo"], "is a number for dataset=synthetic"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistake(overrides: list[str], part: str) -> None:
    with pytest.raises(FiltershiftError) as caught:
        load(CONFIG, [SMALL, *overrides])
    message = str(caught.value)
    assert message.startswith("config: dataset.models ")
    assert part in message
    assert "\n" not in message
