"""The page of two models layer by layer: it begins with the layers that moved above noise, largest first."""

from pathlib import Path

import pandas as pd

from filtershift.analysis.layerwise.changes import CHANGES
from filtershift.analysis.layerwise.compare import ABOVE_ROUNDING, QUALITY, SAME, Layerwise
from filtershift.analysis.layerwise.summary import by_chance, moved
from filtershift.analysis.uncertainty.noise import TOO_SMALL
from filtershift.report.page import render
from filtershift.report.sections import Figure, Section, Table, listing, name, number, several, with_figures

LEAD = (
    "What changed between two models, layer by layer: which layers moved above noise, how far, in which components, "
    "and what became of their filters."
)
NAMED = 5
"""Layers named in a sentence."""

_PAIR = ["layer", "layer_after"]
_SHIFT = ["shift", "flag", "p", "corrected", "low", "high", "null", "floor"]
_PARTS = [f"component_{i}" for i in range(9)]
_MEANS = [f"mean_shift_{i}" for i in range(9)]


def layerwise_page(folder: Path, found: Layerwise, skipped: pd.DataFrame, basis: str, figures: list[Figure]) -> str:
    """The whole page.

    Args:
        folder: where the page and its tables will be.
        found: the comparison.
        skipped: what has no partner or was left out of the files.
        basis: whose basis and bins are used.
        figures: the layers by depth, and the eigenfilters of the change, if there are any.
    """
    sections = [_moved(found), _depth(found), _filters(found), _quality(found), left_out(skipped)]
    placed = dict(zip(("Layers by depth", "Filters"), ([figure] for figure in figures), strict=False))
    before, after = found.names
    facts = {
        "before": before,
        "after": after,
        "matched layers": number(len(found.layers.drop_duplicates(_PAIR))),
        "without a partner": number((skipped["kind"] == "layer").sum()),
        "basis and bins": basis,
    }
    shown = with_figures(sections, placed)
    written = figures[0].path.parent
    return render(folder, f"{text_of(before)} → {text_of(after)}", LEAD, facts, shown, written=written)


def text_of(model: str) -> str:
    """The name of a model for a heading."""
    return model if len(model) <= 60 else f"{model[:59]}…"


def _moved(found: Layerwise) -> Section:
    rows = moved(found.layers)
    text = [
        "The shift D says how far the distribution of a layer's coefficients moved, in nats: 0 if not at all. It is "
        "above noise if chance alone seldom makes such a change: if output channels of both models change places at "
        "random, D and two finer statistics are as unlikely as here (p). It is above rounding if chance may have "
        "moved the distribution as far, but the filters are those of the other model, and their weights changed by "
        "more than rounding.",
    ]
    text += [_headline(found, variant) for variant in found.layers["variant"].unique()]
    text.append(_chance(found))
    columns = [*_shown_pair(found), *_SHIFT, "relative_change", "n_filters_before", "units"]
    tables = [
        Table(f"Layers that moved, {variant} filters, largest shift first", own[columns], "layers.csv")
        for variant, own in rows.groupby("variant", sort=False)
    ]
    return Section("Layers that moved", text, tables)


def _headline(found: Layerwise, variant: str) -> str:
    """How many layers moved in a variant, and which did most."""
    own = found.layers[found.layers["variant"] == variant]
    rows, same = moved(own), int((own["flag"] == SAME).sum())
    rest = f"{several(same, 'layer')} {'is' if same == 1 else 'are'} the same" if same else "no layer is the same"
    if rows.empty:
        return f"Of {variant} filters, no layer moved above noise; {rest}."
    remark = {ABOVE_ROUNDING: f", {ABOVE_ROUNDING}"}
    named = [
        f"{name(row['layer'])} (D = {number(row['shift'])}{remark.get(row['flag'], '')})"
        for row in rows.head(NAMED).to_dict("records")
    ]
    more = f", and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    return f"Of {variant} filters, {several(len(rows), 'layer')} of {len(own)} moved: {listing(named)}{more}; {rest}."


def _chance(found: Layerwise) -> str:
    small = found.layers[found.layers["flag"] == TOO_SMALL].drop_duplicates(_PAIR)
    line = f"Chance alone puts about {number(by_chance(found))} layers here."
    if len(small):
        line += f" {several(len(small), 'layer')} {'has' if len(small) == 1 else 'have'} too few channels to be judged."
    return line


def _depth(found: Layerwise) -> Section:
    text = [
        "All matched layers from the input to the output. D adds up from nine parts, one per component. The mean shift "
        "is the mean coefficient after minus that before: it says in which direction filters moved."
    ]
    columns = [*_shown_pair(found), "matched_by", "shift", "flag", *_PARTS, *_MEANS]
    tables = [
        Table(f"D by component, {variant} filters", own[columns], "layers.csv")
        for variant, own in found.layers.groupby("variant", sort=False)
    ]
    return Section("Layers by depth", text, tables)


def _filters(found: Layerwise) -> Section:
    text = [
        "What became of single filters, in layers that have the same shape in both models: the share of filters that "
        "changed at all, the Frobenius norm of the change over that of the weights, and the cosine between each filter "
        "before and after (1: the same direction; about 0: not the same filter). The eigenfilters of the change are "
        "the principal components of the differences between filters: what was added to them, most of all."
    ]
    columns = [*_shown_pair(found), "n_filters_before", *CHANGES]
    tables = [
        Table(f"Change of {variant} filters", own[columns], "layers.csv")
        for variant, own in found.layers.groupby("variant", sort=False)
    ]
    return Section("Filters", text, tables)


def _quality(found: Layerwise) -> Section:
    rows = found.layers.drop_duplicates(_PAIR)
    turned = rows[rows["state_before"].fillna("") != rows["state_after"].fillna("")]
    text = "No layer changed its state." if turned.empty else f"{several(len(turned), 'layer')} changed the state."
    columns = [*_shown_pair(found), *(f"{column}_{side}" for column in QUALITY for side in ("before", "after"))]
    return Section("Quality", [text], [Table("Quality before and after", rows[columns], "layers.csv")])


def left_out(skipped: pd.DataFrame) -> Section:
    """The layers without a partner, and what was left out of the files."""
    text = "What was not compared, each with the reason." if len(skipped) else "Every layer has a partner."
    return Section("Skipped", [text], [Table("Left out", skipped.rename(columns={"count": "filters"}), "skipped.csv")])


def _shown_pair(found: Layerwise) -> list[str]:
    """The columns that name a layer: one, if all layers have the same name in both models."""
    rows = found.layers
    return _PAIR[:1] if (rows["layer"] == rows["layer_after"]).all() else _PAIR
