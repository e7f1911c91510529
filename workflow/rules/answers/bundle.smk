# The data set as its statistics, in one file from which others go on without the filters: snakemake bundle
#
#   needs  statistics/, skipped/, groups/, {variant}/shift/ (intervals), layers.csv, models.csv, quality/layers.csv
#   makes  bundle.zip
#   steps  pack
from filtershift.dataset.sources.bundle_manifest import RunSettings
from filtershift.results import FILES

# All files of a bundle but what was left out of the models, of which the parts are inputs.
BUNDLED = [f"{RESULTS}/{file}" for file in RunSettings.of(asdict(CONFIG), "config").files]
BUNDLED.remove(f"{RESULTS}/{FILES['skipped_models']}")


rule bundle:
    """The data set as its statistics: what takes the filters to make, and what placing models needs."""
    input:
        f"{RESULTS}/bundle.zip",


rule pack:
    """One file of all statistics, with the configuration, the version and checksums."""
    input:
        code=code("records/bundle"),
        files=BUNDLED,
        skipped=SKIPPED_MODELS,
        config="results/{dataset}/config.yaml",
    output:
        output="results/{dataset}/bundle.zip",
    log:
        "results/{dataset}/logs/pack.log",
    benchmark:
        "results/{dataset}/benchmarks/pack.tsv"
    localrule: True
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(3, per_gb=0.05),
    params:
        **arguments(results=RESULTS),
    shell:
        JOB
