"""Read TorchScript: what torch.jit.save writes of a scripted, traced or frozen model.

The file has a tree of modules with their parameters (`data.pkl`), constants (`constants.pkl`), and code that is Python
text. The code is followed as data, never run, to find the graph. Files for phones (`bytecode.pkl`) may have no code.
Layout: `torch/csrc/jit/serialization/export_module.cpp`, `docs/source/torchscript` of PyTorch.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from filtershift.dataset.models.graph import Graph, stored_model
from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.dataset.models.tensors.model import model_of_tensors
from filtershift.dataset.models.torch.archive import Archive
from filtershift.dataset.models.torch.computed import UNUSED, layer_name
from filtershift.dataset.models.torch.objects import Opaque, Tensor
from filtershift.dataset.models.torch.pickles import read_pickle
from filtershift.dataset.models.torch.script.code import CannotFollowError, Code
from filtershift.dataset.models.torch.script.flow import Walk
from filtershift.dataset.models.torch.script.objects import CONVOLUTION, Objects, Parameter, parameters
from filtershift.dataset.models.torch.values import claimed_kernels, stored_view

LARGEST_PICKLE = 1 << 28  # bytes; weights are not in the pickle, so real ones have less than a hundredth of this


def read_script(path: Path) -> StoredModel:
    """Read a TorchScript file: its convolutions, their depths, and the BatchNorm behind them.

    If its code cannot be followed, the convolutions are found by the order of their parameters, and `skipped` says why.

    Raises:
        FiltershiftError: the file contradicts itself.
    """
    archive = Archive(path)
    folder = archive.folder("data.pkl")
    folders = [name for part in ("data/", "constants/") for name in archive.names(f"{folder}{part}")]
    archive.refuse_packed([*folders, *archive.names(folder, ".pkl")])
    root, constants = (_pickle(archive, f"{folder}{part}.pkl") for part in ("data", "constants"))
    stored, stored_constant = (
        _Stored(archive, folder, part, value) for part, value in (("data/", root), ("constants/", constants))
    )
    try:
        return _followed(archive, folder, root, constants, stored, stored_constant)
    except CannotFollowError as error:
        found = model_of_tensors([*stored.kernels(), *stored_constant.kernels("CONSTANTS.c")])
        reason = f"cannot be followed ({ascii(str(error))[1:-1][:200]}); depths are the order of the parameters"
        convolutions = tuple(replace(convolution, norm_known=False) for convolution in found.convolutions)
        return replace(found, convolutions=convolutions, skipped=(Skipped("graph", "code", reason, 0), *found.skipped))


class _Stored:
    """Gives tensors of a pickle as stored tensors; their bytes are in the folder `part`."""

    def __init__(self, archive: Archive, folder: str, part: str, value: object) -> None:
        self.parameters = list(parameters(value))
        self._part, self._mark = part, archive.byte_order(folder)
        self._claimed = claimed_kernels(self._placed(parameter.tensor) for parameter in self.parameters)
        self._read = lru_cache(maxsize=1)(partial(archive.storage, folder))  # weights may share a storage

    def __call__(self, name: str, tensor: Tensor) -> StoredTensor:
        return stored_view(name, self._placed(tensor), self._claimed, self._read, self._mark)

    def kernels(self, prefix: str = "") -> Iterator[StoredTensor]:
        """The tensors that may be weights of convolutions, in order; the class of a module tells transposed ones."""
        for parameter in self.parameters:
            if len(parameter.tensor.shape) in (4, 5):
                tensor = self(f"{prefix}{parameter.name}", parameter.tensor)
                yield replace(tensor, left_out="transposed convolution") if _is_transposed(parameter) else tensor

    def _placed(self, tensor: Tensor) -> Tensor:
        """The tensor with its storage named by folder, because both folders use the same names."""
        return replace(tensor, storage=replace(tensor.storage, key=f"{self._part}{tensor.storage.key}"))


def _followed(
    archive: Archive, folder: str, root: object, constants: object, stored: _Stored, stored_constant: _Stored
) -> StoredModel:
    if not isinstance(root, Opaque):
        raise CannotFollowError("it holds no module")
    if not archive.names(f"{folder}code/", ".py"):
        raise CannotFollowError("it has none")
    code = Code(archive, folder)
    walk = Walk(code, Objects(root, constants, code, stored, stored_constant))
    inputs, outputs = walk.run(root)
    used = {operator.name for operator in walk.operators if operator.weights is not None}
    found = stored_model(Graph(walk.operators, inputs, outputs))
    return replace(found, skipped=tuple(_unused(stored, used)))


def _unused(stored: _Stored, used: Collection[str]) -> Iterator[Skipped]:
    """The convolution modules that the graph never reaches."""
    for parameter in stored.parameters:
        shape, name = parameter.tensor.shape, layer_name(parameter.name)
        if CONVOLUTION.search(parameter.owner) and len(shape) > 2 and name not in used:
            reason = "transposed convolution" if _is_transposed(parameter) else UNUSED
            yield Skipped("convolution", name, reason, math.prod(shape[:2]))


def _is_transposed(parameter: Parameter) -> bool:
    kind = CONVOLUTION.search(parameter.owner)
    return bool(kind and kind["transposed"])


def _pickle(archive: Archive, name: str) -> object:
    return read_pickle(memoryview(archive.read(name, LARGEST_PICKLE))).value
