"""End with an error if a layer moved farther than a limit."""

from pathlib import Path

from filtershift.command import run


def check(page: Path, limit: float) -> None:
    """The page of two models, beside which lies their summary -> nothing, or an error that names the layer."""
    import json

    from filtershift.analysis.layerwise.summary import check_limit

    check_limit(json.loads((page.parent / "layerwise.json").read_text()), limit)


if __name__ == "__main__":
    run(check)
