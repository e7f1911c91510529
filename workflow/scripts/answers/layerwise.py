"""Compare two models layer by layer: tables, figures, a page, and an exit status."""

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
    fail_above: float | None = None,
    threads: int = 1,
) -> None:
    """Two models by name -> the folder of the page, with all its tables and figures.

    ``files`` are those of the models; "" for a model of the data set, whose filters are read from ``dataset``. With one
    of these, basis and bins are those of ``results``. A layer that moved farther than ``fail_above`` ends the job with
    an error, when all files are written.
    """
    from filtershift.analysis.layerwise.compare import compare_layers
    from filtershift.analysis.layerwise.reading import read_models, reference_of
    from filtershift.analysis.layerwise.summary import check_limit
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.layerwise.answer import figures_of
    from filtershift.report.layerwise import write_answer

    (before, after), left_out = read_models(names, files, batch_norm, dataset, results)
    is_common = all(files)
    reference = bins if is_common else reference_of(results)
    found = compare_layers(before, after, resampling, variants, reference, threads, left_out)
    basis = "common to both models" if is_common else f"those of the data set {results.name}"
    write_answer(page.parent, found, basis, figures_of(found), save, fail_above)
    check_limit(found, fail_above)


if __name__ == "__main__":
    run(compare_models)
