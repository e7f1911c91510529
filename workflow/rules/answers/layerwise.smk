# Two models layer by layer: snakemake layerwise --config 'overrides=["layerwise.models=[before.pt,after.pt]"]'
#
#   needs  layerwise.models or layerwise.pairs; for models of the data set: the data set, layers.csv, statistics/
#   makes  layerwise/{comparison}/, layerwise/pairs/{comparison}/: tables, figures, a page; of two models a JSON summary
#   steps  compare_models (-> layerwise_limit) or compare_pairs
from answer_names import coded, request_name
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

PAIRS = CONFIG.layerwise.pairs or {"differ": "", "same": []}
if CONFIG.layerwise.pairs and CONFIG.layerwise.name is None:
    COMPARISON = coded(PAIRS["differ"], *PAIRS["same"])

# The page alone is there also after a comparison that failed.
if CONFIG.layerwise.pairs:
    LAYERWISE_FILES = [f"{RESULTS}/layerwise/pairs/{COMPARISON}/{name}" for name in ("pairs.html", ".complete")]
else:
    LAYERWISE_FILES = [f"{RESULTS}/layerwise/{COMPARISON}/{name}" for name in ("layerwise.html", ".complete")]
    if CONFIG.layerwise.fail_above is not None:
        LAYERWISE_FILES.append(f"{RESULTS}/layerwise/{COMPARISON}/.within_limit")
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
    """The page that shows what changed between two models (layerwise.models) or in many pairs (layerwise.pairs)."""
    input:
        LAYERWISE_FILES if COMPARED_MODELS or CONFIG.layerwise.pairs else NO_MODELS,


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
        "../../../environment.yml"
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
        ),
    shell:
        JOB_WITH_THREADS


rule layerwise_limit:
    """An error if a layer moved farther than a limit (layerwise.fail_above), when the page is there."""
    input:
        code=code("answers/layerwise_limit"),
        page="results/{dataset}/layerwise/{comparison}/layerwise.html",
    output:
        # In the folder that a new answer replaces, so that it is checked again.
        touch("results/{dataset}/layerwise/{comparison}/.within_limit"),
    log:
        "results/{dataset}/logs/layerwise/{comparison}.limit.log",
    benchmark:
        "results/{dataset}/benchmarks/layerwise/{comparison}.limit.tsv"
    localrule: True
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(3),
    params:
        **arguments(limit=0.0 if CONFIG.layerwise.fail_above is None else CONFIG.layerwise.fail_above),
    shell:
        JOB


rule compare_pairs:
    """Pairs of models that agree in some labels and differ in one, by depth: tables, figures and a page."""
    input:
        code=code("answers/model_pairs"),
        needs=[*TEMPLATES, *OF_DATASET[1:]],
    output:
        whole("results/{dataset}/layerwise/pairs/{comparison}"),
        page=update("results/{dataset}/layerwise/pairs/{comparison}/pairs.html"),
    log:
        "results/{dataset}/logs/layerwise/pairs/{comparison}.log",
    benchmark:
        "results/{dataset}/benchmarks/layerwise/pairs/{comparison}.tsv"
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(1000, per_gb=20),
        runtime=minutes(10, per_gb=0.1),
    params:
        **arguments(
            results=RESULTS,
            differ=PAIRS["differ"],
            same=PAIRS["same"],
            variants=CONFIG.variants,
            resampling=RESAMPLING,
        ),
    shell:
        JOB
