# Everything together: the configuration, what was left out, and the report.
HERE = f"results/{CONFIG.dataset.name}"
UNDRAWN = [
    ["figure", f"paper/figure-{number}", "needs groupings or a variant that are not configured", ""]
    for number, drawn in PAPER.items()
    if not drawn
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
    params:
        config=quoted(asdict(CONFIG)),
    shell:
        "python {input.script} config={params.config} output={output} 2> {log}"


rule skipped:
    input:
        script=f"{SCRIPTS}/skipped.py",
        parts=[
            *(["resources/zoo/skipped.csv"] if CONFIG.dataset.wheels else []),
            f"{HERE}/skipped/layers.csv",
            f"{HERE}/skipped/non_finite.csv",
            *expand(f"{HERE}/skipped/grouping-{{grouping}}.csv", grouping=CONFIG.grouping),
            *(f"{HERE}/skipped/figure-{number}.csv" for number in ("01", "02") if PAPER[number]),
        ],
    output:
        report(
            "results/{dataset}/skipped.csv",
            caption="../report/skipped.rst",
            category="Data",
            labels={"figure": "left out, table", "grouping": "", "variant": "both"},
        ),
    log:
        "results/{dataset}/logs/skipped.log",
    benchmark:
        "results/{dataset}/benchmarks/skipped.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    params:
        parts=lambda wildcards, input: listed(input.parts),
        rows=quoted(UNDRAWN),
    shell:
        "python {input.script} parts={params.parts} rows={params.rows} output={output} 2> {log}"


rule results:
    input:
        f"{HERE}/config.yaml",
        f"{HERE}/layers.csv",
        f"{HERE}/models.csv",
        f"{HERE}/skipped.csv",
        f"{HERE}/quality/layers.csv",
        rules.paper.input,
        expand(f"{HERE}/groups/{{grouping}}.csv", grouping=CONFIG.grouping),
        expand(
            f"{HERE}/{{variant}}/{{kind}}/{{grouping}}.{{suffix}}",
            variant=CONFIG.variants,
            kind=["figures/eigenfilters", "figures/ridge"],
            grouping=CONFIG.grouping,
            suffix=["pdf", "png"],
        ),
        expand(f"{HERE}/{{variant}}/shift/{{grouping}}.csv", variant=CONFIG.variants, grouping=CONFIG.grouping),
        expand(f"{HERE}/{{variant}}/figures/shift_matrix/{{grouping}}.pdf", variant=CONFIG.variants, grouping=COMPARED),
        expand(f"{HERE}/{{variant}}/figures/shift_boxes/groupings.pdf", variant=CONFIG.variants if COMPARED else []),


# The report is made by a second Snakemake, because it describes the finished jobs of the first.
rule report:
    input:
        rules.results.input,
        captions=sorted(str(path) for path in (ROOT / "workflow/report").glob("*")),
    output:
        "results/{dataset}/report.html",
    log:
        "results/{dataset}/logs/report.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        snakefile=workflow.main_snakefile,
        overrides=quoted_overrides(),
    shell:
        "python -m snakemake results --snakefile {params.snakefile} --config {params.overrides}"
        " --report {output} --nolock --quiet > {log} 2>&1"
