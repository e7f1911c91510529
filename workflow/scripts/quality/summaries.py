"""The quality of every model, and of every group of every grouping."""

from pathlib import Path

from filtershift.command import run


def summarise(
    quality: Path, names: list[str], groups: list[Path], sizes: list[Path], of_models: Path, of_groups: Path
) -> None:
    """Quality of layers, and the groups of named groupings -> mean quality and shares of states per model and group."""
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.analysis.quality.summaries import group_quality, model_quality
    from filtershift.files import read_table, write_table

    table = read_table(quality, text=("model",))
    groupings = {name: load_membership(*files) for name, *files in zip(names, groups, sizes, strict=True)}
    write_table(of_models, model_quality(table))
    write_table(of_groups, group_quality(table, groupings))


if __name__ == "__main__":
    run(summarise)
