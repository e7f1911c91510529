import numpy as np
import pytest

from filtershift.analysis.shapes.statistics import TURNED
from filtershift.passes.patterns import DCT, SYMMETRY, TYPES, axis_names, dct_patterns, symmetry_patterns, type_shares


@pytest.mark.parametrize("patterns", [symmetry_patterns(), dct_patterns()])
def test_orthonormal(patterns: np.ndarray) -> None:
    assert np.allclose(patterns @ patterns.T, np.eye(9), atol=1e-15)


def test_dct_as_scipy_has_it() -> None:
    from scipy.fft import dctn

    filters = np.random.default_rng(0).normal(size=(20, 3, 3))
    theirs = dctn(filters, type=2, norm="ortho", axes=(1, 2)).reshape(20, 9)
    assert np.allclose(filters.reshape(20, 9) @ dct_patterns().T, theirs, atol=1e-14)
    assert DCT[1] == "dct_01"


def test_no_symmetry_of_the_square_mixes_types() -> None:
    filters = np.random.default_rng(1).normal(size=(50, 9))
    for order in TURNED:
        assert np.allclose(type_shares(filters[:, order]), type_shares(filters), atol=1e-14)


def test_each_pattern_is_of_its_type_alone() -> None:
    shares = type_shares(symmetry_patterns())
    assert np.allclose(shares.max(axis=1), 1)
    assert [TYPES[k] for k in shares.argmax(axis=1)][:3] == ["mean", "centre-surround", "corner-edge"]
    assert len(SYMMETRY) == 9
    assert len(TYPES) == 7


def test_only_fixed_axes_have_names() -> None:
    assert axis_names(symmetry_patterns())[:2] == ("mean", "centre")  # type: ignore[index]
    assert axis_names(dct_patterns())[5] == "DCT 12"  # type: ignore[index]
    assert axis_names(np.eye(9)) is None
