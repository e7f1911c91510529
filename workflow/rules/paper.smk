# The papers' figures by number.
#
#   needs  figures/, {variant}/figures/, pca/, densities/, shift/
#   makes  paper/figure-NN.pdf and .png
#   steps  paper_same_figure (a copy of a figure of the run); paper_eigenfilters (1, 8), paper_figure_2,
#          paper_shift_matrices (3, 7), paper_cumulative (9)

# The groupings of each figure's panels, and the variant of figures 3 and 7.
MATRIX_GROUPINGS = configured("task", "data_type", "depth_decile")
MATRIX_VARIANT = {"03": "scaled", "07": "unscaled"}
CUMULATIVE_GROUPINGS = configured("task", "data_type")
# Figures 1 and 8 show the eigenfilters of chosen groups, as rows (grouping, label).
CHOSEN_GROUPS = {"01": CONFIG.paper.figure_1, "08": CONFIG.paper.figure_8}
CHOSEN_ROWS = {number: [row for row in rows if row[0] in CONFIG.grouping] for number, rows in CHOSEN_GROUPS.items()}
CHOSEN_GROUPINGS = {number: list(dict.fromkeys(name for name, _ in rows)) for number, rows in CHOSEN_ROWS.items()}
RIDGE_GROUPINGS = {
    "12": "task",
    "13": "data_type",
    "14": "training_set",
    "15": "task_natural",
    "16": "data_type_classification",
    "17": "training_set_classification",
}
# Figures that are plain copies of figures of the run: where the original is, and whether it can be made.
REUSED_FIGURES = {
    "04": ("scaled/figures/shift_boxes/groupings", available(COMPARED, "scaled")),
    "05": ("scaled/figures/bivariate/phenotypes", "scaled" in CONFIG.variants),
    "06": ("unscaled/figures/range_boxes/depth_decile", available(configured("depth_decile"), "unscaled")),
    "10": ("figures/group_sizes/filters", available(COMPARED)),
    "11": ("figures/group_sizes/models", available(COMPARED)),
    **{
        number: (f"scaled/figures/ridge/{grouping}", available(configured(grouping), "scaled"))
        for number, grouping in RIDGE_GROUPINGS.items()
    },
    # Of the second paper (CVPR 2022).
    "cvpr-sparsity": ("figures/quality/sparsity", True),
    "cvpr-variance-entropy": ("figures/quality/variance_entropy", True),
    "cvpr-entropy-by-size": ("figures/quality/entropy_by_size", True),
    "cvpr-ranking": ("figures/quality/ranking", True),
}
# What each figure shows, for the report.
CONTENT = {
    "01": "eigenfilters of chosen groups",
    "02": "distributions of chosen data types",
    "03": "D-matrices, scaled",
    "07": "D-matrices, unscaled",
    "08": "eigenfilters of more groups",
    "09": "cumulative variance",
    **{number: " ".join(Path(path).parts[-2:]).replace("_", " ") for number, (path, _) in REUSED_FIGURES.items()},
}
# Without labels to compare there is nothing of the papers to show. Each file can still be asked for by its name.
WITHOUT_PAPER = UNLABELLED.keys() & {"task", "data_type"} and not configured("task", "data_type")
# Whether each figure is made.
AVAILABLE = {
    **{number: available(groupings, "scaled") for number, groupings in CHOSEN_GROUPINGS.items()},
    "02": available(configured("data_type"), "scaled"),
    "09": available(CUMULATIVE_GROUPINGS, "scaled"),
    **{number: available(MATRIX_GROUPINGS, variant) for number, variant in MATRIX_VARIANT.items()},
    **{number: can_be_made for number, (_, can_be_made) in REUSED_FIGURES.items()},
}
if WITHOUT_PAPER:
    AVAILABLE = dict.fromkeys(AVAILABLE, False)


wildcard_constraints:
    same="|".join(REUSED_FIGURES),
    matrices="|".join(MATRIX_VARIANT),
    bases="|".join(CHOSEN_GROUPINGS),


rule paper:
    """All figures of the papers that can be made."""
    input:
        f"{RESULTS}/paper/skipped.csv",
        expand(
            f"{RESULTS}/paper/figure-{{number}}.{{kind}}",
            number=[number for number, can_be_made in AVAILABLE.items() if can_be_made],
            kind=["pdf", "png"],
        ),


rule paper_same_figure:
    """A figure of the papers that is a copy of a figure of the run."""
    input:
        pdf=lambda wildcards: f"results/{wildcards.dataset}/{REUSED_FIGURES[wildcards.same][0]}.pdf",
        png=lambda wildcards: f"results/{wildcards.dataset}/{REUSED_FIGURES[wildcards.same][0]}.png",
    output:
        figure=figure(
            "results/{dataset}/paper/figure-{same}",
            "8 Paper",
            "paper",
            lambda wildcards: {"figure": wildcards.same, "shows": CONTENT[wildcards.same]},
        ),
    log:
        "results/{dataset}/logs/paper/figure-{same}.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-{same}.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(0),
        runtime=minutes(1),
    shell:
        "cp {input.pdf} {output.figure[0]}.part 2> {log} && mv {output.figure[0]}.part {output.figure[0]}"
        " && cp {input.png} {output.figure[1]}.part 2>> {log} && mv {output.figure[1]}.part {output.figure[1]}"


rule paper_eigenfilters:
    """Figures 1 and 8: eigenfilters of chosen groups."""
    input:
        code=code("figures/eigenfilters"),
        pca=lambda wildcards: expand(
            "results/{dataset}/scaled/pca/{grouping}.h5",
            dataset=wildcards.dataset,
            grouping=CHOSEN_GROUPINGS[wildcards.bases],
        ),
    output:
        figure=figure(
            "results/{dataset}/paper/figure-{bases}",
            "8 Paper",
            "eigenfilters",
            lambda wildcards: {"figure": wildcards.bases, "shows": CONTENT[wildcards.bases]},
        ),
        table="results/{dataset}/paper/figure-{bases}.csv",
        skipped="results/{dataset}/skipped/figure-{bases}.csv",
    log:
        "results/{dataset}/logs/paper/figure-{bases}.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-{bases}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(
            groupings=lambda wildcards: CHOSEN_GROUPINGS[wildcards.bases],
            chosen=lambda wildcards: CHOSEN_ROWS[wildcards.bases],
        ),
    shell:
        JOB


rule paper_figure_2:
    """Figure 2: coefficient densities of chosen data types."""
    input:
        code=code("figures/ridge"),
        basis="results/{dataset}/statistics/basis.h5",
        densities="results/{dataset}/scaled/densities/data_type.h5",
        n="results/{dataset}/scaled/shift/data_type.n.csv",
    output:
        figure=figure("results/{dataset}/paper/figure-02", "8 Paper", "ridge", "02", shows=CONTENT["02"]),
        skipped="results/{dataset}/skipped/figure-02.csv",
    log:
        "results/{dataset}/logs/paper/figure-02.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-02.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(chosen=CONFIG.paper.figure_2),
    shell:
        JOB


rule paper_shift_matrices:
    """Figures 3 and 7: D-matrices of several groupings side by side."""
    input:
        code=code("figures/shift_matrix"),
        shift=lambda wildcards: expand(
            "results/{dataset}/{variant}/shift/{grouping}.csv",
            dataset=wildcards.dataset,
            variant=MATRIX_VARIANT[wildcards.matrices],
            grouping=MATRIX_GROUPINGS,
        ),
        n=lambda wildcards: expand(
            "results/{dataset}/{variant}/shift/{grouping}.n.csv",
            dataset=wildcards.dataset,
            variant=MATRIX_VARIANT[wildcards.matrices],
            grouping=MATRIX_GROUPINGS,
        ),
        intervals=lambda wildcards: expand(
            INTERVALS,
            dataset=wildcards.dataset,
            variant=MATRIX_VARIANT[wildcards.matrices],
            grouping=MATRIX_GROUPINGS,
        ),
    output:
        figures=figure(
            "results/{dataset}/paper/figure-{matrices}",
            "8 Paper",
            "shift",
            lambda wildcards: {"figure": wildcards.matrices, "shows": CONTENT[wildcards.matrices]},
        ),
    log:
        "results/{dataset}/logs/paper/figure-{matrices}.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-{matrices}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(titles=list(titles(MATRIX_GROUPINGS).values())),
    shell:
        JOB


rule paper_cumulative:
    """Figure 9: cumulative variance of the groups of two groupings."""
    input:
        code=code("figures/cumulative"),
        pca=expand("results/{{dataset}}/scaled/pca/{grouping}.h5", grouping=CUMULATIVE_GROUPINGS),
    output:
        figure=figure("results/{dataset}/paper/figure-09", "8 Paper", "cumulative", "09", shows=CONTENT["09"]),
        table="results/{dataset}/paper/figure-09.csv",
    log:
        "results/{dataset}/logs/paper/figure-09.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-09.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(titles=list(titles(CUMULATIVE_GROUPINGS).values())),
    shell:
        JOB
