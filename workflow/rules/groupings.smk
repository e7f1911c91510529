# Groups, their bases and their shifts: pure functions of per-layer statistics, one job per grouping.
#
#   needs  layers.csv, models.csv, statistics/
#   makes  groups/, shapes/, {variant}/pca/, histograms/, densities/ and shift/; clusters.csv
#   steps  groups -> shift -> uncertainty (with clusters, where models are not independent)
CLUSTER = CONFIG.uncertainty.cluster
# Groupings that are known but not made, with what to do about it.
NOT_MADE = {
    **{
        path.stem: f'config: the grouping {path.stem} is not selected; write overrides=["+grouping=[{path.stem}]"]'
        for path in PROJECT.glob("config/grouping/*.yaml")
        if path.stem not in CONFIG.grouping
    },
    **{name: f"config: the grouping {name} is left out: {reason}" for name, reason in UNLABELLED.items()},
}


# A mistake is named as a file that is missing: what an input function raises is shown with a trace.
rule not_made:
    """Says how to get the results of a grouping that is not selected."""
    input:
        lambda wildcards: NOT_MADE[wildcards.other],
    output:
        "results/{dataset}/{place}/{other}.{kind}",
    wildcard_constraints:
        other="|".join(NOT_MADE) or "-",


rule groups:
    """The group of each layer, the sizes of the groups, and what was left out."""
    input:
        code=code("groupings/groups"),
        layers="results/{dataset}/layers.csv",
    output:
        output="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
        skipped="results/{dataset}/skipped/grouping-{grouping}.csv",
    log:
        "results/{dataset}/logs/groups/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/groups/{grouping}.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(3),
    params:
        **arguments(
            name=lambda wildcards: wildcards.grouping, grouping=lambda wildcards: definition(wildcards.grouping)
        ),
    shell:
        JOB


rule shift:
    """Bases and D-matrix of a grouping, with the parts of shifts, their sensitivity to choices, and distributions."""
    input:
        code=code("groupings/shift"),
        histograms=in_variants(*gather.shards("results/{{dataset}}/statistics/histograms-{{variant}}.{scatteritem}.h5")),
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        layers="results/{dataset}/layers.csv",
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
        basis="results/{dataset}/statistics/basis.h5",
    output:
        shapes="results/{dataset}/shapes/{grouping}.csv",
        pca=in_variants("results/{dataset}/{variant}/pca/{grouping}.h5"),
        shift=tables_in_variants(
            "results/{dataset}/{variant}/shift/{grouping}.csv", "4 Shifts", "shift", "D-matrix (CSV)"
        ),
        sensitivity=tables_in_variants(
            "results/{dataset}/{variant}/shift/{grouping}.sensitivity.csv",
            "4 Shifts",
            "sensitivity",
            "sensitivity (CSV)",
        ),
        n=in_variants("results/{dataset}/{variant}/shift/{grouping}.n.csv"),
        components=in_variants("results/{dataset}/{variant}/shift/{grouping}.components.csv"),
        group_histograms=in_variants("results/{dataset}/{variant}/histograms/{grouping}.h5"),
        densities=in_variants("results/{dataset}/{variant}/densities/{grouping}.h5"),
    log:
        "results/{dataset}/logs/shift/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/shift/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(4, per_gb=0.1),
    params:
        **arguments(
            variants=CONFIG.variants,
            order=lambda wildcards: CONFIG.grouping[wildcards.grouping].order,
            choices=CHOICES,
        ),
    shell:
        JOB


rule uncertainty:
    """Confidence interval, noise floor and null of each shift of a grouping."""
    input:
        code=code("groupings/uncertainty"),
        histograms=in_variants(*gather.shards("results/{{dataset}}/statistics/histograms-{{variant}}.{scatteritem}.h5")),
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        layers="results/{dataset}/layers.csv",
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
        basis="results/{dataset}/statistics/basis.h5",
        components=in_variants("results/{dataset}/{variant}/shift/{grouping}.components.csv"),
        n=in_variants("results/{dataset}/{variant}/shift/{grouping}.n.csv"),
        clusters=["results/{dataset}/clusters.csv"] if CLUSTER else [],
    output:
        intervals=tables_in_variants(
            "results/{dataset}/{variant}/shift/{grouping}.intervals.csv",
            "4 Shifts",
            "intervals",
            "intervals (CSV)",
        ),
        floor=in_variants("results/{dataset}/{variant}/shift/{grouping}.floor.csv"),
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
        **arguments(
            name=lambda wildcards: wildcards.grouping,
            variants=CONFIG.variants,
            resampling=RESAMPLING,
            choices=CHOICES,
        ),
    shell:
        JOB


rule clusters:
    """The cluster of each model, where models are not independent."""
    input:
        code=code("groupings/clusters"),
        layers="results/{dataset}/layers.csv",
        models="results/{dataset}/models.csv",
        moments=(
            gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5") if CLUSTER == "identical" else []
        ),
        groups=[f"{RESULTS}/groups/{CLUSTER}.csv"] if CLUSTER in CONFIG.grouping else [],
    output:
        output="results/{dataset}/clusters.csv",
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
        **arguments(name=str(CLUSTER)),
    shell:
        JOB
