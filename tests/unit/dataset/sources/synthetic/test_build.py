"""Synthetic data sets: exact totals, equal bytes, the authors' schema, and the structure of the papers' data."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from filtershift.analysis.quality.layers import variance_entropy
from filtershift.analysis.shifts.d_matrix import component_shifts, probabilities
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.dataset.models.labels import LABELS
from filtershift.dataset.sources.synthetic.build import CHUNK, Synthetic, build
from filtershift.dataset.sources.synthetic.filters import KINDS, tables
from filtershift.dataset.sources.synthetic.models import meta_table, sizes
from filtershift.dataset.writer import INDEX
from filtershift.errors import FiltershiftError
from filtershift.passes.bases import pca

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[5]
CONFIG = yaml.safe_load((ROOT / "config/dataset/synthetic.yaml").read_text())
DEFAULT = Synthetic(**{key: value for key, value in CONFIG.items() if key != "name"})

TASKS = """Auto-Encoder, Classification, Depth Estimation, Face Detection, Face Recognition, GAN-Discriminator,
GAN-Generator, Object Detection, Segmentation, Style Transfer, Super Resolution"""
DATA_TYPES = """art, astronomy, cars, depth, faces, formula, fractals, handwriting, map, medical ct, medical mri,
medical xray, natural, plants, seismic, textures, thermal"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("synthetic") / "dataset.h5"
    build(DEFAULT, path, threads=2)
    return path


@pytest.fixture(scope="module")
def layers(path):
    return read_layers(path).layers


@pytest.fixture(scope="module")
def filters(path):
    """All filters, N×9, in float64."""
    with FilterFile(path) as source:
        return source.read(0, source.n_filters).astype(float)


@pytest.fixture(scope="module")
def of_layer(filters, layers):
    """The filters of each layer."""
    return np.split(filters, np.cumsum(layers["n_filters"])[:-1])


@pytest.fixture(scope="module")
def basis(filters):
    """The scaled filters, and their basis."""
    peak = np.abs(filters).max(axis=1, keepdims=True)
    scaled = np.divide(filters, peak, out=np.zeros_like(filters), where=peak > 0)
    mean = scaled.mean(axis=0)
    return scaled, pca(len(scaled), mean, (scaled - mean).T @ (scaled - mean))


@pytest.fixture(scope="module")
def shifts(basis, layers):
    """A function: labels of the layers -> the matrix D of the scaled filters, as a table."""
    scaled, pcs = basis
    coefficients = (scaled - pcs.mean) @ pcs.components.T
    low, high = coefficients.min(), coefficients.max()
    bins = np.minimum((coefficients - low) * (70 / (high - low)), 69).astype(int)

    def shift(labels: pd.Series) -> pd.DataFrame:
        codes, names = pd.factorize(labels, sort=True)
        offset = np.repeat(codes * 70, layers["n_filters"])
        counts = [np.bincount(offset + bins[:, i], minlength=70 * len(names)).reshape(-1, 70) for i in range(9)]
        parts = component_shifts(probabilities(np.stack(counts, axis=1), (high - low) / 70))
        return pd.DataFrame(np.tensordot(pcs.explained_variance_ratio, parts, 1), names, names)

    return shift


def pairs(shift: pd.DataFrame) -> np.ndarray:
    return shift.to_numpy()[np.triu_indices(len(shift), 1)]


def deciles(layers: pd.DataFrame) -> pd.Series:
    return np.ceil(layers["conv_depth_norm"].round(12) * 10).clip(1).astype(int)


@given(st.integers(1, 50), st.integers(0, 300), st.integers(0, 10**9), st.integers(0, 5))
def test_totals_are_exact(n_models, more_layers, more_filters, seed):
    n_layers, n_filters = n_models + more_layers, n_models + more_layers + more_filters
    meta = meta_table(n_filters, n_models, n_layers, seed)
    ids = meta["filter_ids"].str.split(":", expand=True).astype(int).to_numpy()
    n = sizes(meta)
    assert (len(meta), meta["model_id"].nunique(), n.sum()) == (n_layers, n_models, n_filters)
    assert n.min() >= 1
    assert ids.tolist() == np.stack([np.cumsum(n) - n, np.cumsum(n) - 1], axis=1).tolist()
    assert (meta["out_channels"] % meta["groups"] == 0).all()
    assert (n[meta["source"]] == n).all()
    assert (meta["model_id"].diff().dropna() >= 0).all()
    assert (meta.groupby("model_id")["conv_depth"].min() == 0).all()
    assert meta.groupby("model_id")["conv_depth_norm"].max().isin([0, 1]).all()


def test_sizes_at_paper_scale_are_plausible():
    meta = meta_table(524_563_289, 391, 13_015, seed=0)
    n = pd.Series(sizes(meta))
    assert n.sum() == 524_563_289
    assert n.max() < 5_000_000
    assert n.quantile(0.95) / n.quantile(0.05) > 100
    assert n.groupby(deciles(meta)).mean().corr(pd.Series(range(1, 11), range(1, 11)), method="spearman") > 0.8
    shared = meta.duplicated(["model_id", "conv_depth"])
    assert 0.01 < shared.mean() < 0.2


def test_equal_settings_give_equal_bytes_for_any_threads(path, tmp_path):
    again, other = tmp_path / "again.h5", tmp_path / "other.h5"
    build(DEFAULT, again, threads=3)
    assert again.read_bytes() == path.read_bytes()
    build(replace(DEFAULT, seed=1), other)
    assert other.read_bytes() != path.read_bytes()


def test_schema(path, layers):
    table, meta = read_layers(path), pd.read_hdf(path, "meta")
    assert table.skipped.empty
    assert layers["n_filters"].sum() == DEFAULT.filters
    assert meta.index.names == list(INDEX)
    assert {*LABELS, "model", "producer", "op_set", "depth", "total_filters", "3x3_filter_share"} <= set(meta)
    assert {"layer_name", "kernel", "groups", "in_channels", "out_channels", "(3, 3) filters"} <= set(meta)
    assert "source" not in meta
    assert layers["model"].nunique() == DEFAULT.models
    by_model = layers.groupby("model_id")
    assert (by_model["n_filters"].sum() == by_model["(3, 3) filters"].first()).all()
    assert set(layers["kernel"]) == {"regular", "depthwise", "grouped"}
    with h5py.File(path) as file:
        assert (file["filters"].shape, file["filters"].dtype) == ((DEFAULT.filters, 3, 3), "<f4")


def test_labels_are_those_of_the_papers(layers):
    assert set(layers["Task"]) == {task.strip() for task in TASKS.split(",")}
    assert set(layers["Visual Category"]) == {kind.strip() for kind in DATA_TYPES.split(",")}
    assert layers["Training-Dataset"].str.contains(",").any()
    assert 0 < layers["Pretraining-Dataset"].isna().mean() < 1
    assert layers.groupby("Task")["model_id"].nunique()["Super Resolution"] == 1


def test_float64_holds_the_same_weights(tmp_path, filters):
    path = tmp_path / "dataset.h5"
    build(replace(DEFAULT, dtype="float64"), path)
    with h5py.File(path) as file:
        assert file["filters"].dtype == "<f8"
        assert np.array_equal(file["filters"][()].reshape(-1, 9), filters)


def test_chunks_of_a_layer_differ(tmp_path):
    path = tmp_path / "dataset.h5"
    build(Synthetic(filters=2 * CHUNK + 5, models=1, layers=1), path, threads=2)
    with FilterFile(path) as source:
        assert len(np.unique(source.read(0, source.n_filters), axis=0)) > 2 * CHUNK


def test_fine_tuned_copies_keep_layers(of_layer):
    meta = meta_table(DEFAULT.filters, DEFAULT.models, DEFAULT.layers, DEFAULT.seed)
    copies = np.flatnonzero(meta["source"] != np.arange(len(meta)))
    assert copies.size
    for copy in copies:
        parent = meta.loc[meta["source"][copy]]
        assert np.array_equal(of_layer[copy], of_layer[parent.name])
        assert meta["Name"][copy] == parent["Name"]
        assert meta["model_id"][copy] > parent["model_id"]


def test_layers_are_what_they_were_made_as(layers, of_layer):
    made_as = layers["made_as"]
    assert set(made_as) == set(KINDS)
    zero = np.array([(rows == 0).all(axis=1).mean() for rows in of_layer])
    entropy = variance_entropy(np.stack([np.cov(rows.T, ddof=0) if len(rows) > 1 else np.eye(9) for rows in of_layer]))
    large = layers["n_filters"] >= 200
    assert (zero[made_as == "zero"] == 1).all()
    assert (zero[(made_as == "point") & large] > 0.5).all()
    assert (zero[(made_as == "sun") & large] < 0.1).all()
    assert zero[made_as == "sun"].max() > 0
    assert np.median(entropy[(made_as == "low entropy") & large]) < 0.2
    assert (entropy[(made_as == "random") & large] > 0.9).all()
    assert np.median(entropy[(made_as == "spikes") & large]) < np.median(entropy[(made_as == "sun") & large])


def test_filters_of_ones_everywhere(filters):
    assert (filters == 1).all(axis=1).sum() == (filters == -1).all(axis=1).sum() >= 1


def test_range_falls_with_depth_and_varies_most_at_the_start(layers, of_layer):
    weight = np.array([np.ptp(rows, axis=1).sum() for rows in of_layer])
    sums = pd.DataFrame(
        {"decile": deciles(layers), "model": layers["model_id"], "n": layers["n_filters"], "sum": weight}
    )
    by_model = sums.groupby(["decile", "model"]).sum()
    ranges = (by_model["sum"] / by_model["n"]).groupby("decile")
    assert ranges.median().corr(pd.Series(range(1, 11), range(1, 11)), method="spearman") < -0.9
    assert ranges.var()[[1, 2]].min() > ranges.var()[[9, 10]].max()


def test_shifts_have_the_papers_order(layers, shifts):
    by_decile, by_task = shifts(deciles(layers)), shifts(layers["Task"])
    by_type, by_model = shifts(layers["Visual Category"]), shifts(layers["model"])
    assert by_decile.mean().idxmax() == 10
    assert 3 * np.median(pairs(by_decile)) < np.median(pairs(by_task)) < np.median(pairs(by_model))
    assert 3 * np.median(pairs(by_decile)) < np.median(pairs(by_type)) < np.median(pairs(by_model))


def test_explained_variance_is_like_the_papers(basis):
    ratio = basis[1].explained_variance_ratio
    assert np.allclose(ratio, [0.40, 0.16, 0.105, 0.096, 0.073, 0.052, 0.040, 0.038, 0.034], atol=0.03)


def test_discriminators_are_close_to_gaussian(layers, of_layer):
    def excess(rows: np.ndarray) -> float:
        centred = rows - rows.mean(axis=0)
        return float(np.mean((centred**4).mean(axis=0) / (centred**2).mean(axis=0) ** 2) - 3)

    large = (layers["n_filters"] >= 200) & layers["made_as"].isin(["sun", "symbols"])
    values = pd.Series([excess(rows) if keep else np.nan for rows, keep in zip(of_layer, large, strict=True)])
    by_task = values.abs().groupby(layers["Task"]).median()
    assert by_task.idxmin() == "GAN-Discriminator"
    assert by_task["GAN-Discriminator"] < 0.3 < by_task["Classification"]


def test_marginals_are_standardised():
    sources = tables()[:6].astype(float)
    assert np.allclose(sources.mean(axis=1), 0, atol=1e-6)
    assert np.allclose(sources.std(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Synthetic(5, 1, 6), "5 filters in 6 layers"),
        (Synthetic(5, 3, 2), "2 layers of 3 models"),
        (Synthetic(5, 0, 2), "0 models"),
        (Synthetic(5, 1, 2, seed=-1), "seed is -1"),
        (Synthetic(5, 1, 2, dtype="float16"), "'float16'; expected float32 or float64"),
        (Synthetic(10**15, 1, 2), r"36,000,000,000\.1 MB of disk are needed, [\d,.]+ MB are free; use fewer filters"),
    ],
)
def test_bad_settings_are_one_line_and_leave_nothing(tmp_path, settings, message):
    with pytest.raises(FiltershiftError, match=message) as error:
        build(settings, tmp_path / "dataset.h5")
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FiltershiftError, match=r"none/dataset\.h5: cannot be written \(No such file or directory\)"):
        build(DEFAULT, tmp_path / "none" / "dataset.h5")


def test_a_disk_that_fills_up_is_one_line_and_leaves_nothing(tmp_path):
    program = f"""
import resource
from pathlib import Path
from filtershift.dataset.sources.synthetic.build import Synthetic, build
from filtershift.errors import FiltershiftError
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000_000, 10_000_000))
try:
    build({DEFAULT}, Path("dataset.h5"), threads=2)
except FiltershiftError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "dataset.h5: cannot be written (File too large)\n", done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_script(tmp_path):
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        words = ["workflow/scripts/sources/synthetic.py", "models=2", *arguments, "output=dataset.h5"]
        command = [sys.executable, ROOT / words[0], *words[1:]]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = run("filters=1000", "layers=20")
    assert done.returncode == 0, done.stderr
    assert "dataset.h5: 0.1 MB of disk are needed" in done.stderr
    assert read_layers(tmp_path / "dataset.h5").layers["n_filters"].sum() == 1000
    wrong = run("filters=10", "layers=20")
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("error: synthetic: 10 filters in 20 layers")
    assert len(wrong.stderr.splitlines()) == 1
