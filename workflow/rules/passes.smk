# The three passes over the filters, and that over weight matrices; no grouping reads the filters again.
#
#   needs  the data set, statistics/layers.csv
#   makes  statistics/: per-layer moments, extents, histograms and measures of weight matrices, one file per shard; the global basis
#   steps  moments (pass 1) -> basis -> extent (pass 2) -> histograms (pass 3);  weight_matrices


rule moments:
    """Pass 1: the moments of each layer in both variants."""
    input:
        code=code("passes/moments"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/statistics/layers.csv",
    output:
        output="results/{dataset}/statistics/moments.{scatteritem}.h5",
    log:
        "results/{dataset}/logs/moments.{scatteritem}.log",
    benchmark:
        "results/{dataset}/benchmarks/moments.{scatteritem}.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(500, per_gb=10),
        runtime=minutes(10, per_gb=0.5),
    params:
        **arguments(shard=lambda wildcards: wildcards.scatteritem),
        fingerprint=FINGERPRINT,
    shell:
        JOB_WITH_THREADS


rule basis:
    """Basis of all filters, by default PCA, which passes 2 and 3 and every comparison use."""
    input:
        code=code("passes/basis"),
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
    output:
        output="results/{dataset}/statistics/basis.h5",
    log:
        "results/{dataset}/logs/basis.log",
    benchmark:
        "results/{dataset}/benchmarks/basis.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(kind=CONFIG.basis),
    shell:
        JOB


rule extent:
    """Pass 2: the smallest and largest coefficient of each layer, and its sparse filters."""
    input:
        code=code("passes/extent"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/statistics/layers.csv",
        moments="results/{dataset}/statistics/moments.{scatteritem}.h5",
        basis="results/{dataset}/statistics/basis.h5",
    output:
        output="results/{dataset}/statistics/extent.{scatteritem}.h5",
    log:
        "results/{dataset}/logs/extent.{scatteritem}.log",
    benchmark:
        "results/{dataset}/benchmarks/extent.{scatteritem}.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(500, per_gb=10),
        runtime=minutes(10, per_gb=0.5),
    params:
        **arguments(shard=lambda wildcards: wildcards.scatteritem),
    shell:
        JOB_WITH_THREADS


rule histograms:
    """Pass 3: the histograms of each layer's coefficients, one file per variant."""
    input:
        code=code("passes/histograms"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/statistics/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        basis="results/{dataset}/statistics/basis.h5",
        extent=gather.shards("results/{{dataset}}/statistics/extent.{scatteritem}.h5"),
    output:
        scaled="results/{dataset}/statistics/histograms-scaled.{scatteritem}.h5",
        unscaled="results/{dataset}/statistics/histograms-unscaled.{scatteritem}.h5",
    log:
        "results/{dataset}/logs/histograms.{scatteritem}.log",
    benchmark:
        "results/{dataset}/benchmarks/histograms.{scatteritem}.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(600, per_gb=20),
        runtime=minutes(10, per_gb=0.5),
    params:
        **arguments(bins=CONFIG.bins, shard=lambda wildcards: wildcards.scatteritem),
    shell:
        JOB_WITH_THREADS


rule weight_matrices:
    """Orthogonality, ranks and percentiles of each layer whose shape is known; it reads the filters once more."""
    input:
        code=code("passes/weight_matrices"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/statistics/layers.csv",
    output:
        output="results/{dataset}/statistics/weight_matrices.{scatteritem}.h5",
    log:
        "results/{dataset}/logs/weight_matrices.{scatteritem}.log",
    benchmark:
        "results/{dataset}/benchmarks/weight_matrices.{scatteritem}.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(500, per_gb=10),
        runtime=minutes(10, per_gb=0.5),
    params:
        **arguments(shard=lambda wildcards: wildcards.scatteritem),
        fingerprint=FINGERPRINT,
    shell:
        JOB_WITH_THREADS
