"""Write the resolved configuration."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING, OmegaConf


@dataclass
class Settings:
    """Arguments: the configuration (JSON), and the file to write."""

    config: str = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Resolved configuration -> YAML."""
    from filtershift.files import whole_file

    with whole_file(settings.output) as beside:
        OmegaConf.save(OmegaConf.create(json.loads(settings.config)), beside)


if __name__ == "__main__":
    run(main, Settings)
