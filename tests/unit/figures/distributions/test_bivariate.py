from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from filtershift.figures.distributions.bivariate import PRINT_DOTS, SCREEN_DOTS, bivariate
from filtershift.figures.drawing.saving import save
from filtershift.figures.drawing.style import FIRE
from filtershift.passes.patterns import axis_names, symmetry_patterns

BLACK = to_rgba(FIRE(0.0))


def counts_of(rng, bins=SCREEN_DOTS):
    return rng.poisson(0.2, size=(36, bins, bins))


def examples_of(counts, *names, **columns):
    """Stored counts and the table of examples with these names, all with the same counts."""
    table = pd.DataFrame({"phenotype": names, "model": names}).assign(layer=0, conv_depth=0, n_filters=9, reach=1.0)
    return {name: {"counts": counts} for name in names}, table.assign(**columns)


def panels(figure, number=0, dots=SCREEN_DOTS):
    """The drawn panels of a triangle by pair (x, y), each (dots, dots, 4) with y upwards, x to the right."""
    image = [axes.images[0] for axes in figure.axes if axes.images][number].get_array() / 255
    step = dots + dots // 16
    rows = {y: (y - 1) * step for y in range(1, 9)}
    return {
        (x, y): image[rows[y] : rows[y] + dots, x * step : x * step + dots][::-1] for x, y in combinations(range(9), 2)
    }


@pytest.mark.parametrize(
    ("number", "different"), [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (8, 1), (8, 2), (8, 8)]
)
def test_legible(number, different, labels_of, rng, assert_legible):
    labels = labels_of(different)
    names = [labels[n % different] for n in range(number)]
    models = [name[::-1] for name in names]
    assert_legible(bivariate(*examples_of(counts_of(rng), *names, model=models, n_filters=10**8, reach=0.123456)))


def test_says_what_is_drawn(rng, texts_of):
    models, reach = ["a model", "other"], [3.0522, 2e-5]
    texts = texts_of(bivariate(*examples_of(counts_of(rng), "sun", "point", model=models, layer=[5, 8], reach=reach)))
    assert {"sun", "a model", "layer 5, depth 0, 9 filters", "point", "other"} < set(texts)
    assert "every axis from −3.05 to 3.05" in texts
    assert "every axis from −2·10⁻⁵ to 2·10⁻⁵" in texts
    for letter, times in (("c₀", 2), ("c₁", 4), ("c₇", 4), ("c₈", 2)):
        assert texts.count(letter) == times


def test_each_pair_has_its_place_and_orientation():
    """Of pair number k one bin is filled, k right of the left edge and 50 above the bottom."""
    counts = np.zeros((36, SCREEN_DOTS, SCREEN_DOTS), int)
    counts[np.arange(36), np.arange(36), 50] = 1
    drawn = panels(bivariate(*examples_of(counts, "one")))
    for number, pair in enumerate(combinations(range(9), 2)):
        lit = (drawn[pair] != BLACK).any(axis=-1)
        assert np.argwhere(lit).tolist() == [[50, number]]


def test_between_and_above_the_panels_nothing_is_drawn(rng):
    figure = bivariate(*examples_of(counts_of(rng), "one"))
    [image] = [axes.images[0] for axes in figure.axes if axes.images]
    alpha = image.get_array()[..., 3]
    assert (alpha == 255).sum() == 36 * SCREEN_DOTS**2
    assert (alpha > 0).sum() == 36 * SCREEN_DOTS**2


def test_colours_are_shares_of_the_fullest_bin_on_a_log_scale():
    counts = np.zeros((36, SCREEN_DOTS, SCREEN_DOTS), int)
    counts[0, :4, 0] = 10**6, 10**3, 10, 1
    drawn = panels(bivariate(*examples_of(counts, "one")))[0, 1][0, :5]
    expected = [FIRE(share) for share in (1.0, 0.4, 0.0, 0.0, 0.0)]
    np.testing.assert_allclose(drawn, expected, atol=1.01 / 255)


@pytest.mark.parametrize("dots", [SCREEN_DOTS, PRINT_DOTS])
def test_a_single_filter_is_seen_among_many_bins(dots):
    counts = np.zeros((36, 512, 512), np.int32)
    counts[:, 300, 401], counts[:, :8, :8] = 1, 10_000
    drawn = panels(bivariate(*examples_of(counts, "one"), dots), dots=dots)[3, 5]
    merged = 512 // dots
    np.testing.assert_allclose(drawn[401 // merged, 300 // merged], FIRE(0.2), atol=1.01 / 255)
    assert (drawn != BLACK).any(axis=-1).sum() == 1 + (8 // merged) ** 2


def test_the_dots_of_the_screen_are_those_of_the_page(rng):
    figure = bivariate(*examples_of(counts_of(rng), "one"))
    [(image, axes)] = [(axes.images[0], axes) for axes in figure.axes if axes.images]
    left, right, bottom, top = image.get_extent()
    (x0, y0), (x1, y1) = axes.transData.transform([(left, bottom), (right, top)])
    np.testing.assert_allclose([y1 - y0, x1 - x0], image.get_array().shape[:2], rtol=1e-9)


def test_a_layer_without_filters_is_black(assert_legible):
    figure = bivariate(*examples_of(np.zeros((36, 64, 64), int), "none"))
    assert_legible(figure)
    assert (panels(figure)[0, 1] == BLACK).all()


@pytest.mark.slow
def test_files_are_small(rng, tmp_path):
    """Four dense examples: what a report and a paper can carry."""
    spread = rng.normal(0, 70, size=(36, 100_000, 2)) + 256
    counts = np.stack([np.histogram2d(*s.T, 512, [(0, 512)] * 2)[0] for s in spread]).astype(np.int32)
    examples = examples_of(counts, *"abcd")
    for suffix, dots, most in ((".png", SCREEN_DOTS, 700e3), (".pdf", PRINT_DOTS, 4e6)):
        save(bivariate(*examples, dots), tmp_path / f"figure{suffix}")
        assert (tmp_path / f"figure{suffix}").stat().st_size < most


@pytest.mark.slow
def test_files_are_the_same_each_time(rng, tmp_path):
    examples = examples_of(counts_of(rng), "a")
    for suffix in (".png", ".pdf"):
        first, second = (tmp_path / f"{name}{suffix}" for name in ("first", "second"))
        save(bivariate(*examples), first)
        save(bivariate(*examples), second)
        assert first.read_bytes() == second.read_bytes()


def test_examples_are_those_of_the_table_in_its_order(rng, texts_of):
    counted = {name: {"counts": counts_of(rng)} for name in ("sun", "point")}
    table = pd.DataFrame(
        {"phenotype": ["point", "sun"], "model": ["one", "other"], "layer": [5, 7], "conv_depth": [0, 3]}
    ).assign(n_filters=[1200, 64], reach=[0.5, 2.0])
    texts = texts_of(bivariate(counted, table))
    assert [text for text in texts if text in counted] == ["point", "sun"]
    assert {"layer 5, depth 0, 1,200 filters", "layer 7, depth 3, 64 filters", "one", "other"} <= set(texts)
    assert "every axis from −0.5 to 0.5" in texts
    assert texts_of(bivariate({}, table[:0])) == ["no layer has any of the phenotypes"]


def test_axes_of_a_fixed_basis_are_named(rng, assert_legible, texts_of):
    figure = bivariate(*examples_of(counts_of(rng), "one"), axes_names=axis_names(symmetry_patterns()))
    assert_legible(figure)
    assert {"mean", "gradient x", "bent y"} <= set(texts_of(figure))
