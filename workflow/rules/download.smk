# The data set from the web.


rule download:
    input:
        script=f"{SCRIPTS}/download.py",
    output:
        temp("resources/{dataset}/dataset.h5.xz"),
    log:
        "resources/{dataset}/download.log",
    benchmark:
        "resources/{dataset}/download.tsv"
    wildcard_constraints:
        dataset=SOURCE.name,
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(60, per_gb=10),
    params:
        url=lambda wildcards: quoted(SOURCE.download.url),
        md5=lambda wildcards: quoted(SOURCE.download.md5),
        size=SOURCE.download.size,
    shell:
        "python {input.script:q} url={params.url} md5={params.md5} size={params.size} output={output} 2>&1 | tee {log}"


rule unpack:
    input:
        script=f"{SCRIPTS}/unpack.py",
        packed="resources/{dataset}/dataset.h5.xz",
    output:
        "resources/{dataset}/dataset.h5",
    log:
        "resources/{dataset}/unpack.log",
    benchmark:
        "resources/{dataset}/unpack.tsv"
    wildcard_constraints:
        dataset=SOURCE.name,
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400),
        runtime=minutes(10, per_gb=2),
    params:
        size=SOURCE.download.size,
    shell:
        "python {input.script:q} packed={input.packed} size={params.size} output={output} 2>&1 | tee {log}"
