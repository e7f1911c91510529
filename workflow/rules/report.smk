# Everything together: what was configured, what it cost; the report.
#
#   needs  all results, overview.html
#   makes  config.yaml, cost.csv, report.html
#   steps  configuration, results (a name for all results) -> cost -> report
BOX_VARIANTS = CONFIG.variants if COMPARED else []


rule configuration:
    """The resolved configuration."""
    input:
        code=code("records/configuration_file"),
    output:
        output="results/{dataset}/config.yaml",
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
        **arguments(config={**asdict(CONFIG), "fingerprint": FINGERPRINT}),
    shell:
        JOB


rule results:
    """All tables and figures, without the pages about them."""
    input:
        f"{RESULTS}/config.yaml",
        f"{RESULTS}/layers.csv",
        f"{RESULTS}/models.csv",
        f"{RESULTS}/skipped.csv",
        EXPECTED,
        f"{RESULTS}/claims.csv",
        f"{RESULTS}/claims.html",
        expand(
            f"{RESULTS}/quality/{{table}}.csv",
            table=["layers", "models", "groups", "thresholds", "phenotypes", "phenotypes.models"],
        ),
        IMPORTANCE,
        f"{RESULTS}/shapes/layers.csv",
        f"{RESULTS}/figures/quality/shares.png",
        expand(f"{RESULTS}/figures/shapes/{{grouping}}.png", grouping=CONFIG.grouping),
        rules.paper.input,
        expand(f"{RESULTS}/groups/{{grouping}}.csv", grouping=CONFIG.grouping),
        expand(
            f"{RESULTS}/{{variant}}/{{kind}}/{{grouping}}.{{suffix}}",
            variant=CONFIG.variants,
            kind=["figures/eigenfilters", "figures/cumulative", "figures/ridge"],
            grouping=CONFIG.grouping,
            suffix=["pdf", "png"],
        ),
        expand(f"{RESULTS}/{{variant}}/shift/{{grouping}}.csv", variant=CONFIG.variants, grouping=CONFIG.grouping),
        expand(INTERVALS, dataset=CONFIG.dataset.name, variant=CONFIG.variants, grouping=CONFIG.grouping),
        expand(
            f"{RESULTS}/{{variant}}/figures/shift_matrix/{{grouping}}.pdf", variant=CONFIG.variants, grouping=COMPARED
        ),
        expand(f"{RESULTS}/{{variant}}/shift/{{grouping}}.nearest.csv", variant=CONFIG.variants, grouping=MAPPED),
        expand(f"{RESULTS}/{{variant}}/figures/bivariate/phenotypes.pdf", variant=CONFIG.variants),
        expand(f"{RESULTS}/{{variant}}/figures/shift_boxes/groupings.pdf", variant=BOX_VARIANTS),
        expand(f"{RESULTS}/{{variant}}/figures/sensitivity/groupings.pdf", variant=BOX_VARIANTS),


rule cost:
    """Time and memory of each step."""
    input:
        rules.results.input,
        code=code("records/cost"),
    output:
        output=table("results/{dataset}/cost.csv", "7 Cost", "cost", "time and memory (CSV)"),
    log:
        "results/{dataset}/logs/cost.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(1),
    params:
        **arguments(benchmarks=f"{RESULTS}/benchmarks"),
    shell:
        JOB


# The report is made by a second Snakemake, because it describes the finished jobs of the first, and then made small.
rule report:
    """Snakemake's report: all figures with captions, in one file."""
    input:
        rules.results.input,
        cost=f"{RESULTS}/cost.csv",
        overview=f"{RESULTS}/overview.html",
        stylesheet=str(ROOT / "workflow/report/report.css"),
        captions=sorted(str(path) for path in (ROOT / "workflow/report").glob("*.rst")),
        code=code("pages/report"),
        needs=TEMPLATES,
    output:
        "results/{dataset}/report.html",
    log:
        "results/{dataset}/logs/report.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(600, per_gb=25),
        runtime=minutes(5),
    params:
        snakefile=str(ROOT / "Snakefile"),
        overrides=lambda wildcards: shlex.quote(f"overrides={json.dumps(config['overrides'])}"),
    shell:
        "python -m snakemake results {input.cost} {input.overview} --snakefile {params.snakefile:q}"
        " --config {params.overrides} --report {output}.part.html --report-stylesheet {input.stylesheet:q}"
        " --nolock --quiet > {log} 2>&1 && python {input.code[0]:q} whole={output}.part.html"
        " output={output} 2>> {log} && rm {output}.part.html"
