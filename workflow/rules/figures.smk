# Figures of bases, distributions and shifts, one job a grouping.
# What says of each shift how far to believe it, if that is asked.
INTERVALS = ["results/{dataset}/{variant}/shift/{grouping}.intervals.csv"] if CONFIG.uncertainty.resamples else []


rule grouping_figures:
    input:
        script=f"{SCRIPTS}/grouping_figures.py",
        drawing=[f"{SCRIPTS}/{figure}.py" for figure in ("eigenfilters", "cumulative", "ridge")],
        code=room("figures"),
        pca=of_variants("results/{dataset}/{variant}/pca/{grouping}.h5"),
        densities=of_variants("results/{dataset}/{variant}/densities/{grouping}.h5"),
        n=of_variants("results/{dataset}/{variant}/shift/{grouping}.n.csv"),
    output:
        eigenfilters=drawn("eigenfilters", "eigenfilters", "2 Bases", "../report/eigenfilters.rst"),
        cumulative=drawn("cumulative", "cumulative variance", "2 Bases", "../report/cumulative.rst"),
        ridge=drawn("ridge", "ridges", "3 Distributions", "../report/ridge.rst"),
        tables=of_variants(
            "results/{dataset}/{variant}/figures/eigenfilters/{grouping}.csv",
            "results/{dataset}/{variant}/figures/cumulative/{grouping}.csv",
        ),
    log:
        "results/{dataset}/logs/grouping_figures/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/grouping_figures/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=40),
        runtime=minutes(4, per_gb=0.1),
    params:
        titles=lambda wildcards: titles([wildcards.grouping]),
        variants=listed(CONFIG.variants),
    shell:
        "python {input.script:q} results=results/{wildcards.dataset} grouping={wildcards.grouping} titles={params.titles}"
        " variants={params.variants} kinds=[eigenfilters,cumulative,ridge] 2> {log}"


rule shift_matrix:
    input:
        script=f"{SCRIPTS}/grouping_figures.py",
        drawing=f"{SCRIPTS}/shift_matrix.py",
        code=room("figures"),
        shift=of_variants("results/{dataset}/{variant}/shift/{grouping}.csv"),
        n=of_variants("results/{dataset}/{variant}/shift/{grouping}.n.csv"),
        intervals=of_variants(*INTERVALS),
    output:
        shift_matrix=drawn("shift_matrix", "D-matrix", "4 Shifts", "../report/shift.rst"),
    log:
        "results/{dataset}/logs/shift_matrix/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/shift_matrix/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(4, per_gb=0.05),
    params:
        titles=lambda wildcards: titles([wildcards.grouping]),
        variants=listed(CONFIG.variants),
        intervals=bool(INTERVALS),
    shell:
        "python {input.script:q} results=results/{wildcards.dataset} grouping={wildcards.grouping} titles={params.titles}"
        " variants={params.variants} kinds=[shift_matrix] intervals={params.intervals} 2> {log}"
