"""Build the data set of models in files."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import parsed, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the models (JSON list of file, name, labels), a data set to add them to, and the files to write."""

    models: str = MISSING
    base: Path | None = None
    dataset: Path = MISSING
    skipped: Path = MISSING


def main(settings: Settings) -> None:
    """ONNX, safetensors and PyTorch files -> an HDF5 data set, and what was left out."""
    from filtershift.dataset.models.files import ModelFile
    from filtershift.dataset.sources.own_models import build

    models = [parsed(ModelFile, model) for model in json.loads(settings.models)]
    build(models, settings.dataset, settings.skipped, settings.base)


if __name__ == "__main__":
    run(main, Settings)
