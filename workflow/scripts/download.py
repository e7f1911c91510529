"""Fetch the packed data set."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: address and MD5 of the packed file, the bytes it unpacks to, and the file to write."""

    url: str = MISSING
    md5: str = MISSING
    size: int = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Web -> the packed data set, verified; what an interrupted run brought is used."""
    from filtershift.dataset.sources.download import download

    download(settings.url, settings.md5, settings.output, beside=settings.size)


if __name__ == "__main__":
    run(main, Settings)
