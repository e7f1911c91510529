# Figures of the quality of layers, from its three tables: one job draws them all.


rule quality_figures:
    input:
        script=f"{SCRIPTS}/quality_figures.py",
        code=room("figures"),
        layers="results/{dataset}/quality/layers.csv",
        models="results/{dataset}/quality/models.csv",
        groups="results/{dataset}/quality/groups.csv",
    output:
        sparsity_pdf="results/{dataset}/figures/quality/sparsity.pdf",
        sparsity=report(
            "results/{dataset}/figures/quality/sparsity.png",
            caption="../report/quality_sparsity.rst",
            category="6 Quality",
            labels={"figure": "sparsity by depth"},
        ),
        entropy_pdf="results/{dataset}/figures/quality/variance_entropy.pdf",
        entropy=report(
            "results/{dataset}/figures/quality/variance_entropy.png",
            caption="../report/quality_entropy.rst",
            category="6 Quality",
            labels={"figure": "variance entropy by depth"},
        ),
        size_pdf="results/{dataset}/figures/quality/entropy_by_size.pdf",
        size=report(
            "results/{dataset}/figures/quality/entropy_by_size.png",
            caption="../report/quality_entropy_by_size.rst",
            category="6 Quality",
            labels={"figure": "variance entropy by number of filters"},
        ),
        ranking_pdf="results/{dataset}/figures/quality/ranking.pdf",
        ranking=report(
            "results/{dataset}/figures/quality/ranking.png",
            caption="../report/quality_ranking.rst",
            category="6 Quality",
            labels={"figure": "most degenerate models"},
        ),
        shares_pdf="results/{dataset}/figures/quality/shares.pdf",
        shares=report(
            "results/{dataset}/figures/quality/shares.png",
            caption="../report/quality_shares.rst",
            category="6 Quality",
            labels={"figure": "states of layers in every group"},
        ),
    log:
        "results/{dataset}/logs/quality_figures.log",
    benchmark:
        "results/{dataset}/benchmarks/quality_figures.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    params:
        titles=lambda wildcards: quoted({name: CONFIG.grouping[name].title for name in COMPARED}),
    shell:
        "python {input.script:q} layers={input.layers} models={input.models} groups={input.groups} titles={params.titles}"
        " sparsity=[{output.sparsity_pdf},{output.sparsity}] variance_entropy=[{output.entropy_pdf},{output.entropy}]"
        " entropy_by_size=[{output.size_pdf},{output.size}] ranking=[{output.ranking_pdf},{output.ranking}]"
        " shares=[{output.shares_pdf},{output.shares}] 2> {log}"
