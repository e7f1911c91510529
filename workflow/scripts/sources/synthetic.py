"""Make a synthetic data set."""

from pathlib import Path

from filtershift.command import progress, run


def build_synthetic(
    filters: int,
    models: int,
    layers: int,
    output: Path,
    seed: int = 0,
    dtype: str = "float32",
    threads: int = 1,
) -> None:
    """Totals and a seed -> an HDF5 data set."""
    from filtershift.dataset.sources.synthetic.build import Synthetic, build

    build(Synthetic(filters, models, layers, seed, dtype), output, threads, progress("synthetic"))


if __name__ == "__main__":
    run(build_synthetic)
