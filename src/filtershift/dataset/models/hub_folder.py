"""A folder as model hubs lay it out: config.json, the weights in one or several files, and a model card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from filtershift.dataset.models.containers import folder_kind
from filtershift.dataset.models.labels import LICENSE
from filtershift.errors import FiltershiftError, one_line

# Files of weights, the first that is there is read: the safest format first, and indexes before the parts.
WEIGHTS = (
    *("model.safetensors", "model.safetensors.index.json", "diffusion_pytorch_model.safetensors"),
    *("open_clip_model.safetensors", "pytorch_model.bin", "pytorch_model.bin.index.json", "model.pt2", "model.keras"),
    *("tf_model.h5", "flax_model.msgpack", "model.onnx", "onnx/model.onnx", "openvino_model.xml"),
)
CARD = "README.md"
LARGEST_CARD = 1 << 20  # bytes

# Keys in the head of a model card, and the labels that they become.
_LABELS = {"license": LICENSE, "datasets": "Training-Dataset", "pipeline_tag": "Task"}


def weights_in(folder: Path) -> Path:
    """The file of weights in a model's folder.

    Raises:
        FiltershiftError: there is none.
    """
    for name in WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    raise FiltershiftError(f"{folder} {folder_kind(folder)}")


def card_labels(folder: Path) -> dict[str, str]:
    """The labels that the YAML head of a model card states: licence, data sets and task.

    Raises:
        FiltershiftError: the head is not YAML.
    """
    card = folder / CARD
    if not card.is_file():
        return {}
    with card.open(encoding="utf-8", errors="replace") as file:
        text = file.read(LARGEST_CARD)
    if not text.startswith("---"):
        return {}
    try:
        head: Any = yaml.safe_load(text[3:].split("\n---", 1)[0])
    except (yaml.YAMLError, RecursionError) as error:
        raise FiltershiftError(
            f"{card}: its head is not YAML ({one_line(error)}); mend it or remove the file"
        ) from None
    stated = head if isinstance(head, dict) else {}
    return {label: _text(stated[key]) for key, label in _LABELS.items() if stated.get(key)}


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
