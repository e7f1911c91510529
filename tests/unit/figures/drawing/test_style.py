import matplotlib as mpl
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from filtershift.figures.drawing.style import STYLE, group_colors, styled


@given(st.lists(st.text(max_size=5), max_size=20), st.randoms())
def test_colours_do_not_depend_on_order_or_repeats(labels, random):
    shuffled = labels + labels[:3]
    random.shuffle(shuffled)
    assert group_colors(shuffled) == group_colors(labels)


def test_four_hundred_groups_have_four_hundred_colours_legible_on_white():
    colors = list(group_colors([f"model {n}" for n in range(400)]).values())
    assert len(set(colors)) == 400
    assert all(0 <= part <= 1 for color in colors for part in color)
    for red, green, blue in colors:
        assert 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.47


def test_styled_sets_the_style_only_while_drawing():
    @styled
    def draw() -> Figure:
        assert all(mpl.rcParams[key] == mpl.RcParams({key: value})[key] for key, value in STYLE.items())
        return Figure()

    with mpl.rc_context({"font.size": 33}):
        draw()
        assert mpl.rcParams["font.size"] == 33
