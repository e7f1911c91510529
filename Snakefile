# Distribution shifts between trained 3x3 convolution filters.
#
#   snakemake --cores all                                        everything, for the default data set
#   snakemake --cores all paper                                  the paper's figures only
#   snakemake --cores all --config 'overrides=[bins=100]'        anything changed, see config/README.md

from snakemake.utils import min_version

min_version("9.11")


include: "workflow/rules/common.smk"
include: "workflow/rules/alone.smk"


report: "workflow/report/workflow.rst"


wildcard_constraints:
    dataset=CONFIG.dataset.name,
    variant="|".join(CONFIG.variants),
    grouping="|".join(CONFIG.grouping) or "-",


scattergather:
    shards=CONFIG.shards,


include: "workflow/rules/dataset.smk"


if CONFIG.dataset.download and not CONFIG.dataset.path:

    include: "workflow/rules/download.smk"


if CONFIG.dataset.wheels:

    include: "workflow/rules/zoo.smk"


if CONFIG.dataset.filters is not None:

    include: "workflow/rules/synthetic.smk"


include: "workflow/rules/statistics.smk"
include: "workflow/rules/analysis.smk"
include: "workflow/rules/orthogonality.smk"
include: "workflow/rules/quality.smk"
include: "workflow/rules/quality_figures.smk"
include: "workflow/rules/phenotypes.smk"
include: "workflow/rules/bases.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/maps.smk"
include: "workflow/rules/bivariate.smk"
include: "workflow/rules/overviews.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/panels.smk"
include: "workflow/rules/comparisons.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/records.smk"
include: "workflow/rules/overview.smk"


rule all:
    default_target: True
    input:
        rules.results.input,
        f"results/{CONFIG.dataset.name}/report.html",
