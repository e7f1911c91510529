"""Layer quality by the whole pipeline against torchconvquality, by the authors of the paper, on the same weights.

It computes in float32. `tests/data/README.md` says how the numbers kept there were made.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.quality.layers import layer_quality
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.dataset.writer import write_dataset
from filtershift.passes.all_passes import measure
from filtershift.passes.weight_matrices.measure import measure_weight_matrices
from taken import taken
from weight_tensors import GROUPS, random_tensor, weight_tensors

STORED = json.loads((Path(__file__).parents[3] / "data/torchconvquality.json").read_text())
MEASURES = ("sparsity", "variance_entropy", "variance_entropy_norm", "orthogonality")
NOT_FINITE = None

# Where the two differ on purpose: (tensor, measure) -> theirs, ours.
DIFFERENT = {
    # A sum over no pairs, divided by their number: minus infinity or NaN, as rounding has it.
    ("one output channel", "orthogonality"): (NOT_FINITE, NOT_FINITE),
    # The random threshold of one or two filters is not positive; ours is missing.
    ("two filters", "variance_entropy_norm"): (0, NOT_FINITE),
    # A pattern without variance makes theirs 0 · log 0.
    ("five weights of nine", "variance_entropy"): (NOT_FINITE, 0.66890),
    ("five weights of nine", "variance_entropy_norm"): (NOT_FINITE, 0.73865),
    ("at the limit", "variance_entropy"): (NOT_FINITE, 0),
    ("at the limit", "variance_entropy_norm"): (NOT_FINITE, 0),
    # float32 has no .01, but .0099999998, which is below a hundredth of 1; in float32 a hundredth of 1 is that too.
    ("at the limit", "sparsity"): (0, 0.25),
    # Without variance there are no variance ratios.
    ("all equal", "variance_entropy"): (0, NOT_FINITE),
    ("all equal", "variance_entropy_norm"): (0, NOT_FINITE),
    ("all zero", "variance_entropy"): (0, NOT_FINITE),
    ("all zero", "variance_entropy_norm"): (0, NOT_FINITE),
    # No weight is below a hundredth of zero.
    ("all zero", "sparsity"): (1, 0),
}


def quality_of(tensors: dict[str, np.ndarray], groups: dict[str, int], path: Path) -> pd.DataFrame:
    """The quality of layers with these weights, indexed by name, from a data set file of them."""
    filters = [weights.reshape(-1, 9) for weights in tensors.values()]
    stop = np.cumsum([len(rows) for rows in filters])
    group_numbers = [groups.get(name, 1) for name in tensors]
    meta = pd.DataFrame(
        {
            "model_id": 0,
            "conv_depth": np.arange(len(stop)),
            "conv_depth_norm": 0.0,
            "filter_ids": [f"{last - len(rows)}:{last - 1}" for rows, last in zip(filters, stop, strict=True)],
            "out_channels": [len(weights) for weights in tensors.values()],
            "in_channels": [w.shape[1] * g for w, g in zip(tensors.values(), group_numbers, strict=True)],
            "groups": group_numbers,
        }
    )
    write_dataset(path, filters, meta)
    table = read_layers(path)
    with FilterFile(path) as source:
        found = taken(measure(source, table.row_ranges))
        orthogonality = measure_weight_matrices(source, table.layers, table.row_ranges)
    quality = layer_quality(table.layers, found.moments, found.extent, orthogonality).set_index(pd.Index(tensors))
    return quality.assign(variance_entropy_norm=quality["variance_entropy"] / quality["random_threshold"])


@pytest.fixture(scope="module")
def quality(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return quality_of(weight_tensors(), GROUPS, tmp_path_factory.mktemp("tensors") / "dataset.h5")


def test_there_are_numbers_of_every_tensor():
    assert {name: numbers["n"] for name, numbers in STORED.items()} == {
        name: weights.shape[0] * weights.shape[1] for name, weights in weight_tensors().items()
    }


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("name", STORED)
def test_numbers_are_theirs_or_differ_as_they_should(quality, name, measure):
    theirs, ours = STORED[name][measure], quality.loc[name, measure]
    if (name, measure) in DIFFERENT:
        expected_theirs, expected_ours = DIFFERENT[name, measure]
        assert theirs == (expected_theirs if expected_theirs is None else pytest.approx(expected_theirs, abs=1e-6))
        expected = np.nan if expected_ours is None else expected_ours
        assert ours == pytest.approx(expected, abs=1e-5, nan_ok=True)
    else:
        assert ours == pytest.approx(theirs, abs=1e-5)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # theirs: a logarithm of no filters
@pytest.mark.parametrize(
    ("seed", "rows", "columns", "groups"), [(20, 64, 48, 1), (21, 96, 3, 16), (22, 200, 1, 200), (23, 2, 3, 1)]
)
def test_live_numbers_of_random_weights(seed, rows, columns, groups, tmp_path):
    torch, torchconvquality = pytest.importorskip("torch"), pytest.importorskip("torchconvquality")
    weights = random_tensor(seed, rows, columns)
    weights[np.random.RandomState(seed).rand(rows, columns) < 0.3] /= 500
    theirs = torchconvquality.measure_conv_weight_quality(torch.from_numpy(weights))
    ours = quality_of({"random": weights}, {"random": groups}, tmp_path / "dataset.h5").loc["random"]
    assert ours["n_filters"] == theirs["n"]
    for name in MEASURES:
        assert ours[name] == pytest.approx(theirs[name], abs=1e-5), name
    assert ours["clean_variance_entropy"] == pytest.approx(theirs["variance_entropy_clean"], abs=1e-5)
