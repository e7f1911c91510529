"""The page of two models layer by layer: it begins with the layers that moved above noise, largest first."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from filtershift.analysis.layerwise.changes import CHANGES
from filtershift.analysis.layerwise.compare import ABOVE_ROUNDING, QUALITY, SAME, Layerwise
from filtershift.analysis.layerwise.summary import by_chance, change_bases, moved, summary
from filtershift.analysis.uncertainty.noise import TOO_SMALL
from filtershift.files import whole_folder, write_table
from filtershift.passes.bases import basis_table
from filtershift.report.page import render
from filtershift.report.sections import Figure, Section, Table, listing, name, number, several, with_figures

LEAD = (
    "What changed between two models, layer by layer: which layers moved above noise, how far, in which components, "
    "and what became of their filters."
)
NAMED = 5
"""Layers named in a sentence."""

PAGE = "layerwise.html"
FILES = (
    *(PAGE, "layerwise.json", "layers.csv", "skipped.csv", "eigenfilters.csv"),
    *(".complete", ".within_limit"),
    *("depth.pdf", "depth.png", "eigenfilters.pdf", "eigenfilters.png"),
)
"""What a folder of such a page may hold."""

TITLES = {"depth": "The change by depth", "eigenfilters": "What was added to the filters"}
PLACES = {"depth": "Layers by depth", "eigenfilters": "Filters"}
CAPTIONS = {
    "depth": (
        "<p>Each row is a layer, from the input at the top to the output. The mark is the shift D between both models; "
        "the line is its interval, corrected for noise. Noise makes D too large, most of all with few filters, so the "
        "mark can lie outside the line.</p><p>The red tick is the null: D is seldom larger if output channels of both "
        "models change places at random. A dark mark is above noise. A light mark is above rounding: the filters "
        "changed, but chance may have moved their distribution as far. All other marks are hollow.</p>"
    ),
    "eigenfilters": (
        "<p>The principal components of the differences between each filter after and before, about zero: of all "
        "layers of equal shape, and of those that moved most. A change that is the same in all filters has a first "
        "tile with a ratio near 1; random noise has nine tiles of about equal ratios.</p>"
    ),
}
"""How to read the figures, as HTML."""

_PAIR = ["layer", "layer_after"]
_SHIFT = ["shift", "flag", "p", "corrected", "low", "high", "null"]
_PARTS = [f"component_{i}" for i in range(9)]
_MEANS = [f"mean_shift_{i}" for i in range(9)]


def write_answer(
    place: Path,
    found: Layerwise,
    basis: str,
    drawn: Mapping[str, Any],
    save: Callable[..., None],
) -> None:
    """Write the folder of an answer, whole or not at all: tables, figures, a summary and the page.

    Args:
        place: the folder.
        found: the comparison.
        basis: whose basis and bins are used.
        drawn: the figures, by the names of `CAPTIONS`; eigenfilters may be missing.
        save: writes a figure to some paths.
    """
    with whole_folder(place) as folder:
        write_table(folder / "layers.csv", found.layers)
        write_table(folder / "skipped.csv", found.skipped)
        bases = [(label, vars(basis)) for label, basis in change_bases(found).items()]
        write_table(folder / "eigenfilters.csv", basis_table(bases).rename(columns={"group": "layer"}))
        (folder / "layerwise.json").write_text(json.dumps(summary(found), indent=1) + "\n")
        for name, figure in drawn.items():
            save(figure, folder / f"{name}.pdf", folder / f"{name}.png")
        figures = {name: Figure(folder / f"{name}.png", TITLES[name], CAPTIONS[name]) for name in drawn}
        (folder / PAGE).write_text(layerwise_page(place, found, basis, figures))


def layerwise_page(folder: Path, found: Layerwise, basis: str, figures: Mapping[str, Figure]) -> str:
    """The whole page; ``folder`` is where it will be, the other arguments are as of `write_answer`."""
    sections = [_moved(found), _depth(found), _filters(found), _quality(found), left_out(found.skipped)]
    placed = {PLACES[name]: [figure] for name, figure in figures.items()}
    before, after = found.names
    facts = {
        "before": before,
        "after": after,
        "matched layers": number(len(found.layers.drop_duplicates(_PAIR))),
        "without a partner": number((found.skipped["kind"] == "layer").sum()),
        "basis and bins": basis,
    }
    written = next(iter(figures.values())).path.parent
    heading = f"{text_of(before)} → {text_of(after)}"
    return render(folder, heading, LEAD, facts, with_figures(sections, placed), written=written)


def text_of(model: str) -> str:
    """The name of a model for a heading."""
    return model if len(model) <= 60 else f"{model[:59]}…"


def _moved(found: Layerwise) -> Section:
    rows = moved(found.layers)
    text = [
        "The shift D says how far the distribution of a layer's coefficients moved, in nats: 0 if not at all. Few "
        "filters make D too large; corrected is D without that. A layer is above noise if chance alone seldom does as "
        "much: output channels of both models change places at random, and p is how often D, or one of two finer "
        "statistics, is as unlikely as here. It is above rounding if chance may have moved the distribution as far, "
        "but the filters are those of the other model, and their weights changed by more than rounding.",
    ]
    text += [_headline(found, variant) for variant in found.layers["variant"].unique()]
    text.append(_chance(found))
    columns = [*_shown_pair(found), *_SHIFT, "relative_change", "n_filters_before"]
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
    line = f"Chance alone is expected to put {number(by_chance(found))} layers above noise."
    if len(small):
        line += f" {several(len(small), 'layer')} {'has' if len(small) == 1 else 'have'} too few channels to be judged."
    return line


def _depth(found: Layerwise) -> Section:
    text = [
        "All matched layers from the input to the output. D adds up from nine parts, one per component. The mean shift "
        "is the mean coefficient after minus that before: it says in which direction filters moved."
    ]
    columns = [*_shown_pair(found), "matched_by", "shift", "flag", *_PARTS, *_MEANS]
    heads = {column: f"D, {axis}" for column, axis in zip(_PARTS, found.axes or (), strict=False)}
    heads |= {column: f"mean shift, {axis}" for column, axis in zip(_MEANS, found.axes or (), strict=False)}
    tables = [
        Table(f"D by component, {variant} filters", own[columns].rename(columns=heads), "layers.csv")
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
