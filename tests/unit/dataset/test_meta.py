"""`/meta` of every kind is what pandas reads."""

import h5py
import numpy as np
import pandas as pd
import pytest

from filtershift.dataset.meta import read_meta
from meta_files import DATA, FRAME, INDEX, assert_cells_equal, write


@pytest.mark.parametrize("name", ["v0_tiny", "v1_tiny", "v1table_tiny"])
def test_fixtures_are_as_pandas_reads_them(name):
    expected = pd.read_hdf(DATA / f"{name}.h5", "meta").reset_index()
    assert_cells_equal(read_meta(DATA / f"{name}.h5"), expected.loc[:, ~expected.columns.isin(["index"])])


def test_csv_fixture_is_the_same_table_as_text():
    found = read_meta(DATA / "csv_tiny.h5")
    with h5py.File(DATA / "csv_tiny.h5") as file:
        text = file["meta"][:].tobytes().decode()
    assert found.fillna("").to_csv(index=False) == text
    same = read_meta(DATA / "v0_tiny.h5")
    for name in [*INDEX, "total_filters"]:
        assert found[name].astype(float).tolist() == same[name].tolist()
    for name in ["model", "Task", "Training-Dataset"]:
        assert found[name].fillna("").tolist() == same[name].fillna("").tolist()


@pytest.mark.parametrize("strings", ["str", object])
@pytest.mark.parametrize("options", [{}, {"format": "table"}, {"format": "table", "data_columns": True}])
@pytest.mark.parametrize("index", [INDEX, []])
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_frames_of_this_pandas(tmp_path, index, options, strings):
    frame = FRAME.astype(dict.fromkeys(["model", "Task", "filter_ids"], strings))
    path = write(tmp_path / "d.h5", frame.set_index(index) if index else frame[::2], **options)
    expected = pd.read_hdf(path, "meta")
    assert_cells_equal(read_meta(path), expected.reset_index() if index else expected)


@pytest.mark.parametrize("options", [{}, {"format": "table"}])
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_columns_that_are_named_by_numbers(tmp_path, options):
    frame = FRAME.assign(**{"1": "a", "20": 0.5}).rename(columns={"1": 1, "20": 20})
    found = read_meta(write(tmp_path / "d.h5", frame, **options)).rename(columns=str)
    assert found["1"].tolist() == ["a"] * len(FRAME)
    assert found["20"].tolist() == [0.5] * len(FRAME)


def test_an_index_of_one_level_becomes_a_column(tmp_path):
    path = write(tmp_path / "d.h5", FRAME.set_index("model_id"))
    assert_cells_equal(read_meta(path), FRAME)


def test_category_columns(tmp_path):
    frame = FRAME.assign(Task=pd.Categorical(["b", None, "a", "b"])).set_index(INDEX)
    found = read_meta(write(tmp_path / "d.h5", frame, format="table"))
    assert found["Task"].fillna("").tolist() == ["b", "", "a", "b"]


@pytest.mark.parametrize("complevel", [0, 5])
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_id_lists_of_any_kind(tmp_path, complevel):
    ids = [list(range(5000)), [np.int64(i) for i in range(5000, 9000)], np.arange(9000, 9003), [9003]]
    frame = FRAME.assign(filter_ids=pd.Series(ids, dtype=object)).set_index(INDEX)
    path = write(tmp_path / "d.h5", frame, complevel=complevel)
    assert [str(cell) for cell in read_meta(path)["filter_ids"]] == ["0:4999", "5000:8999", "9000:9002", "9003:9003"]


@pytest.mark.parametrize("index", [INDEX, []])
def test_a_frame_without_rows(tmp_path, index):
    frame = FRAME.set_index(index) if index else FRAME
    found = read_meta(write(tmp_path / "d.h5", frame[:0]))
    assert list(found.columns) == list(FRAME.columns)
    assert len(found) == 0


def test_user_blocks_shift_the_pickles(tmp_path):
    path = tmp_path / "d.h5"
    with h5py.File(path, "w", userblock_size=1024) as file, h5py.File(DATA / "v0_tiny.h5") as source:
        source.copy("meta", file)
    assert_cells_equal(read_meta(path), read_meta(DATA / "v0_tiny.h5"))


CSV_KINDS = {
    "unsigned": lambda text: np.frombuffer(text, np.uint8),
    "signed": lambda text: np.frombuffer(text, np.int8),
    "characters": lambda text: np.frombuffer(text, "S1"),
    "text of fixed length": np.bytes_,
    "bytes": bytes,
    "str": bytes.decode,
    "opaque": np.void,
}


@pytest.mark.parametrize("userblock", [0, 1024])
@pytest.mark.parametrize("kind", CSV_KINDS)
def test_csv_in_any_array_of_bytes(tmp_path, kind, userblock):
    text = 'model_id,Task,filter_ids\n01,"a ""b"", Ω\nc",0:5\n1,NA,6:6\n2,,7:8\n'
    with h5py.File(tmp_path / "d.h5", "w", userblock_size=userblock) as file:
        file["meta"] = CSV_KINDS[kind](text.encode())
    found = read_meta(tmp_path / "d.h5")
    assert found.fillna("").to_numpy().tolist() == [
        ["01", 'a "b", Ω\nc', "0:5"],
        ["1", "NA", "6:6"],
        ["2", "", "7:8"],
    ]
