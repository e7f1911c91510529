"""Phenotypes of layers: sun, spikes, symbols or point, by the shape of their coefficients' distributions.

Gavrikov & Keuper (2021, figure 5; 2022, section 4) judge by eye; the thresholds here are new. docs/phenotypes.md has
the formulas, and how often they are right on layers of known phenotype.
"""

import numpy as np
import pandas as pd

PHENOTYPES = ("sun", "spikes", "symbols", "point")

# Filters it takes to judge a layer: 99 in 100 normal layers of so many are suns.
JUDGED = 200
# A point has at least this share of its filters next to zero.
MOST = 0.5
# In spikes, two filters have the same coefficient at least so many times as often as normal ones, …
REPEATED = 3.0
# … or all filters are made of two patterns, to this share of their variance.
FEW_PATTERNS = 0.99
# A sun has at most this share of its filters next to zero, …
FEW = 0.1
# … at most this negentropy, in nats: at most 9 % of its filters are elsewhere than normal ones, …
NEARLY_NORMAL = 0.015
# … and at most this share of its mean in the mean square: then zero is two standard deviations from the mean.
OFF_CENTRE = 0.8

# Filters below which a layer's density is too thin to draw, if there is another.
DRAWABLE = 2_000


def layer_phenotypes(layers: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    """The phenotype of every layer and what it is judged by, one row per layer.

    Args:
        layers: the layer table, with model_id, model and n_filters.
        forms: what `layer_forms` returns for these layers.

    Returns:
        model_id, model, n_filters; phenotype, missing where there are too few filters to tell; typicality, from 0 (a
        point of nothing but zeros, spikes without any, or what could as well be another phenotype) to 1; reason, why
        the phenotype is missing; and the numbers in ``forms``.
    """
    forms = forms.loc[layers.index]
    zero_mass, repeated, enough = forms["zero_mass"], forms["coincidence"], forms["n"] >= JUDGED
    limits = {"zero_mass": FEW, "negentropy": NEARLY_NORMAL, "offset": OFF_CENTRE}
    strain = (forms[list(limits)] / pd.Series(limits)).max(axis=1)
    spikes = (repeated >= REPEATED) | (forms["two_patterns"] >= FEW_PATTERNS)
    conditions = [zero_mass >= MOST, spikes, strain <= 1]
    phenotype = np.select(conditions, ["point", "spikes", "sun"], "symbols")
    point = ((zero_mass - MOST) / (1 - MOST)).mask(zero_mass == 1, 0)
    clear = [point, (1 - REPEATED / repeated).clip(lower=0), 1 - strain]
    judged = pd.DataFrame({"phenotype": phenotype, "typicality": np.select(conditions, clear, 1 - 1 / strain)})
    reason = pd.Series(f"fewer than {JUDGED} filters", layers.index).mask(enough)
    named = layers[["model_id", "model", "n_filters"]].join(judged.set_index(layers.index).where(enough))
    return named.assign(reason=reason).join(forms.drop(columns="n"))


def model_phenotypes(table: pd.DataFrame) -> pd.DataFrame:
    """The shares of the phenotypes among the judged layers of every model, one row per model.

    ``table`` is that of `layer_phenotypes`. Columns model_id, model, n_layers, n_judged, sun, spikes, symbols, point.
    """
    judged = table["phenotype"].notna()
    found = {name: (table["phenotype"] == name).astype(float).where(judged) for name in PHENOTYPES}
    models = table[["model_id", "model"]].assign(n_layers=1, n_judged=judged.astype(int), **found)
    how = {"n_layers": "sum", "n_judged": "sum", **dict.fromkeys(PHENOTYPES, "mean")}
    return models.groupby(["model_id", "model"], as_index=False, dropna=False).agg(how)


def examples(table: pd.DataFrame) -> pd.DataFrame:
    """One typical layer of each phenotype that occurs, as columns phenotype, layer, in the order of `PHENOTYPES`.

    The most typical of those with at least ``DRAWABLE`` filters, else of all; of equals the lowest layer number.

    Args:
        table: one row per layer, with layer, n_filters, phenotype and typicality.
    """
    judged = table[table["phenotype"].isin(PHENOTYPES)].assign(drawable=table["n_filters"] >= DRAWABLE)
    ranked = judged.sort_values(["drawable", "typicality", "layer"], ascending=[False, False, True])
    first = ranked.drop_duplicates("phenotype").set_index("phenotype")["layer"]
    return first.loc[[name for name in PHENOTYPES if name in first.index]].reset_index()
