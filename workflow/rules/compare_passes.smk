# Two more passes over the filters of this data set and of another one, in the basis of both.


rule compare_passes:
    input:
        script=f"{SCRIPTS}/compare_passes.py",
        code=[*room("passes"), module("passes/bases.py"), module("analysis/comparing/joint_passes.py")],
        dataset=lambda wildcards: DATASET,
        layers="results/{dataset}/layers.csv",
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        there=lambda wildcards: [OTHER.dataset, OTHER.folder / "layers.csv", *OTHER.moments],
    output:
        basis="results/{dataset}/compare/{other}/basis.h5",
        histograms="results/{dataset}/compare/{other}/histograms.h5",
    log:
        "results/{dataset}/logs/compare/{other}/passes.log",
    benchmark:
        "results/{dataset}/benchmarks/compare/{other}/passes.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    resources:
        mem_mb=memory(600 + 20 * THERE, per_gb=20),
        runtime=minutes(20 + THERE, per_gb=1),
    params:
        here=lambda wildcards, input: quoted(
            {"dataset": input.dataset, "layers": input.layers, "moments": list(input.moments)}
        ),
        there=lambda wildcards: quoted(OTHER.measured),
        bins=CONFIG.bins,
        fingerprint=lambda wildcards: OTHER.fingerprint,
    shell:
        "python {input.script:q} here={params.here} there={params.there} bins={params.bins} threads={threads}"
        " basis={output.basis} histograms={output.histograms} 2>&1 | tee {log}"
