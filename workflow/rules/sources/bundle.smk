# The data set as its statistics, out of a bundle: no filter is read.
#
#   needs  dataset.path: a file that `snakemake bundle` made
#   makes  statistics/, {variant}/bivariate/ (counts), and what was left out
#   steps  statistics
from filtershift.results import FROM_FILTERS, files_of

STATISTICS = files_of(
    [kind for kind in FROM_FILTERS if kind != "skipped_models"],
    scatteritem=[f"{k}-of-{CONFIG.shards}" for k in range(1, CONFIG.shards + 1)],
    variant=CONFIG.variants,
)


# In the place of all rules that read filters.
ruleorder: statistics > layers > moments > basis > extent > histograms > weight_matrices > example_filters > pair_counts


rule statistics:
    """What the filters of the data set were measured to be, out of a bundle, each file checked."""
    input:
        code=code("sources/bundle"),
        bundle=lambda wildcards: DATASET,
    output:
        files=[f"results/{{dataset}}/{file}" for file in STATISTICS],
        skipped="results/{dataset}/skipped/models.csv",
    log:
        "results/{dataset}/logs/statistics.log",
    benchmark:
        "results/{dataset}/benchmarks/statistics.tsv"
    localrule: True
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=40),
        runtime=minutes(3, per_gb=0.05),
    params:
        **arguments(results=RESULTS),
        fingerprint=FINGERPRINT,
    shell:
        JOB
