"""Results are the same, bit for bit, however the work is cut."""

from pathlib import Path

import h5py
import numpy as np
import tables

from running import ROOT, Workflow

VARIANTS = ("scaled", "unscaled")
TABLES = [f"results/small/{variant}/shift/task{kind}.csv" for variant in VARIANTS for kind in ("", ".n", ".components")]
TARGETS = [*TABLES, "results/small/quality/layers.csv"]


def made(finished: Workflow, folder: Path, *overrides: str, cores: int) -> Workflow:
    """Another run on the finished run's data set, which that cut into one shard, for two cores."""
    workflow = Workflow(ROOT, folder, finished.directory / finished.dataset, ("grouping=[task]", *overrides))
    done = workflow.run(*TARGETS, cores=cores)
    assert done.returncode == 0, done.stdout
    return workflow


def arrays(path: Path) -> dict[str, np.ndarray]:
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, node: found.update({name: node[()]} if isinstance(node, h5py.Dataset) else {}))
    return found


def assert_same(one: Workflow, other: Workflow) -> None:
    for name in TARGETS:
        assert (one.directory / name).read_bytes() == (other.directory / name).read_bytes(), name
    for variant in VARIANTS:
        for name in ("pca/task.h5", "histograms/task.h5", "densities/task.h5"):
            first, second = (arrays(workflow.results / variant / name) for workflow in (one, other))
            assert first.keys() == second.keys()
            for key, values in first.items():
                assert values.tobytes() == second[key].tobytes(), (name, key)


def per_layer(workflow: Workflow, variant: str) -> dict[str, np.ndarray]:
    """The histograms of all layers, out of the files of all shards."""
    parts = []
    for path in workflow.results.glob(f"statistics/histograms-{variant}.*.h5"):
        with tables.open_file(path) as file:
            parts.append({name: file.get_node(f"/{name}")[:] for name in ("layer", "extent", "window")})
    order = np.argsort(np.concatenate([part["layer"] for part in parts]))
    assert len(order) == 25
    return {grid: np.concatenate([part[grid] for part in parts])[order] for grid in ("extent", "window")}


def test_three_shards_on_one_core(finished: Workflow, tmp_path: Path) -> None:
    shards = made(finished, tmp_path, "shards=3", cores=1)
    assert len(list(shards.results.glob("statistics/moments.*-of-3.h5"))) == 3
    assert_same(finished, shards)
    for variant in VARIANTS:
        first, second = per_layer(finished, variant), per_layer(shards, variant)
        for grid, counts in first.items():
            assert counts.any()
            assert np.array_equal(counts, second[grid])
