# The data set of models of one's own, alone or added to another data set.
#
#   needs  dataset.models: model files with their labels; dataset.extend: the data set they are added to
#   makes  resources/{dataset}/dataset.h5, and what was left out
#   steps  own


rule own:
    """HDF5 data set of the user's own model files."""
    input:
        code=code("sources/own"),
        needs=[str(path) for model in MODELS for path in parts_of(model)],
        base=lambda wildcards: [BASE.file] if BASE else [],
    output:
        dataset="resources/{dataset}/dataset.h5",
        skipped="resources/{dataset}/skipped.csv",
    log:
        "resources/{dataset}/own.log",
    benchmark:
        "resources/{dataset}/own.tsv"
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(1000 + 4 * sum(Path(model.file).stat().st_size for model in MODELS) / 1e6),
        runtime=minutes(10, per_gb=1),
    params:
        **arguments(models=[asdict(model) for model in MODELS], batch_norm=CONFIG.dataset.batch_norm),
    shell:
        JOB_WITH_PROGRESS
