"""The page of a placement: which models of a data set your own resemble, and which of their layers are wasted."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

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


def placement_page(
    folder: Path,
    shifts: pd.DataFrame,
    models: pd.DataFrame,
    layers: pd.DataFrame,
    skipped: pd.DataFrame,
    titles: Mapping[str, str],
    tasks: Mapping[str, str],
    nearest: Figure,
    profile: Figure,
) -> str:
    """The whole page of a placement.

    Args:
        folder: that of the placement, in the folder of results of the data set.
        shifts: as of `sections`, like all tables.
        models: the placed models.
        layers: their layers.
        skipped: what was left out.
        titles: of the groupings.
        tasks: of the models of the data set, by name; those without a task are not in it.
        nearest: the groups nearest to each model.
        profile: the layers of each model by depth.
    """
    figures = {"Nearest": [nearest], "Layers": [profile]}
    shown = with_figures(sections(shifts, models, layers, skipped, titles, tasks), figures)
    return render(folder, f"Models placed in {folder.parent.name}", LEAD, facts(models, titles), shown)


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
        shifts: columns model, variant, grouping, group, rank, shift, ….
        models: one row per model, as of `filtershift.analysis.comparing.placement.placed_models`.
        layers: one row per layer, as of `placed_layers`.
        skipped: columns kind, name, reason, count.
        titles: of the groupings.
        tasks: of the models of the data set, by name.
    """
    return [near(shifts, titles, tasks), wasted(models, layers), left_out(skipped)]


def near(shifts: pd.DataFrame, titles: Mapping[str, str], tasks: Mapping[str, str]) -> Section:
    """To which groups each model has the smallest shift."""
    text = [
        "The shift D says how far the distribution of a model's coefficients is from a group's, in nats: 0 if they are "
        "the same. Few filters inflate it."
    ]
    for model, table in shifts.groupby("model", sort=False):
        first = table[(table["rank"] == 1) & (table["variant"] == shifts["variant"].iloc[0])]
        nearest = [
            f"{name(row.group)} by {name(titles[str(row.grouping)])} (D = {number(row.shift)})"
            for row in first.itertuples()
        ]
        text.append(
            f"Of {first['variant'].iloc[0]} filters, {name(model)} is nearest to {listing(nearest)}.{kin(table, tasks)}"
            if nearest
            else f"{name(model)} has no filter to compare."
        )
    tables = [
        Table(
            f"Shifts by {titles[str(grouping)]}, {variant} filters",
            table.drop(columns=["variant", "grouping"]),
            "shifts.csv",
        )
        for (grouping, variant), table in shifts.groupby(["grouping", "variant"], sort=False)
    ]
    return Section("Nearest", text, tables)


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
    """The convolutions that were not compared."""
    text = "Of each convolution that was left out, the reason." if len(skipped) else "Nothing was left out."
    return Section("Skipped", [text], [Table("Left out", skipped.rename(columns={"count": "filters"}), "skipped.csv")])


def _names(layers: pd.DataFrame, state: str) -> str:
    """How many layers of a model are in a state, and which."""
    names = [name(label) for label in layers.loc[layers["state"] == state, "layer_name"]]
    if not names:
        return f"none is {state}"
    shown = names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return f"{several(len(names), 'layer')} {'is' if len(names) == 1 else 'are'} {state} ({listing(shown)})"
