# The quality of layers, from the statistics of passes 1 and 2 and their orthogonality, and of models and groups.


rule quality:
    input:
        script=f"{SCRIPTS}/quality.py",
        code=room("analysis"),
        layers="results/{dataset}/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        extent=gather.shards("results/{{dataset}}/statistics/extent.{scatteritem}.h5"),
        orthogonality=gather.shards("results/{{dataset}}/statistics/orthogonality.{scatteritem}.h5"),
    output:
        layers=report(
            "results/{dataset}/quality/layers.csv",
            caption="../report/quality.rst",
            category="6 Quality",
            labels={"figure": "layers (CSV)"},
        ),
        skipped="results/{dataset}/skipped/non_finite.csv",
    log:
        "results/{dataset}/logs/quality.log",
    benchmark:
        "results/{dataset}/benchmarks/quality.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3),
    params:
        moments=lambda wildcards, input: listed(input.moments),
        extent=lambda wildcards, input: listed(input.extent),
        orthogonality=lambda wildcards, input: listed(input.orthogonality),
    shell:
        "python {input.script:q} layers={input.layers} moments={params.moments} extent={params.extent}"
        " orthogonality={params.orthogonality} output={output.layers} skipped={output.skipped} 2> {log}"


rule quality_summary:
    input:
        script=f"{SCRIPTS}/quality_summary.py",
        code=room("analysis"),
        quality="results/{dataset}/quality/layers.csv",
        groups=expand("results/{{dataset}}/groups/{grouping}.csv", grouping=COMPARED),
        sizes=expand("results/{{dataset}}/groups/{grouping}.sizes.csv", grouping=COMPARED),
    output:
        models=report(
            "results/{dataset}/quality/models.csv",
            caption="../report/quality_models.rst",
            category="6 Quality",
            labels={"figure": "models (CSV)"},
        ),
        groups=report(
            "results/{dataset}/quality/groups.csv",
            caption="../report/quality_groups.rst",
            category="6 Quality",
            labels={"figure": "groups (CSV)"},
        ),
    log:
        "results/{dataset}/logs/quality_summary.log",
    benchmark:
        "results/{dataset}/benchmarks/quality_summary.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3),
    params:
        names=lambda wildcards: quoted(COMPARED),
        groups=lambda wildcards, input: listed(input.groups),
        sizes=lambda wildcards, input: listed(input.sizes),
    shell:
        "python {input.script:q} quality={input.quality} names={params.names} groups={params.groups}"
        " sizes={params.sizes} models={output.models} output={output.groups} 2> {log}"
