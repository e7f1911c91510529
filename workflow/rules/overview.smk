# The page that tells the story of the run: which figures it shows in which section, and the page itself.
from itertools import product

# Of what there is for every grouping and variant, it mostly shows the first.
ONE = CONFIG.variants[:1]
ALL = {"variant": CONFIG.variants, "grouping": shown("all")}
FIRST = {"variant": ONE, "grouping": COMPARED[:1]}
MAP = {"variant": ONE, "grouping": MAPPED[:1]}
BOXES = CONFIG.variants if COMPARED else []
RANGES = {"grouping": shown("depth_decile") if "unscaled" in CONFIG.variants else []}
# Section, caption, figure, and the wildcards of which each combination is shown.
TOLD = [
    ("Data", "group_sizes", "figures/group_sizes/{counted}", {"counted": ["filters"] if COMPARED else []}),
    ("Bases", "eigenfilters", "{variant}/figures/eigenfilters/{grouping}", ALL),
    ("Bases", "cumulative", "{variant}/figures/cumulative/{grouping}", FIRST),
    ("Shifts", "ridge", "{variant}/figures/ridge/{grouping}", FIRST),
    ("Shifts", "shift", "{variant}/figures/shift_matrix/{grouping}", FIRST),
    ("Shifts", "shift_boxes", "{variant}/figures/shift_boxes/groupings", {"variant": BOXES[:1]}),
    ("Shifts", "dendrogram", "{variant}/figures/dendrogram/{grouping}", MAP),
    ("Shifts", "embedding", "{variant}/figures/embedding/{grouping}", MAP),
    ("Scales", "range_boxes", "unscaled/figures/range_boxes/{grouping}", RANGES),
    ("Scales", "shift_boxes", "{variant}/figures/shift_boxes/groupings", {"variant": BOXES[1:]}),
    ("Quality", "quality_ranking", "figures/quality/ranking", {}),
    ("Quality", "quality_sparsity", "figures/quality/sparsity", {}),
    ("Quality", "quality_entropy_by_size", "figures/quality/entropy_by_size", {}),
    ("Quality", "bivariate", "{variant}/figures/bivariate/phenotypes", {"variant": ONE}),
]
STORY = [
    {"section": section, "caption": caption, "path": f"{HERE}/{figure}.png".format(**some), "wildcards": some}
    for section, caption, figure, wildcards in TOLD
    for some in (dict(zip(wildcards, values)) for values in product(*wildcards.values()))
]


rule overview:
    input:
        rules.results.input,
        script=f"{SCRIPTS}/overview.py",
        code=room("report"),
        templates=sorted(str(path) for path in (ROOT / "src/filtershift/report/templates").glob("*")),
        captions=sorted({str(ROOT / f"workflow/report/{figure['caption']}.rst") for figure in STORY}),
        figures=[figure["path"] for figure in STORY],
        cost=f"{HERE}/cost.csv",
    output:
        report(
            "results/{dataset}/overview.html",
            caption="../report/overview.rst",
            category="0 Start here",
            labels={"figure": "the story of this run, with tables to sort"},
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
        results=subpath(output[0], parent=True),
        variants=listed(CONFIG.variants),
        titles=lambda wildcards: quoted({name: CONFIG.grouping[name].title for name in COMPARED}),
        labels=lambda wildcards: quoted([label for name in COMPARED for label in CONFIG.grouping[name].by]),
        maps=listed(MAPPED[:1]),
        figures=lambda wildcards: quoted(STORY),
    shell:
        "python {input.script:q} results={params.results} variants={params.variants} titles={params.titles}"
        " labels={params.labels} maps={params.maps} figures={params.figures} output={output} 2> {log}"
