# Everything together, what it cost, and the report of it.


rule results:
    input:
        f"{HERE}/config.yaml",
        f"{HERE}/layers.csv",
        f"{HERE}/models.csv",
        f"{HERE}/skipped.csv",
        f"{HERE}/claims.csv",
        f"{HERE}/claims.html",
        expand(f"{HERE}/quality/{{table}}.csv", table=["layers", "models", "groups", "phenotypes", "phenotypes.models"]),
        f"{HERE}/figures/quality/shares.png",
        rules.paper.input,
        expand(f"{HERE}/groups/{{grouping}}.csv", grouping=CONFIG.grouping),
        expand(
            f"{HERE}/{{variant}}/{{kind}}/{{grouping}}.{{suffix}}",
            variant=CONFIG.variants,
            kind=["figures/eigenfilters", "figures/cumulative", "figures/ridge"],
            grouping=CONFIG.grouping,
            suffix=["pdf", "png"],
        ),
        expand(f"{HERE}/{{variant}}/shift/{{grouping}}.csv", variant=CONFIG.variants, grouping=CONFIG.grouping),
        expand(INTERVALS, dataset=CONFIG.dataset.name, variant=CONFIG.variants, grouping=CONFIG.grouping),
        expand(f"{HERE}/{{variant}}/figures/shift_matrix/{{grouping}}.pdf", variant=CONFIG.variants, grouping=COMPARED),
        expand(f"{HERE}/{{variant}}/shift/{{grouping}}.nearest.csv", variant=CONFIG.variants, grouping=MAPPED),
        expand(f"{HERE}/{{variant}}/figures/bivariate/phenotypes.pdf", variant=CONFIG.variants),
        expand(f"{HERE}/{{variant}}/figures/shift_boxes/groupings.pdf", variant=CONFIG.variants if COMPARED else []),
        expand(f"{HERE}/{{variant}}/figures/sensitivity/groupings.pdf", variant=CONFIG.variants if COMPARED else []),


rule cost:
    input:
        rules.results.input,
        script=f"{SCRIPTS}/cost.py",
    output:
        report(
            "results/{dataset}/cost.csv",
            caption="../report/cost.rst",
            category="7 Cost",
            labels={"figure": "time and memory (CSV)"},
        ),
    log:
        "results/{dataset}/logs/cost.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(1),
    params:
        benchmarks=subpath(output[0], parent=True),
    shell:
        "python {input.script:q} benchmarks={params.benchmarks}/benchmarks output={output} 2> {log}"


# The report is made by a second Snakemake, because it describes the finished jobs of the first.
rule report:
    input:
        rules.results.input,
        cost=f"{HERE}/cost.csv",
        overview=f"{HERE}/overview.html",
        stylesheet=str(ROOT / "workflow/report/report.css"),
        captions=sorted(str(path) for path in (ROOT / "workflow/report").glob("*.rst")),
    output:
        "results/{dataset}/report.html",
    log:
        "results/{dataset}/logs/report.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=20),
        runtime=minutes(5),
    params:
        snakefile=f"{PROJECT}/Snakefile",
        overrides=lambda wildcards: shlex.quote(f"overrides={json.dumps(config['overrides'])}"),
    shell:
        "python -m snakemake results {input.cost} {input.overview} --snakefile {params.snakefile:q} --config {params.overrides}"
        " --report {output}.part.html --report-stylesheet {input.stylesheet:q} --nolock --quiet > {log} 2>&1 && mv {output}.part.html {output}"
