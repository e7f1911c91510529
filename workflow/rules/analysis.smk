# Pure functions of the per-layer statistics, one job a grouping.
CHOICES = quoted(asdict(CONFIG.choices))


rule groups:
    input:
        script=f"{SCRIPTS}/groups.py",
        code=room("analysis"),
        layers="results/{dataset}/layers.csv",
    output:
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
        skipped="results/{dataset}/skipped/grouping-{grouping}.csv",
    log:
        "results/{dataset}/logs/groups/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/groups/{grouping}.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(3),
    params:
        grouping=lambda wildcards: quoted(definition(wildcards.grouping)),
    shell:
        "python {input.script:q} layers={input.layers} name={wildcards.grouping} grouping={params.grouping}"
        " output={output.groups} sizes={output.sizes} skipped={output.skipped} 2> {log}"


rule pca:
    input:
        script=f"{SCRIPTS}/pca.py",
        code=room("analysis"),
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
    output:
        **{variant: f"results/{{dataset}}/{variant}/pca/{{grouping}}.h5" for variant in CONFIG.variants},
    log:
        "results/{dataset}/logs/pca/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/pca/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3, per_gb=0.05),
    params:
        moments=lambda wildcards, input: listed(input.moments),
        variants=lambda wildcards, output: " ".join(f"{variant}={path}" for variant, path in output.items()),
    shell:
        "python {input.script:q} moments={params.moments} groups={input.groups} sizes={input.sizes} {params.variants} 2> {log}"


rule shift:
    input:
        script=f"{SCRIPTS}/grouping_shifts.py",
        measuring=f"{SCRIPTS}/shift.py",
        code=room("analysis"),
        histograms=of_variants(*gather.shards("results/{{dataset}}/statistics/histograms-{{variant}}.{scatteritem}.h5")),
        layers="results/{dataset}/layers.csv",
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
        pca=of_variants("results/{dataset}/{variant}/pca/{grouping}.h5"),
        basis="results/{dataset}/statistics/basis.h5",
    output:
        shift=reported(
            "results/{dataset}/{variant}/shift/{grouping}.csv", "D-matrix (CSV)", "4 Shifts", "../report/shift.rst"
        ),
        sensitivity=reported(
            "results/{dataset}/{variant}/shift/{grouping}.sensitivity.csv",
            "sensitivity (CSV)",
            "4 Shifts",
            "../report/sensitivity.rst",
        ),
        more=of_variants(
            "results/{dataset}/{variant}/shift/{grouping}.n.csv",
            "results/{dataset}/{variant}/shift/{grouping}.components.csv",
            "results/{dataset}/{variant}/histograms/{grouping}.h5",
            "results/{dataset}/{variant}/densities/{grouping}.h5",
        ),
    log:
        "results/{dataset}/logs/shift/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/shift/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(4, per_gb=0.1),
    params:
        variants=listed(CONFIG.variants),
        histograms=lambda wildcards, input: listed(input.histograms),
        order=lambda wildcards: CONFIG.grouping[wildcards.grouping].order,
        choices=lambda wildcards: CHOICES,
    shell:
        "python {input.script:q} results=results/{wildcards.dataset} grouping={wildcards.grouping} variants={params.variants}"
        " histograms={params.histograms} order={params.order} choices={params.choices} 2> {log}"
