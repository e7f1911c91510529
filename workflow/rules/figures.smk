# Figures of distributions and shifts, one a grouping and variant.
# What says of each shift how far to believe it, if that is asked.
INTERVALS = ["results/{dataset}/{variant}/shift/{grouping}.intervals.csv"] if CONFIG.uncertainty.resamples else []


rule ridge:
    input:
        script=f"{SCRIPTS}/ridge.py",
        code=room("figures"),
        densities="results/{dataset}/{variant}/densities/{grouping}.h5",
        n="results/{dataset}/{variant}/shift/{grouping}.n.csv",
    output:
        pdf="results/{dataset}/{variant}/figures/ridge/{grouping}.pdf",
        png=report(
            "results/{dataset}/{variant}/figures/ridge/{grouping}.png",
            caption="../report/ridge.rst",
            category="3 Distributions",
            labels={"figure": "ridges", "grouping": "{grouping}", "variant": "{variant}"},
        ),
    log:
        "results/{dataset}/logs/{variant}/ridge/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/ridge/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    shell:
        "python {input.script:q} densities={input.densities} n={input.n} figure=[{output.pdf},{output.png}] 2> {log}"


rule shift_matrix:
    input:
        script=f"{SCRIPTS}/shift_matrix.py",
        code=room("figures"),
        shift="results/{dataset}/{variant}/shift/{grouping}.csv",
        n="results/{dataset}/{variant}/shift/{grouping}.n.csv",
        intervals=INTERVALS,
    output:
        pdf="results/{dataset}/{variant}/figures/shift_matrix/{grouping}.pdf",
        png=report(
            "results/{dataset}/{variant}/figures/shift_matrix/{grouping}.png",
            caption="../report/shift.rst",
            category="4 Shifts",
            labels={"figure": "D-matrix", "grouping": "{grouping}", "variant": "{variant}"},
        ),
    log:
        "results/{dataset}/logs/{variant}/shift_matrix/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/shift_matrix/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=30),
        runtime=minutes(3, per_gb=0.05),
    params:
        intervals=lambda wildcards, input: listed(input.intervals),
        titles=lambda wildcards: titles([wildcards.grouping]),
    shell:
        "python {input.script:q} shift=[{input.shift}] n=[{input.n}] intervals={params.intervals}"
        " titles={params.titles} figure=[{output.pdf},{output.png}] 2> {log}"
