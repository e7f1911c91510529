# The paper's figures by number: selections of the figures of every grouping.
MATRICES = ["task", "data_type", "depth_decile"]
PANELS = shown(*MATRICES)
SHIFT_MATRICES = {"03": "scaled", "07": "unscaled"}
# Figures that stand under figures/ as they are, and whether they can be drawn.
SAME = {
    "04": ("scaled/figures/shift_boxes/groupings", drawable(COMPARED, "scaled")),
    "05": ("scaled/figures/bivariate/phenotypes", "scaled" in CONFIG.variants),
    "06": ("unscaled/figures/range_boxes/depth_decile", drawable(shown("depth_decile"), "unscaled")),
    "10": ("figures/group_sizes/filters", drawable(COMPARED, None)),
    "11": ("figures/group_sizes/models", drawable(COMPARED, None)),
    **{
        number: (f"scaled/figures/ridge/{grouping}", drawable(shown(grouping), "scaled"))
        for number, grouping in [
            ("12", "task"),
            ("13", "data_type"),
            ("14", "training_set"),
            ("15", "task_natural"),
            ("16", "data_type_classification"),
            ("17", "training_set_classification"),
        ]
    },
    # Of the second paper (CVPR 2022).
    "cvpr-sparsity": ("figures/quality/sparsity", True),
    "cvpr-variance-entropy": ("figures/quality/variance_entropy", True),
    "cvpr-entropy-by-size": ("figures/quality/entropy_by_size", True),
    "cvpr-ranking": ("figures/quality/ranking", True),
}
# What the figures show, for the report.
SHOWS = {
    "01": "eigenfilters of chosen groups",
    "02": "distributions of chosen data types",
    "03": "D-matrices, scaled",
    "07": "D-matrices, unscaled",
    "08": "eigenfilters of more groups",
    "09": "cumulative variance",
    **{number: " ".join(Path(path).parts[-2:]).replace("_", " ") for number, (path, _) in SAME.items()},
}
# Figures of chosen groups: their (grouping, label) rows, and the files of bases these come from.
WANTED = {"01": CONFIG.paper.figure_1, "08": CONFIG.paper.figure_8}
ROWS = {number: [row for row in rows if row[0] in CONFIG.grouping] for number, rows in WANTED.items()}
BASES = {number: list(dict.fromkeys(grouping for grouping, _ in rows)) for number, rows in ROWS.items()}
CURVES = shown("task", "data_type")

PAPER = {
    **{number: drawable(groupings, "scaled") for number, groupings in BASES.items()},
    "02": drawable(shown("data_type"), "scaled"),
    "09": drawable(CURVES, "scaled"),
    **{number: drawable(PANELS, variant) for number, variant in SHIFT_MATRICES.items()},
    **{number: drawn for number, (_, drawn) in SAME.items()},
}


wildcard_constraints:
    same="|".join(SAME),
    matrices="|".join(SHIFT_MATRICES),
    bases="|".join(BASES),


rule paper_same_figure:
    input:
        pdf=lambda wildcards: f"results/{wildcards.dataset}/{SAME[wildcards.same][0]}.pdf",
        png=lambda wildcards: f"results/{wildcards.dataset}/{SAME[wildcards.same][0]}.png",
    output:
        pdf="results/{dataset}/paper/figure-{same}.pdf",
        png=report(
            "results/{dataset}/paper/figure-{same}.png",
            caption="../report/paper.rst",
            category="8 Paper",
            labels=lambda wildcards: {"figure": wildcards.same, "shows": SHOWS[wildcards.same]},
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
        "cp {input.pdf} {output.pdf}.part 2> {log} && mv {output.pdf}.part {output.pdf}"
        " && cp {input.png} {output.png}.part 2>> {log} && mv {output.png}.part {output.png}"


rule paper:
    input:
        [
            f"results/{CONFIG.dataset.name}/paper/figure-{number}.{kind}"
            for number, drawn in PAPER.items()
            for kind in ("pdf", "png")
            if drawn
        ],
