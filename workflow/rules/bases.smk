# Figures of the bases, one a grouping and variant.


rule eigenfilters:
    input:
        script=f"{SCRIPTS}/eigenfilters.py",
        code=room("figures"),
        pca="results/{dataset}/{variant}/pca/{grouping}.h5",
    output:
        pdf="results/{dataset}/{variant}/figures/eigenfilters/{grouping}.pdf",
        png=report(
            "results/{dataset}/{variant}/figures/eigenfilters/{grouping}.png",
            caption="../report/eigenfilters.rst",
            category="2 Bases",
            labels={"figure": "eigenfilters", "grouping": "{grouping}", "variant": "{variant}"},
        ),
        table="results/{dataset}/{variant}/figures/eigenfilters/{grouping}.csv",
    log:
        "results/{dataset}/logs/{variant}/eigenfilters/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/eigenfilters/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=40),
        runtime=minutes(3, per_gb=0.05),
    shell:
        "python {input.script:q} pca=[{input.pca}] figure=[{output.pdf},{output.png}] table={output.table} 2> {log}"


rule cumulative:
    input:
        script=f"{SCRIPTS}/cumulative.py",
        code=room("figures"),
        pca="results/{dataset}/{variant}/pca/{grouping}.h5",
    output:
        pdf="results/{dataset}/{variant}/figures/cumulative/{grouping}.pdf",
        png=report(
            "results/{dataset}/{variant}/figures/cumulative/{grouping}.png",
            caption="../report/cumulative.rst",
            category="2 Bases",
            labels={"figure": "cumulative variance", "grouping": "{grouping}", "variant": "{variant}"},
        ),
        table="results/{dataset}/{variant}/figures/cumulative/{grouping}.csv",
    log:
        "results/{dataset}/logs/{variant}/cumulative/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/cumulative/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    params:
        titles=lambda wildcards: titles([wildcards.grouping]),
    shell:
        "python {input.script:q} pca=[{input.pca}] titles={params.titles} figure=[{output.pdf},{output.png}]"
        " table={output.table} 2> {log}"
