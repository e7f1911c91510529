# The layer table of the data set.
#
#   needs  the HDF5 file of filters and layer metadata: the user's own, or one that sources/ makes
#   makes  layers.csv, models.csv, and what was left out
#   steps  layers


rule layers:
    """Layer table and model table of the data set, with what was left out."""
    input:
        code=code("passes/layers"),
        dataset=lambda wildcards: DATASET,
    output:
        layers="results/{dataset}/layers.csv",
        models="results/{dataset}/models.csv",
        skipped="results/{dataset}/skipped/layers.csv",
    log:
        "results/{dataset}/logs/layers.log",
    benchmark:
        "results/{dataset}/benchmarks/layers.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3, per_gb=0.05),
    params:
        **arguments(),
        # Another file under the same name is noticed, whatever its time.
        fingerprint=FINGERPRINT,
    shell:
        JOB
