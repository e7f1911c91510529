# The two passes over the filters, and that over weight matrices; no grouping reads the filters again.
#
#   needs  the data set, statistics/layers.csv
#   makes  statistics/: per-layer moments, extents, histograms and measures of weight matrices, one file per shard; the global basis, the outermost extent
#   steps  moments (pass 1) -> basis -> extent -> histograms (pass 2);  weight_matrices


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
    """Basis of all filters, by default PCA, which pass 2 and every comparison use."""
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
    """The smallest and largest coefficient of all filters, for which a few layers are read."""
    input:
        code=code("passes/extent"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/statistics/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        basis="results/{dataset}/statistics/basis.h5",
    output:
        output="results/{dataset}/statistics/outermost.h5",
    log:
        "results/{dataset}/logs/extent.log",
    benchmark:
        "results/{dataset}/benchmarks/extent.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(500, per_gb=10),
        runtime=minutes(10, per_gb=0.5),
    params:
        **arguments(),
    shell:
        JOB_WITH_THREADS


rule histograms:
    """Pass 2: histograms of each layer's coefficients, one file per variant, their ends, and the sparse filters."""
    input:
        code=code("passes/histograms"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/statistics/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        basis="results/{dataset}/statistics/basis.h5",
        outermost="results/{dataset}/statistics/outermost.h5",
    output:
        extent="results/{dataset}/statistics/extent.{scatteritem}.h5",
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
