# The phenotypes of layers, from the statistics of all three passes.


rule phenotypes:
    input:
        script=f"{SCRIPTS}/phenotypes.py",
        code=room("analysis"),
        layers="results/{dataset}/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        basis="results/{dataset}/statistics/basis.h5",
        extent=gather.shards("results/{{dataset}}/statistics/extent.{scatteritem}.h5"),
        histograms=gather.shards("results/{{dataset}}/statistics/histograms-scaled.{scatteritem}.h5"),
    output:
        layers=report(
            "results/{dataset}/quality/phenotypes.csv",
            caption="../report/phenotypes.rst",
            category="6 Quality",
            labels={"figure": "phenotypes of layers (CSV)"},
        ),
        models=report(
            "results/{dataset}/quality/phenotypes.models.csv",
            caption="../report/phenotypes.rst",
            category="6 Quality",
            labels={"figure": "phenotypes of models (CSV)"},
        ),
    log:
        "results/{dataset}/logs/phenotypes.log",
    benchmark:
        "results/{dataset}/benchmarks/phenotypes.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3, per_gb=0.05),
    params:
        moments=lambda wildcards, input: listed(input.moments),
        extent=lambda wildcards, input: listed(input.extent),
        histograms=lambda wildcards, input: listed(input.histograms),
    shell:
        "python {input.script:q} layers={input.layers} moments={params.moments} extent={params.extent}"
        " histograms={params.histograms} basis={input.basis} output={output.layers} models={output.models} 2> {log}"
