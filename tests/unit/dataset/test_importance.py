"""The importance of layers, given by column or by name."""

import pandas as pd
import pytest

from filtershift.dataset.importance import importance_of_layers
from filtershift.errors import FiltershiftError

LAYERS = pd.DataFrame(
    {
        "model": ["a", "a", "1", "1"],
        "layer_name": ["conv1", "conv2", "conv1", None],
        "criticality": ["0.5", "-1e-3", None, "2"],
        "Task": ["x", None, "x", "x"],
    },
    index=pd.Index([3, 4, 5, 9], name="layer"),
)


@pytest.fixture
def written(tmp_path):
    """Write a table and give its path."""

    def write(text):
        path = tmp_path / "importance.csv"
        path.write_text(text)
        return str(path)

    return write


def refused(given, *parts):
    with pytest.raises(FiltershiftError) as caught:
        importance_of_layers(LAYERS, given)
    assert all(part in str(caught.value) for part in ("importance", *parts)), str(caught.value)


def test_a_column_of_numbers():
    importance, left = importance_of_layers(LAYERS, "criticality")
    assert importance.fillna(-9).tolist() == [0.5, -0.001, -9, 2]
    assert importance.index.tolist() == [3, 4, 5, 9]
    assert left.empty


def test_a_column_that_is_none_or_has_words():
    refused("critcality", "'critcality'", "did you mean 'criticality'?")
    refused("Task", "layer 3", "'x'", "number")


def test_a_table_gives_layers_by_name_and_what_fits_none_is_listed(written):
    path = written("note,importance,layer_name,model\n,7,conv2,a\nx,.5,conv1,1\n,3,conv9,a\n,,conv1,a\n")
    importance, left = importance_of_layers(LAYERS, path)
    assert importance.fillna(-9).tolist() == [-9, 7, 0.5, -9]
    assert importance.index.tolist() == [3, 4, 5, 9]
    assert left.to_numpy().tolist() == [["importance", "a, layer conv9", "the data set has no such layer", 0]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["not a CSV file"]),
        ("model,layer_name\na,conv1\n", ["no column 'importance'"]),
        ("model,layer_name,importance\na,conv1,1\na,conv2,high\n", ["row 3", "'high'", "number"]),
        ("model,layer_name,importance\na,conv1,1\na,conv1,2\n", ["row 3", "'conv1'", "already"]),
        ("model,layer_name,importance\nb,conv1,1\n", ["no row fits", "'a', 'conv1'", "'b', 'conv1'"]),
        ("model,layer_name,importance\n", ["has no rows"]),
    ],
)
def test_a_table_that_cannot_be_used_says_why(written, text, parts):
    path = written(text)
    refused(path, path, *parts)


def test_a_table_that_is_missing(tmp_path):
    refused(str(tmp_path / "none.csv"), "none.csv", "CSV file")


def test_layers_without_names_need_a_column(written):
    with pytest.raises(FiltershiftError, match="have no names"):
        importance_of_layers(LAYERS.drop(columns="layer_name"), written("model,layer_name,importance\na,conv1,1\n"))
