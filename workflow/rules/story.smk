# The story page: what a run found, with one example of each kind of figure.
#
#   needs  all results, cost.csv
#   makes  overview.html
#   steps  overview
from itertools import product

# The story page shows one example of each kind of figure: the first variant and the first grouping.
FIRST_VARIANT = CONFIG.variants[:1]
FIRST_GROUPING = {"variant": FIRST_VARIANT, "grouping": COMPARED[:1]}
FIRST_MAP = {"variant": FIRST_VARIANT, "grouping": MAPPED[:1]}
ALL_FILTERS = {"variant": CONFIG.variants, "grouping": configured("all")}
SIZES = {"counted": ["filters"] if COMPARED else []}
DECILES = {"grouping": configured("depth_decile")}
RANGE_GROUPING = {"grouping": configured("depth_decile") if "unscaled" in CONFIG.variants else []}
MEASURED = {"measured": ["importance"] if CONFIG.importance else []}
# Section, caption, title, figure, and the wildcards: the figure is shown for each combination of them.
STORY = [
    ("Data", "group_sizes", "Number of {counted} in each group", "figures/group_sizes/{counted}", SIZES),
    (
        "Bases",
        "eigenfilters",
        "Eigenfilters of all {variant} filters",
        "{variant}/figures/eigenfilters/{grouping}",
        ALL_FILTERS,
    ),
    ("Bases", "shapes", "What filters look like, by {title}", "figures/shapes/{grouping}", DECILES),
    (
        "Bases",
        "cumulative",
        "Cumulative variance by {title}, {variant} filters",
        "{variant}/figures/cumulative/{grouping}",
        FIRST_GROUPING,
    ),
    (
        "Shifts",
        "ridge",
        "Coefficients by {title}, {variant} filters",
        "{variant}/figures/ridge/{grouping}",
        FIRST_GROUPING,
    ),
    (
        "Shifts",
        "shift",
        "D-matrix by {title}, {variant} filters",
        "{variant}/figures/shift_matrix/{grouping}",
        {"variant": CONFIG.variants, "grouping": COMPARED[:1]},
    ),
    (
        "Shifts",
        "shift_boxes",
        "Shifts of all pairs, {variant} filters",
        "{variant}/figures/shift_boxes/groupings",
        {"variant": BOX_VARIANTS[:1]},
    ),
    (
        "Shifts",
        "dendrogram",
        "Tree by {title}, {variant} filters",
        "{variant}/figures/dendrogram/{grouping}",
        FIRST_MAP,
    ),
    ("Shifts", "embedding", "Map by {title}, {variant} filters", "{variant}/figures/embedding/{grouping}", FIRST_MAP),
    (
        "Scales",
        "range_boxes",
        "Mean filter range by {title}, unscaled filters",
        "unscaled/figures/range_boxes/{grouping}",
        RANGE_GROUPING,
    ),
    (
        "Scales",
        "shift_boxes",
        "Shifts of all pairs, {variant} filters",
        "{variant}/figures/shift_boxes/groupings",
        {"variant": BOX_VARIANTS[1:]},
    ),
    ("Quality", "quality_ranking", "The most degenerate models", "figures/quality/ranking", {}),
    ("Quality", "quality_thresholds", "States for every threshold", "figures/quality/thresholds", {}),
    ("Quality", "quality_entropy_by_size", "Entropy by size", "figures/quality/entropy_by_size", {}),
    ("Quality", "quality_importance", "Quality and importance of layers", "figures/quality/{measured}", MEASURED),
    (
        "Quality",
        "bivariate",
        "Typical layers of each phenotype, {variant} filters",
        "{variant}/figures/bivariate/phenotypes",
        {"variant": FIRST_VARIANT},
    ),
]
TITLE_OF = titles(CONFIG.grouping)
PAGE_FIGURES = [
    {
        "section": section,
        "caption": caption,
        "title": title.format(title=TITLE_OF.get(chosen.get("grouping")), **chosen),
        "path": f"{RESULTS}/{path}.png".format(**chosen),
        "wildcards": chosen,
    }
    for section, caption, title, path, wildcards in STORY
    for chosen in (dict(zip(wildcards, values)) for values in product(*wildcards.values()))
]


rule overview:
    """The page that tells the story of the run, with tables to sort."""
    input:
        rules.results.input,
        code=code("pages/run"),
        needs=[
            *TEMPLATES,
            *sorted({str(ROOT / f"workflow/report/{figure['caption']}.rst") for figure in PAGE_FIGURES}),
            *(figure["path"] for figure in PAGE_FIGURES),
            f"{RESULTS}/cost.csv",
        ],
    output:
        page=table(
            "results/{dataset}/overview.html",
            "0 Start here",
            "overview",
            "the story of this run, with tables to sort",
        ),
    log:
        "results/{dataset}/logs/overview.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=10),
        runtime=minutes(3),
    params:
        **arguments(
            results=RESULTS,
            variants=CONFIG.variants,
            titles=titles(COMPARED),
            labels=[label for name in COMPARED for label in CONFIG.grouping[name].by],
            maps=MAPPED[:1],
            noise=bool(INTERVALS),
            expected=bool(EXPECTED),
            figures=PAGE_FIGURES,
        ),
    shell:
        JOB
