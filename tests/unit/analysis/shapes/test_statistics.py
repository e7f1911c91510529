import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import dctn

from filtershift.analysis.shapes.statistics import shapes
from filtershift.passes.patterns import DCT, SYMMETRY, symmetry_patterns


def moments(filters: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    centred = filters - filters.mean(axis=0)
    return np.array([len(filters)]), filters.mean(axis=0)[None], (centred.T @ centred)[None]


def directly(filters: np.ndarray) -> dict[str, float]:
    """The same statistics, from the filters themselves."""
    f = filters.reshape(-1, 3, 3)
    energy = (f**2).sum()
    spectrum = (dctn(f, type=2, norm="ortho", axes=(1, 2)) ** 2).sum(axis=0) / energy
    across, down = (np.diff(f, axis=2) ** 2).sum(), (np.diff(f, axis=1) ** 2).sum()
    kernel = f.mean(axis=0) / np.linalg.norm(f.mean(axis=0))
    turned = [np.rot90(side, k) for side in (kernel, kernel.T) for k in range(4)]
    return {
        **dict(zip(SYMMETRY, ((filters @ symmetry_patterns().T) ** 2).sum(axis=0) / energy, strict=True)),
        **dict(zip(DCT, spectrum.ravel(), strict=True)),
        "high_frequency": spectrum[2].sum() + spectrum[:2, 2].sum(),
        "centre_energy": (f[:, 1, 1] ** 2).sum() / energy,
        "roughness": (across + down) / energy,
        "direction": (across - down) / (across + down),
        "symmetry": 1 - sum(np.linalg.norm(k - kernel) for k in turned) / 16,
    }


@given(st.integers(0, 10_000), st.integers(1, 300), st.floats(1e-6, 1e6))
def test_as_from_the_filters_themselves(seed: int, n: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    filters = scale * (rng.normal(size=(n, 9)) @ rng.normal(size=(9, 9)) + rng.normal(size=9))
    table = shapes(*moments(filters))
    assert list(table) == list(directly(filters))
    assert table.iloc[0].to_numpy() == pytest.approx(np.array(list(directly(filters).values())), rel=1e-10, abs=1e-12)


def test_shares_add_up_and_turn_with_the_filters() -> None:
    filters = np.random.default_rng(2).normal(size=(40, 9))
    table = shapes(*moments(filters)).iloc[0]
    assert table[list(SYMMETRY)].sum() == pytest.approx(1)
    assert table[list(DCT)].sum() == pytest.approx(1)
    turned = shapes(*moments(filters.reshape(-1, 3, 3).transpose(0, 2, 1).reshape(-1, 9))).iloc[0]
    assert turned["direction"] == pytest.approx(-table["direction"])
    assert turned["gradient_x"] == pytest.approx(table["gradient_y"])
    same = ["mean", "centre", "corner", "symmetry", "roughness", "high_frequency", "centre_energy"]
    assert turned[same].tolist() == pytest.approx(table[same].tolist())


def test_what_has_no_energy_is_missing() -> None:
    table = shapes(np.array([0, 5]), np.zeros((2, 9)), np.zeros((2, 9, 9)))
    assert table.isna().all(axis=None)
    pd.testing.assert_index_equal(table.index, pd.RangeIndex(2))
