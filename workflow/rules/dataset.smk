# The layer table of the data set.
#
#   needs  the HDF5 file of filters and layer metadata: the user's own, or one that sources/ makes
#   makes  statistics/layers.csv, which the passes read; layers.csv, models.csv, and what was left out
#   steps  layers -> labels


rule layers:
    """Layer table as the data set has it, with what was left out."""
    input:
        code=code("passes/layers"),
        dataset=lambda wildcards: DATASET,
    output:
        layers="results/{dataset}/statistics/layers.csv",
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


# Its own step, so that other labels neither need the data set nor make the passes run again.
rule labels:
    """Layer table and model table, their labels corrected where that is configured."""
    input:
        code=code("passes/labels"),
        stored="results/{dataset}/statistics/layers.csv",
    output:
        layers="results/{dataset}/layers.csv",
        models="results/{dataset}/models.csv",
        skipped="results/{dataset}/skipped/corrections.csv",
    log:
        "results/{dataset}/logs/labels.log",
    benchmark:
        "results/{dataset}/benchmarks/labels.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(3),
    params:
        **arguments(corrections=CONFIG.dataset.corrections if CONFIG.dataset.corrected else {}),
    shell:
        JOB
