"""Lists of models: files, names and labels."""

import pytest

from filtershift.dataset.models.listed import ModelFile, listed_models, parts_of
from filtershift.errors import FiltershiftError

MODEL = b"\x08\x07\x12\x04test"  # as ONNX files begin


@pytest.fixture
def folder(tmp_path):
    for name in ("a.onnx", "b.safetensors", "sub/c.pt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(MODEL)
    return tmp_path


def test_openvino_weights_beside_the_file(tmp_path):
    for name in ("m.xml", "m.bin", "n.bin"):
        (tmp_path / name).touch()
    assert parts_of(ModelFile(str(tmp_path / "m.xml"))) == [tmp_path / "m.xml", tmp_path / "m.bin"]


def test_a_list_of_all_kinds(folder):
    (folder / "list.yaml").write_text("- sub/c.pt\n- {file: a.onnx, name: again, labels: {Task: 5, Paper: null}}\n")
    entries = ["a.onnx", {"file": "b.safetensors", "labels": {"Task": "Classification"}}, "list.yaml"]
    assert listed_models(entries, folder) == [
        ModelFile(f"{folder}/a.onnx", "a"),
        ModelFile(f"{folder}/b.safetensors", "b", {"Task": "Classification"}),
        ModelFile(f"{folder}/sub/c.pt", "c"),
        ModelFile(f"{folder}/a.onnx", "again", {"Task": 5}),
    ]


def test_paths_in_a_list_start_where_it_is(folder):
    (folder / "sub/list.yml").write_text("- c.pt\n- ../a.onnx\n")
    assert [model.name for model in listed_models([str(folder / "sub/list.yml")])] == ["c", "a"]


def test_paths_start_here(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert listed_models(["a.onnx"]) == [ModelFile("a.onnx", "a")]
    monkeypatch.setenv("HOME", str(folder))
    assert listed_models(["~/a.onnx"]) == [ModelFile(f"{folder}/a.onnx", "a")]


def test_the_name_of_an_index(folder):
    (folder / "net.safetensors.index.json").write_text('{"weight_map": {}}')
    assert listed_models(["net.safetensors.index.json"], folder)[0].name == "net"


@pytest.mark.parametrize(
    ("entries", "part"),
    [
        (
            ["gone.pt"],
            "gone.pt: no such file; the folder has a.onnx, b.safetensors, bad.yaml, empty.pt, nested.yaml, …",
        ),
        (["a_net.onnx"], "/a_net.onnx: no such file; did you mean"),
        (["a.pt"], "a.pt: no such file; did you mean"),
        (["no/a.pt"], "a.pt: no such file; there is no folder"),
        (["ck_*.pth"], "ck_*.pth: no file matches this pattern; the folder has a.onnx"),
        (
            [{"file": "*.onnx", "name": "a"}, {"file": "[ab].*", "name": "b"}],
            "[ab].*: 2 files cannot all be called 'b'",
        ),
        (["empty.pt"], "/empty.pt is empty (0 bytes); get the file again"),
        (["sub/net.py"], "/sub/net.py is Python source; run it and save the model that it makes"),
        ([{"file": "a.onnx", "name": "x"}, {"file": "sub/c.pt", "name": "x"}], "2 models are called 'x'"),
        (["gone.yaml"], "gone.yaml: no such file"),
        (["sub"], "sub is a folder of model files (c.pt); give one, or all as "),
        ([5], "'5' is not a model; expected a path, or file, name and labels"),
        ([None], "'None' is not a model"),
        ([{"name": "a"}], "is not a model"),
        ([{"file": "a.onnx", "nme": "a"}], "a.onnx: unknown key 'nme'; known are file, name, labels"),
        ([{"file": "a.onnx", "labels": {"kernel": "a"}}], "a.onnx: the label 'kernel' is a column already"),
        ([{"file": "a.onnx", "labels": {"Task": [1]}}], "a.onnx: the label 'Task' is '[1]'; expected text or a number"),
        ([{"file": "a.onnx", "labels": "Task"}], "a.onnx: labels must be LABEL: VALUE pairs, not 'Task'"),
        (["a.onnx", "a.onnx"], "a.onnx: is listed twice; each model needs its own name"),
        (["bad.yaml"], "bad.yaml: does not hold a list of models"),
        (["worse.yaml"], "worse.yaml: "),
        (["nested.yaml"], "nested.yaml"),
    ],
)
def test_a_mistake_in_a_list_is_one_line(entries, part, folder):
    (folder / "bad.yaml").write_text("a.onnx: 1\n")
    (folder / "empty.pt").touch()
    (folder / "sub/net.py").write_text("import torch\n")
    (folder / "worse.yaml").write_text("- {a\n- ]")
    (folder / "nested.yaml").write_text("- nested.yaml\n- nested.yaml\n")
    with pytest.raises(FiltershiftError) as refused:
        listed_models(entries, folder)
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_pattern_of_folders_has_no_folder_to_look_into(folder):
    with pytest.raises(FiltershiftError, match=r"runs\*/a\.pt: no file matches this pattern$"):
        listed_models(["runs*/a.pt"], folder)


def test_a_pattern_is_its_files_in_natural_order(folder):
    for name in ("ck_2.pth", "ck_10.pth", "ck_1.pth.tar"):
        (folder / name).write_bytes(MODEL)
    models = listed_models([{"file": "ck_*", "labels": {"Task": "Classification"}}], folder)
    assert [model.name for model in models] == ["ck_1", "ck_2", "ck_10"]
    assert {model.labels["Task"] for model in models} == {"Classification"}
    (folder / "ck_[1].pth").write_bytes(MODEL)
    assert [model.name for model in listed_models(["ck_[1].pth"], folder)] == ["ck_[1]"]


def test_files_of_one_name_are_told_apart(folder):
    for name in ("runA/best.pt", "runB/best.pt", "sub/c.onnx"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(MODEL)
    entries = ["runA/best.pt", "runB/best.pt", "sub/c.pt", "sub/c.onnx", "a.onnx"]
    assert [model.name for model in listed_models(entries, folder)] == [
        *("runA/best", "runB/best", "c.pt", "c.onnx", "a")
    ]
