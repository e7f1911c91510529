# The data set from the web.
#
#   needs  dataset.download: an address, a checksum, and the size once unpacked
#   makes  resources/{dataset}/dataset.h5
#   steps  download -> unpack


rule download:
    """Packed data set from the web, with its checksum verified."""
    input:
        code=code("sources/download"),
    output:
        output=temp("resources/{dataset}/dataset.h5.xz"),
    log:
        "resources/{dataset}/download.log",
    benchmark:
        "resources/{dataset}/download.tsv"
    wildcard_constraints:
        dataset=SOURCE.name,
    localrule: True
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(60, per_gb=10),
    params:
        **arguments(**asdict(SOURCE.download)),
    shell:
        JOB_WITH_PROGRESS


rule unpack:
    """HDF5 data set from the packed one."""
    input:
        code=code("sources/unpack"),
        packed="resources/{dataset}/dataset.h5.xz",
    output:
        output="resources/{dataset}/dataset.h5",
    log:
        "resources/{dataset}/unpack.log",
    benchmark:
        "resources/{dataset}/unpack.tsv"
    wildcard_constraints:
        dataset=SOURCE.name,
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=memory(400),
        runtime=minutes(10, per_gb=2),
    params:
        **arguments(size=SOURCE.download.size),
    shell:
        JOB_WITH_PROGRESS
