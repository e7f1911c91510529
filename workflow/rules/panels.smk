# The paper's figures of chosen groups.


rule paper_eigenfilters:
    input:
        script=f"{SCRIPTS}/eigenfilters.py",
        code=room("figures"),
        pca=lambda wildcards: expand(
            "results/{dataset}/scaled/pca/{grouping}.h5", dataset=wildcards.dataset, grouping=BASES[wildcards.bases]
        ),
    output:
        pdf="results/{dataset}/paper/figure-{bases}.pdf",
        png=report(
            "results/{dataset}/paper/figure-{bases}.png",
            caption="../report/eigenfilters.rst",
            category="8 Paper",
            labels=lambda wildcards: {"figure": wildcards.bases, "shows": SHOWS[wildcards.bases]},
        ),
        table="results/{dataset}/paper/figure-{bases}.csv",
        skipped="results/{dataset}/skipped/figure-{bases}.csv",
    log:
        "results/{dataset}/logs/paper/figure-{bases}.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-{bases}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=10),
        runtime=minutes(3),
    params:
        pca=lambda wildcards, input: listed(input.pca),
        chosen=lambda wildcards: quoted(
            [[BASES[wildcards.bases].index(grouping), label] for grouping, label in ROWS[wildcards.bases]]
        ),
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
            category="8 Paper",
            labels={"figure": "02", "shows": SHOWS["02"]},
        ),
        skipped="results/{dataset}/skipped/figure-02.csv",
    log:
        "results/{dataset}/logs/paper/figure-02.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-02.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=10),
        runtime=minutes(3),
    params:
        chosen=lambda wildcards: quoted(CONFIG.paper.figure_2),
    shell:
        "python {input.script:q} densities={input.densities} n={input.n} chosen={params.chosen}"
        " figure=[{output.pdf},{output.png}] skipped={output.skipped} 2> {log}"
