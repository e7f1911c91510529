"""Filters: read, chosen, joined, saved and shown."""

import numpy as np
import pandas as pd
import pytest

import filtershift
from filtershift import FiltershiftError
from six_layers import LAYERS, TASK


def same(filters: filtershift.Filters, layers: list[int]) -> bool:
    """Whether these are the filters of these layers, in this order."""
    expected = [LAYERS[k].reshape(-1, 3, 3) for k in layers]
    return len(filters) == len(layers) and all(map(np.array_equal, filters, expected))


def test_layers_are_read_by_number_by_name_and_in_turn(dataset) -> None:
    assert repr(dataset) == f"<{sum(layer.size // 9 for layer in LAYERS):,} filters of 6 layers>"
    assert same(dataset, [0, 1, 2, 3, 4, 5])
    assert np.array_equal(dataset.where(Task="c")[3], LAYERS[3].reshape(-1, 3, 3))
    assert np.array_equal(dataset["y.head"], LAYERS[3].reshape(-1, 3, 3))
    assert np.array_equal(dataset.where(model="y")["stem"], LAYERS[2].reshape(-1, 3, 3))


def test_slices_and_sums_are_filters(dataset) -> None:
    assert same(dataset[2:5], [2, 3, 4])
    assert same(dataset[-1:], [5])
    assert same(dataset[4:] + dataset[:1], [4, 5, 0])
    assert same(sum([dataset[:1], dataset[3:4], dataset[5:]]), [0, 3, 5])
    other = filtershift.from_arrays({"one": LAYERS[2]})
    assert same(other + dataset + other, [2, 0, 1, 2, 3, 4, 5, 2])


def test_models_of_one_source_stay_and_those_of_others_are_apart(dataset) -> None:
    arrays = filtershift.from_arrays(LAYERS[0]), filtershift.from_arrays(LAYERS[1])
    both = dataset[:1] + dataset[1:3] + arrays[0] + arrays[1]
    assert both.layers["model"].tolist() == ["x", "x", "y", "arrays (2)", "arrays (3)"]
    assert both.layers["model_id"].tolist() == [0, 0, 1, 2, 3]
    assert both.layers.index.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("choose", "chosen"),
    [
        (lambda data: data.where(Task="b"), [1, 4]),
        (lambda data: data.where(Task=["c", "b"]), [1, 3, 4]),
        (lambda data: data.where(Task={"c", "b"}, conv_depth=0), [4]),
        (lambda data: data.where({"Task": "a"}, model="z"), [5]),
        (lambda data: data.where(epoch=10), [2, 3]),
        (lambda data: data.where(epoch=[1, None]), [0, 1, 4, 5]),
        (lambda data: data.where(data.layers["epoch"] > 1), [2, 3]),
        (lambda data: data.where(data.layers["n_filters"].to_numpy() > 220), [5]),
        (lambda data: data.where([task == "c" for task in TASK]), [3]),
        (lambda data: data[3:].where(data.layers["Task"].str.contains("[ab]")), [4, 5]),
    ],
)
def test_where(dataset, choose, chosen) -> None:
    assert same(choose(dataset), chosen)


def test_a_column_of_ones_own(dataset) -> None:
    dataset.layers["half"] = ["first"] * 3 + ["second"] * 3
    assert same(dataset.where(half="second"), [3, 4, 5])


def test_saved_filters_are_a_data_set(dataset, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("filtershift.notebook.filters.filters.BLOCK", 100)  # a layer takes several
    chosen = dataset.where(Task=["b", "c"]) + filtershift.from_arrays({"one": LAYERS[0], "none": np.zeros((0, 9))})
    chosen.save(tmp_path / "own.h5")
    saved = filtershift.open_dataset(tmp_path / "own.h5")
    assert same(saved, [1, 3, 4, 0])
    for column in ("model", "Task", "layer_name", "epoch"):
        pd.testing.assert_series_equal(
            saved.layers[column], chosen.layers[column][:4], check_dtype=False, check_index_type=False
        )
    saved.save(tmp_path / "own.h5")
    assert same(filtershift.open_dataset(tmp_path / "own.h5"), [1, 3, 4, 0])


def test_the_type_of_weights_is_kept(dataset, tmp_path) -> None:
    exact = np.full((4, 9), 1 / 3)
    (dataset + filtershift.from_arrays(exact)).save(tmp_path / "own.h5")
    saved = filtershift.open_dataset(tmp_path / "own.h5")
    assert np.array_equal(saved[6].reshape(-1, 9), exact)


def test_how_it_is_shown(dataset) -> None:
    page = dataset._repr_html_()
    assert "6 layers&gt;" in page
    assert "y.head" in page
    assert page.index("<p>") < page.index("<table")
    assert dataset._ipython_key_completions_()[:2] == ["stem", "head"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda data: data[6], "there is no layer 6; numbers go from 0 to 5"),
        (lambda data: data[[1, 2]], r"there is no layer \[1, 2\]"),
        (lambda data: data[True], "there is no layer True"),
        (lambda data: data[None], "there is no layer None"),
        (lambda data: data["y.hed"], "no layer is called 'y.hed' \\(did you mean 'y.head'\\?\\)"),
        (lambda data: data["stem"], "2 layers are called 'stem', of the models x, y"),
        (lambda data: data["Task"], r"is a column, not a layer; it is filters.layers\['Task'\]"),
        (lambda data: data["a":"b"], "takes whole numbers"),
        (lambda data: data.where(task="a"), r"no column 'task' \(did you mean 'Task'\?\); theirs are: model_id"),
        (lambda data: data.where(Task="d"), "no layer has Task='d'; there is a, b, c"),
        (lambda data: data.where(Task="A"), "did you mean 'a'"),
        (lambda data: data.where(Task=lambda task: task == "a"), "where compares for equality.*of type function"),
        (lambda data: data.where(Task={"a": 1}), "where compares for equality"),
        (lambda data: data.where(Task=np.zeros((2, 2))), "where compares for equality"),
        (lambda data: data.where(lambda layers: layers.Task == "a"), "a boolean for each of the 6 layers"),
        (lambda data: data.where("a"), "a boolean for each of the 6 layers.*not 'a'"),
        (lambda data: data.where([True, False]), "this mask has 2"),
        (lambda data: data.where([0, 1, 2, 3, 4, 5]), "a boolean for each of the 6 layers.*not 0"),
        (lambda data: data.where(data.layers), "of type DataFrame"),
        (lambda data: data.where(data.layers["epoch"] > 99), "the mask is true for none"),
        (lambda data: data.where(pd.Series([True] * 6, range(3, 9))), "another index"),
        (lambda data: data + 3, "only Filters can be added to Filters, not 3"),
        (lambda data: 3 + data, "Filters only, not to 3"),
        (lambda data: data + LAYERS[0], "of type ndarray; from_arrays makes them"),
        (lambda data: data.save(3), "save expects the path of a file, not 3"),
        (lambda data: data.save("/nowhere/own.h5"), "/nowhere/own.h5: cannot be written"),
        (lambda data: data[:0].save("own.h5"), "cannot be saved without a filter"),
    ],
)
def test_mistakes_are_one_line(dataset, wrong, said) -> None:
    with pytest.raises(FiltershiftError, match=said) as error:
        wrong(dataset)
    assert "\n" not in str(error.value)
