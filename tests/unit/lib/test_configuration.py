"""The configuration composes, is typed, and every mistake in it is one clear line."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from configuration import load
from filtershift.analysis.groups.definition import Grouping
from filtershift.errors import FiltershiftError
from schema import Config, GroupingConfig

CONFIG = Path(__file__).parents[3] / "config"
LOCAL = ["dataset=local", "dataset.path=/data/dataset.h5"]
SMALL = [*LOCAL, "grouping=[task]"]  # composes in half the time
MINE = "+grouping.mine.by=Task"
GROUPINGS = [
    *("all", "task", "data_type", "training_set", "task_natural", "data_type_classification"),
    *("training_set_classification", "model", "model_family", "lineage", "kernel", "batch_norm"),
    *("depth_decile", "layer_position"),
]


def mistake(*overrides: str, folder: Path = CONFIG) -> str:
    with pytest.raises(FiltershiftError) as caught:
        load(folder, [*SMALL, *overrides])
    return str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the configuration to edit."""
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


def names(group: str) -> list[str]:
    return sorted(path.stem for path in (CONFIG / group).glob("*.yaml"))


def test_defaults() -> None:
    config = load(CONFIG, [])
    assert config.dataset.name == "zoo"
    assert len(config.dataset.packages) > 5
    assert (config.bins, config.shards, config.variants) == (70, 1, ["scaled", "unscaled"])
    assert list(config.grouping) == GROUPINGS
    assert config.grouping["task"] == GroupingConfig(title="Task", by=["Task"])
    assert config.grouping["depth_decile"].bins == [k / 10 for k in range(11)]


# That of bundles loads in test_bundled.py, which makes one.
@pytest.mark.parametrize("name", sorted({*names("dataset")} - {"bundle"}))
def test_dataset_file_loads(name: str) -> None:
    path = ["dataset.path=/data/dataset.h5"] if name in ("local", "cnn_filter_db_v0") else []
    models = ["dataset.models=[a.onnx]"] if name == "own" else []
    assert load(CONFIG, [f"dataset={name}", *path, *models]).dataset.name == name


def test_what_is_known_of_the_authors_data() -> None:
    dataset = load(CONFIG, ["dataset=cnn_filter_db_v1", "dataset.corrected=true"]).dataset
    counts, (paper, computed) = dataset.expected[:3], dataset.expected[3:]
    assert [one.value for one in counts] == [1_464_797_156, 21_436, 647]
    assert [round(ratio, 3) for ratio in computed.value] == paper.value
    assert sum(computed.value) == pytest.approx(1, abs=1e-7)
    assert len(dataset.corrections) == 11
    assert sum(map(len, dataset.corrections.values())) == 12
    before = load(CONFIG, ["dataset=cnn_filter_db_v0", "dataset.path=/data/dataset.h5"]).dataset
    assert [one.value for one in before.expected[:3]] == [524_563_289, 13_015, 391]
    assert not before.corrections


@pytest.mark.slow
def test_some_packages_of_the_zoo() -> None:
    dataset = load(CONFIG, ["experiment=quick"]).dataset
    assert (dataset.name, {package.package for package in dataset.packages}) == ("zoo_quick", set(dataset.only))
    assert load(CONFIG, ["dataset.only=[fer]"]).dataset.packages[0].package == "fer"
    with pytest.raises(FiltershiftError, match=r"^config: dataset.only: there is no package 'fir'; there are: \["):
        load(CONFIG, ["dataset.only=[fer,fir]"])
    assert load(CONFIG, [*LOCAL, "experiment=quick"]).dataset.path == "/data/dataset.h5"


@pytest.mark.slow
def test_experiment_files_load() -> None:
    without = load(CONFIG, [])
    for name in names("experiment"):
        assert load(CONFIG, [f"experiment={name}"]) != without, name


def test_grouping_files_load() -> None:
    grouping = load(CONFIG, [*LOCAL, f"grouping=[{','.join(names('grouping'))}]"]).grouping
    assert list(grouping) == names("grouping")
    assert all(one.title for one in grouping.values())


@pytest.mark.parametrize("folder_name", [path.name for path in CONFIG.iterdir() if path.is_dir()])
def test_every_folder_is_known(folder_name: str) -> None:
    """A new folder of the configuration needs a test that its files load."""
    assert folder_name in {"dataset", "experiment", "grouping"}


def schema_keys(kind: type) -> Iterator[str]:
    """The names of all fields of a dataclass and of those inside it."""
    for name, hint in get_type_hints(kind).items():
        yield name
        for inner in (hint, *get_args(hint)):
            if is_dataclass(inner):
                yield from schema_keys(inner)


@pytest.mark.parametrize("key", sorted({*schema_keys(Config), *schema_keys(GroupingConfig)}))
def test_key_is_explained(key: str) -> None:
    text = (CONFIG.parent / "docs/reference-config.md").read_text()
    assert re.search(rf"`([\w.<>{{}}]+\.)?{key}`", text), f"docs/reference-config.md does not mention `{key}`"


def test_a_grouping_has_the_fields_it_is_made_of() -> None:
    assert {f.name for f in fields(GroupingConfig)} == {"title", *(f.name for f in fields(Grouping))}


def test_overrides() -> None:
    changed = ["dataset.name=mine", "bins=100", "variants=[scaled]", "grouping=[task,model]", "paper.figure_1=[[a,3]]"]
    config = load(CONFIG, [*LOCAL, *changed])
    assert (config.dataset.name, config.dataset.path, config.bins) == ("mine", "/data/dataset.h5", 100)
    assert config.variants == ["scaled"]
    assert config.paper.figure_1 == [["a", "3"]]
    assert list(config.grouping) == ["task", "model"]


def test_a_grouping_may_refer_to_the_root() -> None:
    assert load(CONFIG, [*SMALL, MINE, "+grouping.mine.title=${dataset.name}"]).grouping["mine"].title == "local"


def test_a_grouping_as_a_file(folder: Path) -> None:
    (folder / "grouping/mine.yaml").write_text("by: [Task, op_set]\nwhere: {op_set: 13}\nmin_models: 2\n")
    expected = GroupingConfig(title="mine", by=["Task", "op_set"], where={"op_set": ["13"]}, min_models=2)
    assert load(folder, [*LOCAL, "grouping=[task,mine]"]).grouping["mine"] == expected
    defaults = folder / "config.yaml"
    defaults.write_text(defaults.read_text().replace("      - all\n", "      - all\n      - mine\n"))
    config = load(folder, LOCAL)
    assert list(config.grouping)[:3] == ["all", "mine", "task"]
    assert config.grouping["mine"] == expected


def test_a_grouping_on_the_command_line() -> None:
    keys = ["title=Mine", "where={Visual Category:[natural,medical ct]}", "order=label", "min_filters=100"]
    grouping = load(CONFIG, [*LOCAL, MINE, *(f"+grouping.mine.{key}" for key in keys)]).grouping
    assert list(grouping) == [*GROUPINGS, "mine"]
    where = {"Visual Category": ["natural", "medical ct"]}
    assert grouping["mine"] == GroupingConfig(title="Mine", by=["Task"], where=where, order="label", min_filters=100)


@pytest.mark.parametrize(
    ("override", "changed"),
    [
        ("grouping.task.order=natural", {"order": "natural"}),
        ("grouping.task.by=[Task,op_set]", {"by": ["Task", "op_set"]}),
        ("+grouping.task.where={Visual Category:[natural]}", {"where": {"Visual Category": ["natural"]}}),
        ("+grouping.task.exclude={Task:unknown}", {"exclude": {"Task": ["unknown"]}}),
        ("+grouping.task.map={GAN*:GAN}", {"map": {"GAN*": "GAN"}}),
    ],
)
def test_one_key_of_a_grouping(override: str, changed: dict[str, Any]) -> None:
    expected = GroupingConfig(**{"title": "Task", "by": ["Task"], **changed})
    assert load(CONFIG, [*SMALL, override]).grouping["task"] == expected


def test_one_load_leaves_nothing_to_the_next(folder: Path) -> None:
    (folder / "grouping/mine.yaml").write_text("by: Task\n")
    load(folder, [*LOCAL, "grouping=[mine]"])
    assert "there is no grouping/mine.yaml" in mistake("grouping=[mine]")


@pytest.mark.parametrize(
    ("overrides", "parts"),
    [
        (["bin=100"], ["unknown key 'bin'", "did you mean 'bins'", "known: dataset, grouping, variants"]),
        (["+bin=100"], ["unknown key 'bin'", "known: dataset, grouping, variants"]),
        (["dataset.pth=x"], ["unknown key 'dataset.pth'", "did you mean 'path'"]),
        (["compare.wth=x"], ["unknown key 'compare.wth'", "did you mean 'with'"]),
        (["+compare.wth=x"], ["unknown key 'compare.wth'", "known: runs, with"]),
        (["paper.figure_3=[]"], ["unknown key 'paper.figure_3'", "figure_1, figure_2"]),
        (["grouping.task.b=Name"], ["unknown key 'grouping.task.b'", "did you mean 'by'", "min_models"]),
        (["+grouping.task.b=Name"], ["unknown key", "b'", "did you mean 'by'", "min_models"]),
        (["+grouping.mine.b=Name"], ["grouping.mine", "unknown key 'b'", "did you mean 'by'", "min_models"]),
        (["grouping.tsk.title=x"], ["grouping.tsk", "task"]),
        (["grouping=[task,nope]"], ["there is no grouping/nope.yaml", "task"]),
        (["dataset=nope"], ["there is no dataset/nope.yaml", "local, ", "zoo"]),
        (["dataset.path=null"], ["dataset.path must name an HDF5 file", "dataset.path=/"]),
        (["dataset=cnn_filter_db_v0", "dataset.path=null"], ["dataset.path must name the file", "kaggle.com"]),
        (["dataset=cnn_filter_db_v1", "dataset.download.md=x"], ["unknown key 'dataset.download.md'", "'md5'", "url"]),
        (["dataset.corrected=true"], ["dataset.corrected: there are no dataset.corrections of local"]),
        (["+dataset.corrections={a:b}"], ["dataset.corrections.a must hold keys"]),
        (["+dataset.corrections={a:{model:b}}"], ["dataset.corrections.a: model is no label"]),
        (["+dataset.corrections={a:{Task:[b]}}"], ["dataset.corrections.a: Task takes a label"]),
        (["+dataset.corrections={a:{Task:null}}"], ["dataset.corrections.a: Task takes a label"]),
        (["dataset.expected=[{quantity:filter,value:1}]"], ["dataset.expected: quantity must be one of filters, "]),
        (["dataset.expected=[{quantity:filters,value:[]}]"], ["dataset.expected: filters: value must be a number"]),
        (["dataset.expected=filters"], ["dataset.expected must be a list"]),
        (["dataset.name=a/b"], ["dataset.name must be up to 100 letters"]),
        (["dataset.name=.."], ["dataset.name must be up to 100 letters"]),
        ([f"dataset.name={'ab' * 51}"], ["dataset.name must be up to 100 letters"]),
        (["dataset.name=null"], ["dataset.name"]),
        (["bins=-1"], ["bins must be 1 to 10,000, not -1"]),
        (["bins=0"], ["bins must be 1 to 10,000, not 0"]),
        (["bins=99999999999"], ["bins must be 1 to 10,000, not 99999999999"]),
        (["bins=seventy"], ["bins", "'seventy'", "Integer"]),
        (["bins=70.5"], ["bins", "'70.5'", "Integer"]),
        (["shards=0"], ["shards must be 1 to 10,000, not 0"]),
        (["variants=[scaled,raw]"], ["variants", "scaled, unscaled", "raw"]),
        (["variants=[]"], ["variants", "scaled, unscaled"]),
        (["variants=scaled"], ["variants", "list"]),
        (["variants=[scaled,scaled]"], ["variants names one twice"]),
        (["grouping.task.order=size"], ["grouping.task.order", "shift, natural, label", "size"]),
        ([MINE, "+grouping.mine.bins=[1,0]"], ["grouping.mine.bins", "rising"]),
        ([MINE, "+grouping.mine.bins=[1]"], ["grouping.mine.bins", "two or more"]),
        ([MINE, "+grouping.mine.bins=five"], ["grouping.mine", "bins", "list"]),
        ([MINE, "+grouping.mine.bins=10"], ["grouping.mine", "bins must be a list of edges", "not 10"]),
        (["maps=[foo]"], ["maps: there is no grouping 'foo'; there are: absolute_depth, all, "]),
        (["placement.groupings=[taks]"], ["placement.groupings", "'taks'", "did you mean 'task'"]),
        ([MINE, "+grouping.mine.bins=[0,1]", "+grouping.mine.map={a:b}"], ["both bins and map"]),
        ([MINE, "+grouping.mine.where=Task"], ["grouping.mine", "where"]),
        ([MINE, "+grouping.mine.min_filters=few"], ["grouping.mine", "min_filters", "few", "Integer"]),
        (["+grouping.mine.by=5"], ["grouping.mine.by", "a column or a list of columns"]),
        (["+grouping.mine=Task"], ["grouping.mine"]),
        (["+grouping.mine=null"], ["grouping.mine"]),
        (["grouping=null"], ["grouping"]),
        (["dataset=null"], ["dataset"]),
        (["paper.figure_1=[task]"], ["paper.figure_1", "[grouping, label]"]),
        (["paper.figure_1=[[task]]"], ["paper.figure_1", "[grouping, label]"]),
        (["paper.figure_1=[[[all],all]]"], ["paper.figure_1", "[grouping, label]"]),
        (["uncertainty.resamples=100000000000"], ["uncertainty.resamples", "0 to 1,000,000"]),
        ([MINE, "+grouping.mine.where=[a]"], ["grouping.mine: where must hold keys"]),
        ([MINE, "+grouping.mine.map=[a,b]"], ["grouping.mine: map must hold keys"]),
        ([MINE, "+grouping.mine.where={Task:{a:b}}"], ["grouping.mine.where: Task takes labels"]),
        ([MINE, "+grouping.mine.exclude={Task:null}"], ["grouping.mine.exclude: Task takes labels, not None"]),
        ([MINE, "+grouping.mine.min_filters=-4"], ["grouping.mine.min_filters", "0 or more"]),
        ([MINE, "+grouping.mine.bins=[0,nan]"], ["grouping.mine.bins", "rising edges"]),
        (["+grouping.mine.bins=[0,1]"], ["grouping.mine.by", "one column that bins cut"]),
        (["bins=[1"], ["bins=[1"]),
        (["bins"], ["'bins'", "missing EQUAL"]),
        (["maps=[é]"], ["'maps=[é]': it has a character that means nothing here; values with", "quotes of their own"]),
        (["bins=${nope}"], ["bins", "nope"]),
        (["+grouping.a/b.by=Task"], ["a/b"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_mistake(overrides: list[str], parts: list[str]) -> None:
    message = mistake(*overrides)
    assert message.startswith("config: ")
    for part in parts:
        assert part in message
    assert "\n" not in message
    assert not re.search(r"\bAnyNode|\w+Config\b|not in struct|Structured config", message), "no words of the library"


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("bad name", "by: Task", "letters, digits, '_' and '-', not 'bad name'"),
        ("mine", "by: Task\nbins: [0, 1", "mine.yaml: "),
        ("mine", "bye: Task", "unknown key 'bye', did you mean 'by'"),
        ("mine", "by: Task\nmin_filters: few", "min_filters"),
        ("mine", "Task", "mine.yaml: "),
        ("mine", "- by: Task", "mine.yaml: does not hold 'key: value' lines"),
    ],
)
def test_mistake_in_a_file(folder: Path, name: str, text: str, part: str) -> None:
    (folder / f"grouping/{name}.yaml").write_text(text)
    message = mistake("grouping=[task,mine]", folder=folder)
    assert f"{name}.yaml: " in message
    assert part in message
    assert "\n" not in message


def test_mistake_in_the_root(folder: Path) -> None:
    root = folder / "config.yaml"
    root.write_text(root.read_text().replace("bins: 70", "bin: 70"))
    assert "unknown key 'bin', did you mean 'bins'" in mistake(folder=folder)
