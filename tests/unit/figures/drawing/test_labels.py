import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.figures.drawing.labels import indexed, label_texts, number_text, plain_text, shorten
from filtershift.figures.drawing.layout import fit_labels, text_width

ANY_TEXT = st.text(st.characters(codec=None), max_size=120)


@given(ANY_TEXT)
def test_plain_text_is_one_drawable_line(label):
    text = plain_text(label)
    assert text
    assert len(text.splitlines()) == 1
    assert text.rstrip("\N{LEFT-TO-RIGHT MARK}").isprintable()


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("ImageNet-1k", "ImageNet-1k"),
        ("$x_1$", "$x_1$"),
        ("a\n\tb", "a b"),
        ("", "(empty)"),
        (" \n", "(empty)"),
        ("\x07", "\\x07"),
        ("漢", "\\u6f22"),
        ("Größe", "Größe"),
    ],
)
def test_plain_text_of(label, text):
    assert plain_text(label) == text


@given(st.lists(ANY_TEXT, max_size=12), st.integers(12, 40))
def test_different_labels_stay_different_and_short(labels, limit):
    texts = label_texts(labels, limit)
    assert len(set(texts)) == len(set(labels))
    assert dict(zip(labels, texts, strict=True)) == dict(
        zip(labels[::-1], label_texts(labels[::-1], limit), strict=True)
    )
    assert max(map(len, texts), default=0) <= limit


@given(st.lists(st.text("ab #12", max_size=8), max_size=30))
def test_numbered_labels_do_not_meet_labels_that_look_numbered(labels):
    assert len(set(label_texts(labels, 12))) == len(set(labels))


def test_shortening_keeps_both_ends():
    text = shorten(string.ascii_lowercase, 12)
    assert len(text) == 12
    assert text.startswith("abcdef")
    assert text.endswith("z")
    assert "…" in text


@given(st.lists(ANY_TEXT, min_size=1, max_size=6))
def test_fitted_labels_fit(labels):
    texts = fit_labels(labels, 8, 2.0)
    assert text_width(texts, 8) <= 2.0
    assert len(set(texts)) == len(set(labels))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-2.5, "−2.5"),
        (0.001, "0.001"),
        (12345, "12,345"),
        (1e6, "10⁶"),
        (-3e-5, "−3·10⁻⁵"),
        (2.5e9, "2.5·10⁹"),
    ],
)
def test_number_text(value, text):
    assert number_text(value) == text


def test_indexed():
    assert indexed("v", 10) == "v₁₀"
