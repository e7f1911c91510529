"""The command, called as a function: its help, its tables, its mistakes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from filtershift.notebook.cli import main
from six_layers import LAYERS


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    tensors = {f"conv{k}.weight": np.ascontiguousarray(LAYERS[k]) for k in range(2)}
    save_file({**tensors, "big.weight": np.ones((2, 2, 5, 5), np.float32)}, tmp_path / "x.safetensors")
    return tmp_path / "x.safetensors"


@pytest.mark.parametrize("command", ["place", "layers", "explore"])
def test_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"example:\n  filtershift {command} my.onnx" in capsys.readouterr().out


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    for command in ("place", "layers", "explore"):
        assert f"  filtershift {command} my.onnx" in said


@pytest.mark.usefixtures("model")
def test_layers_are_a_row_each(capsys: pytest.CaptureFixture[str]) -> None:
    main(["layers", "x.safetensors"])
    said = capsys.readouterr()
    header, *rows = said.out.splitlines()
    assert header.split()[:4] == ["model", "layer_name", "n_filters", "state"]
    assert [row.split()[1] for row in rows] == ["conv0", "conv1"]
    main(["layers", "x.safetensors", "--csv", "layers.csv"])
    assert len(pd.read_csv("layers.csv")) == 2
    assert "wrote layers.csv" in capsys.readouterr().out


def test_several_models_are_explored_together(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (model.parent / "y.safetensors").write_bytes(model.read_bytes())
    main(["explore", "x.safetensors", "y.safetensors", "--out", "page.html"])
    assert capsys.readouterr().out == "open page.html\n"
    text = Path("page.html").read_text()
    assert '"x", "y"' in text or '"x","y"' in text


def test_files_of_one_name_are_told_apart_and_what_is_left_out_is_named(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, value in (("a", 1.0), ("b", np.nan)):
        Path(folder).mkdir()
        save_file({"c.weight": np.full((2, 2, 3, 3), value, np.float32)}, f"{folder}/net.safetensors")
    save_file({"c.weight": np.ones((2, 2, 1, 1), np.float32)}, "none.safetensors")
    main(["layers", "a/net.safetensors", "b/net.safetensors", "none.safetensors"])
    said = capsys.readouterr()
    assert [row.split()[0] for row in said.out.splitlines()[1:]] == ["a/net", "b/net"]
    assert said.err == "left out: model none (no readable 3×3 convolution; its kernels are 1×1), and 1 more\n"
    for command in ("layers", "explore"):
        with pytest.raises(SystemExit, match=r"^error: <4 filters of 1 layers> of net: none is finite"):
            main([command, "b/net.safetensors"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["layers", "none.onnx"], "error: none.onnx: no such file"),
        (["layers", "notes.txt"], "error: notes.txt"),
        (["place", "x.safetensors", "--reference", "none.zip"], "error: none.zip: no such file; expected a bundle"),
        (["place", "x.safetensors", "--reference", "notes.txt"], "error: notes.txt: is no bundle"),
        (["explore", "x.safetensors", "--out", "notes.txt/page.html"], "error: notes.txt/page.html: the page cannot"),
    ],
)
@pytest.mark.usefixtures("model")
def test_mistakes_end_in_one_line(words: list[str], said: str) -> None:
    Path("notes.txt").write_text("no model")
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert str(ended.value.code).startswith(said)
    assert "\n" not in str(ended.value.code)
