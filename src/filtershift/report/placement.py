"""The page of a placement: which models of a data set your own resemble, and which of their layers are wasted."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from filtershift.analysis.comparing.placement import Placement
from filtershift.analysis.groups.assign import UNKNOWN
from filtershift.analysis.shifts.d_matrix import SETTLED
from filtershift.analysis.uncertainty.noise import ABOVE
from filtershift.report.page import render
from filtershift.report.sections import Figure, Section, Table, listing, name, number, several, share, with_figures

LEAD = (
    "This page compares your models with those of a finished data set. It shows which of its models yours resemble, "
    "and which of your layers look sparse, repetitive or random."
)
KIN = 10
"""The nearest models whose tasks are told."""

NAMED = 5
"""Degenerate layers named in a sentence."""

FIGURES = {"nearest": "The nearest groups", "layers": "Layers by depth"}
"""The figures of the page by the names of their files, with their titles."""

PAGES = {"explorer.html": "your models among those of the data set: their layers, their filters, the nearest models"}

SHOWN = ("group", "shift", "flag", "corrected", "low", "high", "floor", "null", "n_filters", "own_share")
"""The columns of shifts on the page, where there are such: what decides stands first, the rest is in shifts.csv."""


def placement_figures(folder: Path) -> dict[str, Figure]:
    """The figures of the page, whose files are in a folder."""
    captions = files("filtershift.report").joinpath("templates")
    return {
        name: Figure(folder / f"{name}.png", title, captions.joinpath(f"placement_{name}.html").read_text())
        for name, title in FIGURES.items()
    }


def placement_page(
    folder: Path | None,
    dataset: str,
    found: Placement,
    skipped: pd.DataFrame,
    titles: Mapping[str, str],
    tasks: Mapping[str, str],
    nearest: Figure,
    layers: Figure,
) -> str:
    """The whole page of a placement.

    Args:
        folder: where the page will be, results/{dataset}/placement/{request}; None for a page alone.
        dataset: its name.
        found: the placement.
        skipped: what was left out.
        titles: of the groupings.
        tasks: of the models of the data set, by name; those without a task are not in it.
        nearest: the groups nearest to each model.
        layers: the layers of each model by depth.
    """
    figures = {"Nearest": [nearest], "Layers": [layers]}
    shown = with_figures(sections(found.shifts, found.models, found.layers, skipped, titles, tasks), figures)
    heading, see = f"Models placed in {dataset}", PAGES if folder else None
    return render(folder, heading, LEAD, facts(found.models, titles), shown, see, written=nearest.path.parent)


def facts(models: pd.DataFrame, titles: Mapping[str, str]) -> dict[str, str]:
    """What is placed, and by what it is compared."""
    return {
        "models": number(len(models)),
        "layers": number(models["n_layers"].sum()),
        "filters": number(models["n_filters"].sum()),
        "compared by": listing(list(titles.values())),
    }


def sections(
    shifts: pd.DataFrame,
    models: pd.DataFrame,
    layers: pd.DataFrame,
    skipped: pd.DataFrame,
    titles: Mapping[str, str],
    tasks: Mapping[str, str],
) -> list[Section]:
    """What is near, what is wasted, what was left out.

    Args:
        shifts: those of a `Placement`, like models and layers.
        models: one row per model.
        layers: one row per layer.
        skipped: columns kind, name, reason, count.
        titles: of the groupings.
        tasks: of the models of the data set, by name.
    """
    return [near(shifts, models, titles, tasks), wasted(models, layers), left_out(skipped)]


def near(shifts: pd.DataFrame, models: pd.DataFrame, titles: Mapping[str, str], tasks: Mapping[str, str]) -> Section:
    """To which groups each model has the smallest shift."""
    text = [
        "The shift D says how far the distribution of a model's coefficients is from a group's, in nats: 0 if they are "
        "the same. Noise makes D too large, most of all with few filters. Low and high are the ends of the interval of "
        "the D that is corrected for this, so D itself can lie above them. A shift is above noise if it is larger than "
        "its floor and its null; the flag says so. A shift that is not above noise may be chance.",
    ]
    settled = shifts["n_filters"] >= SETTLED
    for row in models.to_dict("records"):
        own = shifts[(shifts["model"] == row["model"]) & (shifts["variant"] == shifts["variant"].iloc[0])]
        text.append(f"{_headline(name(row['model']), own, titles)}{kin(own, tasks)}{_reservations(row)}")
    columns = [column for column in SHOWN if column in shifts and (column != "own_share" or shifts[column].any())]
    if len(models) > 1:
        columns.insert(0, "model")
    tables = [
        Table(f"Shifts by {titles[str(grouping)]}, {variant} filters", table[columns], "shifts.csv")
        for (grouping, variant), table in shifts[settled].groupby(["grouping", "variant"], sort=False)
    ]
    beside = ["grouping", "variant", *(column for column in columns if column not in ("floor", "null", "own_share"))]
    small = shifts.loc[~settled, beside]
    title = f"Groups too small to trust: fewer than {number(SETTLED)} filters"
    return Section("Nearest", text, [*tables, Table(title, small, "shifts.csv")])


def _headline(model: str, shifts: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """The nearest group of each grouping to a model, one that can be trusted if there is any, from one variant."""
    known = shifts[shifts["group"] != UNKNOWN].dropna(subset="shift")
    if known.empty:
        return f"{model} has no filter to compare, or there is no group with a label."
    trusted = known.assign(small=known["n_filters"] < SETTLED).sort_values(["small", "shift"], kind="stable")
    first = trusted.drop_duplicates("grouping").set_index("grouping")
    nearest = [
        f"{name(row['group'])} by {name(titles[str(grouping)])} (D = {number(row['shift'])}{_remark(row)})"
        for grouping, row in first.loc[known["grouping"].unique()].iterrows()
    ]
    return f"Of {known['variant'].iloc[0]} filters, {model} is nearest to {listing(nearest)}."


def _remark(row: Any) -> str:
    """How far to believe the shift to a nearest group, with a comma before it; "" if noise was not measured."""
    if row["own_share"] == 1:
        return ", the model itself"
    flag = row["flag"]
    noise = "" if pd.isna(flag) else f", {'' if flag.startswith(ABOVE) else 'not above noise: '}{flag}"
    return noise.replace(f", {ABOVE}", f", {ABOVE} noise") + (", a group too small to trust" if row["small"] else "")


def _reservations(model: Mapping[Any, Any]) -> str:
    """What else to know of a model's shifts, as sentences with a space before each."""
    text = ""
    if not pd.isna(model["same_as"]):
        text += (
            f" It has the same layers as {name(model['same_as'])} of the data set: groups that hold these are nearer "
            "to it for that. Own share says how much of a group they are."
        )
    if model["n_filters"] < SETTLED:
        text += f" It has only {several(int(model['n_filters']), 'filter')}, so all its shifts are too large."
    return text


def kin(shifts: pd.DataFrame, tasks: Mapping[str, str]) -> str:
    """What the models that are nearest to one are for, as a sentence with a space before it; "" if that is unknown."""
    models = shifts[(shifts["grouping"] == "model") & (shifts["variant"] == shifts["variant"].iloc[0])]
    nearest = models.nsmallest(KIN, "rank")["group"].map(tasks).dropna()
    if nearest.empty:
        return ""
    counted = [f"{name(task)} ({count})" for task, count in nearest.value_counts().items()]
    return f" What the {several(len(nearest), 'model')} nearest to it are for: {listing(counted)}."


def wasted(models: pd.DataFrame, layers: pd.DataFrame) -> Section:
    """Which layers of the models are degenerate or as good as random."""
    text = [
        "A layer is degenerate if most of its filters are sparse, all weights below a hundredth of the layer's "
        "largest, or if its filters have about one pattern. It is random-like if its variance entropy cannot be told "
        "from that of random filters. The percentile says how many per cent of the layers in the data set have a lower "
        "value (ties count half)."
    ]
    for row in models.to_dict("records"):
        own = layers[layers["model"] == row["model"]]
        n_layers, n_filters, wasted_filters = (int(row[key]) for key in ("n_layers", "n_filters", "wasted_filters"))
        sentence = f"{name(row['model'])} has {several(n_layers, 'layer')} and {several(n_filters, 'filter')}"
        if row["degenerate"] + row["random_like"] == 0:
            text.append(f"{sentence}; none of its layers is wasted.")
            continue
        text.append(
            f"{sentence}, {share(wasted_filters / n_filters)} of them in wasted layers: "
            f"{_names(own, 'degenerate')}, {_names(own, 'random-like')}."
        )
    unordered = [name(row.model) for row in models.itertuples() if str(row.depth_source).startswith("name")]
    if unordered:
        text.append(
            f"Depths of {listing(unordered)} are uncertain: the file does not say the order of its layers, so they are "
            "in the order of their names."
        )
    columns = ["model", "layer_name", "conv_depth", "n_filters", "state", "phenotype", "sparsity", "variance_entropy"]
    percentiles = [column for column in layers if str(column).endswith("_percentile")]
    order = layers["state"].map({"degenerate": 0, "random-like": 1}).fillna(2)
    worst = layers.iloc[order.argsort(kind="stable")][[*columns, "random_threshold", "orthogonality", *percentiles]]
    tables = [
        Table("Models", models, "models.csv"),
        Table("Layers, wasted ones first", worst, "layers.csv"),
    ]
    return Section("Layers", text, tables)


def left_out(skipped: pd.DataFrame) -> Section:
    """The convolutions that were not compared, and the groupings that there are not."""
    text = "What was left out, each with the reason." if len(skipped) else "Nothing was left out."
    return Section("Skipped", [text], [Table("Left out", skipped.rename(columns={"count": "filters"}), "skipped.csv")])


def _names(layers: pd.DataFrame, state: str) -> str:
    """How many layers of a model are in a state, and which."""
    names = [name(label) for label in layers.loc[layers["state"] == state, "layer_name"]]
    if not names:
        return f"none is {state}"
    shown = names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return f"{several(len(names), 'layer')} {'is' if len(names) == 1 else 'are'} {state} ({listing(shown)})"
