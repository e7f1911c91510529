"""Phenotypes of layers whose distributions are known."""

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.quality.forms import layer_forms
from filtershift.analysis.quality.phenotypes import DRAWABLE, JUDGED, examples, layer_phenotypes, model_phenotypes
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.dataset.sources.synthetic.build import Synthetic, build
from filtershift.passes.all_passes import measure
from filtershift.passes.filter_array import FilterArray
from filtershift.passes.stored.histograms import save_histograms, stored_layers
from taken import taken

SHAPES = ["zero_mass", "coincidence", "two_patterns", "negentropy", "offset"]
RANDOM = np.random.default_rng(3)
TURN = np.linalg.qr(RANDOM.normal(size=(9, 9)))[0]
# Standard deviations of real layers along their components: the first dominates.
SPECTRUM = np.array([0.8, 0.4, 0.3, 0.25, 0.2, 0.1, 0.1, 0.05, 0.05])
N = 1500


def of_sources(first):
    """Filters whose coefficients are normal, but for those of the first component."""
    sources = RANDOM.normal(size=(N, 9))
    sources[:, 0] = (first - first.mean()) / first.std()
    return sources * SPECTRUM @ TURN


def mostly(share, value):
    """Normal filters, a share of which is multiplied by a value."""
    return np.where(np.arange(N)[:, None] < share * N, value, 1) * RANDOM.normal(size=(N, 9))


NORMAL = RANDOM.normal(size=(N, 9))
SIZES = RANDOM.lognormal(0, 0.5, (N, 1))
PATTERNS = RANDOM.normal(size=(6, 9))[RANDOM.integers(6, size=N)]
LAYERS = {
    "normal": (NORMAL, "sun"),
    "normal, one component dominates": (of_sources(RANDOM.normal(size=N)), "sun"),
    "normal, in all sizes": (of_sources(RANDOM.normal(size=N)) * SIZES, "sun"),
    "normal, a little off centre": (NORMAL + 0.3, "sun"),
    "some are zero": (mostly(0.05, 0), "sun"),
    "mixtures of three patterns": (NORMAL[:, :3] @ TURN[:3], "sun"),
    "few patterns": (PATTERNS + 0.005 * NORMAL, "spikes"),
    "few patterns in all sizes, of both signs": (PATTERNS * SIZES * RANDOM.choice([-1, 1], (N, 1)), "spikes"),
    "one pattern in all sizes": (NORMAL[:, :1] * np.arange(1, 10.0), "spikes"),
    "mixtures of two patterns": (NORMAL[:, :2] @ TURN[:2], "spikes"),
    "one filter": (np.ones((N, 9)), "spikes"),
    "two modes": (of_sources(np.repeat([-2.5, 2.5], N // 2) + NORMAL[:, 0]), "symbols"),
    "three modes": (of_sources(np.repeat([-6, 0, 0, 6], N // 4) + NORMAL[:, 0]), "symbols"),
    "skewed": (of_sources(RANDOM.chisquare(1, N)), "symbols"),
    "off centre": (NORMAL + 3, "symbols"),
    "a third is next to zero": (mostly(0.3, 1e-4), "symbols"),
    "most are zero": (mostly(0.7, 0), "point"),
    "most are next to zero": (mostly(0.7, 1e-4), "point"),
    "all are zero": (np.zeros((N, 9)), "point"),
    "just enough filters": (NORMAL[:JUDGED], "sun"),
    "too few filters": (NORMAL[: JUDGED - 1], None),
    "two filters": (NORMAL[:2], None),
    "one": (NORMAL[:1], None),
    "not one finite filter": (np.full((N, 9), np.nan), None),
}


def measured(source, row_ranges):
    """What the passes find, with the counts of each layer."""
    return taken(measure(source, row_ranges))


def shapes_of(found):
    counts = [(np.array([layer]), counts[None, 0, :, -1024:]) for layer, counts, _ in found.counted]
    return layer_forms(found.moments, found.extent, found.bases[0], found.grids[0].window, counts)


def of_filters(layers):
    """The passes over layers of filters."""
    source = FilterArray([np.asarray(layer, np.float64) for layer in layers])
    return measured(source, source.row_ranges)


def phenotypes_of(layers):
    shapes = shapes_of(of_filters(layers))
    named = {"model_id": 0, "model": "m", "n_filters": [len(layer) for layer in layers]}
    return layer_phenotypes(pd.DataFrame(named, shapes.index), shapes)


@pytest.fixture(scope="module")
def table():
    return phenotypes_of([filters for filters, _ in LAYERS.values()]).set_axis(list(LAYERS))


@pytest.mark.parametrize("name", LAYERS)
def test_the_phenotype_of_a_known_distribution(table, name):
    expected = LAYERS[name][1]
    row = table.loc[name]
    if expected is None:
        assert row[["phenotype", "typicality"]].isna().all()
        assert row["reason"] == f"fewer than {JUDGED} filters"
    else:
        assert row["phenotype"] == expected, row.to_dict()
        assert 0 <= row["typicality"] <= 1
        assert pd.isna(row["reason"])


def test_columns(table):
    assert table.columns.tolist() == ["model_id", "model", "n_filters", "phenotype", "typicality", "reason", *SHAPES]


def test_what_is_clearer_is_more_typical(table):
    typicality = table["typicality"]
    assert typicality["normal"] > typicality["normal, a little off centre"]
    assert typicality["few patterns"] > typicality["mixtures of two patterns"] == 0
    assert typicality["two modes"] > typicality["off centre"]
    assert typicality["most are zero"] > typicality["all are zero"] == 0


def test_shapes_do_not_depend_on_the_scale_of_weights(table):
    tiny = phenotypes_of([filters * 2.0**-40 for filters, _ in LAYERS.values()])
    pd.testing.assert_frame_equal(tiny.set_axis(table.index), table)


def test_shapes_do_not_depend_on_the_order_of_filters(table):
    mixed = phenotypes_of([RANDOM.permutation(filters) for filters, _ in LAYERS.values()]).set_axis(table.index)
    np.testing.assert_allclose(mixed[SHAPES], table[SHAPES], atol=1e-3)
    pd.testing.assert_series_equal(mixed["phenotype"], table["phenotype"])


def test_zero_filters_count_in_no_shape_but_their_own():
    layer = PATTERNS + 0.1 * NORMAL
    both = of_filters([layer, np.concatenate([layer, np.zeros((500, 9))])])
    without, given = shapes_of(both).to_dict("records")
    assert given["zero_mass"] == 500 / (N + 500)
    assert {name: given[name] for name in SHAPES[1:]} == pytest.approx(
        {name: without[name] for name in SHAPES[1:]}, rel=1e-4
    )


def test_shards_and_batches_change_nothing(tmp_path):
    found = of_filters([filters for filters, _ in LAYERS.values()])
    halves = [found.counted[15:], found.counted[:15]]
    paths = [tmp_path / f"{k}.h5" for k in range(2)]
    for path, half in zip(paths, halves, strict=True):
        save_histograms((path, tmp_path / "unscaled.h5"), found.grids, half)
    window = found.grids[0].window
    histograms = stored_layers(paths, "window")
    stored = layer_forms(found.moments, found.extent, found.bases[0], window, histograms)
    pd.testing.assert_frame_equal(stored, shapes_of(found), check_exact=True)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    """Layers of known phenotype, those of 500 filters and more."""
    path = tmp_path_factory.mktemp("synthetic") / "dataset.h5"
    build(Synthetic(filters=1_500_000, models=60, layers=400, seed=21), path)
    read = read_layers(path)
    with FilterFile(path) as source:
        shapes = shapes_of(measured(source, read.row_ranges))
    found = layer_phenotypes(read.layers, shapes).assign(made_as=read.layers["made_as"])
    return found[found["n_filters"] >= 500]


@pytest.mark.parametrize(
    ("made_as", "phenotype", "least"),
    [
        ("zero", "point", 1),
        ("point", "point", 1),
        ("spikes", "spikes", 1),
        ("low entropy", "spikes", 1),
        ("random", "sun", 1),
        ("symbols", "symbols", 0.9),
        ("sun", "sun", 0.95),
    ],
)
def test_synthetic_layers_come_out_as_they_were_made(synthetic, made_as, phenotype, least):
    found = synthetic.loc[synthetic["made_as"] == made_as, "phenotype"]
    assert len(found) > 0
    assert (found == phenotype).mean() >= least, found.value_counts().to_dict()


def test_shares_of_models():
    judged = pd.DataFrame(
        {
            "model_id": [7, 7, 7, 7, 2, 9],
            "model": ["b", "b", "b", "b", "a", "c"],
            "phenotype": ["sun", "sun", "point", None, None, "symbols"],
        }
    )
    table = model_phenotypes(judged)
    assert table.columns.tolist() == ["model_id", "model", "n_layers", "n_judged", "sun", "spikes", "symbols", "point"]
    assert table["model"].tolist() == ["a", "b", "c"]
    assert table["n_layers"].tolist() == [1, 4, 1]
    assert table["n_judged"].tolist() == [0, 3, 1]
    assert table.iloc[0, 4:].isna().all()
    assert table.iloc[1, 4:].tolist() == pytest.approx([2 / 3, 0, 0, 1 / 3])
    assert table.iloc[2, 4:].tolist() == [0, 0, 1, 0]


def test_examples_are_the_most_typical_layers_of_enough_filters():
    rows = [
        (0, DRAWABLE, "point", 0.5),
        (1, DRAWABLE, "sun", 0.4),
        (2, DRAWABLE - 1, "sun", 0.9),
        (3, DRAWABLE, "sun", 0.6),
        (4, DRAWABLE, "sun", 0.6),
        (5, 300, "symbols", 0.2),
        (6, 200, "symbols", 0.3),
        (7, 10 * DRAWABLE, None, np.nan),
    ]
    table = pd.DataFrame(rows, columns=["layer", "n_filters", "phenotype", "typicality"])
    for shuffled in (table, table[::-1]):
        assert examples(shuffled).to_dict("list") == {"phenotype": ["sun", "symbols", "point"], "layer": [3, 6, 0]}


def test_no_example_where_no_layer_is_judged():
    none = pd.DataFrame({"layer": [0], "n_filters": [5], "phenotype": [np.nan], "typicality": [np.nan]})
    assert examples(none).columns.tolist() == ["phenotype", "layer"]
    assert examples(none).empty
