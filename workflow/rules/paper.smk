# The paper's figures by number: selections of the figures of every grouping.
MATRICES = ["task", "data_type", "depth_decile"]
PANELS = shown(*MATRICES)
SHIFT_MATRICES = {"03": "scaled", "07": "unscaled"}
# Figures that stand under figures/ as they are.
SAME = {
    "04": ("scaled/figures/shift_boxes/groupings", COMPARED, "scaled"),
    "06": ("unscaled/figures/range_boxes/depth_decile", shown("depth_decile"), "unscaled"),
    "10": ("figures/group_sizes/filters", COMPARED, None),
    "11": ("figures/group_sizes/models", COMPARED, None),
    "12": ("scaled/figures/ridge/task", shown("task"), "scaled"),
    "13": ("scaled/figures/ridge/data_type", shown("data_type"), "scaled"),
}
ROWS = [(grouping, label) for grouping, label in CONFIG.paper.figure_1 if grouping in CONFIG.grouping]
FIGURE_1 = list(dict.fromkeys(grouping for grouping, _ in ROWS))

PAPER = {
    "01": drawable(FIGURE_1, "scaled"),
    "02": drawable(shown("data_type"), "scaled"),
    **{number: drawable(PANELS, variant) for number, variant in SHIFT_MATRICES.items()},
    **{number: drawable(groupings, variant) for number, (_, groupings, variant) in SAME.items()},
}


wildcard_constraints:
    same="|".join(SAME),
    matrices="|".join(SHIFT_MATRICES),


rule paper_same_figure:
    input:
        pdf=lambda wildcards: f"results/{wildcards.dataset}/{SAME[wildcards.same][0]}.pdf",
        png=lambda wildcards: f"results/{wildcards.dataset}/{SAME[wildcards.same][0]}.png",
    output:
        pdf="results/{dataset}/paper/figure-{same}.pdf",
        png=report(
            "results/{dataset}/paper/figure-{same}.png",
            caption="../report/paper.rst",
            category="Paper",
            labels={"figure": "{same}"},
        ),
    log:
        "results/{dataset}/logs/paper/figure-{same}.log",
    benchmark:
        "results/{dataset}/benchmarks/paper/figure-{same}.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    shell:
        "cp {input.pdf} {output.pdf} 2> {log} && cp {input.png} {output.png} 2>> {log}"


rule paper:
    input:
        [
            f"results/{CONFIG.dataset.name}/paper/figure-{number}.{kind}"
            for number, drawn in PAPER.items()
            for kind in ("pdf", "png")
            if drawn
        ],
