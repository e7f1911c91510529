from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv

from filtershift.figures.drawing.palette import GREY, palette

DEUTERANOPIA = np.array(
    [(0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)]
)


def cielab(linear):
    x, y, z = np.cbrt(linear @ [(0.434, 0.213, 0.018), (0.376, 0.715, 0.109), (0.19, 0.072, 0.873)]).T
    return np.column_stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_no_colour_is_grey_or_comes_twice():
    assert len(np.unique(palette(), axis=0)) == len(palette()) > 100
    assert rgb_to_hsv(palette())[:, 1].min() > 0.15


@pytest.mark.parametrize(("seen", "apart"), [(np.eye(3), 30), (DEUTERANOPIA, 13)], ids=["all cones", "no green"])
def test_fourteen_colours_are_told_apart(seen, apart):
    colors = cielab(np.clip(np.vstack([palette()[:14], GREY, (1, 1, 1)]) ** 2.2 @ seen.T, 0, 1))
    assert min(np.linalg.norm(a - b) for a, b in combinations(colors, 2)) > apart
