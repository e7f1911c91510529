"""Sound data set files of every layout, as bytes, and where in them the structure is."""

import struct
import tempfile
import time
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from filtershift.dataset.writer import write_dataset
from fuzz.mutations import Place
from layer_files import DATA, FIXTURES
from meta_files import FRAME, INDEX

LONGEST_PLACE = 4096
IDS = [(0, 1), [np.int64(2), np.int64(3)], np.array([4]), list(range(5, 30))]
FILTERS = np.random.default_rng(0).standard_normal((30, 9))


def dataset_files() -> dict[str, bytes]:
    """The fixtures, and files of the layouts that they lack."""
    files = {name: (DATA / f"{name}.h5").read_bytes() for name in FIXTURES}
    lists = FRAME.assign(filter_ids=pd.Series(IDS, dtype=object)).set_index(INDEX)
    category = FRAME.assign(Task=pd.Categorical(["b", None, "a", "b"])).set_index(INDEX)
    gzip = {"dtype": ">f8", "chunks": (7, 9), "compression": "gzip"}
    lzf = {"dtype": "f2", "chunks": (8, 9), "compression": "lzf", "shuffle": True}
    files["fixed_zlib"] = _with_frame(lists, gzip, complevel=5)
    files["table_zlib"] = _with_frame(category, lzf, complevel=5, format="table")
    latest = {"latest_fixed": _latest(files["fixed_zlib"]), "latest_csv": _latest_csv()}
    return {**files, "written": written(), **latest, "text_csv": _with_text(str), "opaque_csv": _with_text(np.void)}


def written() -> bytes:
    """A file by our writer."""
    with tempfile.TemporaryDirectory() as folder:
        write_dataset(Path(folder, "d.h5"), [FILTERS], FRAME.assign(filter_ids=["0:1", "2:3", "4:4", "5:29"]))
        return Path(folder, "d.h5").read_bytes()


def places(data: bytes) -> list[Place]:
    """The parts of a file that HDF5 reads for its structure and for `/meta`, and compressed filters."""
    file = _Recording(data)
    with h5py.File(file, "r") as opened:
        _read_all(opened)
    return sorted({(start, min(stop, start + LONGEST_PLACE)) for start, stop in file.places})


def timeless(data: bytes, start: int) -> bytes:
    """A file without the time it was written at, between the second `start` and now."""
    for second in range(start, int(time.time()) + 1):
        data = data.replace(struct.pack("<I", second), bytes(4))
    return data


class _Recording(BytesIO):
    """A file that notes what is read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.places: list[Place] = []

    def readinto(self, buffer: Any) -> int:
        start = self.tell()
        size = super().readinto(buffer)
        self.places.append((start, start + size))
        return size


def _read_all(group: h5py.Group) -> None:
    for name in [name for name in group if not name.startswith("_i_")]:  # indices of PyTables, which nobody reads
        node = group[name]
        dict(node.attrs)
        if isinstance(node, h5py.Group):
            _read_all(node)
        elif name != "filters" or node.chunks:
            node[()]


def _with_frame(frame: pd.DataFrame, filters: dict[str, Any], **options: Any) -> bytes:
    """A file by pandas."""
    start = int(time.time())
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
        path = Path(folder, "d.h5")
        frame.to_hdf(path, key="meta", mode="w", complib="zlib", **options)
        with h5py.File(path, "a") as file:
            file.create_dataset("filters", data=FILTERS, **filters)
        return timeless(path.read_bytes(), start)


def _with_text(kind: type) -> bytes:
    """A file whose `/meta` is one value that holds CSV."""
    file = BytesIO()
    text = FRAME.to_csv(index=False)
    with h5py.File(file, "w") as opened:
        opened["filters"] = FILTERS
        opened["meta"] = kind(text if kind is str else text.encode())
    return file.getvalue()


def _latest(data: bytes) -> bytes:
    """The same nodes in the newest structures of HDF5, which have checksums."""
    file = BytesIO()
    with h5py.File(BytesIO(data)) as source, h5py.File(file, "w", libver="latest") as target:

        def copy(name: str, node: h5py.Group | h5py.Dataset) -> None:
            if isinstance(node, h5py.Dataset):
                options = {"maxshape": node.maxshape, "compression": "gzip"} if node.chunks else {}
                target.create_dataset(name, data=node[()], dtype=node.dtype, chunks=node.chunks, **options)
            else:
                target.create_group(name)
            target[name].attrs.update(node.attrs)

        source.visititems(copy)
    return file.getvalue()


def _latest_csv() -> bytes:
    """Text in many chunks, many attributes and many neighbours, for all of which HDF5 has indices of other kinds."""
    file = BytesIO()
    text = FRAME.to_csv(index=False).encode()
    with h5py.File(file, "w", libver="latest") as opened:
        opened.create_dataset("filters", data=FILTERS, chunks=(7, 9), shuffle=True, fletcher32=True)
        meta = opened.create_dataset("meta", data=np.frombuffer(text, np.uint8), chunks=(64,), maxshape=(None,))
        meta.attrs.update({f"attribute {number}": number for number in range(20)})
        for number in range(20):
            opened[f"node {number}"] = number
    return file.getvalue()
