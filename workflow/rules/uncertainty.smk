# How far to believe the shifts of a grouping, of the per-layer histograms, one job a grouping.
CLUSTER = CONFIG.uncertainty.cluster


rule uncertainty:
    input:
        script=f"{SCRIPTS}/grouping_uncertainty.py",
        measuring=f"{SCRIPTS}/uncertainty.py",
        code=room("analysis"),
        histograms=of_variants(*gather.shards("results/{{dataset}}/statistics/histograms-{{variant}}.{scatteritem}.h5")),
        layers="results/{dataset}/layers.csv",
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
        basis="results/{dataset}/statistics/basis.h5",
        pairs=of_variants("results/{dataset}/{variant}/shift/{grouping}.components.csv"),
        n=of_variants("results/{dataset}/{variant}/shift/{grouping}.n.csv"),
        clusters=["results/{dataset}/clusters.csv"] if CLUSTER else [],
    output:
        intervals=reported(
            "results/{dataset}/{variant}/shift/{grouping}.intervals.csv",
            "intervals (CSV)",
            "4 Shifts",
            "../report/intervals.rst",
        ),
        floor=of_variants("results/{dataset}/{variant}/shift/{grouping}.floor.csv"),
    log:
        "results/{dataset}/logs/uncertainty/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/uncertainty/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=40),
        runtime=minutes(4, per_gb=0.1),
    params:
        variants=listed(CONFIG.variants),
        histograms=lambda wildcards, input: listed(input.histograms),
        clusters=lambda wildcards, input: listed(input.clusters),
        resamples=CONFIG.uncertainty.resamples,
        seed=CONFIG.uncertainty.seed,
        level=CONFIG.uncertainty.level,
        choices=lambda wildcards: CHOICES,
    shell:
        "python {input.script:q} results=results/{wildcards.dataset} grouping={wildcards.grouping} variants={params.variants}"
        " histograms={params.histograms} clusters={params.clusters} resamples={params.resamples}"
        " seed={params.seed} level={params.level} choices={params.choices} 2> {log}"


rule clusters:
    input:
        script=f"{SCRIPTS}/clusters.py",
        code=module("analysis/uncertainty/clusters.py"),
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
