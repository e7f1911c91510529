# Figures of bases, distributions and shifts, one job a grouping and variant.
# What says of each shift how far to believe it, if that is asked.
INTERVALS = ["results/{dataset}/{variant}/shift/{grouping}.intervals.csv"] if CONFIG.uncertainty.resamples else []


rule grouping_figures:
    input:
        script=f"{SCRIPTS}/grouping_figures.py",
        drawing=[f"{SCRIPTS}/{figure}.py" for figure in ("eigenfilters", "cumulative", "ridge")],
        code=room("figures"),
        pca="results/{dataset}/{variant}/pca/{grouping}.h5",
        densities="results/{dataset}/{variant}/densities/{grouping}.h5",
        n="results/{dataset}/{variant}/shift/{grouping}.n.csv",
    output:
        eigenfilters_pdf="results/{dataset}/{variant}/figures/eigenfilters/{grouping}.pdf",
        eigenfilters_png=report(
            "results/{dataset}/{variant}/figures/eigenfilters/{grouping}.png",
            caption="../report/eigenfilters.rst",
            category="2 Bases",
            labels={"figure": "eigenfilters", "grouping": "{grouping}", "variant": "{variant}"},
        ),
        eigenfilters_table="results/{dataset}/{variant}/figures/eigenfilters/{grouping}.csv",
        cumulative_pdf="results/{dataset}/{variant}/figures/cumulative/{grouping}.pdf",
        cumulative_png=report(
            "results/{dataset}/{variant}/figures/cumulative/{grouping}.png",
            caption="../report/cumulative.rst",
            category="2 Bases",
            labels={"figure": "cumulative variance", "grouping": "{grouping}", "variant": "{variant}"},
        ),
        cumulative_table="results/{dataset}/{variant}/figures/cumulative/{grouping}.csv",
        ridge_pdf="results/{dataset}/{variant}/figures/ridge/{grouping}.pdf",
        ridge_png=report(
            "results/{dataset}/{variant}/figures/ridge/{grouping}.png",
            caption="../report/ridge.rst",
            category="3 Distributions",
            labels={"figure": "ridges", "grouping": "{grouping}", "variant": "{variant}"},
        ),
    log:
        "results/{dataset}/logs/{variant}/grouping_figures/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/grouping_figures/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=40),
        runtime=minutes(3, per_gb=0.1),
    params:
        titles=lambda wildcards: titles([wildcards.grouping]),
    shell:
        "python {input.script:q} eigenfilters.pca=[{input.pca}] eigenfilters.table={output.eigenfilters_table}"
        " eigenfilters.figure=[{output.eigenfilters_pdf},{output.eigenfilters_png}]"
        " cumulative.pca=[{input.pca}] cumulative.titles={params.titles} cumulative.table={output.cumulative_table}"
        " cumulative.figure=[{output.cumulative_pdf},{output.cumulative_png}]"
        " ridge.densities={input.densities} ridge.n={input.n} ridge.figure=[{output.ridge_pdf},{output.ridge_png}] 2> {log}"


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
        mem_mb=memory(300, per_gb=60),
        runtime=minutes(3, per_gb=0.05),
    params:
        intervals=lambda wildcards, input: listed(input.intervals),
        titles=lambda wildcards: titles([wildcards.grouping]),
    shell:
        "python {input.script:q} shift=[{input.shift}] n=[{input.n}] intervals={params.intervals}"
        " titles={params.titles} figure=[{output.pdf},{output.png}] 2> {log}"
