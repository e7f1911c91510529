"""Compare two models layer by layer: tables, figures, a page, and an exit status."""

import json
from pathlib import Path

from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.command import run

CAPTIONS = Path(__file__).parents[2] / "report"


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
    import pandas as pd

    from filtershift.analysis.layerwise.compare import compare_layers
    from filtershift.analysis.layerwise.reading import read_models, reference_of
    from filtershift.analysis.layerwise.summary import change_bases, check_limit, summary
    from filtershift.figures.distributions.eigenfilters import eigenfilter_tiles
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.layerwise.depth import layer_changes
    from filtershift.files import whole_folder, write_table
    from filtershift.passes.bases import basis_table
    from filtershift.report.layerwise import layerwise_page
    from filtershift.report.page import caption
    from filtershift.report.sections import Figure

    (before, after), left_out = read_models(names, files, batch_norm, dataset, results)
    is_common = all(files)
    reference = bins if is_common else reference_of(results)
    found = compare_layers(before, after, resampling, variants, reference, threads)
    bases = {label: vars(basis) for label, basis in change_bases(found).items()}
    skipped = pd.concat([found.skipped, left_out])
    with whole_folder(page.parent) as folder:
        write_table(folder / "layers.csv", found.layers)
        write_table(folder / "skipped.csv", skipped)
        write_table(folder / "eigenfilters.csv", basis_table(list(bases.items())))
        drawn = {"depth": ("Layers by depth", layer_changes(found.layers))}
        if bases:
            tiles = [(label, {**basis, "n_models": 2}) for label, basis in bases.items()]
            drawn["eigenfilters"] = "What was added to the filters", eigenfilter_tiles(tiles)
        for name, (_, figure) in drawn.items():
            save(figure, folder / f"{name}.pdf", folder / f"{name}.png")
        figures = [
            Figure(folder / f"{name}.png", title, caption(CAPTIONS / f"layerwise_{name}.rst", {}))
            for name, (title, _) in drawn.items()
        ]
        told = "common to both models" if is_common else f"those of the data set {results.name}"
        (folder / page.name).write_text(layerwise_page(page.parent, found, skipped, told, figures))
        (folder / "layerwise.json").write_text(json.dumps(summary(found, fail_above), indent=1) + "\n")
    check_limit(found, fail_above)


if __name__ == "__main__":
    run(compare_models)
