# What is known of the data set from elsewhere, beside what was found.
#
#   needs  dataset.expected; models.csv, statistics/
#   makes  expected.csv
#   steps  expected
EXPECTED = [f"{RESULTS}/expected.csv"] if CONFIG.dataset.expected else []


rule expected:
    """Which published numbers of the data set this run agrees with."""
    input:
        code=code("answers/expected"),
        models="results/{dataset}/models.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
    output:
        output=table("results/{dataset}/expected.csv", "1 Data", "expected", "published numbers, and ours (CSV)"),
    log:
        "results/{dataset}/logs/expected.log",
    benchmark:
        "results/{dataset}/benchmarks/expected.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(expected=[asdict(one) for one in CONFIG.dataset.expected]),
    shell:
        JOB
