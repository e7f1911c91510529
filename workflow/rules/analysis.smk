# Pure functions of the per-layer statistics, one job a grouping or a grouping and variant.
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
        script=f"{SCRIPTS}/shift.py",
        code=room("analysis"),
        histograms=gather.shards("results/{{dataset}}/statistics/histograms-{{variant}}.{scatteritem}.h5"),
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
        pca="results/{dataset}/{variant}/pca/{grouping}.h5",
        basis="results/{dataset}/statistics/basis.h5",
        layers="results/{dataset}/layers.csv",
    output:
        shift=report(
            "results/{dataset}/{variant}/shift/{grouping}.csv",
            caption="../report/shift.rst",
            category="4 Shifts",
            labels={"figure": "D-matrix (CSV)", "grouping": "{grouping}", "variant": "{variant}"},
        ),
        n="results/{dataset}/{variant}/shift/{grouping}.n.csv",
        components="results/{dataset}/{variant}/shift/{grouping}.components.csv",
        sensitivity=report(
            "results/{dataset}/{variant}/shift/{grouping}.sensitivity.csv",
            caption="../report/sensitivity.rst",
            category="4 Shifts",
            labels={"figure": "sensitivity (CSV)", "grouping": "{grouping}", "variant": "{variant}"},
        ),
        histograms="results/{dataset}/{variant}/histograms/{grouping}.h5",
        densities="results/{dataset}/{variant}/densities/{grouping}.h5",
    log:
        "results/{dataset}/logs/{variant}/shift/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/shift/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    params:
        histograms=lambda wildcards, input: listed(input.histograms),
        order=lambda wildcards: CONFIG.grouping[wildcards.grouping].order,
        choices=lambda wildcards: CHOICES,
    shell:
        "python {input.script:q} histograms={params.histograms} layers={input.layers} groups={input.groups} sizes={input.sizes}"
        " pca={input.pca} basis={input.basis} variant={wildcards.variant} order={params.order} choices={params.choices}"
        " output={output.shift} n={output.n} components={output.components} sensitivity={output.sensitivity}"
        " group_histograms={output.histograms} densities={output.densities} 2> {log}"
