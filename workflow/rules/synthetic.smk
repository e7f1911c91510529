# The data set made up here.


rule synthetic:
    input:
        script=f"{SCRIPTS}/synthetic.py",
        code=room("dataset"),
    output:
        "resources/{dataset}/dataset.h5",
    log:
        "resources/{dataset}/synthetic.log",
    benchmark:
        "resources/{dataset}/synthetic.tsv"
    wildcard_constraints:
        dataset=SOURCE.name,
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(500, per_gb=10),
        runtime=minutes(10, per_gb=0.5),
    params:
        filters=SOURCE.filters,
        models=SOURCE.models,
        layers=SOURCE.layers,
        seed=SOURCE.seed,
        dtype=SOURCE.dtype,
    shell:
        "python {input.script:q} filters={params.filters} models={params.models} layers={params.layers}"
        " seed={params.seed} dtype={params.dtype} threads={threads} output={output} 2>&1 | tee {log}"
