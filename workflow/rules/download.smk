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
    localrule: True
    conda:
        "../../environment.yml"
    params:
        url=lambda wildcards: quoted(CONFIG.dataset.download.url),
        md5=lambda wildcards: quoted(CONFIG.dataset.download.md5),
        size=CONFIG.dataset.download.size,
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
    conda:
        "../../environment.yml"
    params:
        size=CONFIG.dataset.download.size,
    shell:
        "python {input.script:q} packed={input.packed} size={params.size} output={output} 2>&1 | tee {log}"
