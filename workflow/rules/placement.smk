# Models of one's own beside the finished data set: snakemake placement --config 'overrides=[placement.models=[my.onnx]]'
#
#   needs  placement.models; of the data set: statistics/, groups/, {variant}/histograms/, layers.csv, quality/layers.csv
#   makes  placement/: tables, figures and a page
#   steps  place -> placement_page
PLACEMENT_GROUPINGS = configured(*CONFIG.placement.groupings)

# A mistake is named as a file that is missing: what an input function raises is shown with a trace.
if not PLACED_MODELS:
    PLACEMENT_TARGET = "config: placement.models names no model; write overrides=[placement.models=[my.onnx]]"
elif not PLACEMENT_GROUPINGS:
    PLACEMENT_TARGET = f"config: none of placement.groupings is configured; there are: {', '.join(COMPARED)}"
else:
    PLACEMENT_TARGET = f"{RESULTS}/placement/placement.html"


rule placement:
    """The page that shows your models (placement.models) beside this data set."""
    input:
        PLACEMENT_TARGET,


rule place:
    """Shifts between your models and the groups of the data set, and the quality of your layers."""
    input:
        code=code("answers/placement"),
        needs=[
            *(str(path) for model in PLACED_MODELS for path in parts_of(model)),
            f"{RESULTS}/statistics/basis.h5",
            *gather.shards(f"{RESULTS}/statistics/histograms-scaled.{{scatteritem}}.h5"),
            *gather.shards(f"{RESULTS}/statistics/histograms-unscaled.{{scatteritem}}.h5"),
            *expand(
                f"{RESULTS}/{{variant}}/histograms/{{grouping}}.h5",
                variant=CONFIG.variants,
                grouping=PLACEMENT_GROUPINGS,
            ),
            f"{RESULTS}/layers.csv",
            *expand(f"{RESULTS}/groups/{{grouping}}{{kind}}.csv", grouping=PLACEMENT_GROUPINGS, kind=["", ".sizes"]),
            f"{RESULTS}/quality/layers.csv",
        ],
    output:
        shifts="results/{dataset}/placement/shifts.csv",
        layers="results/{dataset}/placement/layers.csv",
        summary="results/{dataset}/placement/models.csv",
        skipped="results/{dataset}/placement/skipped.csv",
    log:
        "results/{dataset}/logs/placement.log",
    benchmark:
        "results/{dataset}/benchmarks/placement.tsv"
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
            groupings=PLACEMENT_GROUPINGS,
            variants=CONFIG.variants,
            resampling=RESAMPLING,
        ),
        # The page of other models must not outlive their tables.
        page=f"{RESULTS}/placement/placement.html",
    shell:
        f"rm -f {{params.page}} && {JOB}"


rule placement_page:
    """The page of your models, and its figures."""
    input:
        code=code("pages/placement"),
        needs=[*TEMPLATES, *(str(ROOT / f"workflow/report/placement_{name}.rst") for name in ("nearest", "layers"))],
        shifts="results/{dataset}/placement/shifts.csv",
        layers="results/{dataset}/placement/layers.csv",
        models="results/{dataset}/placement/models.csv",
        skipped="results/{dataset}/placement/skipped.csv",
        quality="results/{dataset}/quality/layers.csv",
        known="results/{dataset}/models.csv",
    output:
        nearest=expand("results/{{dataset}}/placement/nearest.{kind}", kind=["pdf", "png"]),
        profile=expand("results/{{dataset}}/placement/layers.{kind}", kind=["pdf", "png"]),
        page="results/{dataset}/placement/placement.html",
    log:
        "results/{dataset}/logs/placement_page.log",
    benchmark:
        "results/{dataset}/benchmarks/placement_page.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(500),
        runtime=minutes(5),
    params:
        **arguments(titles=titles(PLACEMENT_GROUPINGS)),
    shell:
        JOB
