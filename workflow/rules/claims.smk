# The observable claims of the papers, judged on this data set.
#
#   needs  layers.csv, quality/layers.csv, groups/, statistics/
#   makes  claims.csv, findings.csv, claims.html
#   steps  claims -> claims_page
CLAIM_GROUPINGS = configured("task", "data_type", "depth_decile", "model_family", "kernel")


rule claims:
    """The verdict on each claim of the papers, and on what they do not say."""
    input:
        code=code("answers/claims"),
        layers="results/{dataset}/layers.csv",
        quality="results/{dataset}/quality/layers.csv",
        groups=expand("results/{{dataset}}/groups/{grouping}.csv", grouping=CLAIM_GROUPINGS),
        sizes=expand("results/{{dataset}}/groups/{grouping}.sizes.csv", grouping=CLAIM_GROUPINGS),
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        histograms=gather.shards("results/{{dataset}}/statistics/histograms-scaled.{scatteritem}.h5"),
        clusters=["results/{dataset}/clusters.csv"] if CLUSTER else [],
    output:
        output=table(
            "results/{dataset}/claims.csv", "8 Paper", "claims", "claims (CSV)", shows="what the papers claim, judged"
        ),
        findings="results/{dataset}/findings.csv",
    log:
        "results/{dataset}/logs/claims.log",
    benchmark:
        "results/{dataset}/benchmarks/claims.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=15),
        runtime=minutes(3, per_gb=0.05),
    params:
        **arguments(names=CLAIM_GROUPINGS, axes=CONFIG.basis),
    shell:
        JOB


rule claims_page:
    """The claims with their verdicts as a page."""
    input:
        code=code("pages/claims"),
        needs=TEMPLATES,
        claims="results/{dataset}/claims.csv",
        findings="results/{dataset}/findings.csv",
    output:
        page=table(
            "results/{dataset}/claims.html", "0 Start here", "claims", "the papers' claims, judged on this data set"
        ),
    log:
        "results/{dataset}/logs/claims_page.log",
    benchmark:
        "results/{dataset}/benchmarks/claims_page.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(3),
    params:
        **arguments(),
    shell:
        JOB
