"""Compare two models layer by layer: tables, figures and a page."""

from pathlib import Path

from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.command import run


def compare_models(
    names: list[str],
    files: list[str],
    batch_norm: str,
    dataset: Path,
    results: Path,
    variants: list[str],
    bins: int,
    resampling: Resampling,
    page: Path,
    threads: int = 1,
) -> None:
    """Two models by name -> the folder of the page, with all its tables and figures.

    ``files`` are those of the models; "" for a model of the data set, whose filters are read from ``dataset``. With one
    of these, basis and bins are those of ``results``.
    """
    from filtershift.analysis.layerwise.compare import compare_layers
    from filtershift.analysis.layerwise.reading import read_models, reference_of
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.layerwise.answer import figures_of
    from filtershift.report.layerwise import write_answer

    (before, after), left_out = read_models(names, files, batch_norm, dataset, results)
    is_common = all(files)
    reference = bins if is_common else reference_of(results)
    found = compare_layers(before, after, resampling, variants, reference, threads, left_out)
    basis = "common to both models" if is_common else f"those of the data set {results.name}"
    write_answer(page.parent, found, basis, figures_of(found), save)


if __name__ == "__main__":
    run(compare_models)
