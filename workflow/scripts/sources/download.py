"""Fetch the packed data set."""

from pathlib import Path

from filtershift.command import run


def fetch(url: str, md5: str, size: int, output: Path) -> None:
    """Web -> the packed data set, verified; what an interrupted run brought is used."""
    from filtershift.dataset.sources.download import download

    download(url, md5, output, beside=size)


if __name__ == "__main__":
    run(fetch)
