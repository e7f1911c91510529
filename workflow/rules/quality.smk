# The quality of layers, from the statistics of passes 1 and 2.


rule quality:
    input:
        script=f"{SCRIPTS}/quality.py",
        code=room("analysis"),
        layers="results/{dataset}/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        extent=gather.shards("results/{{dataset}}/statistics/extent.{scatteritem}.h5"),
    output:
        layers=report(
            "results/{dataset}/quality/layers.csv",
            caption="../report/quality.rst",
            category="Quality",
            labels={"figure": "layers, table"},
        ),
        skipped="results/{dataset}/skipped/non_finite.csv",
    log:
        "results/{dataset}/logs/quality.log",
    benchmark:
        "results/{dataset}/benchmarks/quality.tsv"
    conda:
        "../../environment.yml"
    params:
        moments=lambda wildcards, input: listed(input.moments),
        extent=lambda wildcards, input: listed(input.extent),
    shell:
        "python {input.script:q} layers={input.layers} moments={params.moments} extent={params.extent}"
        " output={output.layers} skipped={output.skipped} 2> {log}"
