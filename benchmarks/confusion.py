"""How often the phenotype of a synthetic layer is the kind it was made as: `python benchmarks/confusion.py`.

Prints the tables of docs/phenotypes.md. The seeds are different from those used to choose thresholds.
"""

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from filtershift.analysis.quality.forms import layer_forms
from filtershift.analysis.quality.phenotypes import JUDGED, PHENOTYPES, layer_phenotypes
from filtershift.dataset.layers import read_layers
from filtershift.dataset.sources.synthetic.build import Synthetic, build
from filtershift.dataset.sources.synthetic.filters import KINDS, SOURCES, make_recipes
from filtershift.dataset.sources.synthetic.models import meta_table
from filtershift.files import write_table
from filtershift.passes.extent import LayerExtent
from filtershift.passes.moments import LayerMoments
from filtershift.passes.stored.groups import load_bases
from filtershift.passes.stored.histograms import load_grid, stored_layers
from filtershift.passes.stored.layers import load
from passes import PASSES
from pipeline import histogram_files

# Numbers of filters, models and layers; the median layer has about 100, 1,000 and 40,000 filters.
SIZES = [(730_000, 100, 1_000), (7_200_000, 100, 1_000), (22_000_000, 30, 150)]
# Layers with at least this many filters have separate tables.
LARGE = 500


def main() -> None:
    """Print tables: large layers for each size, smaller layers, and suns and symbols by their sources."""
    parser = argparse.ArgumentParser(description="Judge synthetic layers of known phenotype.")
    parser.add_argument("--seeds", nargs="+", type=int, default=[31, 32, 33], help="seeds of data sets of each size")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of the passes")
    options = parser.parse_args()
    found = []
    for totals in SIZES:
        table = pd.concat(judged(Synthetic(*totals, seed=seed), options.threads) for seed in options.seeds)
        median = f"median of {table['n_filters'].median():,.0f} filters per layer"
        show(f"{LARGE} filters or more, {median}", table[table["n_filters"] >= LARGE], ["made_as"])
        found.append(table)
    table = pd.concat(found)
    smaller = table["n_filters"].between(JUDGED, LARGE, inclusive="left")
    show(f"{JUDGED} to {LARGE - 1} filters", table[smaller], ["made_as"])
    bell = table["made_as"].isin(["sun", "symbols"]) & (table["n_filters"] >= LARGE)
    show(f"Suns and symbols, {LARGE} filters or more", table[bell], ["made_as", "skewed", "first"])


def judged(settings: Synthetic, threads: int) -> pd.DataFrame:
    """The phenotypes of a data set's layers, with the kind they were made as and their first sources."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        build(settings, folder / "dataset.h5", threads)
        layers = read_layers(folder / "dataset.h5").layers
        write_table(folder / "layers.csv", layers, index=True)
        for prepare in PASSES.values():
            prepare(folder / "dataset.h5", folder, threads)()
        basis = load_bases(folder / "basis.h5")[0]
        scaled = histogram_files(folder)[0]
        moments, extent = load([folder / "moments.h5"], LayerMoments), load([folder / "extent.h5"], LayerExtent)
        window = load_grid(scaled).window
        forms = layer_forms(moments, extent, basis, window, stored_layers([scaled], "window"))
    recipes = make_recipes(meta_table(settings.filters, settings.models, settings.layers, settings.seed), settings.seed)
    sources = recipes.table[recipes.source]
    return layer_phenotypes(layers, forms).assign(
        phenotype=lambda table: table["phenotype"].fillna("missing"),
        made_as=pd.Categorical(layers["made_as"], list(KINDS)),
        first=[SOURCES[row] for row in sources[:, 0]],
        skewed=["skewed" if SOURCES.index("skewed") in row[:2] else "not skewed" for row in sources.tolist()],
    )


def show(title: str, table: pd.DataFrame, by: list[str]) -> None:
    """Print a markdown table: how many layers of each kind have which phenotype."""
    counts = pd.crosstab([table[name] for name in by], table["phenotype"])
    flat = counts.reindex(columns=list(PHENOTYPES), fill_value=0).reset_index()
    lines = [flat.columns, ["---"] * flat.shape[1], *flat.astype(str).to_numpy()]
    print(f"\n{title} ({len(table):,} layers)\n", *(f"| {' | '.join(line)} |" for line in lines), sep="\n")


if __name__ == "__main__":
    main()
