# The bivariate densities of typical layers, whose filters are read again: those of one layer a phenotype.


rule pair_counts:
    input:
        script=f"{SCRIPTS}/pair_counts.py",
        code=module("analysis/distributions/pairs.py"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/layers.csv",
        phenotypes="results/{dataset}/quality/phenotypes.csv",
        basis="results/{dataset}/statistics/basis.h5",
        extent=gather.shards("results/{{dataset}}/statistics/extent.{scatteritem}.h5"),
    output:
        "results/{dataset}/{variant}/bivariate/phenotypes.h5",
    log:
        "results/{dataset}/logs/{variant}/pair_counts.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/pair_counts.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=10),
        runtime=minutes(5, per_gb=0.05),
    params:
        dataset=lambda wildcards: quoted(DATASET),
        fingerprint=FINGERPRINT,
        extent=lambda wildcards, input: listed(input.extent),
    shell:
        "python {input.script:q} dataset={params.dataset} layers={input.layers} phenotypes={input.phenotypes}"
        " basis={input.basis} extent={params.extent} variant={wildcards.variant} output={output} 2> {log}"


rule bivariate:
    input:
        script=f"{SCRIPTS}/bivariate.py",
        code=room("figures"),
        counts="results/{dataset}/{variant}/bivariate/phenotypes.h5",
        layers="results/{dataset}/layers.csv",
    output:
        pdf="results/{dataset}/{variant}/figures/bivariate/phenotypes.pdf",
        png=report(
            "results/{dataset}/{variant}/figures/bivariate/phenotypes.png",
            caption="../report/bivariate.rst",
            category="3 Distributions",
            labels={"figure": "pairs of coefficients", "grouping": "phenotype", "variant": "{variant}"},
        ),
        table="results/{dataset}/{variant}/figures/bivariate/phenotypes.csv",
        skipped="results/{dataset}/skipped/bivariate-{variant}.csv",
    log:
        "results/{dataset}/logs/{variant}/bivariate.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/bivariate.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=10),
        runtime=minutes(3),
    shell:
        "python {input.script:q} counts={input.counts} layers={input.layers} pdf={output.pdf} png={output.png}"
        " table={output.table} skipped={output.skipped} 2> {log}"
