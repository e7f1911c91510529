"""Labels and numbers as drawable text: labels are data and may hold anything."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font

from filtershift.figures.drawing.style import FONT

Measure = Callable[[str], float]

ELLIPSIS = "…"
_LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
"""Ends a label with right-to-left letters, so that what is written after it stays after it."""

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@cache
def _drawable() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=FONT))).get_charmap())


def plain_text(label: str) -> str:
    r"""Return the label on one line, in characters the font has.

    Runs of white space become one space; control, format and unassigned characters, and those without a glyph, become
    their Python escape (``\u4e2d``), so that one can tell them apart. Dollar signs stay: `STYLE` parses no mathtext.
    """
    line = " ".join(label.split())
    text = "".join(
        char
        if ord(char) in _drawable() and not unicodedata.category(char).startswith("C")
        else char.encode("unicode_escape").decode("ascii")
        for char in line
    )
    if any(unicodedata.bidirectional(char) in ("R", "AL") for char in text):
        text += _LEFT_TO_RIGHT
    return text or "(empty)"


def shorten(text: str, limit: float, measure: Measure = len) -> str:
    """Return the text, its middle replaced by an ellipsis where it measures more than `limit`."""
    short, count = text, len(text)
    while count > 4 and (measured := measure(short)) > limit:
        count = max(4, min(count - 1, int(count * limit / measured)))
        tail = (count - 1) // 3
        short = text[: count - 1 - tail].rstrip() + ELLIPSIS + text[len(text) - tail :].lstrip()
    return short


def label_texts(labels: Sequence[str], limit: float = 60, measure: Measure = len) -> list[str]:
    """Return the labels of one figure as single lines of text that measure at most `limit`.

    Different labels never become the same text: where shortening or cleaning would make them equal, they are numbered
    (" #1", " #2", …) in sorted order of the labels, hence alike in every figure that shows the same labels.

    Args:
        labels: the labels of one axis or panel; a repeated label gives the same text each time.
        limit: longest text, in the unit of `measure`; room for about 12 characters at least.
        measure: size of a text, by default its number of characters.

    Returns:
        One text for each label, in the order given.
    """
    distinct = sorted(set(labels))
    plain = {label: plain_text(label) for label in distinct}
    texts = {label: shorten(plain[label], limit, measure) for label in distinct}
    shared = {text for text, count in Counter(texts.values()).items() if count > 1}
    taken = set(texts.values()) - shared
    numbers: Counter[str] = Counter()
    for label in distinct:
        stem = texts[label]
        if stem not in shared:
            continue
        while texts[label] == stem or texts[label] in taken:
            numbers[stem] += 1
            mark = f" #{numbers[stem]}"
            texts[label] = shorten(plain[label], limit - measure(mark), measure) + mark
        taken.add(texts[label])
    return [texts[label] for label in labels]


def number_text(value: float, plain_below: float = 1e5) -> str:
    """Return a number for an axis: plain with thousands commas, very small and large ones with powers of ten (10⁶)."""
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < plain_below:
        return f"{value:,.10g}".replace("-", "−")
    mantissa, exponent = f"{value:.3e}".split("e")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPT)
    factor = f"{float(mantissa):g}".replace("-", "−")
    return power if factor == "1" else f"{factor}·{power}"


def coefficient_names(axes: Sequence[str] | None) -> list[str]:
    """The names of the nine coefficients: those of their axes, or c₀ … c₈ of axes without names."""
    return list(axes or (indexed("c", i) for i in range(9)))


def indexed(letter: str, index: int) -> str:
    """Return a letter with a subscript, as in v₀."""
    return letter + str(index).translate(_SUBSCRIPT)
