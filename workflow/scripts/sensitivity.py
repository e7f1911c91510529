"""How the shifts of one grouping depend on the choices behind them."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import parsed, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: per-layer histograms of a variant, layers, a grouping's groups and sizes, choices (JSON), output."""

    histograms: list[Path] = MISSING
    layers: Path = MISSING
    groups: Path = MISSING
    sizes: Path = MISSING
    basis: Path = MISSING
    variant: str = MISSING
    choices: str = "{}"
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Per-layer histograms and groups -> what each alternative choice makes of all shifts."""
    from filtershift.analysis.choices import KNOWN, Choices
    from filtershift.analysis.groups import load_groups as load_membership
    from filtershift.analysis.sensitivity import sensitivity
    from filtershift.analysis.storage import load_groups
    from filtershift.analysis.weighting import load_fine_counts
    from filtershift.files import read_table, write_table

    choices = parsed(Choices, json.loads(settings.choices))
    membership = load_membership(settings.groups, settings.sizes)
    model = read_table(settings.layers).set_index("layer")["model_id"]
    fine = load_fine_counts(settings.histograms, membership, KNOWN["weighting"], model)
    ratio = load_groups(settings.basis)[0][settings.variant]["explained_variance_ratio"]
    write_table(settings.output, sensitivity(fine, membership.labels, choices, fine.grid.bins, ratio))


if __name__ == "__main__":
    run(main, Settings)
