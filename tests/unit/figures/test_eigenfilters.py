import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from filtershift.errors import FiltershiftError
from filtershift.figures.eigenfilters import Subset, eigenfilters


def subset(label, rng, n_models=3):
    components = np.linalg.qr(rng.normal(size=(9, 9)))[0]
    return Subset(label, components, np.sort(rng.dirichlet(np.ones(9)))[::-1], 1_234_567, n_models)


def tiles_of(figure):
    return next(artist for artist in figure.findobj(PolyCollection) if len(artist.get_paths()) % 81 == 0)


def test_legible(labels, rng, assert_legible):
    assert_legible(eigenfilters([subset(label, rng) for label in labels]))


def test_tiles_show_each_component_row_by_row_on_one_scale(rng):
    one = subset("one", rng)
    tiles = tiles_of(eigenfilters([one]))
    np.testing.assert_array_equal(tiles.get_array(), one.components.ravel())
    assert tiles.get_clim() == (-1, 1)
    corners = np.array([path.get_extents().p0 for path in tiles.get_paths()]).reshape(9, 3, 3, 2)
    assert (np.diff(corners[..., 0], axis=2) > 0).all()  # to the right along a filter's row
    assert (np.diff(corners[..., 1], axis=1) > 0).all()  # downwards from row to row
    assert (np.diff(corners[:, 0, 0, 0]) > 0).all()  # v_0 to v_8


def test_names_ratios_and_counts(rng, texts_of):
    one = subset("ResNets", rng, n_models=1)
    texts = texts_of(eigenfilters([one]))
    assert [f"v{digit}" for digit in "₀₁₂₃₄₅₆₇₈"] == [text for text in texts if text.startswith("v")]
    assert {f"{ratio:.2f}" for ratio in one.explained_variance_ratio} <= set(texts)
    assert "1,234,567 filters, 1 model" in texts


def test_undefined_variance_is_a_dash(rng, texts_of):
    one = Subset("single filter", np.eye(9), np.full(9, np.nan), 1, 1)
    assert texts_of(eigenfilters([one])).count("–") == 9


@pytest.mark.parametrize("count", [1, 21])
def test_wrong_shapes_are_named(rng, count):
    wrong = Subset("odd", np.eye(8), np.ones(9), 1, 1)
    with pytest.raises(FiltershiftError, match="odd"):
        eigenfilters([subset("fine", rng)] * count + [wrong])
    with pytest.raises(FiltershiftError, match="no subset"):
        eigenfilters([])


def test_callers_settings_neither_leak_in_nor_out(rng, texts_of):
    with mpl.rc_context({"font.size": 30, "text.usetex": False, "font.family": "serif"}):
        figure = eigenfilters([subset("one", rng)])
        assert mpl.rcParams["font.size"] == 30
    families = {text.get_fontfamily()[0] for text in figure.findobj(mpl.text.Text) if text.get_text()}
    assert families == {"DejaVu Sans"}
