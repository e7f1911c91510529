# Figures of all groupings together, and of the raw scales.


rule shift_boxes:
    input:
        script=f"{SCRIPTS}/shift_boxes.py",
        code=room("figures"),
        pairs=expand("results/{{dataset}}/{{variant}}/shift/{grouping}.components.csv", grouping=COMPARED),
        intervals=lambda wildcards: expand(
            INTERVALS, dataset=wildcards.dataset, variant=wildcards.variant, grouping=COMPARED
        ),
    output:
        pdf="results/{dataset}/{variant}/figures/shift_boxes/groupings.pdf",
        png=report(
            "results/{dataset}/{variant}/figures/shift_boxes/groupings.png",
            caption="../report/shift_boxes.rst",
            category="4 Shifts",
            labels={"figure": "shifts of all pairs", "grouping": "every grouping", "variant": "{variant}"},
        ),
        table="results/{dataset}/{variant}/figures/shift_boxes/groupings.csv",
    log:
        "results/{dataset}/logs/{variant}/shift_boxes.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/shift_boxes.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300),
        runtime=minutes(3),
    params:
        pairs=lambda wildcards, input: listed(input.pairs),
        intervals=lambda wildcards, input: listed(input.intervals),
        titles=lambda wildcards: titles(COMPARED),
    shell:
        "python {input.script:q} pairs={params.pairs} intervals={params.intervals} titles={params.titles}"
        " figure=[{output.pdf},{output.png}] table={output.table} 2> {log}"


rule range_boxes:
    input:
        script=f"{SCRIPTS}/range_boxes.py",
        code=room("figures"),
        quality="results/{dataset}/quality/layers.csv",
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
    output:
        pdf="results/{dataset}/unscaled/figures/range_boxes/{grouping}.pdf",
        png=report(
            "results/{dataset}/unscaled/figures/range_boxes/{grouping}.png",
            caption="../report/range_boxes.rst",
            category="5 Scales",
            labels={"figure": "filter ranges", "grouping": "{grouping}", "variant": "unscaled"},
        ),
        table="results/{dataset}/unscaled/figures/range_boxes/{grouping}.csv",
    log:
        "results/{dataset}/logs/range_boxes/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/range_boxes/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300),
        runtime=minutes(3),
    shell:
        "python {input.script:q} quality={input.quality} groups={input.groups} sizes={input.sizes}"
        " figure=[{output.pdf},{output.png}] table={output.table} 2> {log}"


rule group_sizes:
    input:
        script=f"{SCRIPTS}/group_sizes.py",
        code=room("figures"),
        sizes=expand("results/{{dataset}}/groups/{grouping}.sizes.csv", grouping=COMPARED),
    output:
        pdf="results/{dataset}/figures/group_sizes/{counted}.pdf",
        png=report(
            "results/{dataset}/figures/group_sizes/{counted}.png",
            caption="../report/group_sizes.rst",
            category="1 Data",
            labels={"figure": "{counted} per group", "grouping": "every grouping", "variant": "both"},
        ),
        table="results/{dataset}/figures/group_sizes/{counted}.csv",
    log:
        "results/{dataset}/logs/group_sizes/{counted}.log",
    benchmark:
        "results/{dataset}/benchmarks/group_sizes/{counted}.tsv"
    wildcard_constraints:
        counted="filters|models",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    params:
        sizes=lambda wildcards, input: listed(input.sizes),
        titles=lambda wildcards: titles(COMPARED),
    shell:
        "python {input.script:q} sizes={params.sizes} titles={params.titles} count={wildcards.counted}"
        " figure=[{output.pdf},{output.png}] table={output.table} 2> {log}"
