# Do wasted layers matter? The quality of layers beside their importance, where the user has measured it.
#
#   needs  importance; layers.csv, quality/layers.csv
#   makes  quality/importance.csv and its figure
#   steps  importance
IMPORTANCE = [f"{RESULTS}/quality/importance.csv"] if CONFIG.importance else []
IMPORTANCE_FILE = [CONFIG.importance] if CONFIG.importance and CONFIG.importance.endswith(".csv") else []


rule importance:
    """How the quality of layers goes with their importance, as the user measured it."""
    input:
        code=code("figures/importance"),
        layers="results/{dataset}/layers.csv",
        quality="results/{dataset}/quality/layers.csv",
        needs=IMPORTANCE_FILE,
    output:
        table=table("results/{dataset}/quality/importance.csv", "6 Quality", "quality_importance", "importance (CSV)"),
        figure=figure(
            "results/{dataset}/figures/quality/importance",
            "6 Quality",
            "quality_importance",
            "quality and importance of layers",
        ),
        skipped="results/{dataset}/skipped/importance.csv",
    log:
        "results/{dataset}/logs/importance.log",
    benchmark:
        "results/{dataset}/benchmarks/importance.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(3),
    params:
        **arguments(importance=CONFIG.importance, **RESAMPLING),
    shell:
        JOB
