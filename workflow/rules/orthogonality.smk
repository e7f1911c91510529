# The one statistic that needs the shapes of layers: filters are read for it where shapes are known.


rule orthogonality:
    input:
        script=f"{SCRIPTS}/orthogonality.py",
        code=room("passes"),
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/layers.csv",
    output:
        "results/{dataset}/statistics/orthogonality.{scatteritem}.h5",
    log:
        "results/{dataset}/logs/orthogonality.{scatteritem}.log",
    benchmark:
        "results/{dataset}/benchmarks/orthogonality.{scatteritem}.tsv"
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
