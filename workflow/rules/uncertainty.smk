# How far to believe the shifts of a grouping, of the per-layer histograms, one job a grouping and variant.
CLUSTER = CONFIG.uncertainty.cluster
DRAWN = ["uncertainty", "uncertainty_tables", "drawn_shifts", "resampling", "relabelling"]
DRAWN += ["choices", "weighting", "divergences", "shift"]


rule uncertainty:
    input:
        script=f"{SCRIPTS}/uncertainty.py",
        code=[module(f"analysis/{name}.py") for name in DRAWN],
        histograms=gather.shards("results/{{dataset}}/statistics/histograms-{{variant}}.{scatteritem}.h5"),
        layers="results/{dataset}/layers.csv",
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
        basis="results/{dataset}/statistics/basis.h5",
        pairs="results/{dataset}/{variant}/shift/{grouping}.components.csv",
        n="results/{dataset}/{variant}/shift/{grouping}.n.csv",
        clusters=["results/{dataset}/clusters.csv"] if CLUSTER else [],
    output:
        intervals=report(
            "results/{dataset}/{variant}/shift/{grouping}.intervals.csv",
            caption="../report/intervals.rst",
            category="4 Shifts",
            labels={"figure": "intervals (CSV)", "grouping": "{grouping}", "variant": "{variant}"},
        ),
        floor="results/{dataset}/{variant}/shift/{grouping}.floor.csv",
    log:
        "results/{dataset}/logs/{variant}/uncertainty/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/uncertainty/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=40),
        runtime=minutes(3, per_gb=0.05),
    params:
        histograms=lambda wildcards, input: listed(input.histograms),
        clusters=lambda wildcards, input: listed(input.clusters),
        resamples=CONFIG.uncertainty.resamples,
        seed=CONFIG.uncertainty.seed,
        level=CONFIG.uncertainty.level,
        choices=lambda wildcards: CHOICES,
    shell:
        "python {input.script:q} histograms={params.histograms} layers={input.layers} name={wildcards.grouping}"
        " groups={input.groups} sizes={input.sizes} basis={input.basis} variant={wildcards.variant} pairs={input.pairs}"
        " n={input.n} clusters={params.clusters} resamples={params.resamples} seed={params.seed} level={params.level}"
        " choices={params.choices} output={output.intervals} floor={output.floor} 2> {log}"


rule clusters:
    input:
        script=f"{SCRIPTS}/clusters.py",
        code=module("analysis/lineage.py"),
        layers="results/{dataset}/layers.csv",
        models="results/{dataset}/models.csv",
        moments=(
            gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5") if CLUSTER == "identical" else []
        ),
        groups=[f"{HERE}/groups/{CLUSTER}.csv"] if CLUSTER in CONFIG.grouping else [],
    output:
        "results/{dataset}/clusters.csv",
    log:
        "results/{dataset}/logs/clusters.log",
    benchmark:
        "results/{dataset}/benchmarks/clusters.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300),
        runtime=minutes(3),
    params:
        name=lambda wildcards: quoted(str(CLUSTER)),
        moments=lambda wildcards, input: listed(input.moments),
        groups=lambda wildcards, input: listed(input.groups),
    shell:
        "python {input.script:q} name={params.name} layers={input.layers} models={input.models}"
        " moments={params.moments} groups={params.groups} output={output} 2> {log}"
