# Distribution shifts between trained 3x3 convolution filters.
#
#   snakemake --cores all                                        everything, for the default data set
#   snakemake --cores all paper                                  the papers' figures only
#   snakemake --cores all --config 'overrides=[bins=100]'        anything changed, see config/README.md
#   snakemake --cores all bundle                                 the statistics in one file, to send to others
#   snakemake --list                                             every rule, with what it makes
#
# Data flow: dataset -> passes -> groupings, quality -> figures, paper -> claims, expected, explorer,
#            placement, layerwise, compare, trajectory -> report

from snakemake.utils import min_version

min_version("9.11")


include: "workflow/rules/common.smk"
include: "workflow/rules/start.smk"


if MAIN:

    report: "workflow/report/workflow.rst"


wildcard_constraints:
    dataset=CONFIG.dataset.name,
    variant="|".join(CONFIG.variants),
    grouping="|".join(CONFIG.grouping) or "-",


scattergather:
    shards=CONFIG.shards,


if SOURCE.download and not SOURCE.path:

    include: "workflow/rules/sources/download.smk"


if SOURCE.packages:

    include: "workflow/rules/sources/zoo.smk"


if SOURCE.filters is not None:

    include: "workflow/rules/sources/synthetic.smk"


if MODELS:

    include: "workflow/rules/sources/own.smk"


if CONFIG.dataset.bundled:

    include: "workflow/rules/sources/bundle.smk"


include: "workflow/rules/dataset.smk"
include: "workflow/rules/passes.smk"
include: "workflow/rules/groupings.smk"
include: "workflow/rules/quality.smk"
include: "workflow/rules/importance.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/expected.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/answers/placement.smk"
include: "workflow/rules/answers/layerwise.smk"
include: "workflow/rules/answers/compare.smk"
include: "workflow/rules/answers/trajectory.smk"
include: "workflow/rules/skipped.smk"
include: "workflow/rules/answers/bundle.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/story.smk"


rule all:
    """Everything: all results, the explorer, the story page and the report (the default)."""
    default_target: MAIN
    input:
        rules.results.input,
        f"{RESULTS}/explorer.html",
        TRAJECTORY,
        f"{RESULTS}/report.html",
