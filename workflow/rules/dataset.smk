# Bytes to a layer table.
DATASET = CONFIG.dataset.file


rule layers:
    input:
        script=f"{SCRIPTS}/layers.py",
        code=room("dataset"),
        dataset=lambda wildcards: DATASET,
    output:
        layers="results/{dataset}/layers.csv",
        models="results/{dataset}/models.csv",
        skipped="results/{dataset}/skipped/layers.csv",
    log:
        "results/{dataset}/logs/layers.log",
    benchmark:
        "results/{dataset}/benchmarks/layers.tsv"
    conda:
        "../../environment.yml"
    params:
        dataset=lambda wildcards: quoted(DATASET),
        # Another file under the same name is noticed, whatever its time.
        fingerprint=FINGERPRINT,
    shell:
        "python {input.script:q} dataset={params.dataset} layers={output.layers}"
        " models={output.models} skipped={output.skipped} 2> {log}"
