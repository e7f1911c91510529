# The explorer: any grouping computed in the browser, from what the passes stored.
#
#   needs  layers.csv, quality/layers.csv, statistics/, groups/, {variant}/shift/ (intervals); the data set
#   makes  statistics/example_filters.h5, explorer.html
#   steps  example_filters -> explorer

EXPLORER_TEMPLATES = sorted(str(path) for path in (ROOT / "src/filtershift/report/explorer/templates").glob("*"))
# What it is made of, but for the example filters, and what it is told of the groupings; placements make one, too.
EXPLORER_NEEDS = [
    *EXPLORER_TEMPLATES,
    f"{RESULTS}/layers.csv",
    f"{RESULTS}/quality/layers.csv",
    f"{RESULTS}/statistics/basis.h5",
    *gather.shards(f"{RESULTS}/statistics/moments.{{scatteritem}}.h5"),
    *gather.shards(f"{RESULTS}/statistics/histograms-scaled.{{scatteritem}}.h5"),
    *gather.shards(f"{RESULTS}/statistics/histograms-unscaled.{{scatteritem}}.h5"),
    *expand(f"{RESULTS}/groups/{{grouping}}{{kind}}.csv", grouping=COMPARED, kind=["", ".sizes"]),
    *expand(INTERVALS, dataset=CONFIG.dataset.name, variant=CONFIG.variants, grouping=COMPARED),
]
EXPLORER_SETTINGS = {
    "titles": titles(COMPARED),
    "orders": {name: CONFIG.grouping[name].order for name in COMPARED},
    "choices": CHOICES,
    "intervals": bool(INTERVALS),
}


rule example_filters:
    """Filters of each layer to look at: the most typical, the most extreme, and random ones."""
    input:
        code=code("passes/example_filters"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/statistics/layers.csv",
        basis="results/{dataset}/statistics/basis.h5",
        histograms=gather.shards("results/{{dataset}}/statistics/histograms-scaled.{scatteritem}.h5"),
    output:
        output="results/{dataset}/statistics/example_filters.h5",
    log:
        "results/{dataset}/logs/example_filters.log",
    benchmark:
        "results/{dataset}/benchmarks/example_filters.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=15),
        runtime=minutes(5, per_gb=0.1),
    params:
        **arguments(),
    shell:
        JOB


rule explorer:
    """The page in which every grouping is a click."""
    input:
        code=code("pages/explorer"),
        needs=EXPLORER_NEEDS,
        examples="results/{dataset}/statistics/example_filters.h5",
    output:
        page="results/{dataset}/explorer.html",
    log:
        "results/{dataset}/logs/explorer.log",
    benchmark:
        "results/{dataset}/benchmarks/explorer.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(500, per_gb=40),
        runtime=minutes(3, per_gb=0.05),
    params:
        **arguments(
            results=RESULTS,
            variants=CONFIG.variants,
            **EXPLORER_SETTINGS,
        ),
    shell:
        JOB
