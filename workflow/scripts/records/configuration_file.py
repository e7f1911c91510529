"""Write the resolved configuration."""

from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from filtershift.command import run


def write(config: dict[str, Any], output: Path) -> None:
    """Resolved configuration -> YAML."""
    from filtershift.files import whole_file

    with whole_file(output) as beside:
        OmegaConf.save(OmegaConf.create(config), beside)


if __name__ == "__main__":
    run(write)
