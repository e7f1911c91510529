import matplotlib as mpl
import numpy as np
from matplotlib.collections import PathCollection

from filtershift.figures.distributions.eigenfilters import eigenfilter_tiles
from filtershift.figures.drawing.style import WEIGHT_MAP


def basis(label, rng, n_models=3):
    """A label and the basis of a group as stored."""
    return label, {
        "components": np.linalg.qr(rng.normal(size=(9, 9)))[0],
        "explained_variance_ratio": np.sort(rng.dirichlet(np.ones(9)))[::-1],
        "n_filters": np.array(1_234_567),
        "n_models": np.array(n_models),
    }


def squares_of(figure):
    """The upper left corners (n, 2) and colours (n, 4) of all squares, from top to bottom and left to right."""
    tiles = next(artist for artist in figure.findobj(PathCollection))
    paths = [path.vertices.reshape(-1, 5, 2) for path in tiles.get_paths()]
    colors = np.repeat(tiles.get_facecolor(), [len(path) for path in paths], axis=0)
    corners = np.concatenate(paths)[:, 0]
    order = np.lexsort(corners.round(6).T)
    return corners[order], colors[order]


def test_legible(labels, rng, assert_legible):
    assert_legible(eigenfilter_tiles([basis(label, rng) for label in labels]))


def test_tiles_show_each_component_row_by_row_on_one_scale(rng):
    one = basis("one", rng)
    corners, colors = squares_of(eigenfilter_tiles([one]))
    np.testing.assert_allclose(np.diff(corners.reshape(3, 27, 2)[..., 1], axis=1), 0, atol=1e-9)
    by_rows = one[1]["components"].reshape(9, 3, 3).swapaxes(0, 1)  # row of all filters, filter, column
    np.testing.assert_array_equal(colors.reshape(3, 9, 3, 4), WEIGHT_MAP((by_rows + 1) / 2))


def test_every_subset_has_its_squares(rng):
    corners, colors = squares_of(eigenfilter_tiles([basis(f"group {n}", rng) for n in range(30)]))
    assert len(np.unique(corners.round(6), axis=0)) == len(colors) == 30 * 81


def test_names_ratios_and_counts(rng, texts_of):
    one = basis("ResNets", rng, n_models=1)
    texts = texts_of(eigenfilter_tiles([one]))
    assert [f"v{digit}" for digit in "₀₁₂₃₄₅₆₇₈"] == [text for text in texts if text.startswith("v")]
    assert {f"{ratio:.2f}" for ratio in one[1]["explained_variance_ratio"]} <= set(texts)
    assert "1,234,567 filters, 1 model" in texts


def test_undefined_variance_is_a_dash(rng, texts_of):
    label, stored = basis("single filter", rng)
    one = stored | {"explained_variance_ratio": np.full(9, np.nan)}
    assert texts_of(eigenfilter_tiles([(label, one)])).count("–") == 9


def test_callers_settings_neither_leak_in_nor_out(rng, texts_of):
    with mpl.rc_context({"font.size": 30, "text.usetex": False, "font.family": "serif"}):
        figure = eigenfilter_tiles([basis("one", rng)])
        assert mpl.rcParams["font.size"] == 30
    families = {text.get_fontfamily()[0] for text in figure.findobj(mpl.text.Text) if text.get_text()}
    assert families == {"DejaVu Sans"}


def test_stored_bases_are_shown_in_the_given_order_or_said_to_be_none(rng, texts_of):
    first, second = basis("first", rng, 2000), basis("second", rng, 1)
    texts = texts_of(eigenfilter_tiles([second, first]))
    assert [text for text in texts if text in ("first", "second")] == ["second", "first"]
    assert {"1,234,567 filters, 2,000 models", "1,234,567 filters, 1 model"} <= set(texts)
    assert "none of the groups" in " ".join(texts_of(eigenfilter_tiles([])))
