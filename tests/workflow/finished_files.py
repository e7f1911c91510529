"""The rules of a whole run of the small data set, and the files that it makes."""

VARIANTS = ("scaled", "unscaled")
RULES = [
    *("basis", "bivariate", "claims", "claims_page", "configuration", "cost", "example_filters", "explorer"),
    *("extent", "group_sizes", "grouping_figures", "groups", "histograms", "labels", "layers", "maps"),
    *("moments", "overview", "pair_counts", "paper_cumulative", "paper_eigenfilters", "paper_same_figure"),
    *("paper_shift_matrices", "paper_skipped", "phenotypes", "quality", "quality_figures", "quality_summary"),
    *("report", "sensitivity_figure", "shapes", "shift", "shift_boxes", "shift_matrix", "skipped"),
    *("uncertainty", "weight_matrices"),
]
QUALITY = ("sparsity", "variance_entropy", "entropy_by_size", "ranking", "shares", "thresholds")
CVPR = ("sparsity", "variance-entropy", "entropy-by-size", "ranking")
PAPER = ("01", "03", "04", "05", "07", "08", "09", "10", "11", "12", *(f"cvpr-{name}" for name in CVPR))
EXPECTED = [
    *("config.yaml", "layers.csv", "models.csv", "skipped.csv", "cost.csv", "overview.html", "report.html"),
    "paper/skipped.csv",
    *("claims.csv", "claims.html", "explorer.html", "shapes/layers.csv"),
    *(f"quality/{table}.csv" for table in ("layers", "models", "groups", "thresholds")),
    *("quality/phenotypes.csv", "quality/phenotypes.models.csv"),
    *(f"figures/quality/{name}.{kind}" for name in QUALITY for kind in ("pdf", "png")),
    *(f"{table}/{grouping}.csv" for table in ("groups", "shapes") for grouping in ("all", "task")),
    *(f"figures/shapes/{grouping}.{kind}" for grouping in ("all", "task") for kind in ("pdf", "png")),
    *(f"paper/figure-{number}.{kind}" for number in PAPER for kind in ("pdf", "png")),
    *(
        f"{variant}/{name}"
        for variant in VARIANTS
        for grouping in ("all", "task")
        for name in (
            f"pca/{grouping}.h5",
            f"histograms/{grouping}.h5",
            *(
                f"shift/{grouping}{kind}.csv"
                for kind in ("", ".n", ".components", ".sensitivity", ".intervals", ".floor")
            ),
            *(
                f"figures/{figure}/{grouping}.{kind}"
                for figure in ("ridge", "eigenfilters", "cumulative")
                for kind in ("pdf", "png")
            ),
        )
    ),
    *(
        f"{variant}/figures/{name}.{kind}"
        for variant in VARIANTS
        for name in (
            *("shift_matrix/task", "shift_boxes/groupings", "dendrogram/task", "embedding/task"),
            *("bivariate/phenotypes", "sensitivity/groupings"),
        )
        for kind in ("pdf", "png")
    ),
]
