# What other choices than those configured would make of the shifts of all groupings.


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
