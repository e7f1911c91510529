# Maps of groups by their shifts, for groupings of many groups: a tree, a plane, and the nearest of each.


rule maps:
    input:
        script=f"{SCRIPTS}/maps.py",
        code=[*room("figures"), module("analysis/shifts/maps.py")],
        shift="results/{dataset}/{variant}/shift/{grouping}.csv",
        n="results/{dataset}/{variant}/shift/{grouping}.n.csv",
        intervals=INTERVALS,
    output:
        dendrogram_pdf="results/{dataset}/{variant}/figures/dendrogram/{grouping}.pdf",
        dendrogram_png=report(
            "results/{dataset}/{variant}/figures/dendrogram/{grouping}.png",
            caption="../report/dendrogram.rst",
            category="4 Shifts",
            labels={"figure": "dendrogram", "grouping": "{grouping}", "variant": "{variant}"},
        ),
        joins="results/{dataset}/{variant}/figures/dendrogram/{grouping}.csv",
        embedding_pdf="results/{dataset}/{variant}/figures/embedding/{grouping}.pdf",
        embedding_png=report(
            "results/{dataset}/{variant}/figures/embedding/{grouping}.png",
            caption="../report/embedding.rst",
            category="4 Shifts",
            labels={"figure": "map", "grouping": "{grouping}", "variant": "{variant}"},
        ),
        positions="results/{dataset}/{variant}/figures/embedding/{grouping}.csv",
        nearest=report(
            "results/{dataset}/{variant}/shift/{grouping}.nearest.csv",
            caption="../report/nearest.rst",
            category="4 Shifts",
            labels={"figure": "nearest groups (CSV)", "grouping": "{grouping}", "variant": "{variant}"},
        ),
    log:
        "results/{dataset}/logs/{variant}/maps/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/maps/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    params:
        intervals=lambda wildcards, input: listed(input.intervals),
        titles=lambda wildcards: titles([wildcards.grouping]),
    shell:
        "python {input.script:q} shift={input.shift} n={input.n} intervals={params.intervals} titles={params.titles}"
        " dendrogram=[{output.dendrogram_pdf},{output.dendrogram_png}] joins={output.joins}"
        " embedding=[{output.embedding_pdf},{output.embedding_png}] positions={output.positions}"
        " nearest={output.nearest} 2> {log}"
