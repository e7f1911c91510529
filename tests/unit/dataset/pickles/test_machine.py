"""Pickles of plain data come back as they were; all others are refused, at once, with nothing run."""

import os
import pickle
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.dataset.pickles.arrays import IntList
from filtershift.dataset.pickles.machine import decode
from filtershift.errors import FiltershiftError

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()
ID_LISTS = st.tuples(st.integers(0, 70_000), st.integers(0, 3_000), st.sampled_from([1, 1, 7, -1])).map(
    lambda run: [run[0] + i * run[2] for i in range(run[1])]
)


def object_array(cells, shape=None):
    array = np.empty(len(cells), dtype=object)
    array[:] = [None] * len(cells)
    for i, cell in enumerate(cells):
        array[i] = cell
    return array if shape is None else array.reshape(shape)


def listed(value):
    """A value with the lists of integers spelled out."""
    return list(value.integers()) if isinstance(value, IntList) else value


def error_of(data):
    """The message `data` is refused with, empty if it is not; any other exception is an error of the test."""
    try:
        decode(data)
    except FiltershiftError as error:
        return str(error)
    return ""


class Payload:
    """What a hostile pickle does when it is loaded."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"echo run > '{self.marker}'",)


@pytest.mark.parametrize("protocol", range(6))
@given(value=SCALARS | st.lists(SCALARS | st.lists(st.text()) | st.tuples(st.text(), st.none())).map(tuple))
def test_plain_values_come_back(protocol, value):
    assert decode(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", [3, 4, 5])
@given(cells=st.lists(SCALARS | ID_LISTS, min_size=1))
def test_arrays_of_labels_and_id_lists_come_back(protocol, cells):
    array = decode(pickle.dumps(object_array(cells), protocol))
    assert [(type(cell), cell) for cell in map(listed, array)] == [(type(cell), cell) for cell in cells]


@pytest.mark.parametrize("fortran", [False, True])
def test_cells_are_in_c_order_whatever_the_flag_says(fortran):
    array = object_array(list("abcdef"), (3, 2))
    data = pickle.dumps(np.asfortranarray(array) if fortran else array)
    assert (b"\x88]" in data) == fortran  # the flag is there
    assert decode(data).tolist() == [["a", "b"], ["c", "d"], ["e", "f"]]


@pytest.mark.parametrize("protocol", [4, 5])
@pytest.mark.parametrize("dtype", ["<i8", "<i4", ">i8", "u1", "<u2"])
def test_numpy_integers_and_arrays_of_them_are_ids(protocol, dtype):
    ids = np.r_[0:100, 7, 150:120:-1].astype(dtype)
    cells = [list(ids), ids, list(ids), "label", np.float64(0.5), list(range(3000))]
    array = decode(pickle.dumps(object_array(cells), protocol))
    assert [list(cell.integers()) for cell in array[:3]] == [ids.tolist()] * 3
    assert array[3:5].tolist() == ["label", 0.5]
    assert str(array[5]) == "0:2999"


def test_a_value_memoized_before_numpy_integers_is_still_found_after_them():
    label = "a label"
    ids = [np.int64(i) for i in range(200)]
    array = decode(pickle.dumps(object_array([label, ids, label, "other", ids, "other"]), 4))
    assert [cell for cell in array if isinstance(cell, str)] == [label, label, "other", "other"]


@pytest.mark.parametrize("order", ["ascending", "shuffled"])
@pytest.mark.parametrize("kind", [int, np.int64, np.int32])
def test_memory_of_many_ids_is_bounded_by_their_number(order, kind):
    n = 500_000 if kind is int else 100_000
    ids = np.arange(10**6, 10**6 + n)
    if order == "shuffled":
        ids = np.random.default_rng(0).permutation(ids)
    data = pickle.dumps(object_array([[kind(i) for i in ids], "label"]), 5)
    tracemalloc.start()
    try:
        found = decode(data)[0]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) == n
    assert np.array_equal(np.fromiter(found.integers(), np.int64, n), ids)
    # Two numbers of eight bytes a run, once in pieces and twice while they are joined; consecutive ids are one run.
    assert peak < (6 * 16 * n if order == "shuffled" else 4 * n) + 2**20


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_is_run(protocol, tmp_path):
    marker = tmp_path / "marker"
    for value in (Payload(marker), [Payload(marker)], object_array(["label", Payload(marker)])):
        data = pickle.dumps(value, protocol)
        with pytest.raises(FiltershiftError, match=r"names '(posix\.system|_codecs\.encode)', which is code"):
            decode(data)
        assert not marker.exists()
    pickle.loads(data)  # the payload does work where it is let
    assert marker.exists()


def nested(levels):
    """A list in a list in a list, as many times."""
    return b"]" * levels + b"a" * (levels - 1) + b"."


def doubled(levels):
    """Lists of twice the list before: 2 ** levels items for whoever walks them."""
    return b"]\x94" + b"".join(b"]\x94(" + 2 * (b"j" + struct.pack("<I", i)) + b"e" for i in range(levels)) + b"."


def in_array(data):
    """The pickle of an array whose only cell is what `data` makes."""
    return pickle.dumps(object_array(["@"]), 3).replace(b"X\x01\x00\x00\x00@", data[:-1])


def repeated(times):
    """A list of a run of integers, and of the same one over and over."""
    return b"](" + b"K\x00K\x02" * 5000 + b"\x94" + b"h\x00" * times + b"e."


HOSTILE = {
    "long text": b"\x8d" + struct.pack("<Q", 2**60) + b"abc.",
    "long bytes": b"\x8e" + struct.pack("<Q", 2**60) + b"abc.",
    "long bytearray": b"\x96" + struct.pack("<Q", 2**60) + b"abc.",
    "long integer": b"\x8b" + struct.pack("<i", 2**30) + b"abc.",
    "negative length": b"\x8b" + struct.pack("<i", -5) + b"abc.",
    "big integer": pickle.dumps(2**100),
    "many digits": b"L" + b"9" * 100_000 + b"L\n.",
    "long frame": b"\x80\x05\x95" + struct.pack("<Q", 2**60) + b"N",
    "no value": b".",
    "no list": b"Na.",
    "no mark": b"]e.",
    "below the mark": b"N(\x86.",
    "no memo": b"h\x05.",
    "far memo": b"Nr\xff\xff\xff\xffj\xfe\xff\xff\xff.",
    "dict": pickle.dumps({"a": 1}),
    "set": pickle.dumps({"a"}),
    "object": pickle.dumps(struct.Struct, 4),
    "symbol": b"cnumpy\nndarray\n.",
    "complex": pickle.dumps(object_array([1j])),
    "bytes in a cell": pickle.dumps(object_array([b"abc"]), 4),
    "list of labels in a cell": pickle.dumps(object_array([["a"]]), 4),
    "deep list in a cell": in_array(nested(100_000)),
    "memo bomb in a cell": in_array(doubled(60)),
    "memo bomb of integers": repeated(10_000),
    "huge shape": pickle.dumps(object_array(["@"]), 3).replace(b"K\x01\x85", b"J\xff\xff\xff\x7f\x85"),
    "extension": b"\x82\x01.",
    "persistent": b"Px\n.",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pickles_are_refused_at_once(name):
    tracemalloc.start()
    try:
        with pytest.raises(FiltershiftError) as refused:
            decode(HOSTILE[name])
        assert tracemalloc.get_traced_memory()[1] < 2**25
    finally:
        tracemalloc.stop()
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("data", [nested(200_000), doubled(60)], ids=["deep", "doubled"])
def test_structures_that_are_large_when_walked_are_not_walked(data):
    assert isinstance(decode(data), list)


def test_steps_are_bounded(monkeypatch):
    monkeypatch.setattr("filtershift.dataset.pickles.machine.MAX_STEPS", 1000)
    with pytest.raises(FiltershiftError, match="more than 1,000 steps"):
        decode(b"N" * 10_000 + b".")


def test_every_truncation_is_refused():
    data = pickle.dumps(object_array(["a", None, list(range(100)), np.int64(3), 0.5]), 5)
    for length in range(len(data)):
        with pytest.raises(FiltershiftError):
            decode(data[:length])


@given(data=st.data())
def test_damaged_pickles_give_a_value_or_a_clean_error(data):
    whole = bytearray(pickle.dumps(object_array(["a", None, list(range(40)), [np.int64(i) for i in range(40)]]), 4))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert len(error_of(bytes(whole)).splitlines()) <= 1


@given(data=st.binary())
def test_any_bytes_give_a_value_or_a_clean_error(data):
    assert len(error_of(data).splitlines()) <= 1
