"""Copy figures of two finished runs into docs/images; docs/gallery.md says of which, with the command."""

import argparse
import shutil
from pathlib import Path

IMAGES = Path(__file__).parents[1] / "images"
# The name in docs/images, and the figure below the results: of the zoo, and of the synthetic data set.
ZOO = {
    "shift-matrices": "paper/figure-03",
    "coefficients-by-data-type": "scaled/figures/ridge/data_type",
    "task-matrix": "scaled/figures/shift_matrix/task",
    "eigenfilters": "scaled/figures/eigenfilters/layer_position",
    "shapes": "figures/shapes/depth_decile",
    "cumulative": "scaled/figures/cumulative/task",
    "shift-boxes": "scaled/figures/shift_boxes/groupings",
    "range-boxes": "unscaled/figures/range_boxes/depth_decile",
    "dendrogram": "scaled/figures/dendrogram/model",
    "embedding": "scaled/figures/embedding/model",
    "bivariate": "scaled/figures/bivariate/phenotypes",
    "entropy-by-size": "figures/quality/entropy_by_size",
    "ranking": "figures/quality/ranking",
}
SYNTHETIC = {
    "synthetic-matrices": "paper/figure-03",
    "synthetic-ridge": "paper/figure-02",
}


def main() -> None:
    """Copy the figures of both runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("zoo", type=Path, help="results of the zoo")
    parser.add_argument("synthetic", type=Path, help="results of the synthetic data set")
    chosen = parser.parse_args()
    for results, figures in ((chosen.zoo, ZOO), (chosen.synthetic, SYNTHETIC)):
        for name, figure in figures.items():
            shutil.copyfile(results / f"{figure}.png", IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
