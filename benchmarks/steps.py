"""The measured steps; each runs as `python steps.py NAME SETTINGS` in a separate process.

All steps work in a folder that contains the data set. A step prints {"wall": seconds, "cpu": seconds} of its work,
without imports and compilation unless its docstring says that they count.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

DATASET = "dataset.h5"

Time = dict[str, float]
Result = TypeVar("Result")


def timed(work: Callable[[], Result]) -> tuple[Result, Time]:
    """The result of ``work()``, and the time it takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def generate(folder: Path, filters: int, models: int, layers: int, dtype: str, threads: int) -> Time:
    """Write a synthetic data set."""
    from filtershift.dataset.sources.synthetic.build import Synthetic, build

    settings = Synthetic(filters=filters, models=models, layers=layers, dtype=dtype)
    return timed(lambda: build(settings, folder / DATASET, threads))[1]


def prepare(folder: Path) -> Time:
    """Read the layer table; and compile the kernels, which takes time and memory once, before they are measured."""
    from filtershift.dataset.layers import read_layers
    from filtershift.files import write_table
    from passes import compile_kernels

    compile_kernels(folder / DATASET)
    layers, spent = timed(lambda: read_layers(folder / DATASET).layers)
    write_table(folder / "layers.csv", layers, index=True)
    return spent


def read(folder: Path) -> Time:
    """Read the file from start to end and do nothing with it."""
    from measure import read_through

    return timed(lambda: read_through(folder / DATASET))[1]


def run_pass(folder: Path, name: str, threads: int) -> Time:
    """Run a pass, or find the extent, on the results of those before it."""
    from passes import PASSES, compile_kernels

    compile_kernels(folder / DATASET)
    work = PASSES[name](folder / DATASET, folder, threads)
    return timed(work)[1]


def pipeline(folder: Path, threads: int) -> Time:
    """Compute all results that the reference computes, with filtershift."""
    import KDEpy  # noqa: F401
    import numpy as np

    from passes import compile_kernels
    from pipeline import compute

    compile_kernels(folder / DATASET)
    results: dict[str, Any]
    results, spent = timed(lambda: compute(folder / DATASET, folder, threads))
    np.savez(folder / "pipeline.npz", **results)
    return spent


def reference(folder: Path, dtype: str) -> Time:
    """Compute the same results with everything in memory."""
    import numpy as np

    from reference import compute

    results: dict[str, Any]
    results, spent = timed(lambda: compute(folder / DATASET, dtype))
    np.savez(folder / f"reference-{dtype}.npz", **results)
    return spent


def grouping(folder: Path, column: str) -> Time:
    """Compute one more grouping with its figures, from the results of the passes alone; imports count."""

    def add() -> None:
        from grouping import add_grouping

        add_grouping(folder, column)

    return timed(add)[1]


STEPS: dict[str, Callable[..., Time]] = {
    step.__name__: step for step in (generate, prepare, read, run_pass, pipeline, reference, grouping)
}


def main() -> None:
    """Run the step named on the command line."""
    settings: dict[str, Any] = json.loads(sys.argv[2])
    print(json.dumps(STEPS[sys.argv[1]](Path(settings.pop("folder")), **settings)))


if __name__ == "__main__":
    main()
