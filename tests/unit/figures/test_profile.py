import numpy as np
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.profile import Profile, profile

REFERENCE = np.linspace(0, 1, 50), np.linspace(0.2, 0.9, 50)


def layers(names: list[str]) -> Profile:
    states = [("degenerate", "random-like", "diverse", "")[k % 4] for k in range(len(names))]
    entropy = np.linspace(0.1, 0.9, len(names))
    entropy[-1] = np.nan
    return Profile(np.linspace(0, 1, len(names)), entropy, states, names)


def test_any_names_are_legible(labels, assert_legible) -> None:
    assert_legible(profile({labels[-1]: layers(labels), "other": layers(labels[:2])}, REFERENCE))


def test_degenerate_layers_are_named_up_to_twelve(texts_of) -> None:
    names = [f"layer {k}" for k in range(60)]
    texts = texts_of(profile({"mine": layers(names)}, REFERENCE))
    assert [text for text in texts if text.startswith("layer ")] == [f"layer {k}" for k in range(0, 48, 4)]
    assert "and 3 more" in texts


def test_a_model_without_degenerate_layers_says_so(texts_of) -> None:
    fine = Profile(np.array([0.5]), np.array([0.8]), ["diverse"], ["conv1"])
    assert "no degenerate layer" in texts_of(profile({"mine": fine}, REFERENCE))


def test_no_model_is_refused() -> None:
    with pytest.raises(FiltershiftError, match="no model"):
        profile({}, REFERENCE)
