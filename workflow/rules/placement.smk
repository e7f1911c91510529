# Models of one's own beside the finished data set: snakemake placement --config 'overrides=[placement.models=[my.onnx]]'
#
#   needs  placement.models; of the data set: statistics/, groups/, {variant}/histograms/, layers.csv, quality/layers.csv
#   makes  placement/{request}/: tables, figures, a page, and the explorer with your models in it
#   steps  place
from answer_names import request_name

PLACEMENT_GROUPINGS = configured(*CONFIG.placement.groupings)
try:
    REQUEST = request_name(PLACED_MODELS, CONFIG.placement.name)
except FiltershiftError as error:
    sys.exit(f"error: {error}")

# A mistake is named as a file that is missing: what an input function raises is shown with a trace.
if not PLACED_MODELS:
    PLACEMENT_TARGET = "config: placement.models names no model; write overrides=[placement.models=[my.onnx]]"
elif not PLACEMENT_GROUPINGS:
    PLACEMENT_TARGET = f"config: none of placement.groupings is configured; there are: {', '.join(COMPARED)}"
else:
    # The page alone is there also after a request that failed.
    PLACEMENT_TARGET = [f"{RESULTS}/placement/{REQUEST}/{name}" for name in ("placement.html", ".complete")]


wildcard_constraints:
    request=REQUEST,


rule placement:
    """The page that shows your models (placement.models) beside this data set."""
    input:
        PLACEMENT_TARGET,


rule place:
    """Your models beside the data set: shifts to its groups, the quality of your layers, figures and a page."""
    input:
        code=code("answers/placement"),
        needs=[
            *(str(path) for model in PLACED_MODELS for path in parts_of(model)),
            *TEMPLATES,
            *(str(ROOT / f"workflow/report/placement_{name}.rst") for name in ("nearest", "layers")),
            f"{RESULTS}/statistics/basis.h5",
            *gather.shards(f"{RESULTS}/statistics/histograms-scaled.{{scatteritem}}.h5"),
            *gather.shards(f"{RESULTS}/statistics/histograms-unscaled.{{scatteritem}}.h5"),
            *expand(
                f"{RESULTS}/{{variant}}/histograms/{{grouping}}.h5",
                variant=CONFIG.variants,
                grouping=PLACEMENT_GROUPINGS,
            ),
            f"{RESULTS}/layers.csv",
            f"{RESULTS}/models.csv",
            *expand(f"{RESULTS}/groups/{{grouping}}{{kind}}.csv", grouping=PLACEMENT_GROUPINGS, kind=["", ".sizes"]),
            f"{RESULTS}/quality/layers.csv",
            *EXPLORER_NEEDS,
            f"{RESULTS}/statistics/example_filters.h5",
        ],
    output:
        whole("results/{dataset}/placement/{request}"),
        page=update("results/{dataset}/placement/{request}/placement.html"),
    log:
        "results/{dataset}/logs/placement/{request}.log",
    benchmark:
        "results/{dataset}/benchmarks/placement/{request}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        **arguments(
            models={model.name: model.file for model in PLACED_MODELS},
            batch_norm=CONFIG.dataset.batch_norm,
            results=RESULTS,
            titles=titles(PLACEMENT_GROUPINGS),
            missing=[name for name in CONFIG.placement.groupings if name not in PLACEMENT_GROUPINGS],
            variants=CONFIG.variants,
            resampling=RESAMPLING,
            explorer=EXPLORER_SETTINGS,
        ),
    shell:
        JOB
