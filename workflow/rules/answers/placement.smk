# Models of one's own beside the finished data set: snakemake placement --config 'overrides=[placement.models=[my.onnx]]'
#
#   needs  placement.models; of the data set: statistics/, groups/, layers.csv, quality/layers.csv; or placement.reference
#   makes  placement/{request}/: tables, figures, a page, and the explorer with your models in it
#   steps  place
from answer_names import request_name
from filtershift.dataset.sources.bundles import read_manifest
from filtershift.errors import about

# The bundle with which models are compared instead of a finished run here.
REFERENCE = str(Path(CONFIG.placement.reference).expanduser()) if CONFIG.placement.reference else None
try:
    REQUEST = request_name(PLACED_MODELS, CONFIG.placement.name)
    with about("config: placement.reference"):
        BESIDE = read_manifest(Path(REFERENCE)).settings if REFERENCE else None
except FiltershiftError as error:
    sys.exit(f"error: {error}")

KNOWN_TITLES = BESIDE.titles if BESIDE else titles(COMPARED)
PLACEMENT_GROUPINGS = [name for name in CONFIG.placement.groupings if name in KNOWN_TITLES]
PLACEMENT_RESULTS = f"results/{BESIDE.name}" if BESIDE else RESULTS

# A mistake is named as a file that is missing: what an input function raises is shown with a trace.
if not PLACED_MODELS:
    PLACEMENT_TARGET = "config: placement.models names no model; write overrides=[placement.models=[my.onnx]]"
elif not PLACEMENT_GROUPINGS:
    PLACEMENT_TARGET = f"config: none of placement.groupings is configured; there are: {', '.join(KNOWN_TITLES)}"
else:
    # The page alone is there also after a request that failed.
    PLACEMENT_TARGET = [f"{PLACEMENT_RESULTS}/placement/{REQUEST}/{name}" for name in ("placement.html", ".complete")]


wildcard_constraints:
    request=REQUEST,


rule placement:
    """The page that shows your models (placement.models) beside this data set."""
    input:
        PLACEMENT_TARGET,


# Files of the finished run that the models are placed in.
PLACEMENT_NEEDS = [
    f"{RESULTS}/statistics/basis.h5",
    *gather.shards(f"{RESULTS}/statistics/histograms-scaled.{{scatteritem}}.h5"),
    *gather.shards(f"{RESULTS}/statistics/histograms-unscaled.{{scatteritem}}.h5"),
    f"{RESULTS}/layers.csv",
    f"{RESULTS}/models.csv",
    *expand(f"{RESULTS}/groups/{{grouping}}{{kind}}.csv", grouping=PLACEMENT_GROUPINGS, kind=["", ".sizes"]),
    f"{RESULTS}/quality/layers.csv",
    *EXPLORER_NEEDS,
    f"{RESULTS}/statistics/example_filters.h5",
]


rule place:
    """Your models beside the data set: shifts to its groups, the quality of your layers, figures and a page."""
    input:
        code=code("answers/placement"),
        needs=[
            *(str(path) for model in PLACED_MODELS for path in parts_of(model)),
            *TEMPLATES,
            *([] if REFERENCE else PLACEMENT_NEEDS),
        ],
        bundle=[REFERENCE] if REFERENCE else [],
    output:
        whole(f"{PLACEMENT_RESULTS}/placement/{{request}}"),
        page=update(f"{PLACEMENT_RESULTS}/placement/{{request}}/placement.html"),
    log:
        f"{PLACEMENT_RESULTS}/logs/placement/{{request}}.log",
    benchmark:
        f"{PLACEMENT_RESULTS}/benchmarks/placement/{{request}}.tsv"
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        **arguments(
            models={model.name: model.file for model in PLACED_MODELS},
            batch_norm=BESIDE.batch_norm if BESIDE else CONFIG.dataset.batch_norm,
            results=PLACEMENT_RESULTS,
            titles={name: KNOWN_TITLES[name] for name in PLACEMENT_GROUPINGS},
            missing=[name for name in CONFIG.placement.groupings if name not in PLACEMENT_GROUPINGS],
            variants=BESIDE.variants if BESIDE else CONFIG.variants,
            resampling=RESAMPLING,
            explorer=({key: getattr(BESIDE, key) for key in EXPLORER_SETTINGS} if BESIDE else EXPLORER_SETTINGS),
        ),
    shell:
        JOB
