# The data set of models of one's own, alone or added to another data set.


rule own:
    input:
        script=f"{SCRIPTS}/own.py",
        code=room("dataset"),
        models=lambda wildcards: PARTS,
        base=lambda wildcards: [BASE.file] if BASE else [],
    output:
        dataset="resources/{dataset}/dataset.h5",
        skipped="resources/{dataset}/skipped.csv",
    log:
        "resources/{dataset}/own.log",
    benchmark:
        "resources/{dataset}/own.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(1000 + 4 * sum(Path(model.file).stat().st_size for model in MODELS) / 1e6),
        runtime=minutes(10, per_gb=1),
    params:
        models=lambda wildcards: quoted([asdict(model) for model in MODELS]),
        base=lambda wildcards: f"base={quoted(BASE.file)}" if BASE else "",
    shell:
        "python {input.script:q} models={params.models} {params.base}"
        " dataset={output.dataset} skipped={output.skipped} 2>&1 | tee {log}"
