# The three passes over the filters; no grouping reads the filters again.


rule moments:
    input:
        script=f"{SCRIPTS}/moments.py",
        code=room("passes"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/layers.csv",
    output:
        "results/{dataset}/statistics/moments.{scatteritem}.h5",
    log:
        "results/{dataset}/logs/moments.{scatteritem}.log",
    benchmark:
        "results/{dataset}/benchmarks/moments.{scatteritem}.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(500, per_gb=10),
        runtime=minutes(10, per_gb=0.5),
    params:
        dataset=lambda wildcards: quoted(DATASET),
        fingerprint=FINGERPRINT,
    shell:
        "python {input.script:q} dataset={params.dataset} layers={input.layers}"
        " shard={wildcards.scatteritem} threads={threads} output={output} 2>&1 | tee {log}"


rule extent:
    input:
        script=f"{SCRIPTS}/extent.py",
        code=room("passes"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/layers.csv",
        moments="results/{dataset}/statistics/moments.{scatteritem}.h5",
        basis="results/{dataset}/statistics/basis.h5",
    output:
        "results/{dataset}/statistics/extent.{scatteritem}.h5",
    log:
        "results/{dataset}/logs/extent.{scatteritem}.log",
    benchmark:
        "results/{dataset}/benchmarks/extent.{scatteritem}.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(500, per_gb=10),
        runtime=minutes(10, per_gb=0.5),
    params:
        dataset=lambda wildcards: quoted(DATASET),
    shell:
        "python {input.script:q} dataset={params.dataset} layers={input.layers} moments=[{input.moments}]"
        " basis={input.basis} shard={wildcards.scatteritem} threads={threads} output={output} 2>&1 | tee {log}"


rule histograms:
    input:
        script=f"{SCRIPTS}/histograms.py",
        code=room("passes"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        basis="results/{dataset}/statistics/basis.h5",
        extent=gather.shards("results/{{dataset}}/statistics/extent.{scatteritem}.h5"),
    output:
        scaled="results/{dataset}/statistics/histograms-scaled.{scatteritem}.h5",
        unscaled="results/{dataset}/statistics/histograms-unscaled.{scatteritem}.h5",
    log:
        "results/{dataset}/logs/histograms.{scatteritem}.log",
    benchmark:
        "results/{dataset}/benchmarks/histograms.{scatteritem}.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(600, per_gb=20),
        runtime=minutes(10, per_gb=0.5),
    params:
        dataset=lambda wildcards: quoted(DATASET),
        bins=CONFIG.bins,
        moments=lambda wildcards, input: listed(input.moments),
        extent=lambda wildcards, input: listed(input.extent),
    shell:
        "python {input.script:q} dataset={params.dataset} layers={input.layers} moments={params.moments}"
        " basis={input.basis} extent={params.extent} bins={params.bins} shard={wildcards.scatteritem}"
        " threads={threads} scaled={output.scaled} unscaled={output.unscaled} 2>&1 | tee {log}"
