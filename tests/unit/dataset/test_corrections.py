"""Labels are corrected in all layers of a model, and nowhere else; what fits nothing is listed."""

from pathlib import Path

import pandas as pd
import pytest

from filtershift.dataset.corrections import FIXED, with_corrections
from filtershift.dataset.layer_table import load_texts
from filtershift.dataset.layers import FIRST, read_layers
from filtershift.dataset.model_table import model_table
from filtershift.files import write_table
from layer_files import DATA, FIXTURES

LAYERS = pd.DataFrame({"model": ["a", "a", "a b", "b"], "Task": ["x", "y", None, "z"], "depth": ["1", "1", "2.0", "2"]})


def test_labels_of_a_model_in_all_of_its_layers() -> None:
    before = LAYERS.copy()
    table, unused = with_corrections(LAYERS, {"a": {"Task": "new"}, "a b": {"Task": "y", "depth": "deep"}})
    assert table["Task"].tolist() == ["new", "new", "y", "z"]
    assert table["depth"].tolist() == ["1", "1", "deep", "2"]
    assert table["model"].tolist() == LAYERS["model"].tolist()
    assert unused.empty
    pd.testing.assert_frame_equal(LAYERS, before)


def test_what_fits_nothing_is_listed() -> None:
    table, unused = with_corrections(LAYERS, {"A": {"Task": "new", "depth": "3"}, "b": {"Tusk": "new"}})
    pd.testing.assert_frame_equal(table, LAYERS)
    assert unused.to_numpy().tolist() == [
        ["correction", "A: Task", "the data set has no such model", 0],
        ["correction", "A: depth", "the data set has no such model", 0],
        ["correction", "b: Tusk", "the data set has no such column", 0],
    ]


@pytest.mark.parametrize("name", FIXTURES)
def test_without_corrections_tables_are_those_of_the_file(name: str, tmp_path: Path) -> None:
    layers = read_layers(DATA / f"{name}.h5").layers
    write_table(tmp_path / "stored.csv", layers, index=True)
    same, _ = with_corrections(load_texts(tmp_path / "stored.csv"), {})
    for kind, before, after in (("layers", layers, same), ("models", model_table(layers), model_table(same))):
        write_table(tmp_path / f"{kind}.before.csv", before, index=True)
        write_table(tmp_path / f"{kind}.csv", after, index=True)
        assert (tmp_path / f"{kind}.csv").read_bytes() == (tmp_path / f"{kind}.before.csv").read_bytes()


def test_what_says_which_layers_there_are_is_no_label() -> None:
    assert set(FIXED) == {"layer", *FIRST}
