"""The parameters, buffers and constants of a torch.export file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.torch.archive import Archive
from filtershift.dataset.models.torch.computed import UNUSED, layer_name, not_stored
from filtershift.dataset.models.torch.objects import BYTES, Opaque, Storage, Tensor
from filtershift.dataset.models.torch.pickles import read_pickle
from filtershift.dataset.models.torch.rebuild import MOST_DIMENSIONS
from filtershift.dataset.models.torch.values import claimed_kernels, stored_view
from filtershift.errors import FiltershiftError

# Types of numbers by their code in the schema, named as in pickles.
_KINDS = {
    **{1: "Byte", 2: "Char", 3: "Short", 4: "Int", 5: "Long", 6: "Half", 7: "Float", 8: "Double", 9: "ComplexHalf"},
    **{10: "ComplexFloat", 11: "ComplexDouble", 12: "Bool", 13: "BFloat16"},
}
_EIGHT_BITS = "Float8"
_STRIDED = 7
LARGEST_PICKLE = 1 << 28


def tensors_in_files(
    archive: Archive, folder: str, model: str, json: Callable[[str], Mapping[str, Any]]
) -> dict[str, StoredTensor]:
    """The tensors of a model by name: each is a member with raw bytes, or all are in one file by torch.save.

    Args:
        archive: the file.
        folder: the folder of its members.
        model: the model's name.
        json: function that reads a JSON object in the file.

    Raises:
        FiltershiftError: the file contradicts itself.
    """
    found: dict[str, StoredTensor] = {}
    for part in ("weights", "constants"):
        place = f"{folder}data/{part}/"
        config = f"{place}{model}_{part}_config.json"
        if config in archive:
            found.update(_raw_tensors(archive, place, json(config)))
        elif f"{place}{model}.pt" in archive:
            found.update(saved_tensors(archive, f"{place}{model}.pt"))
    return found


def saved_tensors(archive: Archive, name: str) -> dict[str, StoredTensor]:
    """The tensors of a dictionary that torch.save wrote into a member of the file.

    Raises:
        FiltershiftError: the member contradicts itself.
    """
    value, inner, folder = _saved(archive, name)
    items = {key: item for key, item in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}
    found = {key: item for key, item in items.items() if isinstance(item, Tensor)}
    claimed, mark = claimed_kernels(found.values()), inner.byte_order(folder)
    read = partial(inner.storage, f"{folder}data/")
    return {
        **{key: _special(key, item) for key, item in items.items() if isinstance(item, Opaque)},
        **{key: stored_view(key, tensor, claimed, read, mark) for key, tensor in found.items()},
    }


def _saved(archive: Archive, name: str) -> tuple[Any, Archive, str]:
    """The value that torch.save wrote into a member, the zip file that the member is, and its folder."""
    inner = Archive(archive.read(name))
    if not inner.names(suffix="data.pkl"):
        raise FiltershiftError(f"the member {ascii(name)[1:-1][-80:]} holds no tensors; expected a file by torch.save")
    folder = inner.folder("data.pkl")
    inner.refuse_packed(inner.names(folder))
    return read_pickle(memoryview(inner.read(f"{folder}data.pkl", LARGEST_PICKLE))).value, inner, folder


def _raw_tensors(archive: Archive, folder: str, content: Mapping[str, Any]) -> Iterator[tuple[str, StoredTensor]]:
    """The tensors in members with raw bytes, by name."""
    entries = content.get("config")
    if not isinstance(entries, dict):
        raise FiltershiftError("has a damaged list of weights")
    tensors = {}
    for name, entry in entries.items():
        file = f"{folder}{entry.get('path_name')}" if isinstance(entry, dict) else ""
        if file not in archive or (entry.get("use_pickle") is not True and not archive.sizes([file])):
            yield name, not_stored(name, "weights are not in the file")
        elif entry.get("use_pickle") is True:
            yield name, _pickled(archive, file, name)
        else:
            tensors[name] = _tensor(name, file, entry.get("tensor_meta"), archive.sizes([file]))
    claimed, read = claimed_kernels(tensors.values()), partial(archive.storage, "")
    for name, tensor in tensors.items():
        yield name, stored_view(name, tensor, claimed, read)


def _pickled(archive: Archive, file: str, name: str) -> StoredTensor:
    """A tensor in a file by torch.save of its own, as those of special classes are; only ordinary ones are read."""
    if not archive.read(file).startswith(b"PK"):
        return not_stored(name, "weights are of a special class")
    value, inner, folder = _saved(archive, file)
    if not isinstance(value, Tensor):
        return _special(name, value)
    read = partial(inner.storage, f"{folder}data/")
    return stored_view(name, value, claimed_kernels([value]), read, inner.byte_order(folder))


def _special(name: str, value: object) -> StoredTensor:
    kind = value.name if isinstance(value, Opaque) else type(value).__name__
    return not_stored(name, f"weights are of the class {ascii(kind)[1:-1][:80]}")


def _tensor(name: str, file: str, meta: Any, size: int) -> Tensor:
    """A tensor as its metadata describe it; its storage is the whole member, of `size` bytes.

    Raises:
        FiltershiftError: the metadata are damaged.
    """
    try:
        kind = _KINDS.get(meta["dtype"], _EIGHT_BITS)
        shape, strides = (tuple(length["as_int"] for length in meta[key]) for key in ("sizes", "strides"))
        offset = meta["storage_offset"]["as_int"]
    except (LookupError, TypeError):
        raise FiltershiftError(f"tensor {name[:80]!r} has damaged metadata") from None
    numbers = (offset, *shape, *strides)
    sound = len(shape) == len(strides) <= MOST_DIMENSIONS and meta.get("layout", _STRIDED) == _STRIDED
    if not sound or not all(type(number) is int and 0 <= number < 2**63 for number in numbers):
        raise FiltershiftError(f"tensor {name[:80]!r} has a size, stride or offset that none can have")
    width = BYTES.get(kind, 1)
    if size % width:
        raise FiltershiftError(f"tensor {name[:80]!r} has {size:,} bytes; expected a multiple of {width}")
    return Tensor(Storage(file, kind, size // width), offset, shape, strides, kind)


def unused_kernels(tensors: Iterable[StoredTensor], used: Collection[str]) -> Iterator[Skipped]:
    """The weights that may be of a convolution and that no operator of the graph uses."""
    for tensor in tensors:
        if tensor.filters and tensor.name.endswith("weight") and tensor.name not in used:
            yield Skipped("convolution", layer_name(tensor.name), UNUSED, tensor.filters)
