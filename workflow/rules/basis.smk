# The basis of all filters, which the second and the third pass need.


rule basis:
    input:
        script=f"{SCRIPTS}/basis.py",
        code=module("passes/bases.py"),
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
    output:
        "results/{dataset}/statistics/basis.h5",
    log:
        "results/{dataset}/logs/basis.log",
    benchmark:
        "results/{dataset}/benchmarks/basis.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=10),
        runtime=minutes(3),
    params:
        moments=lambda wildcards, input: listed(input.moments),
    shell:
        "python {input.script:q} moments={params.moments} output={output} 2> {log}"
