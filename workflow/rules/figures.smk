# Figures of groupings: bases, distributions, shifts and scales.
#
#   needs  {variant}/pca/, densities/, shift/; groups/; layers.csv, quality/layers.csv
#   makes  figures/ and {variant}/figures/, each figure as PDF and PNG, many with their numbers as CSV
#   steps  of one grouping: grouping_figures, shift_matrix, maps, range_boxes
#          of all groupings: shift_boxes, sensitivity_figure, group_sizes
# Labels of the report.
ONE_GROUPING = {"grouping": "{grouping}", "variant": "{variant}"}
ALL_GROUPINGS = {"grouping": "every grouping", "variant": "{variant}"}


rule grouping_figures:
    """Shapes, eigenfilters, cumulative variance and ridge plots of a grouping."""
    input:
        code=code("figures/grouping_figures"),
        basis="results/{dataset}/statistics/basis.h5",
        shapes="results/{dataset}/shapes/{grouping}.csv",
        pca=in_variants("results/{dataset}/{variant}/pca/{grouping}.h5"),
        densities=in_variants("results/{dataset}/{variant}/densities/{grouping}.h5"),
        n=in_variants("results/{dataset}/{variant}/shift/{grouping}.n.csv"),
    output:
        eigenfilters=figures_in_variants("eigenfilters", "2 Bases", "eigenfilters", "eigenfilters"),
        eigenfilter_tables=in_variants("results/{dataset}/{variant}/figures/eigenfilters/{grouping}.csv"),
        cumulative=figures_in_variants("cumulative", "2 Bases", "cumulative", "cumulative variance"),
        cumulative_tables=in_variants("results/{dataset}/{variant}/figures/cumulative/{grouping}.csv"),
        ridge=figures_in_variants("ridge", "3 Distributions", "ridge", "ridges"),
        shape_bars=figure(
            "results/{dataset}/figures/shapes/{grouping}",
            "2 Bases",
            "shapes",
            "shapes",
            grouping="{grouping}",
            variant="both",
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
        **arguments(title=lambda wildcards: CONFIG.grouping[wildcards.grouping].title),
    shell:
        JOB


rule shift_matrix:
    """D-matrix of a grouping as a figure."""
    input:
        code=code("figures/shift_matrix"),
        shift=in_variants("results/{dataset}/{variant}/shift/{grouping}.csv"),
        n=in_variants("results/{dataset}/{variant}/shift/{grouping}.n.csv"),
        intervals=in_variants(*INTERVALS),
    output:
        figures=figures_in_variants("shift_matrix", "4 Shifts", "shift", "D-matrix"),
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
        # One panel in each figure, one figure per variant.
        **arguments(titles=lambda wildcards: [CONFIG.grouping[wildcards.grouping].title for variant in CONFIG.variants]),
    shell:
        JOB


rule maps:
    """Maps of a grouping with many groups: a tree, a plane, and the nearest groups of each."""
    input:
        code=code("figures/maps"),
        layers="results/{dataset}/layers.csv",
        groups="results/{dataset}/groups/{grouping}.csv",
        shift="results/{dataset}/{variant}/shift/{grouping}.csv",
        n="results/{dataset}/{variant}/shift/{grouping}.n.csv",
        intervals=INTERVALS,
    output:
        dendrogram=figure(
            "results/{dataset}/{variant}/figures/dendrogram/{grouping}",
            "4 Shifts",
            "dendrogram",
            "dendrogram",
            **ONE_GROUPING,
        ),
        joins="results/{dataset}/{variant}/figures/dendrogram/{grouping}.csv",
        embedding=figure(
            "results/{dataset}/{variant}/figures/embedding/{grouping}", "4 Shifts", "embedding", "map", **ONE_GROUPING
        ),
        positions="results/{dataset}/{variant}/figures/embedding/{grouping}.csv",
        nearest=table(
            "results/{dataset}/{variant}/shift/{grouping}.nearest.csv",
            "4 Shifts",
            "nearest",
            "nearest groups (CSV)",
            **ONE_GROUPING,
        ),
    log:
        "results/{dataset}/logs/{variant}/maps/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/maps/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    params:
        **arguments(title=lambda wildcards: CONFIG.grouping[wildcards.grouping].title, colour=CONFIG.maps_colour or ""),
    shell:
        JOB


rule range_boxes:
    """Mean range of the raw filters of each model, one box per group."""
    input:
        code=code("figures/range_boxes"),
        quality="results/{dataset}/quality/layers.csv",
        groups="results/{dataset}/groups/{grouping}.csv",
        sizes="results/{dataset}/groups/{grouping}.sizes.csv",
    output:
        figure=figure(
            "results/{dataset}/unscaled/figures/range_boxes/{grouping}",
            "5 Scales",
            "range_boxes",
            "filter ranges",
            grouping="{grouping}",
            variant="unscaled",
        ),
        table="results/{dataset}/unscaled/figures/range_boxes/{grouping}.csv",
    log:
        "results/{dataset}/logs/range_boxes/{grouping}.log",
    benchmark:
        "results/{dataset}/benchmarks/range_boxes/{grouping}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300),
        runtime=minutes(3),
    params:
        **arguments(),
    shell:
        JOB


rule shift_boxes:
    """Shifts of all pairs of groups, one box per grouping."""
    input:
        code=code("figures/shift_boxes"),
        components=expand("results/{{dataset}}/{{variant}}/shift/{grouping}.components.csv", grouping=COMPARED),
        intervals=expand(INTERVALS, grouping=COMPARED, allow_missing=True),
    output:
        figure=figure(
            "results/{dataset}/{variant}/figures/shift_boxes/groupings",
            "4 Shifts",
            "shift_boxes",
            "shifts of all pairs",
            **ALL_GROUPINGS,
        ),
        table="results/{dataset}/{variant}/figures/shift_boxes/groupings.csv",
    log:
        "results/{dataset}/logs/{variant}/shift_boxes.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/shift_boxes.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300),
        runtime=minutes(3),
    params:
        **arguments(titles=list(titles(COMPARED).values())),
    shell:
        JOB


rule sensitivity_figure:
    """How the shifts of all groupings depend on the choices that define a shift."""
    input:
        code=code("figures/sensitivity"),
        tables=expand("results/{{dataset}}/{{variant}}/shift/{grouping}.sensitivity.csv", grouping=COMPARED),
    output:
        figure=figure(
            "results/{dataset}/{variant}/figures/sensitivity/groupings",
            "4 Shifts",
            "sensitivity_figure",
            "sensitivity to choices",
            **ALL_GROUPINGS,
        ),
    log:
        "results/{dataset}/logs/{variant}/sensitivity_figure.log",
    benchmark:
        "results/{dataset}/benchmarks/{variant}/sensitivity_figure.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300),
        runtime=minutes(3),
    params:
        **arguments(titles=list(titles(COMPARED).values())),
    shell:
        JOB


rule group_sizes:
    """Number of filters or models of each group, one panel per grouping."""
    input:
        code=code("figures/group_sizes"),
        sizes=expand("results/{{dataset}}/groups/{grouping}.sizes.csv", grouping=COMPARED),
    output:
        figure=figure(
            "results/{dataset}/figures/group_sizes/{counted}",
            "1 Data",
            "group_sizes",
            "{counted} per group",
            grouping="every grouping",
            variant="both",
        ),
        table="results/{dataset}/figures/group_sizes/{counted}.csv",
    log:
        "results/{dataset}/logs/group_sizes/{counted}.log",
    benchmark:
        "results/{dataset}/benchmarks/group_sizes/{counted}.tsv"
    wildcard_constraints:
        counted="filters|models",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=20),
        runtime=minutes(3, per_gb=0.05),
    params:
        **arguments(titles=list(titles(COMPARED).values()), count=lambda wildcards: wildcards.counted),
    shell:
        JOB
