# What other choices than those configured would make of all shifts, of the stored histograms.
CHOSEN = ["choices", "weighting", "divergences", "sensitivity", "shift"]


rule sensitivity:
    input:
        script=f"{SCRIPTS}/sensitivity.py",
        code=[module(f"analysis/{name}.py") for name in CHOSEN],
        histograms=gather.shards("results/{{dataset}}/statistics/histograms-{{variant}}.{scatteritem}.h5"),
        layers="results/{dataset}/layers.csv",
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
        basis="results/{dataset}/statistics/basis.h5",
    output:
        report(
            "results/{dataset}/{variant}/shift/{grouping}.sensitivity.csv",
            caption="../report/sensitivity.rst",
            category="4 Shifts",
            labels={"figure": "sensitivity (CSV)", "grouping": "{grouping}", "variant": "{variant}"},
        ),
    log:
        "results/{dataset}/logs/{variant}/sensitivity/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/sensitivity/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    params:
        histograms=lambda wildcards, input: listed(input.histograms),
        choices=lambda wildcards: CHOICES,
    shell:
        "python {input.script:q} histograms={params.histograms} layers={input.layers} groups={input.groups}"
        " sizes={input.sizes} basis={input.basis} variant={wildcards.variant} choices={params.choices} output={output} 2> {log}"


rule sensitivity_figure:
    input:
        script=f"{SCRIPTS}/sensitivity_figure.py",
        code=room("figures"),
        tables=expand("results/{{dataset}}/{{variant}}/shift/{grouping}.sensitivity.csv", grouping=COMPARED),
    output:
        pdf="results/{dataset}/{variant}/figures/sensitivity/groupings.pdf",
        png=report(
            "results/{dataset}/{variant}/figures/sensitivity/groupings.png",
            caption="../report/sensitivity_figure.rst",
            category="4 Shifts",
            labels={"figure": "sensitivity to choices", "grouping": "every grouping", "variant": "{variant}"},
        ),
    log:
        "results/{dataset}/logs/{variant}/sensitivity_figure.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/sensitivity_figure.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300),
        runtime=minutes(3),
    params:
        tables=lambda wildcards, input: listed(input.tables),
        titles=lambda wildcards: titles(COMPARED),
    shell:
        "python {input.script:q} tables={params.tables} titles={params.titles} figure=[{output.pdf},{output.png}] 2> {log}"
