from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from compared_models import compared_models
from filtershift.errors import FiltershiftError

NO_TABLE = Path("missing/models.csv")


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two model files of the same name."""
    paths = [tmp_path / folder / "net.safetensors" for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        save_file({"conv.weight": np.ones((2, 2, 3, 3), np.float32)}, path)
    return list(map(str, paths))


def test_files_are_told_apart(files: list[str]) -> None:
    found = compared_models(files, NO_TABLE, [])
    assert [(model.file, model.name) for model in found] == [(files[0], "a/net"), (files[1], "b/net")]
    assert [model.name for model in compared_models([{"file": files[0], "name": "old"}, files[1]], NO_TABLE, [])] == [
        "old",
        "net",
    ]


def test_names_of_the_data_set_have_no_file(files: list[str], tmp_path: Path) -> None:
    table = tmp_path / "models.csv"
    table.write_text("model_id,model\n7,resnet.pt\n8,other\n")
    found = compared_models(["resnet.pt", files[0]], table, [])
    assert [(model.file, model.name) for model in found] == [("", "resnet.pt"), (files[0], "net")]
    assert [model.name for model in compared_models(["8", 7], table, [])] == ["8", "7"]
    with pytest.raises(
        FiltershiftError, match="'othr' is neither a file nor a model of the data set, did you mean 'ot"
    ):
        compared_models(["othr", "other"], table, [])
    with pytest.raises(FiltershiftError, match=r"; there are zoo1, zoo2$"):
        compared_models(["x", "zoo1"], NO_TABLE, ["zoo1", "zoo2"])


def test_a_mistake_is_one_line(files: list[str]) -> None:
    with pytest.raises(FiltershiftError, match=r"takes two models, as in layerwise.models=\[.*\], not 1"):
        compared_models(files[:1], NO_TABLE, [])
    with pytest.raises(FiltershiftError, match=r"layerwise.models: .*gone.pt: no such file"):
        compared_models([files[0], "gone.pt"], NO_TABLE, [])
    with pytest.raises(FiltershiftError, match=r"takes two models, but .*\*.safetensors names 2"):
        compared_models([str(Path(files[0]).parents[1] / "*" / "*.safetensors"), "m"], NO_TABLE, ["m"])
    assert compared_models([], NO_TABLE, []) == []
