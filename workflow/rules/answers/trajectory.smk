# Models over time: which layers changed when, and which settled: snakemake trajectory --config 'overrides=[trajectory.by=epoch]'
#
#   needs  trajectory.by; layers.csv, quality/layers.csv, statistics/
#   makes  trajectory/: tables, figures and a page
#   steps  follow
NO_LABEL = "config: trajectory.by names no label; write overrides=[trajectory.by=epoch]"
# The page alone is there also after an attempt that failed.
TRAJECTORY = (
    [f"{RESULTS}/trajectory/{name}" for name in ("trajectory.html", ".complete")] if CONFIG.trajectory.by else []
)


rule trajectory:
    """The page that shows how models of one run develop over checkpoints (trajectory.by)."""
    input:
        TRAJECTORY or NO_LABEL,


rule follow:
    """Shifts, quality and shapes over checkpoints; when layers changed, and when they settled: tables, figures, a page."""
    input:
        code=code("answers/trajectory"),
        needs=[
            *TEMPLATES,
            "results/{dataset}/layers.csv",
            "results/{dataset}/quality/layers.csv",
            "results/{dataset}/statistics/basis.h5",
            *gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
            *gather.shards("results/{{dataset}}/statistics/histograms-scaled.{scatteritem}.h5"),
            *gather.shards("results/{{dataset}}/statistics/histograms-unscaled.{scatteritem}.h5"),
        ],
    output:
        whole("results/{dataset}/trajectory"),
        page=update("results/{dataset}/trajectory/trajectory.html"),
    log:
        "results/{dataset}/logs/trajectory.log",
    benchmark:
        "results/{dataset}/benchmarks/trajectory.tsv"
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(1500, per_gb=20),
        runtime=minutes(10, per_gb=1),
    params:
        **arguments(
            results=RESULTS,
            variants=CONFIG.variants,
            by=CONFIG.trajectory.by or "",
            within=CONFIG.trajectory.within,
            level=CONFIG.uncertainty.level,
        ),
    shell:
        JOB
