"""Results of groups as HDF5: one HDF5 group per group of filters, shared arrays beside them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.files import whole_hdf5
from filtershift.passes.bases import Bases, Basis
from filtershift.results import VARIANTS

Arrays = Mapping[str, Any]


def _node(label: str, taken: Iterable[str]) -> str:
    """A name HDF5 takes for any label: in percent form "/", names of dots alone, and the first letter of taken ones."""
    if label in taken:
        return f"%{ord(label[0]):02X}{label[1:]}"
    return label.replace("%", "%25").replace("/", "%2F") if label.strip(".") else label.replace(".", "%2E")


def save_group_arrays(path: Path, groups: Mapping[str, Arrays], shared: Arrays | None = None) -> None:
    """Write the arrays of each group, in order, under its label, and ``shared`` arrays at the top."""
    with whole_hdf5(path, track_order=True) as file:
        for name, values in (shared or {}).items():
            file.create_dataset(name, data=values, track_times=False)
        for label, arrays in groups.items():
            node = file.create_group(_node(label, shared or ()), track_order=True)
            node.attrs["label"] = label
            for name, values in arrays.items():
                packed = {"compression": "gzip", "shuffle": True} if np.size(values) > 1024 else {}
                node.create_dataset(name, data=values, track_times=False, **packed)


def load_group_arrays(path: Path) -> tuple[dict[str, dict[str, NDArray]], dict[str, NDArray]]:
    """Read what `save_group_arrays` wrote: the arrays of each group by label, in order, and the shared arrays."""
    groups, shared = {}, {}
    with h5py.File(path, track_order=True) as file:
        for name, node in file.items():
            if isinstance(node, h5py.Group):
                groups[str(node.attrs["label"])] = {key: node[key][()] for key in node}
            else:
                shared[name] = node[()]
    return groups, shared


def save_bases(path: Path, bases: Bases) -> None:
    """Write the bases of both variants, each as a group with the name of its variant."""
    save_group_arrays(path, {variant: vars(basis) for variant, basis in zip(VARIANTS, bases, strict=True)})


def load_bases(path: Path) -> Bases:
    """Read what `save_bases` wrote."""
    arrays: Mapping[str, Arrays] = load_group_arrays(path)[0]
    scaled, unscaled = (Basis(**{**arrays[name], "n_filters": int(arrays[name]["n_filters"])}) for name in VARIANTS)
    return scaled, unscaled


def missing_panels(figure: str, labels: Sequence[str]) -> pd.DataFrame:
    """The panels a figure lacks because the data set has no such group, as rows kind, name, reason, count."""
    names = [f"paper/{figure}: {label}" for label in labels]
    return pd.DataFrame({"kind": "panel", "name": names, "reason": "the data set has no such group", "count": None})
