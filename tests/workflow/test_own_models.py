"""Models of one's own, of every kind, become a data set, alone or after the layers of another."""

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import helper, numpy_helper
from safetensors.numpy import save

from running import ROOT, Done, jobs_of, snakemake
from small_dataset import small_filters, write_small

OWN = ["dataset=own", "dataset.name=mine", "grouping=[task]"]
TABLES = ["results/mine/layers.csv", "results/mine/models.csv", "resources/mine/skipped.csv"]
MODELS = "dataset.models=[net.onnx,'in a folder/net,1.safetensors',list.yaml]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an ONNX, a safetensors and a PyTorch file; a list gives the last a name and labels."""
    rng = np.random.default_rng(0)
    kernels = [rng.normal(size=(4, 2, 3, 3)).astype(np.float32), rng.normal(size=(2, 4, 3, 3)).astype(np.float32)]
    nodes = [helper.make_node("Conv", ["x", "a"], ["1"], "A"), helper.make_node("Conv", ["1", "b"], ["y"], "B")]
    ends = [helper.make_tensor_value_info(name, 1, None) for name in "xy"]
    tensors = [numpy_helper.from_array(kernel, name) for kernel, name in zip(kernels, "ab", strict=True)]
    onnx.save(helper.make_model(helper.make_graph(nodes, "g", ends[:1], ends[1:], tensors)), tmp_path / "net.onnx")
    (tmp_path / "in a folder").mkdir()
    (tmp_path / "in a folder/net,1.safetensors").write_bytes(save({"c.weight": kernels[0], "d.weight": kernels[1]}))
    shutil.copy(ROOT / "tests/data/torch/training.pt", tmp_path)
    (tmp_path / "page.pt").write_bytes(b"<!DOCTYPE html>")
    (tmp_path / "list.yaml").write_text("- {file: training.pt, name: My net, labels: {Task: $x_1$ <b>}}\n")
    return tmp_path


def run(folder: Path, *arguments: str, overrides: tuple[str, ...] = (MODELS,)) -> Done:
    return snakemake(ROOT, folder, *arguments, "--config", f"overrides={json.dumps([*OWN, *overrides])}")


def test_models_of_all_kinds(folder: Path) -> None:
    done = run(folder, *TABLES)
    assert done.returncode == 0, done.stdout
    layers = pd.read_csv(folder / TABLES[0])
    assert layers["model"].tolist() == ["net", "net", "net,1", "net,1", *["My net"] * 4]
    assert layers["depth_source"].tolist() == ["graph", "graph", "names", "names", *["order"] * 4]
    models = pd.read_csv(folder / TABLES[1])
    assert models["n_filters"].tolist() == [16, 16, 30]
    assert models["Task"].tolist()[2] == "$x_1$ <b>"
    left_out = pd.read_csv(folder / TABLES[2])["name"].tolist()
    assert left_out == ["My net: ema", "My net: optimizer", "My net: tied"]

    assert jobs_of(run(folder, *TABLES, "--dry-run").stdout) == set()
    (folder / "in a folder/net,1.safetensors").write_bytes(save({"c.weight": np.ones((2, 2, 3, 3), np.float32)}))
    assert jobs_of(run(folder, *TABLES, "--dry-run").stdout) == {"own", "layers", "labels"}


def test_models_after_the_layers_of_a_file(folder: Path) -> None:
    write_small(folder / "small.h5")
    done = run(folder, *TABLES[:2], overrides=(MODELS, "dataset.extend=small.h5"))
    assert done.returncode == 0, done.stdout
    layers, meta = pd.read_csv(folder / TABLES[0]), small_filters()[1]
    assert len(layers) == len(meta) + 8
    for column in ("model", "Name", "op_set", "out_channels", "conv_depth"):
        assert layers[column][: len(meta)].equals(meta[column].astype(layers[column].dtype)), column
    assert pd.read_csv(folder / TABLES[1])["model_id"].tolist() == list(range(9))


def test_models_after_a_data_set_that_is_built_for_it(folder: Path) -> None:
    done = run(folder, "--dry-run", TABLES[0], overrides=(MODELS, "dataset.extend=synthetic"))
    assert jobs_of(done.stdout) == {"synthetic", "own", "layers", "labels"}


@pytest.mark.parametrize(
    ("models", "parts"),
    [
        (
            "[{file: net.onnx, labels: {kernel: a}}]",
            ["net.onnx: the label 'kernel' is a column"],
        ),
        (
            "[{file: training.pt,name: training},{file: net.onnx,name: training}]",
            ["error: config: dataset.models: training.pt, net.onnx: 2 models are called 'training'"],
        ),
        ("[net.onnx,page.pt]", ["error: config: dataset.models: page.pt is a web page"]),
    ],
)
def test_a_mistake_is_one_line_before_anything_runs(folder: Path, models: str, parts: list[str]) -> None:
    done = run(folder, TABLES[0], "--dry-run", overrides=(f"dataset.models={models}",))
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert any(all(part in line for part in parts) for line in done.stdout.splitlines()), done.stdout


def test_no_filter_in_any_model_is_one_line(folder: Path) -> None:
    """What only a look at all its tensors tells is said by the job."""
    (folder / "a.safetensors").write_bytes(save({"c.weight": np.ones((4, 4, 1, 1), np.float32)}))
    done = run(folder, TABLES[0], overrides=("dataset.models=[a.safetensors]",))
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    *_, said, log = done.stdout.splitlines()
    reason = "no readable 3×3 convolution; its kernels are 1×1"
    assert said == f"error: resources/mine/dataset.h5: no 3×3 filters in a: {reason}"
    assert log == "log: resources/mine/own.log"
    assert not (folder / "resources/mine/dataset.h5").exists()
