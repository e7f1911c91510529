# The paper's figures of several groupings side by side.


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
        intervals=lambda wildcards: expand(
            INTERVALS, dataset=wildcards.dataset, variant=SHIFT_MATRICES[wildcards.matrices], grouping=PANELS
        ),
    output:
        pdf="results/{dataset}/paper/figure-{matrices}.pdf",
        png=report(
            "results/{dataset}/paper/figure-{matrices}.png",
            caption="../report/shift.rst",
            category="8 Paper",
            labels=lambda wildcards: {"figure": wildcards.matrices, "shows": SHOWS[wildcards.matrices]},
        ),
    log:
        "results/{dataset}/logs/paper/figure-{matrices}.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-{matrices}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=10),
        runtime=minutes(3),
    params:
        shift=lambda wildcards, input: listed(input.shift),
        n=lambda wildcards, input: listed(input.n),
        intervals=lambda wildcards, input: listed(input.intervals),
        titles=lambda wildcards: titles(PANELS),
    shell:
        "python {input.script:q} shift={params.shift} n={params.n} intervals={params.intervals}"
        " titles={params.titles} figure=[{output.pdf},{output.png}] 2> {log}"


rule paper_cumulative:
    input:
        script=f"{SCRIPTS}/cumulative.py",
        code=room("figures"),
        pca=expand("results/{{dataset}}/scaled/pca/{grouping}.h5", grouping=CURVES),
    output:
        pdf="results/{dataset}/paper/figure-09.pdf",
        png=report(
            "results/{dataset}/paper/figure-09.png",
            caption="../report/cumulative.rst",
            category="8 Paper",
            labels={"figure": "09", "shows": SHOWS["09"]},
        ),
        table="results/{dataset}/paper/figure-09.csv",
    log:
        "results/{dataset}/logs/paper/figure-09.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-09.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=10),
        runtime=minutes(3),
    params:
        pca=lambda wildcards, input: listed(input.pca),
        titles=lambda wildcards: titles(CURVES),
    shell:
        "python {input.script:q} pca={params.pca} titles={params.titles} figure=[{output.pdf},{output.png}]"
        " table={output.table} 2> {log}"
