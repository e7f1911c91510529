# Two models layer by layer: snakemake layerwise --config 'overrides=["layerwise.models=[before.pt,after.pt]"]'
#
#   needs  layerwise.models; for models of the data set: the data set, layers.csv, statistics/
#   makes  layerwise/{comparison}/: tables, figures, a page, a summary as JSON
#   steps  compare_models
from answer_names import request_name
from compared_models import EXAMPLE, compared_models

try:
    COMPARED_MODELS = compared_models(
        CONFIG.layerwise.models,
        Path(RESULTS) / "models.csv",
        [*(model.name for model in MODELS), *(one.model for package in SOURCE.packages for one in package.models)],
    )
    COMPARISON = request_name(COMPARED_MODELS, CONFIG.layerwise.name, "layerwise.name")
except FiltershiftError as error:
    sys.exit(f"error: {error}")

# The page alone is there also after a comparison that failed.
LAYERWISE_FILES = [f"{RESULTS}/layerwise/{COMPARISON}/{name}" for name in ("layerwise.html", ".complete")]
# A mistake is named as a file that is missing: what an input function raises is shown with a trace.
NO_MODELS = f"config: layerwise.models names no models; write overrides=[{EXAMPLE}]"
# Two files need no data set: basis and bins are their own.
OF_DATASET = [
    DATASET,
    f"{RESULTS}/layers.csv",
    f"{RESULTS}/statistics/basis.h5",
    *gather.shards(f"{RESULTS}/statistics/histograms-scaled.{{scatteritem}}.h5"),
    *gather.shards(f"{RESULTS}/statistics/histograms-unscaled.{{scatteritem}}.h5"),
]


wildcard_constraints:
    comparison=COMPARISON,


rule layerwise:
    """The page that shows what changed between two models (layerwise.models), layer by layer."""
    input:
        LAYERWISE_FILES if COMPARED_MODELS else NO_MODELS,


rule compare_models:
    """What changed in each layer from one model to another: tables, figures, a page and a summary."""
    input:
        code=code("answers/layerwise"),
        needs=[
            *(str(path) for model in COMPARED_MODELS if model.file for path in parts_of(model)),
            *TEMPLATES,
            *([] if all(model.file for model in COMPARED_MODELS) else OF_DATASET),
        ],
    output:
        whole("results/{dataset}/layerwise/{comparison}"),
        page=update("results/{dataset}/layerwise/{comparison}/layerwise.html"),
    log:
        "results/{dataset}/logs/layerwise/{comparison}.log",
    benchmark:
        "results/{dataset}/benchmarks/layerwise/{comparison}.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        **arguments(
            names=[model.name for model in COMPARED_MODELS],
            files=[model.file for model in COMPARED_MODELS],
            batch_norm=CONFIG.dataset.batch_norm,
            dataset=DATASET,
            results=RESULTS,
            variants=CONFIG.variants,
            bins=CONFIG.bins,
            resampling=RESAMPLING,
            **({} if CONFIG.layerwise.fail_above is None else {"fail_above": CONFIG.layerwise.fail_above}),
        ),
    shell:
        JOB_WITH_THREADS
