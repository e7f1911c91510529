"""Where each result of a data set lies: the one place that knows, beside the rules that make them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from string import Formatter

VARIANTS = ("scaled", "unscaled")

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
"""The names of data sets and groupings, which are those of folders and files."""

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
    "weight_matrices": "statistics/weight_matrices.{scatteritem}.h5",
    "example_filters": "statistics/example_filters.h5",
    "stored_layers": "statistics/layers.csv",
    "skipped_layers": "skipped/layers.csv",
    "skipped_models": "skipped/models.csv",
    "pair_counts": "{variant}/bivariate/phenotypes.h5",
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

FROM_FILTERS = (
    *("stored_layers", "skipped_layers", "skipped_models", "moments", "basis", "extent"),
    *("histograms-scaled", "histograms-unscaled", "weight_matrices", "example_filters", "pair_counts"),
)
"""What takes the filters to make, or the table of the layers in their file; everything else follows from these."""

FOR_PLACING = ("layers", "models", "quality", "groups", "sizes", "intervals")
"""What else placing a model beside a data set needs; it follows from the others, but takes minutes to make."""


def files_of(kinds: Iterable[str], **names: Sequence[str]) -> list[str]:
    """The files of some kinds, with every combination of the names they need, below results/{dataset}."""
    found = []
    for kind in kinds:
        used = [name for _, name, _, _ in Formatter().parse(FILES[kind]) if name]
        for values in product(*(names[name] for name in used)):
            found.append(FILES[kind].format(**dict(zip(used, values, strict=True))))
    return found


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
