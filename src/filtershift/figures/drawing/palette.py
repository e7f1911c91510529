"""Colours that are told apart on white paper, also by the colour-blind."""

from functools import cache

import colorcet
import numpy as np
from matplotlib.colors import to_hex
from numpy.typing import NDArray

Color = tuple[float, float, float]

GREY: Color = (0.6, 0.6, 0.6)
"""The colour of what is of no group or of several; none of the palette is near it."""

_NOT = ((1.0, 1.0, 1.0), GREY, (0.1, 0.1, 0.1))
"""Paper, grey and ink: the palette keeps away from them."""

_LIGHTEST, _GREYEST = 0.45, 20.0
"""Relative luminance that a colour of the palette may have at most, and the chroma it has at least."""

_EYES = np.array(
    [
        np.eye(3),
        [(0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)],
        [(0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)],
    ]
)
"""Linear RGB as all cones see it, and with protanopia and deuteranopia (Machado et al., 2009)."""

_WEIGHTS = np.array([0.4, 1.0, 1.0])
"""What a difference counts to these eyes: those with all cones see larger ones."""

_XYZ = np.array([(0.4339, 0.3762, 0.1899), (0.2126, 0.7152, 0.0722), (0.0177, 0.1095, 0.8728)])
"""Linear RGB to XYZ as shares of white."""


@cache
def palette() -> NDArray[np.float64]:
    """Return the colours (n, 3) for groups: each is as unlike paper, grey, ink and all before it as any that is left.

    They are those of colorcet's Glasbey set that starts with matplotlib's ten, without greys and those too light for
    white paper. Two colours are as unlike as they are to the eyes that tell them apart least.
    """
    colors = np.vstack([_NOT, colorcet.glasbey_category10])
    luminance, chroma = _linear(colors) @ _XYZ[1], np.hypot(*_lab(colors)[0, :, 1:].T)
    fit = (luminance <= _LIGHTEST) & (chroma >= _GREYEST)
    fit[: len(_NOT)] = True
    lab = _lab(colors[fit])
    unlike = (_WEIGHTS[:, None, None] * np.linalg.norm(lab[:, :, None] - lab[:, None], axis=-1)).min(axis=0)
    order = list(range(len(_NOT)))
    while len(order) < len(unlike):
        nearest = unlike[order].min(axis=0)
        nearest[order] = -1
        order.append(int(nearest.argmax()))
    return colors[fit][order[len(_NOT) :]]


def palette_hex() -> list[str]:
    """Return the same colours as pages write them: "#1f77b4"."""
    return [to_hex(color) for color in palette()]


def _linear(colors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)


def _lab(colors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return CIELAB coordinates (3, n, 3) of colours (n, 3) to each kind of eyes."""
    xyz = np.clip(_linear(colors) @ _EYES.transpose(0, 2, 1), 0, 1) @ _XYZ.T
    x, y, z = np.moveaxis(np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
