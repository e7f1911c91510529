# The observable claims of the papers, judged on this data set: a table, and a page of the report.
CLAIMED = shown("task", "data_type", "depth_decile", "model_family")


rule claims:
    input:
        script=f"{SCRIPTS}/claims.py",
        code=room("analysis"),
        layers="results/{dataset}/layers.csv",
        quality="results/{dataset}/quality/layers.csv",
        groups=expand("results/{{dataset}}/groups/{grouping}.csv", grouping=CLAIMED),
        sizes=expand("results/{{dataset}}/groups/{grouping}.sizes.csv", grouping=CLAIMED),
        moments=gather.shards("results/{{dataset}}/statistics/moments.{scatteritem}.h5"),
        histograms=gather.shards("results/{{dataset}}/statistics/histograms-scaled.{scatteritem}.h5"),
        basis="results/{dataset}/statistics/basis.h5",
    output:
        report(
            "results/{dataset}/claims.csv",
            caption="../report/claims.rst",
            category="8 Paper",
            labels={"figure": "claims (CSV)", "shows": "what the papers claim, judged"},
        ),
    log:
        "results/{dataset}/logs/claims.log",
    benchmark:
        "results/{dataset}/benchmarks/claims.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200, per_gb=15),
        runtime=minutes(3, per_gb=0.05),
    params:
        names=lambda wildcards: quoted(CLAIMED),
        groups=lambda wildcards, input: listed(input.groups),
        sizes=lambda wildcards, input: listed(input.sizes),
        moments=lambda wildcards, input: listed(input.moments),
        histograms=lambda wildcards, input: listed(input.histograms),
    shell:
        "python {input.script:q} layers={input.layers} quality={input.quality} names={params.names}"
        " groups={params.groups} sizes={params.sizes} moments={params.moments} histograms={params.histograms}"
        " basis={input.basis} output={output} 2> {log}"


rule claims_page:
    input:
        script=f"{SCRIPTS}/claims_page.py",
        code=[*room("report"), module("analysis/claims/judge.py")],
        templates=sorted(str(path) for path in (ROOT / "src/filtershift/report/templates").glob("*")),
        claims="results/{dataset}/claims.csv",
    output:
        report(
            "results/{dataset}/claims.html",
            caption="../report/claims.rst",
            category="0 Start here",
            labels={"figure": "the papers' claims, judged on this data set"},
        ),
    log:
        "results/{dataset}/logs/claims_page.log",
    benchmark:
        "results/{dataset}/benchmarks/claims_page.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(3),
    params:
        results=subpath(output[0], parent=True),
    shell:
        "python {input.script:q} results={params.results} claims={input.claims} output={output} 2> {log}"
