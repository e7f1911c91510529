# The quality of layers, models and groups, and the phenotypes of layers: tables and figures.
#
#   needs  layers.csv, statistics/, groups/
#   makes  shapes/layers.csv; quality/, figures/quality/; {variant}/bivariate/ and its figure: pairs of coefficients of typical layers
#   steps  shapes;  quality -> quality_summary -> quality_figures;  phenotypes -> pair_counts -> bivariate


rule shapes:
    """What the filters of each layer look like: shares of named patterns and of frequencies, symmetry."""
    input:
        code=code("quality/shapes"),
        layers="results/{dataset}/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
    output:
        output=table("results/{dataset}/shapes/layers.csv", "6 Quality", "shapes", "shapes of layers (CSV)"),
    log:
        "results/{dataset}/logs/shapes.log",
    benchmark:
        "results/{dataset}/benchmarks/shapes.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(variants=CONFIG.variants),
    shell:
        JOB


rule quality:
    """Sparsity, entropy, orthogonality and state of each layer, and the states for every threshold."""
    input:
        code=code("quality/layers"),
        layers="results/{dataset}/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        extent=gather.shards("results/{{dataset}}/statistics/extent.{scatteritem}.h5"),
        matrices=gather.shards("results/{{dataset}}/statistics/weight_matrices.{scatteritem}.h5"),
    output:
        output=table("results/{dataset}/quality/layers.csv", "6 Quality", "quality", "layers (CSV)"),
        thresholds=table(
            "results/{dataset}/quality/thresholds.csv", "6 Quality", "quality_thresholds", "thresholds (CSV)"
        ),
        skipped="results/{dataset}/skipped/non_finite.csv",
    log:
        "results/{dataset}/logs/quality.log",
    benchmark:
        "results/{dataset}/benchmarks/quality.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(),
    shell:
        JOB


rule quality_summary:
    """Mean quality and shares of states in each model and in each group."""
    input:
        code=code("quality/summaries"),
        quality="results/{dataset}/quality/layers.csv",
        groups=expand("results/{{dataset}}/groups/{grouping}.csv", grouping=COMPARED),
        sizes=expand("results/{{dataset}}/groups/{grouping}.sizes.csv", grouping=COMPARED),
    output:
        of_models=table("results/{dataset}/quality/models.csv", "6 Quality", "quality_models", "models (CSV)"),
        of_groups=table("results/{dataset}/quality/groups.csv", "6 Quality", "quality_groups", "groups (CSV)"),
    log:
        "results/{dataset}/logs/quality_summary.log",
    benchmark:
        "results/{dataset}/benchmarks/quality_summary.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(names=COMPARED),
    shell:
        JOB


rule phenotypes:
    """Phenotype of each layer, and the share of each phenotype in each model."""
    input:
        code=code("quality/phenotypes"),
        layers="results/{dataset}/statistics/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        basis="results/{dataset}/statistics/basis.h5",
        extent=gather.shards("results/{{dataset}}/statistics/extent.{scatteritem}.h5"),
        histograms=gather.shards("results/{{dataset}}/statistics/histograms-scaled.{scatteritem}.h5"),
    output:
        of_layers=table(
            "results/{dataset}/quality/phenotypes.csv", "6 Quality", "phenotypes", "phenotypes of layers (CSV)"
        ),
        of_models=table(
            "results/{dataset}/quality/phenotypes.models.csv", "6 Quality", "phenotypes", "phenotypes of models (CSV)"
        ),
    log:
        "results/{dataset}/logs/phenotypes.log",
    benchmark:
        "results/{dataset}/benchmarks/phenotypes.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3, per_gb=0.05),
    params:
        **arguments(),
    shell:
        JOB


rule pair_counts:
    """Counts of coefficient pairs in one typical layer of each phenotype, whose filters are read again."""
    input:
        code=code("quality/pair_counts"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/statistics/layers.csv",
        phenotypes="results/{dataset}/quality/phenotypes.csv",
        basis="results/{dataset}/statistics/basis.h5",
        extent=gather.shards("results/{{dataset}}/statistics/extent.{scatteritem}.h5"),
    output:
        output="results/{dataset}/{variant}/bivariate/phenotypes.h5",
    log:
        "results/{dataset}/logs/{variant}/pair_counts.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/pair_counts.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=10),
        runtime=minutes(5, per_gb=0.05),
    params:
        **arguments(variant=lambda wildcards: wildcards.variant),
        fingerprint=FINGERPRINT,
    shell:
        JOB


rule quality_figures:
    """Quality of layers by depth and size, the most degenerate models, the states of layers by group and by threshold."""
    input:
        code=code("figures/quality"),
        layers="results/{dataset}/quality/layers.csv",
        models="results/{dataset}/quality/models.csv",
        groups="results/{dataset}/quality/groups.csv",
        moved="results/{dataset}/quality/thresholds.csv",
    output:
        sparsity=figure(
            "results/{dataset}/figures/quality/sparsity", "6 Quality", "quality_sparsity", "sparsity by depth"
        ),
        variance_entropy=figure(
            "results/{dataset}/figures/quality/variance_entropy",
            "6 Quality",
            "quality_entropy",
            "variance entropy by depth",
        ),
        entropy_by_size=figure(
            "results/{dataset}/figures/quality/entropy_by_size",
            "6 Quality",
            "quality_entropy_by_size",
            "variance entropy by number of filters",
        ),
        ranking=figure(
            "results/{dataset}/figures/quality/ranking", "6 Quality", "quality_ranking", "most degenerate models"
        ),
        shares=figure(
            "results/{dataset}/figures/quality/shares",
            "6 Quality",
            "quality_shares",
            "states of layers in every group",
        ),
        thresholds=figure(
            "results/{dataset}/figures/quality/thresholds",
            "6 Quality",
            "quality_thresholds",
            "states of layers for every threshold",
        ),
    log:
        "results/{dataset}/logs/quality_figures.log",
    benchmark:
        "results/{dataset}/benchmarks/quality_figures.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    params:
        **arguments(titles=titles(COMPARED)),
    shell:
        JOB


rule bivariate:
    """Densities of coefficient pairs in a typical layer of each phenotype."""
    input:
        code=code("figures/bivariate"),
        basis="results/{dataset}/statistics/basis.h5",
        counts="results/{dataset}/{variant}/bivariate/phenotypes.h5",
        layers="results/{dataset}/statistics/layers.csv",
    output:
        figure=figure(
            "results/{dataset}/{variant}/figures/bivariate/phenotypes",
            "3 Distributions",
            "bivariate",
            "pairs of coefficients",
            grouping="phenotype",
            variant="{variant}",
        ),
        table="results/{dataset}/{variant}/figures/bivariate/phenotypes.csv",
        skipped="results/{dataset}/skipped/bivariate-{variant}.csv",
    log:
        "results/{dataset}/logs/{variant}/bivariate.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/bivariate.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(),
    shell:
        JOB
