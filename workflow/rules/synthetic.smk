# The data set made up here.


rule synthetic:
    input:
        script=f"{SCRIPTS}/synthetic.py",
        code=[
            module(f"dataset/{name}.py")
            for name in (
                "synthetic",
                "synthetic_catalogue",
                "synthetic_filters",
                "synthetic_models",
                "space",
                "writer",
            )
        ],
    output:
        "resources/{dataset}/dataset.h5",
    log:
        "resources/{dataset}/synthetic.log",
    benchmark:
        "resources/{dataset}/synthetic.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    params:
        filters=CONFIG.dataset.filters,
        models=CONFIG.dataset.models,
        layers=CONFIG.dataset.layers,
        seed=CONFIG.dataset.seed,
        dtype=CONFIG.dataset.dtype,
    shell:
        "python {input.script:q} filters={params.filters} models={params.models} layers={params.layers}"
        " seed={params.seed} dtype={params.dtype} threads={threads} output={output} 2>&1 | tee {log}"
