# Everything together: what was configured, what was left out, what it cost; the story page and the report.
#
#   needs  all results
#   makes  config.yaml, skipped.csv, cost.csv, overview.html, report.html
#   steps  configuration, skipped, results (a name for all results) -> cost -> overview -> report
from itertools import product

# The story page shows one example of each kind of figure: the first variant and the first grouping.
FIRST_VARIANT = CONFIG.variants[:1]
FIRST_GROUPING = {"variant": FIRST_VARIANT, "grouping": COMPARED[:1]}
FIRST_MAP = {"variant": FIRST_VARIANT, "grouping": MAPPED[:1]}
ALL_FILTERS = {"variant": CONFIG.variants, "grouping": configured("all")}
BOX_VARIANTS = CONFIG.variants if COMPARED else []
SIZES = {"counted": ["filters"] if COMPARED else []}
DECILES = {"grouping": configured("depth_decile")}
RANGE_GROUPING = {"grouping": configured("depth_decile") if "unscaled" in CONFIG.variants else []}
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
    ("Shifts", "ridge", "Coefficients by {title}, {variant} filters", "{variant}/figures/ridge/{grouping}", FIRST_GROUPING),
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
    ("Shifts", "dendrogram", "Tree by {title}, {variant} filters", "{variant}/figures/dendrogram/{grouping}", FIRST_MAP),
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
    ("Quality", "quality_sparsity", "Sparsity by depth", "figures/quality/sparsity", {}),
    ("Quality", "quality_entropy_by_size", "Entropy by size", "figures/quality/entropy_by_size", {}),
    (
        "Quality",
        "bivariate",
        "Typical layers of each phenotype, {variant} filters",
        "{variant}/figures/bivariate/phenotypes",
        {"variant": FIRST_VARIANT},
    ),
]


def titled(title, chosen):
    """The title of a figure: the wildcards, and the title of the grouping, in their places."""
    grouping = chosen.get("grouping")
    return title.format(title=CONFIG.grouping[grouping].title if grouping else "", **chosen)


PAGE_FIGURES = [
    {
        "section": section,
        "caption": caption,
        "title": titled(title, chosen),
        "path": f"{RESULTS}/{path}.png".format(**chosen),
        "wildcards": chosen,
    }
    for section, caption, title, path, wildcards in STORY
    for chosen in (dict(zip(wildcards, values)) for values in product(*wildcards.values()))
]
# Figures and panels that the configuration leaves out, as rows of skipped.csv.
NOT_CONFIGURED = [
    *(["grouping", grouping, reason, ""] for grouping, reason in UNLABELLED.items()),
    *(
        ["figure", f"paper/figure-{number}", "needs groupings or a variant that are not configured", ""]
        for number, can_be_made in AVAILABLE.items()
        if not can_be_made
    ),
    *(
        ["figure", f"maps of {grouping}", "the grouping is not configured or has no column", ""]
        for grouping in CONFIG.maps
        if grouping not in COMPARED
    ),
    *(
        ["panel", f"paper/figure-{number}: {label}", f"the grouping {grouping} is not configured", ""]
        for number, rows in CHOSEN_GROUPS.items()
        for grouping, label in rows
        if grouping not in CONFIG.grouping
    ),
    *(
        ["panel", f"paper/figure-{number}: {grouping}", "the grouping is not configured", ""]
        for number in MATRIX_VARIANT
        for grouping in ("task", "data_type", "depth_decile")
        if grouping not in CONFIG.grouping
    ),
]


rule configuration:
    """The resolved configuration."""
    input:
        code=code("records/configuration_file"),
    output:
        output="results/{dataset}/config.yaml",
    log:
        "results/{dataset}/logs/config.log",
    benchmark:
        "results/{dataset}/benchmarks/config.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(100),
        runtime=minutes(1),
    params:
        **arguments(config={**asdict(CONFIG), "fingerprint": FINGERPRINT}),
    shell:
        JOB


rule skipped:
    """Everything that was left out, with the reason."""
    input:
        code=code("records/skipped"),
        parts=[
            *([f"resources/{SOURCE.name}/skipped.csv"] if SOURCE.packages else []),
            *([f"resources/{CONFIG.dataset.name}/skipped.csv"] if MODELS else []),
            f"{RESULTS}/skipped/layers.csv",
            f"{RESULTS}/skipped/corrections.csv",
            f"{RESULTS}/skipped/non_finite.csv",
            *expand(f"{RESULTS}/skipped/grouping-{{grouping}}.csv", grouping=CONFIG.grouping),
            *(f"{RESULTS}/skipped/figure-{number}.csv" for number in ("01", "02", "08") if AVAILABLE[number]),
            *([f"{RESULTS}/skipped/bivariate-scaled.csv"] if AVAILABLE["05"] else []),
        ],
    output:
        output=table(
            "results/{dataset}/skipped.csv", "1 Data", "skipped", "left out (CSV)", grouping="", variant="both"
        ),
    log:
        "results/{dataset}/logs/skipped.log",
    benchmark:
        "results/{dataset}/benchmarks/skipped.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(100),
        runtime=minutes(1),
    params:
        **arguments(rows=NOT_CONFIGURED),
    shell:
        JOB


rule results:
    """All tables and figures, without the pages about them."""
    input:
        f"{RESULTS}/config.yaml",
        f"{RESULTS}/layers.csv",
        f"{RESULTS}/models.csv",
        f"{RESULTS}/skipped.csv",
        EXPECTED,
        f"{RESULTS}/claims.csv",
        f"{RESULTS}/claims.html",
        expand(
            f"{RESULTS}/quality/{{table}}.csv", table=["layers", "models", "groups", "phenotypes", "phenotypes.models"]
        ),
        f"{RESULTS}/shapes/layers.csv",
        f"{RESULTS}/figures/quality/shares.png",
        expand(f"{RESULTS}/figures/shapes/{{grouping}}.png", grouping=CONFIG.grouping),
        rules.paper.input,
        expand(f"{RESULTS}/groups/{{grouping}}.csv", grouping=CONFIG.grouping),
        expand(
            f"{RESULTS}/{{variant}}/{{kind}}/{{grouping}}.{{suffix}}",
            variant=CONFIG.variants,
            kind=["figures/eigenfilters", "figures/cumulative", "figures/ridge"],
            grouping=CONFIG.grouping,
            suffix=["pdf", "png"],
        ),
        expand(f"{RESULTS}/{{variant}}/shift/{{grouping}}.csv", variant=CONFIG.variants, grouping=CONFIG.grouping),
        expand(INTERVALS, dataset=CONFIG.dataset.name, variant=CONFIG.variants, grouping=CONFIG.grouping),
        expand(
            f"{RESULTS}/{{variant}}/figures/shift_matrix/{{grouping}}.pdf", variant=CONFIG.variants, grouping=COMPARED
        ),
        expand(f"{RESULTS}/{{variant}}/shift/{{grouping}}.nearest.csv", variant=CONFIG.variants, grouping=MAPPED),
        expand(f"{RESULTS}/{{variant}}/figures/bivariate/phenotypes.pdf", variant=CONFIG.variants),
        expand(f"{RESULTS}/{{variant}}/figures/shift_boxes/groupings.pdf", variant=BOX_VARIANTS),
        expand(f"{RESULTS}/{{variant}}/figures/sensitivity/groupings.pdf", variant=BOX_VARIANTS),


rule cost:
    """Time and memory of each step."""
    input:
        rules.results.input,
        code=code("records/cost"),
    output:
        output=table("results/{dataset}/cost.csv", "7 Cost", "cost", "time and memory (CSV)"),
    log:
        "results/{dataset}/logs/cost.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(200),
        runtime=minutes(1),
    params:
        **arguments(benchmarks=f"{RESULTS}/benchmarks"),
    shell:
        JOB


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


# The report is made by a second Snakemake, because it describes the finished jobs of the first.
rule report:
    """Snakemake's report: all figures with captions, in one file."""
    input:
        rules.results.input,
        cost=f"{RESULTS}/cost.csv",
        overview=f"{RESULTS}/overview.html",
        stylesheet=str(ROOT / "workflow/report/report.css"),
        captions=sorted(str(path) for path in (ROOT / "workflow/report").glob("*.rst")),
    output:
        "results/{dataset}/report.html",
    log:
        "results/{dataset}/logs/report.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400, per_gb=20),
        runtime=minutes(5),
    params:
        snakefile=str(ROOT / "Snakefile"),
        overrides=lambda wildcards: shlex.quote(f"overrides={json.dumps(config['overrides'])}"),
    shell:
        "python -m snakemake results {input.cost} {input.overview} --snakefile {params.snakefile:q}"
        " --config {params.overrides} --report {output}.part.html --report-stylesheet {input.stylesheet:q}"
        " --nolock --quiet > {log} 2>&1 && mv {output}.part.html {output}"
