"""Where each result of a data set lies: the one place that knows, beside the rules that make them."""

from dataclasses import dataclass
from pathlib import Path

VARIANTS = ("scaled", "unscaled")

SKIPPED = ("kind", "name", "reason", "count")
"""The columns of skipped.csv, and of every table of what was left out."""

FILES = {
    "config": "config.yaml",
    "layers": "layers.csv",
    "models": "models.csv",
    "skipped": "skipped.csv",
    "paper_skipped": "paper/skipped.csv",
    "cost": "cost.csv",
    "expected": "expected.csv",
    "moments": "statistics/moments.{scatteritem}.h5",
    "extent": "statistics/extent.{scatteritem}.h5",
    "histograms-scaled": "statistics/histograms-scaled.{scatteritem}.h5",
    "histograms-unscaled": "statistics/histograms-unscaled.{scatteritem}.h5",
    "basis": "statistics/basis.h5",
    "example_filters": "statistics/example_filters.h5",
    "groups": "groups/{grouping}.csv",
    "sizes": "groups/{grouping}.sizes.csv",
    "pca": "{variant}/pca/{grouping}.h5",
    "group_histograms": "{variant}/histograms/{grouping}.h5",
    "densities": "{variant}/densities/{grouping}.h5",
    "shift": "{variant}/shift/{grouping}.csv",
    "n": "{variant}/shift/{grouping}.n.csv",
    "components": "{variant}/shift/{grouping}.components.csv",
    "intervals": "{variant}/shift/{grouping}.intervals.csv",
    "nearest": "{variant}/shift/{grouping}.nearest.csv",
    "cumulative": "{variant}/figures/cumulative/{grouping}.csv",
    "range_boxes": "unscaled/figures/range_boxes/{grouping}.csv",
    "quality": "quality/layers.csv",
    "quality_models": "quality/models.csv",
    "phenotypes": "quality/phenotypes.csv",
}
"""Files below results/{dataset}, as the rules write them."""


def dataset_file(name: str, path: str | None) -> str:
    """The data set file of a run, relative to where it was started: the user's own (``path``), or the one it built."""
    return str(Path(path).expanduser()) if path else f"resources/{name}/dataset.h5"


@dataclass(frozen=True)
class Results:
    """The results of a data set.

    Attributes:
        folder: results/{dataset}.
    """

    folder: Path

    def file(self, kind: str, **names: str) -> Path:
        """One of `FILES`, with the names it needs, as in ``file("shift", variant="scaled", grouping="task")``."""
        return self.folder / FILES[kind].format(**names)

    def shards(self, kind: str) -> list[Path]:
        """The files of all shards of a pass."""
        pattern = FILES[kind].format(scatteritem="*-of-*")
        return sorted(self.folder.glob(pattern))
