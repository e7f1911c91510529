"""Draw where models are in a data set, and tell it on one page."""

from pathlib import Path

from filtershift.command import run

CAPTIONS = Path(__file__).parents[2] / "report"


def tell(
    shifts: Path,
    layers: Path,
    models: Path,
    skipped: Path,
    quality: Path,
    known: Path,
    titles: dict[str, str],
    nearest: list[Path],
    profile: list[Path],
    page: Path,
) -> None:
    """Tables of a placement, the layers and models of the data set -> nearest groups, layers by depth, one page."""
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.quality.profile import layer_profiles
    from filtershift.figures.shifts.nearest import nearest_of_placement
    from filtershift.files import read_table, whole_file
    from filtershift.report.page import caption
    from filtershift.report.placement import placement_page
    from filtershift.report.sections import Figure

    of_groups = read_table(shifts, text=("model", "group"))
    of_models, of_layers = (read_table(path, text=("model", "layer_name")) for path in (models, layers))
    save(nearest_of_placement(of_groups, titles), *nearest)
    save(layer_profiles(of_layers, read_table(quality)), *profile)
    figures = [
        Figure(path[-1], name, caption(CAPTIONS / f"placement_{name}.rst", {}))
        for name, path in (("nearest", nearest), ("layers", profile))
    ]
    left_out = read_table(skipped, text=("name", "reason"))
    there = read_table(known, text=("model",)).reindex(columns=["model", "Task"])
    tasks = {str(model): str(task) for model, task in there.dropna().itertuples(index=False)}
    story = placement_page(page.parent, of_groups, of_models, of_layers, left_out, titles, tasks, *figures)
    with whole_file(page) as beside:
        beside.write_text(story)


if __name__ == "__main__":
    run(tell)
