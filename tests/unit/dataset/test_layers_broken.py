"""Layer tables that cannot be right are refused in one line."""

import h5py
import numpy as np
import pandas as pd
import pytest

import filtershift.dataset.layers
from filtershift.dataset.layers import read_layers
from filtershift.errors import FiltershiftError
from layer_files import dataset

BAD_IDS = {
    "beyond the end": (["0:3", "90:100"], "row 1", "filter_ids holds 90:100", "0 to 99"),
    "far beyond": (["0:3", "90:999999999999999999"], "row 1", "0 to 99"),
    "too far to count": (["0:9" + 30 * "9"], "row 0", "first and last id"),
    "reversed": (["5:3"], "row 0", "filter_ids holds 5:3"),
    "negative": (["-3:5"], "row 0", "filter_ids holds -3:5", "none negative"),
    "overlap": (["0:9", "20:29", "5:12"], "row 2", "filter_ids has 5, and so has row 0"),
    "within": (["0:50", "3:4", "7:8"], "row 1", "filter_ids has 3, and so has row 0"),
    "equal": (["0:9", "0:9"], "filter_ids has 0, and so has row"),
    "twice": (["0:5 3:8"], "row 0", "filter_ids has 3, twice"),
    "listed twice": ([[1, 2, 2]], "row 0", "filter_ids has 2, twice"),
    "negative in a list": ([[-1, 0]], "row 0", "filter_ids holds -1:0"),
    "beyond in a list": ([[0, 100]], "row 0", "filter_ids holds 100:100"),
    "missing": (["0:3", ""], "row 1", "filter_ids is missing"),
    "empty list": ([[0], []], "row 1", "filter_ids is ''"),
    "words": (["0:3", "all\nof them"], "row 1", r"filter_ids is 'all\nof them'"),
    "three ends": (["0:3:4"], "row 0", "filter_ids is '0:3:4'"),
    "fraction": (["0.5:3"], "row 0", "filter_ids is '0.5:3'"),
}


def refused(path, *words):
    with pytest.raises(FiltershiftError) as error:
        read_layers(path)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    for word in words:
        assert word in message


@pytest.mark.parametrize("name", BAD_IDS)
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_ids_that_cannot_be_right(tmp_path, name):
    ids, *words = BAD_IDS[name]
    refused(dataset(tmp_path / "d.h5", ids), *words, "expected")


@pytest.mark.parametrize(
    ("column", "values", "wrong"),
    [
        ("conv_depth_norm", ["0", "1.0000001"], "'1.0000001'"),
        ("conv_depth_norm", ["0", "-0.1"], "'-0.1'"),
        ("conv_depth_norm", ["0", ""], "missing"),
        ("conv_depth_norm", ["0", "deep"], "'deep'"),
        ("conv_depth", ["0", "1.5"], "'1.5'"),
        ("conv_depth", ["0", ""], "missing"),
        ("model_id", ["0", "resnet"], "'resnet'"),
        ("model_id", ["0", "inf"], "'inf'"),
    ],
)
def test_numbers_that_cannot_be_right(tmp_path, column, values, wrong):
    path = dataset(tmp_path / "d.h5", ["0:3", "4:7"], **{column: values})
    refused(path, "row 1 of /meta", f"{column} is {wrong}", "expected")


@pytest.mark.parametrize("column", ["model_id", "conv_depth", "conv_depth_norm", "filter_ids"])
def test_missing_columns_list_those_found(tmp_path, column):
    meta = pd.DataFrame(
        {"model_id": [0], "conv_depth": [0], "conv_depth_norm": [0], "Task": [0], "filter_ids": ["0:9"]}
    )
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["filters"] = np.ones((10, 9))
        file["meta"] = np.frombuffer(meta.drop(columns=column).to_csv(index=False).encode(), np.uint8)
    refused(tmp_path / "d.h5", f"no column '{column}'", "found ", "'Task'")


def test_ids_that_do_not_print(tmp_path):
    refused(dataset(tmp_path / "d.h5", ["0:3"], model_id=["\x1b[31m"]), r"(model_id \x1b[31m, conv_depth 0)")


def test_no_rows(tmp_path):
    refused(dataset(tmp_path / "d.h5", []), "/meta has no rows")


@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_a_long_label_over_and_over(tmp_path, monkeypatch):
    """Once in the file, a megabyte in each row of the table."""
    monkeypatch.setattr(filtershift.dataset.layers, "MAX_TEXT", 2**24)
    n = 20
    path = dataset(tmp_path / "d.h5", [[i] for i in range(n)], n, Task=["x" * 2**20] * n)
    assert path.stat().st_size < 2**22
    refused(path, "/meta has 20,9", "characters of text; expected at most 16,777,216")
