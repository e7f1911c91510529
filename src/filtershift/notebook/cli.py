"""The command `filtershift`: models measured without a copy of the repository, by the functions of the Python door."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from filtershift.errors import FiltershiftError
from filtershift.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from filtershift.notebook.filters.filters import Filters
    from filtershift.notebook.questions.placing import Placed

ABOUT = """\
Distribution shifts between trained 3x3 convolution filters.

  filtershift layers my.onnx                              which of its layers are wasted?
  filtershift explore my.onnx --out page.html             look at its layers and filters
  filtershift place my.onnx --reference bundle.zip        which pre-trained models is it like?

A model is a file of ONNX, safetensors, PyTorch, Keras, TFLite and others, or a folder as model hubs lay it out.
Nothing in it is run. Each command has more to say: filtershift place --help
"""
PLACE = """\
Compare models with the groups and layers of a data set, without its filters.

Prints the nearest groups by scaled filters: the shift D (0: the same distribution of filters), the 95 % interval of D
corrected for noise, and whether D is above noise. A shift that is not above noise may be chance.
"""
PLACE_EXAMPLE = """\
example:
  filtershift place my.onnx pruned.onnx --reference bundle.zip --out answer

answer/ then has the page placement.html, explorer.html with the models among those of the data set, and all numbers:
shifts.csv, layers.csv, models.csv, skipped.csv. A bundle is what `snakemake bundle` makes of a finished run; the
folder of results of such a run will do, too.
"""
LAYERS = """\
Measure each 3x3 layer of models.

Prints one row per layer. Sparsity is the share of filters whose weights are all below a hundredth of the layer's
largest. Variance entropy is 0 if all filters have one pattern, and 1 if there are as many as can be. A layer is
degenerate if it has mostly sparse filters or about one pattern, and random-like if it cannot be told from an untrained
one; such layers are wasted.
"""
LAYERS_EXAMPLE = """\
example:
  filtershift layers my.onnx --csv layers.csv
"""
EXPLORE = """\
Write a page to look at the layers and filters of models. It is one file that needs no network.

With a reference, the models are shown among those of a data set.
"""
EXPLORE_EXAMPLE = """\
example:
  filtershift explore my.onnx pruned.onnx --out page.html
"""
SHOWN = [
    "model",
    "layer_name",
    "n_filters",
    "state",
    "sparsity",
    "variance_entropy",
    "random_threshold",
    "orthogonality",
]
NEAREST = 3


def main(words: Sequence[str] | None = None) -> None:
    """Run the command; bad input ends in one line and status 1."""
    arguments = vars(_parser().parse_args(words))
    command: Callable[..., None] = arguments.pop("command")
    try:
        command(**arguments)
    except (FiltershiftError, OSError, MemoryError) as error:
        line, *_ = str(error).splitlines() or ["not enough memory"]
        sys.exit(f"error: {line}")


def place(models: list[str], reference: str, out: str | None, resamples: int, seed: int) -> None:
    """Print the nearest groups of models, and write the pages and tables about them to a folder."""
    import filtershift
    from filtershift.files import write_table

    found: Placed = filtershift.place(models, reference, resamples, seed)
    _print(_nearest(found.shifts))
    _tell_skipped(found.skipped)
    if out is None:
        return
    folder = Path(out).expanduser()
    for name in ("shifts", "layers", "models", "skipped"):
        write_table(folder / f"{name}.csv", getattr(found, name))
    found.explore(folder / "explorer.html")
    print(f"open {found.page(folder / 'placement.html')}")


def layers(models: list[str], csv: str | None) -> None:
    """Print the quality of each layer, or write it with all columns as CSV."""
    import pandas as pd

    import filtershift
    from filtershift.analysis.quality.layers import non_finite
    from filtershift.files import write_table

    filters = _filters(models)
    table = filtershift.quality(filters)
    if csv is None:
        _print(table[[column for column in SHOWN if column in table]])
    else:
        write_table(Path(csv).expanduser(), table, index=True)
        print(f"wrote {csv}")
    _tell_skipped(pd.concat([filters.skipped, non_finite(table)]))


def explore(models: list[str], reference: str | None, out: str) -> None:
    """Write the explorer of models, alone or among those of a data set."""
    import filtershift

    if reference is None:
        filtershift.explore(_filters(models), out)
    else:
        filtershift.place(models, reference, resamples=0).explore(out)
    print(f"open {out}")


def _parser() -> argparse.ArgumentParser:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("filtershift", description=ABOUT, formatter_class=as_written)
    parser.add_argument("--version", action="version", version=f"filtershift {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def added(command: Callable[..., None], first: str, text: str, example: str) -> argparse.ArgumentParser:
        one = commands.add_parser(
            command.__name__, help=first, description=text, epilog=example, formatter_class=as_written
        )
        one.add_argument("models", nargs="+", metavar="MODEL", help="a model file, or a folder of a model hub")
        one.set_defaults(command=command)
        return one

    one = added(place, "compare models with a data set", PLACE, PLACE_EXAMPLE)
    one.add_argument("--reference", required=True, metavar="BUNDLE", help="the data set: a bundle, or results/NAME")
    one.add_argument("--out", metavar="FOLDER", help="write pages and tables to this folder")
    one.add_argument("--resamples", type=int, default=1000, help="draws for each interval (1000); 0: no intervals")
    one.add_argument("--seed", type=int, default=0, help="of the random numbers (0)")

    one = added(layers, "the quality of each layer", LAYERS, LAYERS_EXAMPLE)
    one.add_argument("--csv", metavar="FILE", help="write all columns to this file instead")

    one = added(explore, "a page to look around in", EXPLORE, EXPLORE_EXAMPLE)
    one.add_argument("--reference", metavar="BUNDLE", help="show the models among those of this data set")
    one.add_argument("--out", default="explorer.html", metavar="FILE", help="the page (explorer.html)")
    return parser


def _filters(models: Sequence[str]) -> Filters:
    from filtershift.notebook.filters.opening import filters_of_models

    return filters_of_models([Path(model).expanduser() for model in models])


def _nearest(shifts: pd.DataFrame) -> pd.DataFrame:
    """The nearest groups of each model and grouping, by the first variant."""
    first = shifts[shifts["variant"] == shifts["variant"].iloc[0]]
    nearest = first[first["rank"] <= NEAREST].sort_values(["model", "grouping", "rank"], kind="stable")
    return nearest[["model", "grouping", "group", "shift", "low", "high", "flag"]].rename(columns={"shift": "D"})


def _print(table: pd.DataFrame) -> None:
    print(table.where(table.notna(), float("nan")).to_string(index=False, na_rep="–", float_format="{:.3g}".format))


def _tell_skipped(skipped: pd.DataFrame) -> None:
    if len(skipped):
        first = skipped.iloc[0]
        more = f", and {len(skipped) - 1} more" if len(skipped) > 1 else ""
        print(f"left out: {first['kind']} {first['name']} ({first['reason']}){more}", file=sys.stderr)
