from pathlib import Path

import pytest

from answer_names import LONGEST, request_name
from filtershift.dataset.models.listed import ModelFile
from filtershift.errors import FiltershiftError


def placed(*files: str) -> list[ModelFile]:
    return [ModelFile(file, Path(file).stem) for file in files]


def test_a_name_is_readable_and_short() -> None:
    name = request_name(placed("a/it's mine.onnx", "b.pt"), None)
    assert name.startswith("it-s-mine-b-")
    long = request_name(placed(*(f"{k}.onnx" for k in range(100))), None)
    assert len(long) <= LONGEST
    assert request_name(placed("…/模型.onnx"), None).startswith("models-")


def test_other_models_have_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert request_name(placed("a/net.onnx"), None) != request_name(placed("b/net.onnx"), None)
    assert request_name(placed("net.onnx"), None) == request_name(placed(f"{tmp_path}/net.onnx"), None)


def test_a_chosen_name() -> None:
    assert request_name(placed("a.onnx"), "mine") == "mine"
    with pytest.raises(FiltershiftError, match=r"placement.name must be .*, not '../x'"):
        request_name(placed("a.onnx"), "../x")
