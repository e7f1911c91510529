# The data set that is made up here, of any size.
#
#   needs  dataset.filters, models, layers, seed and dtype
#   makes  resources/{dataset}/dataset.h5
#   steps  synthetic


rule synthetic:
    """HDF5 data set with made-up filters and labels."""
    input:
        code=code("sources/synthetic"),
    output:
        output="resources/{dataset}/dataset.h5",
    log:
        "resources/{dataset}/synthetic.log",
    benchmark:
        "resources/{dataset}/synthetic.tsv"
    wildcard_constraints:
        dataset=SOURCE.name,
    conda:
        "../../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(500, per_gb=10),
        runtime=minutes(10, per_gb=0.5),
    params:
        **arguments(**{key: getattr(SOURCE, key) for key in ("filters", "models", "layers", "seed", "dtype")}),
    shell:
        JOB_WITH_THREADS
