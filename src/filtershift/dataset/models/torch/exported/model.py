"""Read a torch.export file (.pt2): its graph is JSON, its weights are raw bytes or a file by torch.save inside it.

Layouts: `torch/export/pt2_archive/_package.py` (`archive_format`) and, in older versions of PyTorch,
`torch/export/__init__.py` (`serialized_exported_program.json`). Graph: `torch/_export/serde/schema.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from filtershift.dataset.models.graph import stored_model
from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.stored import StoredModel
from filtershift.dataset.models.torch.archive import Archive
from filtershift.dataset.models.torch.exported.graph import flat_graph
from filtershift.dataset.models.torch.exported.weights import saved_tensors, tensors_in_files, unused_kernels
from filtershift.errors import FiltershiftError, one_line

LARGEST_JSON = 1 << 28  # bytes; a graph takes some kilobytes for an operator

_OLD_GRAPH = "serialized_exported_program.json"
_NO_GRAPH = "it has no exported program; expected a file written by torch.export.save"


def read_exported(path: Path) -> StoredModel:
    """Read a torch.export file: its convolutions, their depths, and the BatchNorm behind them.

    The bodies of `cond`, `while_loop` and the like are part of the graph. Weights that the graph computes from
    parameters (weight norm, pruning) are computed here, too, if that is simple. A file may hold several models; the
    first is read, or that with the name "model", which torch.export.save gives.

    Raises:
        FiltershiftError: the file contradicts itself, or it holds no graph.
    """
    archive = Archive(path)
    archive.refuse_packed(archive.names())
    skipped = []
    if archive.names(suffix=_OLD_GRAPH):
        folder = archive.folder(_OLD_GRAPH)
        program, tensors = _json(archive, f"{folder}{_OLD_GRAPH}"), {}
        for part in ("state_dict", "constants"):
            for name in archive.names(f"{folder}serialized_{part}."):
                tensors.update(saved_tensors(archive, name))
    else:
        folder = archive.folder("archive_format")
        model, *others = _model_names(archive, folder)
        program = _json(archive, f"{folder}models/{model}.json")
        tensors = tensors_in_files(archive, folder, model, lambda name: _json(archive, name))
        skipped = [Skipped("model", other, f"another model than {model!r}, which is read", 0) for other in others]
    try:
        exported = flat_graph(program["graph_module"], tensors)
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise FiltershiftError(f"has a damaged graph ({one_line(error) or type(error).__name__})") from None
    found = stored_model(exported.graph, producer=_producer(program))
    return replace(found, skipped=(*skipped, *unused_kernels(tensors.values(), exported.used)))


def _producer(program: Mapping[str, Any]) -> str:
    version = program.get("torch_version")
    return (
        f"pytorch {version}" if isinstance(version, str) and version.isprintable() and len(version) < 80 else "pytorch"
    )


def _model_names(archive: Archive, folder: str) -> list[str]:
    """The names of the models in an archive, the one to read first.

    Raises:
        FiltershiftError: there are none.
    """
    prefix = f"{folder}models/"
    names = [name.removeprefix(prefix).removesuffix(".json") for name in archive.names(prefix, ".json")]
    if not names and archive.names(f"{folder}data/aotinductor/"):
        raise FiltershiftError(f"is a model compiled by AOTInductor: {_NO_GRAPH}")
    if not names:
        raise FiltershiftError(f"is a pt2 archive, but {_NO_GRAPH}")
    return sorted(names, key=lambda name: name != "model")


def _json(archive: Archive, name: str) -> dict[str, Any]:
    """A JSON object in the archive.

    Raises:
        FiltershiftError: it is no JSON object.
    """
    try:
        content = json.loads(archive.read(name, LARGEST_JSON))
    except (ValueError, RecursionError) as error:
        raise FiltershiftError(f"the member {ascii(name)[1:-1][-80:]} is damaged ({one_line(error)})") from None
    if not isinstance(content, dict):
        raise FiltershiftError(f"the member {ascii(name)[1:-1][-80:]} is damaged; expected an object")
    return content
