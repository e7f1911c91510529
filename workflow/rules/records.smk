# What was configured, and what was left out.
UNDRAWN = [
    *(
        ["figure", f"paper/figure-{number}", "needs groupings or a variant that are not configured", ""]
        for number, drawn in PAPER.items()
        if not drawn
    ),
    *(
        ["figure", f"maps of {grouping}", "the grouping is not configured or has no column", ""]
        for grouping in CONFIG.maps
        if grouping not in COMPARED
    ),
    *(
        ["panel", f"paper/figure-{number}: {label}", f"the grouping {grouping} is not configured", ""]
        for number, rows in WANTED.items()
        for grouping, label in rows
        if grouping not in CONFIG.grouping
    ),
    *(
        ["panel", f"paper/figure-{number}: {grouping}", "the grouping is not configured", ""]
        for number in SHIFT_MATRICES
        for grouping in MATRICES
        if grouping not in CONFIG.grouping
    ),
]


rule configuration:
    input:
        script=f"{SCRIPTS}/configuration_file.py",
    output:
        "results/{dataset}/config.yaml",
    log:
        "results/{dataset}/logs/config.log",
    benchmark:
        "results/{dataset}/benchmarks/config.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(100),
        runtime=minutes(1),
    params:
        config=lambda wildcards: quoted({**asdict(CONFIG), "fingerprint": FINGERPRINT}),
    shell:
        "python {input.script:q} config={params.config} output={output} 2> {log}"


rule skipped:
    input:
        script=f"{SCRIPTS}/skipped.py",
        parts=[
            *([f"resources/{SOURCE.name}/skipped.csv"] if SOURCE.wheels else []),
            *([f"resources/{CONFIG.dataset.name}/skipped.csv"] if MODELS else []),
            f"{HERE}/skipped/layers.csv",
            f"{HERE}/skipped/non_finite.csv",
            *expand(f"{HERE}/skipped/grouping-{{grouping}}.csv", grouping=CONFIG.grouping),
            *(f"{HERE}/skipped/figure-{number}.csv" for number in ("01", "02", "08") if PAPER[number]),
            *([f"{HERE}/skipped/bivariate-scaled.csv"] if PAPER["05"] else []),
        ],
    output:
        report(
            "results/{dataset}/skipped.csv",
            caption="../report/skipped.rst",
            category="1 Data",
            labels={"figure": "left out (CSV)", "grouping": "", "variant": "both"},
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
        parts=lambda wildcards, input: listed(input.parts),
        rows=lambda wildcards: quoted(UNDRAWN),
    shell:
        "python {input.script:q} parts={params.parts} rows={params.rows} output={output} 2> {log}"
