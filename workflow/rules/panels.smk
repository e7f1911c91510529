# The paper's figures that show chosen groups or several groupings side by side.


rule paper_figure_1:
    input:
        script=f"{SCRIPTS}/eigenfilters.py",
        code=room("figures"),
        pca=expand("results/{{dataset}}/scaled/pca/{grouping}.h5", grouping=FIGURE_1),
    output:
        pdf="results/{dataset}/paper/figure-01.pdf",
        png=report(
            "results/{dataset}/paper/figure-01.png",
            caption="../report/eigenfilters.rst",
            category="Paper",
            labels={"figure": "01"},
        ),
        table="results/{dataset}/paper/figure-01.csv",
        skipped="results/{dataset}/skipped/figure-01.csv",
    log:
        "results/{dataset}/logs/paper/figure-01.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-01.tsv"
    conda:
        "../../environment.yml"
    params:
        pca=lambda wildcards, input: listed(input.pca),
        chosen=lambda wildcards: quoted([[FIGURE_1.index(grouping), label] for grouping, label in ROWS]),
    shell:
        "python {input.script:q} pca={params.pca} chosen={params.chosen} figure=[{output.pdf},{output.png}]"
        " table={output.table} skipped={output.skipped} 2> {log}"


rule paper_figure_2:
    input:
        script=f"{SCRIPTS}/ridge.py",
        code=room("figures"),
        densities="results/{dataset}/scaled/densities/data_type.h5",
        n="results/{dataset}/scaled/shift/data_type.n.csv",
    output:
        pdf="results/{dataset}/paper/figure-02.pdf",
        png=report(
            "results/{dataset}/paper/figure-02.png",
            caption="../report/ridge.rst",
            category="Paper",
            labels={"figure": "02"},
        ),
        skipped="results/{dataset}/skipped/figure-02.csv",
    log:
        "results/{dataset}/logs/paper/figure-02.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-02.tsv"
    conda:
        "../../environment.yml"
    params:
        chosen=lambda wildcards: quoted(CONFIG.paper.figure_2),
    shell:
        "python {input.script:q} densities={input.densities} n={input.n} chosen={params.chosen}"
        " figure=[{output.pdf},{output.png}] skipped={output.skipped} 2> {log}"


rule paper_shift_matrices:
    input:
        script=f"{SCRIPTS}/shift_matrix.py",
        code=room("figures"),
        shift=lambda wildcards: expand(
            "results/{{dataset}}/{variant}/shift/{grouping}.csv",
            variant=SHIFT_MATRICES[wildcards.matrices],
            grouping=PANELS,
        ),
        n=lambda wildcards: expand(
            "results/{{dataset}}/{variant}/shift/{grouping}.n.csv",
            variant=SHIFT_MATRICES[wildcards.matrices],
            grouping=PANELS,
        ),
    output:
        pdf="results/{dataset}/paper/figure-{matrices}.pdf",
        png=report(
            "results/{dataset}/paper/figure-{matrices}.png",
            caption="../report/shift.rst",
            category="Paper",
            labels={"figure": "{matrices}"},
        ),
    log:
        "results/{dataset}/logs/paper/figure-{matrices}.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-{matrices}.tsv"
    conda:
        "../../environment.yml"
    params:
        shift=lambda wildcards, input: listed(input.shift),
        n=lambda wildcards, input: listed(input.n),
        titles=lambda wildcards: titles(PANELS),
    shell:
        "python {input.script:q} shift={params.shift} n={params.n} titles={params.titles}"
        " figure=[{output.pdf},{output.png}] 2> {log}"
