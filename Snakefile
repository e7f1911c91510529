# Distribution shifts between trained 3x3 convolution filters.
#
#   snakemake --cores all                                        everything, for the default data set
#   snakemake --cores all paper                                  the paper's figures only
#   snakemake --cores all --config 'overrides=[bins=100]'        anything changed, see config/README.md

from snakemake.utils import min_version

min_version("9.11")


include: "workflow/rules/common.smk"
include: "workflow/rules/variants.smk"
include: "workflow/rules/resources.smk"
include: "workflow/rules/start.smk"


if MAIN:

    report: "workflow/report/workflow.rst"


wildcard_constraints:
    dataset=CONFIG.dataset.name,
    variant="|".join(CONFIG.variants),
    grouping="|".join(CONFIG.grouping) or "-",


scattergather:
    shards=CONFIG.shards,


include: "workflow/rules/dataset.smk"


if SOURCE.download and not SOURCE.path:

    include: "workflow/rules/download.smk"


if SOURCE.wheels:

    include: "workflow/rules/zoo.smk"


if SOURCE.filters is not None:

    include: "workflow/rules/synthetic.smk"


if MODELS:

    include: "workflow/rules/own.smk"


include: "workflow/rules/statistics.smk"
include: "workflow/rules/basis.smk"
include: "workflow/rules/analysis.smk"


if CONFIG.uncertainty.resamples:

    include: "workflow/rules/uncertainty.smk"


include: "workflow/rules/sensitivity.smk"
include: "workflow/rules/orthogonality.smk"
include: "workflow/rules/quality.smk"
include: "workflow/rules/quality_figures.smk"
include: "workflow/rules/phenotypes.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/maps.smk"
include: "workflow/rules/bivariate.smk"
include: "workflow/rules/overviews.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/panels.smk"
include: "workflow/rules/comparisons.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/placement.smk"
include: "workflow/rules/compare.smk"
include: "workflow/rules/compare_passes.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/records.smk"
include: "workflow/rules/overview.smk"


rule all:
    default_target: MAIN
    input:
        rules.results.input,
        f"results/{CONFIG.dataset.name}/report.html",
