"""What every figure is held to: labels of any kind, and text that stays on the page and apart."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Text

from filtershift.analysis.groups.common import SEVERAL, CommonLabels

# One, two, a page full, more than a page can hold.
GROUPS = (1, 2, 40, pytest.param(160, marks=pytest.mark.slow))


def hostile_labels(count: int) -> list[str]:
    """Labels no one hopes for: long, alike at both ends, mathtext, markup, control characters, other scripts."""
    kinds = (
        "a label of two hundred characters " + "that goes on " * 15,
        "line\nbreak and <script>alert(1)</script>",
        "$x_1$ and $\\frac{1}{2}$",
        "Größe, ÅÉÑ, Ωμέγα, Привет, العربية, 漢字",
        "W" * 200,
        "",
        "\x00control\x07 and \u202ebidi",
        "common prefix " + "i" * 170 + " common suffix",
    )
    return [kinds[n % len(kinds)][: 200 - 6] + (f" {n}" if n >= len(kinds) else "") for n in range(count)]


def visible_texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def check_legible(figure: Figure) -> None:
    """All text of the figure must lie on the page, none may overlap another, none be smaller than 5.9 points."""
    for image in figure.findobj(AxesImage):
        image.set_visible(False)  # no text stands elsewhere for it, and pixels are most of the work
    figure.draw_without_rendering()
    texts = visible_texts(figure)
    boxes = np.array([text.get_window_extent().extents for text in texts])
    page = figure.bbox.extents
    outside = (boxes[:, :2] < page[:2] - 0.5).any(axis=1) | (boxes[:, 2:] > page[2:] + 0.5).any(axis=1)
    assert not outside.any(), [texts[n].get_text() for n in np.flatnonzero(outside)][:5]
    small = [text.get_text() for text in texts if text.get_fontsize() < 5.9]
    assert not small, small[:5]
    boxes += (0.5, 0.5, -0.5, -0.5)
    for n, box in enumerate(boxes[:-1]):
        rest = boxes[n + 1 :]
        overlaps = (rest[:, :2] < box[2:]).all(axis=1) & (rest[:, 2:] > box[:2]).all(axis=1)
        assert not overlaps.any(), (texts[n].get_text(), texts[n + 1 + int(overlaps.argmax())].get_text())


@pytest.fixture
def assert_legible() -> Callable[[Figure], None]:
    return check_legible


@pytest.fixture
def texts_of() -> Callable[[Figure], list[str]]:
    return lambda figure: [text.get_text() for text in visible_texts(figure)]


@pytest.fixture(params=GROUPS, ids=lambda count: f"{count} groups")
def labels(request: pytest.FixtureRequest) -> list[str]:
    return hostile_labels(request.param)


@pytest.fixture
def labels_of() -> Callable[[int], list[str]]:
    return hostile_labels


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def cell_colors() -> Callable[[AxesImage], np.ndarray]:
    """What gives the colours (g, g, 4) of the cells of a matrix from its image, each of which must be one colour."""

    def colors(image: AxesImage) -> np.ndarray:
        pixels = image.get_array()
        size = len(pixels) // round(np.ptp(image.get_extent()[2:]))
        cells = pixels[::size, ::size]
        np.testing.assert_array_equal(pixels, cells.repeat(size, axis=0).repeat(size, axis=1))
        return cells / 255

    return colors


@pytest.fixture
def common_labels_of() -> Callable[[list[str], list[str]], CommonLabels]:
    """What gives groups some labels in turn, of a column that has one more."""

    def common(groups: list[str], labels: list[str]) -> CommonLabels:
        of_group = {group: labels[k % len(labels)] for k, group in enumerate(groups)}
        return CommonLabels("Task", sorted({"c", *labels} - {SEVERAL}), of_group)

    return common
