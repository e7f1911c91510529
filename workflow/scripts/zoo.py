"""Build the data set of models inside wheels."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import parsed, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the wheels as in config/dataset/zoo.yaml (JSON), their folder, and the files to write."""

    wheels: str = MISSING
    folder: Path = MISSING
    dataset: Path = MISSING
    skipped: Path = MISSING


def main(settings: Settings) -> None:
    """ONNX models in wheels -> an HDF5 data set, and what was left out."""
    from filtershift.dataset.sources.wheels import Wheel
    from filtershift.dataset.sources.zoo import build

    wheels = [parsed(Wheel, wheel) for wheel in json.loads(settings.wheels)]
    build(wheels, settings.folder, settings.dataset, settings.skipped)


if __name__ == "__main__":
    run(main, Settings)
