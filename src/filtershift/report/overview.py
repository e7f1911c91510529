"""The story of a run: data, bases, shifts, scales, quality, cost."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from filtershift.analysis.shifts.d_matrix import SETTLED
from filtershift.report.page import render
from filtershift.report.run import Run
from filtershift.report.sections import Figure, Section, Table, listing, name, number, several, share, with_figures
from filtershift.report.shifts import shifts
from filtershift.report.tables import components_for, depth_ranges, own_bases

LEAD = (
    "How the filters of trained convolutions are distributed, and how far these distributions shift between groups of "
    "filters."
)

PAGES = {
    "explorer.html": "every grouping a click: compare groups, layers and models, look at filters",
    "claims.html": "the papers' claims, judged on these models",
}
"""Other pages of a run, and what one finds there."""

BATCH_NORM = {
    "folded": "multiplied into the weights",
    "absorbed": "multiplied in by the file already, or absent,",
    "separate": "kept apart",
    "unknown": "not known",
}
"""States of layers, as words."""

RANKED = (
    *("model", "n_filters", "n_layers", "n_judged", "degenerate", "random_like", "diverse", "sparsity"),
    *("variance_entropy", "entropy_ratio", "orthogonality", "rms_norm", "mean_range"),
)
"""Columns of quality/models.csv that the page shows."""

READING = ("moments", "extent", "histograms", "weight_matrices")
"""Steps that read all filters."""


def run_page(results: Path, run: Run, figures: Mapping[str, Sequence[Figure]]) -> str:
    """The whole page of a folder of results; ``figures`` are those of each section, by its title."""
    heading = f"The 3×3 convolution filters of {results.name}"
    return render(results, heading, LEAD, facts(run), with_figures(story(run), figures), see=PAGES)


def facts(run: Run) -> dict[str, str]:
    """The few numbers against which everything else is to be seen."""
    return {
        "filters": number(run.models["n_filters"].sum()),
        "layers": number(run.models["n_layers"].sum()),
        "models": number(len(run.models)),
        "groupings compared": number(len(run.titles)),
        "filters are": listing(list(run.ratios)),
    }


def story(run: Run) -> list[Section]:
    """The sections in the order in which they are read."""
    return [data(run), bases(run), shifts(run), scales(run), quality(run), cost(run)]


def data(run: Run) -> Section:
    """What was measured, and what was left out."""
    filters = run.models["n_filters"]
    largest = run.models.iloc[int(filters.argmax())]
    text = [
        f"A filter is one 3×3 kernel of a convolution. {share(largest['n_filters'] / filters.sum())} of all are in the "
        f"largest model, {name(largest['model'])}; the median model has {number(filters.median())}."
    ]
    if run.titles:
        counts = run.groups["grouping"].value_counts()
        titled = [f"{name(title)} ({several(counts.get(key, 0), 'group')})" for key, title in run.titles.items()]
        few = int((run.groups["n_filters"] < SETTLED).sum())
        text.append(
            f"They are grouped by {listing(titled)}. Of these groups {few:,} have fewer than {SETTLED:,} filters: "
            "their numbers are uncertain."
        )
    states = run.quality.loc[run.quality["n_filters"] > 0, "batch_norm"].value_counts()
    if set(states.index) != {"unknown"}:
        shares = (states / states.sum()).to_dict()
        known = [f"{said} in {share(shares[state])}" for state, said in BATCH_NORM.items() if state in shares]
        text.append(f"Of the layers, a BatchNorm behind the convolution is {listing(known)}.")
    if "unknown" in states and len(states) > 1:
        text.append("Layers that differ in this may not be comparable in their unscaled filters.")
    kinds = [f"{kind} ({count:,})" for kind, count in run.skipped["kind"].value_counts().items()]
    rows = f"The table below lists what was left out, and why; its rows are of {listing(kinds)}."
    text.append(rows if kinds else "Nothing was left out.")
    if run.expected is not None:
        agree, numbers = int(run.expected["agrees"].sum()), several(len(run.expected), "number")
        text.append(f"This run agrees with {agree:,} of {numbers} known of this data set from elsewhere.")
    labels = [label for label in run.labels if label in run.models]
    columns = list(dict.fromkeys(["model", "n_filters", "n_layers", *labels]))
    models = run.models.sort_values("n_filters", ascending=False, kind="stable")[columns]
    groups = run.groups.assign(grouping=run.groups["grouping"].map(dict(run.titles)))
    tables = [
        Table("Models, largest first", models, "models.csv"),
        Table("Groups", groups, ", ".join(f"groups/{key}.sizes.csv" for key in run.titles)),
        Table("Left out", run.skipped.rename(columns={"count": "filters"}), "skipped.csv"),
        Table("Left out of the papers' figures", run.paper_skipped.drop(columns="count"), "paper/skipped.csv"),
    ]
    if run.expected is not None:
        judged = run.expected.assign(agrees=run.expected["agrees"].map({True: "yes", False: "no"}))
        tables.append(Table("Known from elsewhere", judged, "expected.csv", {"yes": "yes", "no": "no"}))
    return Section("Data", text, tables)


def bases(run: Run) -> Section:
    """How few patterns make up the filters: all of them, and those of each group."""
    text = [_along_axes(run, run.axes) if run.axes else _along_components(run)]
    components = pd.DataFrame(
        {"component": run.axes or range(9)} | {f"share, {v}": ratio for v, ratio in run.ratios.items()}
    )
    tables = [Table("Shares of variance, all filters", components, "statistics/basis.h5")]
    if run.titles:
        title, table = run.titles[run.first], own_bases(run.curves, run.filters)
        file = ", ".join(f"{variant}/figures/cumulative/{run.first}.csv" for variant in run.curves)
        tables.append(Table(f"Shares of variance in each group's own PCA, by {title}", table, file))
        for variant in run.curves:
            known = table[table["filters"] >= SETTLED].set_index("group")[f"first three, {variant}"].dropna()
            if len(known) > 1:
                text.append(
                    f"By {name(title)}, the {variant} filters of {name(known.idxmax())} are the simplest: the first "
                    f"three components of their own PCA explain {share(known.max())} of their variance. Those of "
                    f"{name(known.idxmin())} are the most varied, with {share(known.min())}."
                )
    return Section("Bases", text, tables)


def _along_components(run: Run) -> str:
    """What the principal components of all filters explain."""
    explained = [
        f"{variant.capitalize()} filters: the first component explains {share(ratio[0])} of the variance, the first "
        f"three {share(ratio[:3].sum())}; {components_for(ratio)} of nine are needed for 90 %."
        for variant, ratio in run.ratios.items()
    ]
    return (
        "Filters are compared in one basis: the principal components of all filters, nine eigenfilters. A "
        f"filter's coefficients are its projections on them. {' '.join(explained)}"
    )


def _along_axes(run: Run, axes: Sequence[str]) -> str:
    """Which of the patterns that no data set decides filters vary along most."""
    most = [
        f"{variant.capitalize()} filters vary most along {axes[int(np.nanargmax(ratio))]}, with "
        f"{share(float(np.nanmax(ratio)))} of the variance."
        for variant, ratio in run.ratios.items()
        if np.isfinite(ratio).any()
    ]
    return (
        f"Filters are compared along nine patterns that no data set decides: {listing(list(axes))}. A filter's "
        f"coefficients are its projections on them. {' '.join(most)}"
    )


def scales(run: Run) -> Section:
    """How the scale of raw filters changes with depth, and what it does to the shifts."""
    text = ["A filter's range is its largest raw weight minus its smallest. Scaling filters removes it."]
    tables = []
    if run.ranges is None:
        text[0] += " It is not shown by depth, which needs the variant unscaled and the grouping depth_decile."
    else:
        deciles = run.groups.loc[run.groups["grouping"] == "depth_decile", "group"]
        table = depth_ranges(run.ranges, deciles)
        tables.append(Table("Mean filter range of models", table, "unscaled/figures/range_boxes/depth_decile.csv"))
        if len(table) > 1:
            first, last = table.iloc[0], table.iloc[-1]
            text[0] += (
                f" In the median model its mean is {number(first['median'])} at relative depths {name(first['depth'])} "
                f"and {number(last['median'])} at {name(last['depth'])}."
            )
    if run.titles:
        medians = {variant: pairs[run.first]["shift"].median() for variant, pairs in run.pairs.items()}
        known = [f"{number(median)} ({variant})" for variant, median in medians.items() if not np.isnan(median)]
        if len(known) > 1:
            text.append(f"This changes shifts: the median D by {name(run.titles[run.first])} is {listing(known)}.")
    return Section("Scales", text, tables)


def quality(run: Run) -> Section:
    """How many layers are degenerate or as good as random, and of what shape their coefficients are."""
    text = [
        "A layer is degenerate if most of its filters are sparse (all weights below a hundredth of the layer's "
        "largest) or if its filters have about one pattern. It is random-like if its variance entropy cannot be told "
        f"from that of random filters. All other layers are diverse. {_counted(run.quality['state'])}",
        "By the distributions of its coefficients a layer is a sun (as normal filters have), spikes (few patterns), "
        f"symbols (any other shape) or a point (next to zero). {_counted(run.quality['phenotype'])}",
    ]
    worst = run.ranking.iloc[0]
    if worst["degenerate"] > 0:
        judged = several(int(worst["n_judged"]), "layer")
        text[0] += f" Most degenerate is {name(worst['model'])}: {share(worst['degenerate'])} of {judged}."
    columns = ["model", "conv_depth", "n_filters", "state", "sparsity", "variance_entropy", "entropy_ratio"]
    layers = run.quality.sort_values("variance_entropy", kind="stable")[[*columns, "phenotype", "orthogonality"]]
    tables = [
        Table("Models, most degenerate first", run.ranking.filter([*RANKED]), "quality/models.csv"),
        Table("Layers, lowest entropy first", layers, "quality/layers.csv, quality/phenotypes.csv"),
    ]
    return Section("Quality", text, tables)


def _counted(kinds: pd.Series) -> str:
    """How many layers are of each kind, and of how many it is not known."""
    counts = [f"{count:,} are {kind}" for kind, count in kinds.value_counts().items()]
    if unknown := int(kinds.isna().sum()):
        counts.append(f"{unknown:,} have too few filters to tell")
    return f"Of {several(len(kinds), 'layer')}, {listing(counts)}."


def cost(run: Run) -> Section:
    """What the run took."""
    total = run.cost[["jobs", "seconds", "cpu_seconds"]].sum()
    reading = run.cost.loc[run.cost["step"].isin(READING), "seconds"].sum()
    text = (
        f"{several(int(total['jobs']), 'job')} took {number(total['seconds'])} s, one after the other, and "
        f"at least {number(total['cpu_seconds'])} s of processor time. Reading the filters took {number(reading)} s "
        "of it, and what that measured serves every grouping. The largest job held "
        f"{number(run.cost['largest_mb'].max())} MB."
    )
    return Section("Cost", [text], [Table("Steps", run.cost, "cost.csv")])
