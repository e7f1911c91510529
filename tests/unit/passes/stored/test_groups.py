"""Results of groups as files, whatever the labels."""

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filtershift.passes.stored.groups import (
    load_bases,
    load_group_arrays,
    missing_panels,
    save_bases,
    save_group_arrays,
)
from numpy_reference import made_basis

ODD = [
    "b",
    "a",
    "a/b",
    "a%2Fb",
    "/a",
    "a/",
    "a//b",
    "/",
    ".",
    "..",
    "...",
    "./a",
    "%2E",
    "%2E%2E",
    "%",
    "%%",
    " ",
    "\n",
]
ODD += [
    "line\nbreak",
    "漢字 Größe",
    "\u202ebidi",
    "x" * 500,
    "x" * 499 + "/",
    "1",
    "01",
    "counts",
    "label",
    '"',
    "\\",
    "ü" * 500,
]


def round_trip(path, labels, shared=None):
    groups = {label: {"counts": np.full((9, 3), k), "n": k} for k, label in enumerate(labels)}
    save_group_arrays(path, groups, shared)
    read, read_shared = load_group_arrays(path)
    assert list(read) == list(groups)
    for k, arrays in enumerate(read.values()):
        assert set(arrays) == {"counts", "n"}
        np.testing.assert_array_equal(arrays["counts"], np.full((9, 3), k))
        assert int(arrays["n"]) == k
    return read_shared


@pytest.mark.parametrize("labels", [ODD, ODD[::-1], []], ids=["odd", "reversed", "none"])
def test_any_label_is_read_back_in_order(tmp_path, labels):
    assert round_trip(tmp_path / "groups.h5", labels) == {}


@given(
    labels=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), unique=True)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_label(tmp_path, labels):
    round_trip(tmp_path / "groups.h5", labels)


def test_hundreds_of_groups_keep_their_order(tmp_path, rng):
    round_trip(tmp_path / "groups.h5", [f"model {k}" for k in rng.permutation(391)])


def test_every_group_is_a_single_node_of_its_file(tmp_path):
    round_trip(tmp_path / "groups.h5", ODD)
    with h5py.File(tmp_path / "groups.h5") as file:
        assert len(file) == len(ODD)
        assert sorted(node.attrs["label"] for node in file.values()) == sorted(ODD)


@pytest.mark.parametrize("name", ["x", "edges", "window"])
def test_a_group_may_be_called_like_a_shared_array(tmp_path, name):
    shared = {"x": np.arange(3.0), "edges": np.arange(71.0), "window": np.zeros((9, 2))}
    read = round_trip(tmp_path / "groups.h5", ["a", name], shared)
    assert set(read) == set(shared)
    for key, values in shared.items():
        np.testing.assert_array_equal(read[key], values)


def test_arrays_keep_their_type_and_bits(tmp_path, rng):
    arrays = {
        "large": rng.normal(size=(9, 1024)),
        "counts": rng.integers(0, 2**60, (9, 560)),
        "missing": np.full(9, np.nan),
        "number": np.int64(2**60 + 1),
        "empty": np.empty((0, 9), np.float32),
    }
    save_group_arrays(tmp_path / "groups.h5", {"a": arrays})
    read = load_group_arrays(tmp_path / "groups.h5")[0]["a"]
    for name, values in arrays.items():
        assert (read[name].dtype, read[name].shape) == (values.dtype, values.shape)
        assert read[name].tobytes() == values.tobytes()


def test_files_are_the_same_byte_for_byte(tmp_path, rng):
    groups = {label: {"counts": rng.integers(0, 9, (9, 560))} for label in ODD}
    for name in ("first.h5", "second.h5"):
        save_group_arrays(tmp_path / name, groups, {"edges": np.arange(71.0)})
    assert (tmp_path / "first.h5").read_bytes() == (tmp_path / "second.h5").read_bytes()


def test_nothing_appears_when_writing_fails(tmp_path):
    with pytest.raises(TypeError):
        save_group_arrays(tmp_path / "groups.h5", {"a": {"n": 1}, "b": {"n": object()}})
    assert list(tmp_path.iterdir()) == []


def test_the_bases_of_both_variants(tmp_path, rng):
    scaled, unscaled = (made_basis(rng.normal(size=(9, 9)), rng.normal(size=9), rng.random(9)) for _ in range(2))
    save_bases(tmp_path / "basis.h5", (scaled, unscaled))
    read = load_bases(tmp_path / "basis.h5")
    for one, other in zip(read, (scaled, unscaled), strict=True):
        assert type(one.n_filters) is int
        for name, values in vars(one).items():
            np.testing.assert_array_equal(values, vars(other)[name])
    groups = load_group_arrays(tmp_path / "basis.h5")[0]
    assert {variant: list(arrays) for variant, arrays in groups.items()} == {
        variant: ["components", "mean", "explained_variance", "explained_variance_ratio", "n_filters"]
        for variant in ("scaled", "unscaled")
    }


def test_missing_panels_are_rows_of_the_skipped_table():
    table = missing_panels("figure-05", ["Face Detection", "a/b"])
    assert table.columns.tolist() == ["kind", "name", "reason", "count"]
    assert table["kind"].tolist() == ["panel", "panel"]
    assert table["name"].tolist() == ["paper/figure-05: Face Detection", "paper/figure-05: a/b"]
    assert table["count"].isna().all()
    none = missing_panels("figure-05", [])
    assert none.empty
    assert none.columns.tolist() == ["kind", "name", "reason", "count"]
