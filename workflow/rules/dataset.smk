# Bytes to a layer table.
from configuration import extended, model_files
from filtershift.dataset.models.files import parts_of

DATASET = CONFIG.dataset.file

try:
    MODELS = model_files("dataset.models", CONFIG.dataset.models if isinstance(CONFIG.dataset.models, list) else [])
    PARTS = [str(path) for model in MODELS for path in parts_of(model)]
    BASE = extended(PROJECT / "config", CONFIG.dataset)
except FiltershiftError as error:
    raise WorkflowError(str(error)) from None

# What is built of wheels, a download or settings: the data set itself, or the one that models are added to.
SOURCE = BASE or CONFIG.dataset
GIGABYTES = max(SOURCE.size, CONFIG.dataset.size) / 1e9


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
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3, per_gb=0.05),
    params:
        dataset=lambda wildcards: quoted(DATASET),
        # Another file under the same name is noticed, whatever its time.
        fingerprint=FINGERPRINT,
    shell:
        "python {input.script:q} dataset={params.dataset} layers={output.layers}"
        " models={output.models} skipped={output.skipped} 2> {log}"
