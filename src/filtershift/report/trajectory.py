"""The page of a trajectory: which layers changed when, which settled when, and what became of their quality."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from filtershift.analysis.shifts.d_matrix import SETTLED
from filtershift.analysis.trajectory.events import SUDDEN
from filtershift.analysis.trajectory.quality import ALL
from filtershift.analysis.trajectory.trace import Trajectory
from filtershift.files import whole_folder, write_table
from filtershift.report.page import render
from filtershift.report.sections import Figure, Section, Table, listing, name, number, several, with_figures

NAMED = 5
"""Layers and steps named in a sentence."""

TITLES = {
    "layers": ("Changes", "Every layer at every checkpoint"),
    "shifts": ("Shifts", "Shifts over checkpoints"),
    "quality": ("Quality", "Quality over checkpoints"),
    "shapes": ("Shapes", "Shapes over checkpoints"),
}
"""The section and the title of each kind of figure."""


CAPTIONS = {
    "layers": [
        "Each row is a layer, first layers at the top; each column is a checkpoint. Left: the shift D from the "
        "checkpoint before. Right: the shift to the last checkpoint of the run. Colours are on a logarithmic scale; "
        "with several runs they show the mean over runs.",
        "White cells are within noise: chance gives as much to two samples of as many filters. A layer has settled "
        "where its row stays white in the right panel; the blue tick marks the median over runs.",
        "The numbers: layers.over_runs.csv, summary.csv; for each run layers.csv, settled.csv.",
    ],
    "shifts": [
        "The shift D of each checkpoint from the first one, from the one before, and to the last one of its run, on a "
        "logarithmic scale. Black: all filters. Coloured: the layers of one depth.",
        "With several runs, lines are means over runs, and the grey band is the interval of the black line. Dashed: "
        "the noise of all filters. Below it, chance explains their shift.",
        "The numbers: shifts.over_runs.csv; for each run shifts.csv.",
    ],
    "quality": [
        "The quality of layers at each checkpoint: means over all layers (black) and over the layers of one depth "
        "(coloured). With several runs, lines are means over runs; the grey band is the interval of the black line.",
        "Sparsity is the share of sparse filters. H is the variance entropy, at most log₁₀ 9 = 0.954. Where H / T_H is "
        "1 or more, filters cannot be told from random ones. Orthogonality is 1 for orthogonal filters.",
        "The numbers: quality.over_runs.csv; for each run quality.csv.",
    ],
    "shapes": [
        "What filters look like at each checkpoint, of all layers (black) and of the layers of one depth (coloured): "
        "shares of their energy, and the symmetry of the mean filter. With several runs, lines are means over runs; "
        "the grey band is the interval of the black line.",
        "The numbers: shapes.over_runs.csv; for each run shapes.csv.",
    ],
}
"""How to read each kind of figure, in paragraphs."""

IN_VARIANTS = ("layers", "shifts", "shapes")
"""The kinds that differ between variants."""


def write_trajectory(page: Path, found: Trajectory, draw: Callable[[str, str, Path], None]) -> None:
    """Write the folder of the page: the page, all tables, and all figures.

    Args:
        page: the page; its folder is replaced when all is written.
        found: the trajectory.
        draw: writes the figure of a kind and a variant as PDF and PNG, to a path without a suffix.
    """
    variants = found.shifts["variant"].unique().tolist()
    with whole_folder(page.parent) as folder:
        for label, table in found.tables.items():
            write_table(folder / f"{label}.csv", table)
        figures = {}
        for kind, (_, title) in TITLES.items():
            for variant in variants if kind in IN_VARIANTS else variants[:1]:
                stem = f"{kind}-{variant}" if kind in IN_VARIANTS else kind
                shown = f"{title}, {variant} filters" if kind in IN_VARIANTS else title
                draw(kind, variant, folder / stem)
                caption = "".join(f"<p>{paragraph}</p>" for paragraph in CAPTIONS[kind])
                figures[kind, variant] = Figure(folder / f"{stem}.png", shown, caption)
        (folder / page.name).write_text(trajectory_page(page.parent, found, figures), encoding="utf-8")


def trajectory_page(folder: Path, found: Trajectory, figures: Mapping[tuple[str, str], Figure]) -> str:
    """The whole page of a trajectory.

    Args:
        folder: where the page will be, results/{dataset}/trajectory.
        found: the trajectory.
        figures: by kind and variant.
    """
    of_section: dict[str, list[Figure]] = {}
    for (kind, _), figure in figures.items():
        of_section.setdefault(TITLES[kind][0], []).append(figure)
    lead = (
        f"This page shows how filters develop over {found.by}: which layers changed, when they did, and when they "
        "settled."
    )
    written = next(iter(figures.values())).path.parent
    heading = f"Trajectories in {folder.parent.name}"
    return render(folder, heading, lead, facts(found), with_figures(sections(found), of_section), written=written)


def facts(found: Trajectory) -> dict[str, str]:
    """What is followed."""
    numbers = found.checkpoints["checkpoint"]
    return {
        "runs": number(found.checkpoints["run"].nunique()),
        "checkpoints": number(len(numbers)),
        found.by: f"{number(numbers.min())} to {number(numbers.max())}",
        "layers followed": number(found.summary["layer"].nunique()),
    }


def sections(found: Trajectory) -> list[Section]:
    """What changed, what settled, the curves, and what was left out."""
    return [changed(found), settled(found), shifted(found), quality(found), shapes(found), left_out(found.skipped)]


def changed(found: Trajectory) -> Section:
    """The steps of layers above noise, the most sudden first."""
    steps = found.changes[found.changes["above"] | found.changes["sudden"]]
    above = steps[steps["above"]]
    text = [_most_sudden(found), *(_busiest(above, variant, found) for variant in found.summary["variant"].unique())]
    text.append(
        "The shift D says how far the distributions of coefficients of two checkpoints are from each other, in nats. "
        "Noise is what chance gives two samples of as many filters; a step is above noise if it is so in more than "
        "half of the runs. Small layers have much noise. So the column times says how many times as large as expected "
        "a step is, in every run: expected from the layer's other steps and the other layers' same step. Steps of "
        f"{SUDDEN} times or more, and at least a quarter of their noise, are called sudden."
    )
    shown = (steps if len(steps) else found.changes.head(20)).rename(columns={"n_above": "runs_above"})
    shown = shown.assign(**{flag: shown[flag].map({True: "yes", False: "no"}) for flag in ("above", "sudden")})
    title = "Steps above noise or sudden" if len(steps) else "Steps, all within noise and none sudden"
    return Section("Changes", text, [Table(title, shown, "changes.csv")])


def _most_sudden(found: Trajectory) -> str:
    if found.changes.empty:
        return "No layer is found again in another checkpoint of its run; what was left out is listed below."
    if not found.changes["shift"].gt(0).any():
        return "No layer changed at all from one checkpoint to the next."
    first = found.changes.iloc[0]
    step = (
        f"layer {name(first['layer'])} between {found.by} {number(first['against'])} and "
        f"{number(first['checkpoint'])} (D = {number(first['shift'])} of {first['variant']} filters, noise "
        f"{number(first['floor'])})"
    )
    if not first["above"] and not first["sudden"]:
        return f"No layer changed by more than noise from one checkpoint to the next. Nearest to it is {step}."
    if not first["sudden"]:
        return f"No change is sudden. The most sudden one above noise is that of {step}."
    every = f" in each of {several(first['n_runs'], 'run')}" if first["n_runs"] > 1 else ""
    larger = f"at least {number(first['times'])} times as large as expected{every}"
    above = "is above noise" if first["above"] else "is within noise"
    if first["n_runs"] > 1 and first["above"]:
        above += f" in {first['n_above']} of them"
    return f"The most sudden change is that of {step}. It is {larger}, and {above}."


def _busiest(steps: pd.DataFrame, variant: str, found: Trajectory) -> str:
    """In which steps most layers of a variant changed."""
    layers = (found.summary["variant"] == variant).sum()
    own = steps[steps["variant"] == variant]
    some = f"Of {variant} filters, {own['layer'].nunique()} of {several(layers, 'layer')} changed by more than noise"
    if own.empty:
        return f"{some} in a step."
    often = own.groupby(["against", "checkpoint"])["layer"].nunique().nlargest(NAMED)
    told = [
        f"{several(count, 'layer')} from {found.by} {number(start)} to {number(end)}"
        for start, end, count in often.reset_index().itertuples(index=False, name=None)
    ]
    return f"{some} in a step: {listing(told)}{', and fewer in other steps' if len(own) > often.sum() else ''}."


def settled(found: Trajectory) -> Section:
    """When each layer settled."""
    runs = found.checkpoints["run"].nunique()
    text = [_settled(own, str(variant), found.by) for variant, own in found.summary.groupby("variant", sort=False)]
    text.append(
        "A layer has settled at the first checkpoint from which on its shift to the last checkpoint stays within "
        f"noise. {'With several runs, this is the median over runs. ' if runs > 1 else ''}Noise is large in small "
        f"layers: one with fewer than {number(SETTLED)} filters can change a lot before it can be told from chance."
    )
    tables = [
        Table(f"Layers, {variant} filters", own.drop(columns="variant"), "summary.csv, settled.csv")
        for variant, own in found.summary.groupby("variant", sort=False)
    ]
    return Section("Settled", text, tables)


def _settled(layers: pd.DataFrame, variant: str, by: str) -> str:
    known = layers.dropna(subset="settles").sort_values("settles", ascending=False, kind="stable")
    moving = [name(layer) for layer in layers.loc[layers["settles"].isna(), "layer"]]
    text = f"Of {variant} filters, {len(known)} of {several(len(layers), 'layer')} settled before the last checkpoint"
    if len(known):
        shown = known.head(NAMED)
        last = [
            f"{name(layer)} at {by} {number(at)}" for layer, at in zip(shown["layer"], shown["settles"], strict=True)
        ]
        text += f"; {'these are' if len(last) == len(known) else 'the last ones are'} {listing(last)}"
    if moving:
        named = moving if len(moving) <= NAMED else [*moving[: NAMED - 1], f"{len(moving) - NAMED + 1} more"]
        text += f". Still moving to the end: {listing(named)}"
    return f"{text}."


def shifted(found: Trajectory) -> Section:
    """How all filters shift."""
    means = found.over_runs["shifts"]
    text = [_way(means[means["variant"] == variant], str(variant), found.by) for variant in means["variant"].unique()]
    if found.checkpoints["run"].nunique() == 1:
        text.append("There is one run, so there are no intervals over runs.")
    else:
        text.append(
            "Means over runs have Student's t intervals, which are wide for few runs. Some runs may lack some "
            "checkpoints: the column runs counts those that have one."
        )
    whole = means[means["depth"] == ALL].drop(columns=["depth", "floor_low", "floor_high"])
    return Section("Shifts", text, [Table("All filters", whole, "shifts.over_runs.csv, shifts.csv, layers.csv")])


def _way(means: pd.DataFrame, variant: str, by: str) -> str:
    """How far the last checkpoint is from the first, and where half of the way is made."""
    whole = means[means["depth"] == ALL]
    ahead = whole[whole["compared"] == "last"]
    start = ahead.iloc[0]
    half = ahead[ahead["shift"] <= start["shift"] / 2]
    text = (
        f"Of all {variant} filters, {by} {number(start['checkpoint'])} is D = {number(start['shift'])} from the last "
        f"checkpoint (noise {number(start['floor'])})"
    )
    return f"{text}; half of it is left at {by} {number(half['checkpoint'].iloc[0])}." if len(half) else f"{text}."


def quality(found: Trajectory) -> Section:
    """What became of the quality of layers."""
    means = found.over_runs["quality"]
    whole = means[means["depth"] == ALL]
    first, last = whole.iloc[0], whole.iloc[-1]
    told = [
        f"{title} from {number(first[column])} to {number(last[column])}"
        for column, title in (
            ("sparsity", "sparsity"),
            ("variance_entropy", "variance entropy"),
            ("orthogonality", "orthogonality"),
            ("random_like", "the share of random-like layers"),
        )
        if pd.notna(first[column]) and pd.notna(last[column])
    ]
    ends = f"{found.by} {number(first['checkpoint'])} to {number(last['checkpoint'])}"
    text = f"From {ends}, the means over layers went: {listing(told)}." if told else "No layer could be judged."
    columns = [column for column in whole if not str(column).endswith(("_low", "_high")) and column != "depth"]
    return Section("Quality", [text], [Table("All layers", whole[columns], "quality.over_runs.csv, quality.csv")])


def shapes(found: Trajectory) -> Section:
    """What the filters look like."""
    text = (
        "What filters look like: the shares of their energy in high frequencies and in the patterns that the symmetry "
        "of the square tells apart, and the symmetry of the mean filter."
    )
    means = found.over_runs["shapes"]
    whole = means[means["depth"] == ALL]
    columns = [column for column in whole if not str(column).endswith(("_low", "_high")) and column != "depth"]
    return Section("Shapes", [text], [Table("All layers", whole[columns], "shapes.over_runs.csv, shapes.csv")])


def left_out(skipped: pd.DataFrame) -> Section:
    """The models, runs and layers that were not followed."""
    text = "What was left out, each with the reason." if len(skipped) else "Nothing was left out."
    return Section("Skipped", [text], [Table("Left out", skipped.rename(columns={"count": "filters"}), "skipped.csv")])
