"""The kinds of inputs: what is damaged, and how."""

import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from typing import Any

import h5py
import numpy as np
import pandas as pd
from numpy.random import Generator

from fuzz.checksums import sealed, sealed_blocks
from fuzz.hdf5_files import FILTERS, IDS, dataset_files, places, timeless, written
from fuzz.messages import damaged_message
from fuzz.models import models_in_two_files, own_models, repacked, sound_models, wheel_of, zipped_models
from fuzz.mutations import damaged
from fuzz.tokens import CSV, PICKLE, VALUES
from meta_files import FRAME

OBJECTS = "meta/block2_values"
LONGEST_ATTRIBUTE = 60_000  # HDF5 takes no more than 64 KiB in an object header


@dataclass(frozen=True)
class Source:
    """Inputs of one kind: its name, the suffix that says what reads them, and what makes one."""

    name: str
    suffix: str
    make: Callable[[Generator], bytes]


@cache
def sources() -> list[Source]:
    """All kinds of inputs."""
    files, models, sound = dataset_files(), sound_models(), written()
    found = [Source(f"hdf5 {name}", ".h5", _damaged_file(data)) for name, data in files.items()]
    for name, data in _pickles(sound).items():
        found.append(Source(f"pickle {name}", ".h5", partial(_with_pickle, sound, data)))
    found.append(Source("csv", ".h5", _with_csv))
    found.append(Source("attributes", ".h5", partial(_with_attribute, list(files.values()))))
    for name, data in models.items():
        found.append(Source(f"onnx bytes {name}", ".onnx", partial(damaged, data)))
        found.append(Source(f"onnx fields {name}", ".onnx", partial(damaged_message, data)))
    found.append(Source("wheel", ".whl", partial(damaged, wheel_of(models["plain"]))))
    for name, data in own_models().items():
        found.append(Source(f"own {name}", ".model", partial(damaged, data, tokens=PICKLE)))
    for name, data in zipped_models().items():
        found.append(Source(f"own bytes {name}", ".model", partial(damaged, data)))
        found.append(Source(f"own members {name}", ".model", partial(_with_member, data)))
    for suffix, parts in models_in_two_files().items():
        found.append(Source(f"own {suffix}", f".{suffix}s", partial(_with_part, parts)))
    return found


def _with_member(data: bytes, rng: Generator) -> bytes:
    """A zip file with one damaged member, more often one of text or a pickle than one of weights."""
    names: list[str] = []
    repacked(data, lambda name, content: names.append(name) or content)
    structure = [name for name in names if name.endswith((".pkl", ".py", ".json", ".h5"))]
    chosen = (structure if rng.random() < 0.8 else names)[rng.integers(len(structure))]
    return repacked(data, lambda name, content: damaged(content, rng, tokens=PICKLE) if name == chosen else content)


def _with_part(parts: tuple[bytes, bytes], rng: Generator) -> bytes:
    """Two files in one, behind the length of the first; mostly the first is damaged."""
    first, second = parts
    if rng.random() < 0.8:
        first = damaged(first, rng)
    else:
        second = damaged(second, rng)
    return len(first).to_bytes(8, "little") + first + second


def _damaged_file(data: bytes) -> Callable[[Generator], bytes]:
    where, blocks = places(data), sealed_blocks(data)
    return lambda rng: sealed(damaged(data, rng, where), data, blocks)


def _pickles(sound: bytes) -> dict[str, bytes]:
    """The object block of a file, with lists of ids, by several protocols."""
    with h5py.File(BytesIO(sound)) as file:
        names = file["meta/block2_items"].asstr()[:]
    texts = FRAME[names].astype(str).assign(filter_ids=pd.Series(IDS, dtype=object))
    cells = texts.to_numpy(dtype=object)
    return {f"protocol {protocol}": pickle.dumps(cells, protocol) for protocol in (3, 4, 5)}


def _with_pickle(sound: bytes, data: bytes, rng: Generator) -> bytes:
    file = BytesIO(sound)
    with h5py.File(file, "r+") as opened:
        opened[OBJECTS][0] = np.frombuffer(damaged(data, rng, tokens=PICKLE), np.uint8)
    return file.getvalue()


def _with_csv(rng: Generator) -> bytes:
    file = BytesIO()
    with h5py.File(file, "w") as opened:
        opened["filters"] = FILTERS
        text = damaged(FRAME.to_csv(index=False).encode(), rng, tokens=CSV)
        opened["meta"] = np.frombuffer(text, np.uint8)
    return file.getvalue()


def _with_attribute(files: list[bytes], rng: Generator) -> bytes:
    """One or a few attributes replaced by others of any type."""
    start = int(time.time())
    file = BytesIO(files[rng.integers(len(files))])
    with h5py.File(file, "r+") as opened:
        found: list[tuple[h5py.HLObject, str]] = []
        opened.visititems(lambda name, node: found.extend((node, key) for key in node.attrs if "_i_" not in name))
        for _ in range(min(len(found), int(rng.geometric(0.5)))):
            node, key = found[rng.integers(len(found))]
            node.attrs[key] = _attribute(node.attrs.get(key), rng)
    return timeless(file.getvalue(), start)


def _attribute(old: Any, rng: Generator) -> Any:
    """A value of any type; four in ten are damaged text or a damaged pickle."""
    if rng.random() < 0.4:
        text = old if isinstance(old, bytes) and rng.random() < 0.7 else pickle.dumps(["a", (1, "b")], 0)
        return np.bytes_(damaged(text, rng, tokens=PICKLE)[:LONGEST_ATTRIBUTE] or b".")
    return VALUES[rng.integers(len(VALUES))]
