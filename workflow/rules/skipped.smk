# What was left out, and why.
#
#   needs  skipped/, and resources/{dataset}/skipped.csv of models
#   makes  skipped.csv, paper/skipped.csv
#   steps  skipped, paper_skipped
# Tables of what was left out of the models that the data set was built of.
SKIPPED_MODELS = [
    *([f"{RESULTS}/skipped/models.csv"] if CONFIG.dataset.bundled else []),
    *([f"resources/{SOURCE.name}/skipped.csv"] if SOURCE.packages else []),
    *([f"resources/{CONFIG.dataset.name}/skipped.csv"] if MODELS else []),
]
# What the configuration leaves out, as rows of skipped.csv.
NOT_CONFIGURED = [
    *(["grouping", grouping, reason, ""] for grouping, reason in UNLABELLED.items()),
    *(
        ["figure", f"maps of {name}", UNLABELLED.get(name, "the grouping is not configured or has no column"), ""]
        for name in CONFIG.maps
        if name not in COMPARED
    ),
]
# Figures and panels that the configuration leaves out, as rows of skipped.csv.
PAPER_NOT_CONFIGURED = [
    *(
        ["figure", f"paper/figure-{number}", "needs groupings or a variant that are not configured", ""]
        for number, can_be_made in AVAILABLE.items()
        if not can_be_made
    ),
    *(
        [
            "panel",
            f"paper/figure-{number}: {label}",
            UNLABELLED.get(grouping, f"the grouping {grouping} is not configured"),
            "",
        ]
        for number, rows in CHOSEN_GROUPS.items()
        for grouping, label in rows
        if grouping not in CONFIG.grouping
    ),
    *(
        ["panel", f"paper/figure-{number}: {name}", UNLABELLED.get(name, "the grouping is not configured"), ""]
        for number in MATRIX_VARIANT
        for name in ("task", "data_type", "depth_decile")
        if name not in CONFIG.grouping
    ),
]
if WITHOUT_PAPER:
    PAPER_NOT_CONFIGURED = [["figure", "paper/figure-*", "no two models differ in task or data type", ""]]


rule skipped:
    """Everything that was left out, with the reason, but for the papers' figures."""
    input:
        code=code("records/skipped"),
        parts=[
            *SKIPPED_MODELS,
            f"{RESULTS}/skipped/layers.csv",
            f"{RESULTS}/skipped/corrections.csv",
            f"{RESULTS}/skipped/non_finite.csv",
            *([f"{RESULTS}/skipped/importance.csv"] if CONFIG.importance else []),
            *expand(f"{RESULTS}/skipped/grouping-{{grouping}}.csv", grouping=CONFIG.grouping),
        ],
    output:
        output=table(
            "results/{dataset}/skipped.csv", "1 Data", "skipped", "left out (CSV)", grouping="", variant="both"
        ),
    log:
        "results/{dataset}/logs/skipped.log",
    benchmark:
        "results/{dataset}/benchmarks/skipped.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(100),
        runtime=minutes(1),
    params:
        **arguments(rows=NOT_CONFIGURED),
    shell:
        JOB


rule paper_skipped:
    """What was left out of the papers' figures, with the reason."""
    input:
        code=code("records/skipped"),
        parts=[
            *(f"{RESULTS}/skipped/figure-{number}.csv" for number in ("01", "02", "08") if AVAILABLE[number]),
            *([f"{RESULTS}/skipped/bivariate-scaled.csv"] if AVAILABLE["05"] else []),
        ],
    output:
        output="results/{dataset}/paper/skipped.csv",
    log:
        "results/{dataset}/logs/paper/skipped.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/skipped.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(100),
        runtime=minutes(1),
    params:
        **arguments(rows=PAPER_NOT_CONFIGURED),
    shell:
        JOB
