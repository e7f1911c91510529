# Two finished runs beside each other: snakemake compare --config 'overrides=[compare.runs=[results/a,results/b]]'
#
#   needs  compare.runs or compare.with; of both runs: the data set, layers.csv, statistics/, groups/, quality/layers.csv
#   makes  compare/{other}/: tables, a figure, a page, and the explorer of both; statistics/compare/{other}/
#   steps  compare_passes -> compare_groups
from other_run import find_run

OTHER = None
if CONFIG.compare["with"] and CONFIG.dataset.bundled:
    sys.exit(f"error: config: compare reads filters again, and the bundle {DATASET} has none")
if CONFIG.compare["with"]:
    try:
        OTHER = find_run(
            "compare.runs" if CONFIG.compare["runs"] else "compare.with",
            CONFIG.compare["with"],
            Path(RESULTS),
            CONFIG.grouping,
        )
    except FiltershiftError as error:
        sys.exit(f"error: {error}")

OTHER_NAME = OTHER.name if OTHER else "-"
OTHER_FOLDER = str(OTHER.folder) if OTHER else ""
OTHER_GIGABYTES = OTHER.dataset.stat().st_size / 1e9 if OTHER else 0
SHARED_GROUPINGS = OTHER.groupings if OTHER else []
# A mistake is named as a file that is missing: what an input function raises is shown with a trace.
NO_RUN = "config: compare.runs names no runs; write overrides=[compare.runs=[results/a,results/b]]"
# The page alone is there also after a comparison that failed.
COMPARE_FILES = [f"{RESULTS}/compare/{OTHER_NAME}/{name}" for name in ("compare.html", ".complete")]
COMPARE_TARGET = COMPARE_FILES if OTHER else NO_RUN


wildcard_constraints:
    other=OTHER_NAME,


rule compare:
    """The page that shows two finished runs (compare.runs) beside each other."""
    input:
        COMPARE_TARGET,


rule compare_passes:
    """Pass 2 over the filters of both runs, in one common basis and on one common grid."""
    input:
        code=code("answers/joint_passes"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        other_dataset=lambda wildcards: str(OTHER.dataset),
        other_layers=lambda wildcards: str(OTHER.folder / "layers.csv"),
        other_moments=lambda wildcards: OTHER.moments,
    output:
        basis="results/{dataset}/statistics/compare/{other}/basis.h5",
        histograms="results/{dataset}/statistics/compare/{other}/histograms.h5",
    log:
        "results/{dataset}/logs/compare/{other}/passes.log",
    benchmark:
        "results/{dataset}/benchmarks/compare/{other}/passes.tsv"
    conda:
        "../../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(600 + 20 * OTHER_GIGABYTES, per_gb=20),
        runtime=minutes(20 + OTHER_GIGABYTES, per_gb=1),
    params:
        **arguments(bins=CONFIG.bins),
        fingerprint=lambda wildcards: OTHER.fingerprint,
    shell:
        JOB_WITH_THREADS


rule compare_groups:
    """Groups of the same name in both runs, and how far their bases agree: tables, a figure and a page."""
    input:
        code=code("answers/comparison"),
        needs=lambda wildcards: [
            *TEMPLATES,
            str(ROOT / "workflow/report/compare.rst"),
            f"{RESULTS}/layers.csv",
            f"{RESULTS}/statistics/basis.h5",
            *EXPLORER_TEMPLATES,
            f"{RESULTS}/quality/layers.csv",
            f"{RESULTS}/statistics/example_filters.h5",
            *gather.shards(f"{RESULTS}/statistics/moments.{{scatteritem}}.h5"),
            *expand(f"{RESULTS}/groups/{{grouping}}{{kind}}.csv", grouping=SHARED_GROUPINGS, kind=["", ".sizes"]),
            *OTHER.tables,
        ],
        basis="results/{dataset}/statistics/compare/{other}/basis.h5",
        histograms="results/{dataset}/statistics/compare/{other}/histograms.h5",
    output:
        whole("results/{dataset}/compare/{other}"),
        page=update("results/{dataset}/compare/{other}/compare.html"),
    log:
        "results/{dataset}/logs/compare/{other}/groups.log",
    benchmark:
        "results/{dataset}/benchmarks/compare/{other}/groups.tsv"
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(600 + 50 * OTHER_GIGABYTES, per_gb=50),
        runtime=minutes(10 + OTHER_GIGABYTES, per_gb=1),
    params:
        **arguments(
            here=RESULTS,
            there=OTHER_FOLDER,
            titles=titles(SHARED_GROUPINGS),
            variants=CONFIG.variants,
            remarks=OTHER.remarks if OTHER else [],
            resampling=RESAMPLING,
        ),
    shell:
        JOB
