# Another finished run beside this one: snakemake compare --config 'overrides=[compare.with=results/other]'
from other_run import find_run

try:
    OTHER = find_run(CONFIG.compare["with"], CONFIG.grouping) if CONFIG.compare["with"] else None
except FiltershiftError as error:
    raise WorkflowError(str(error)) from None

OTHER_NAME = OTHER.folder.name if OTHER else "-"
SHARED = OTHER.groupings if OTHER else []
# Gigabytes of its data set.
THERE = OTHER.dataset.stat().st_size / 1e9 if OTHER else 0
# Named as a file that is missing: what an input function raises is shown with a trace.
NOTHING = "config: compare.with names no run; write overrides=[compare.with=results/other]"


wildcard_constraints:
    other=OTHER_NAME,


rule compare:
    input:
        f"{HERE}/compare/{OTHER_NAME}/compare.html" if OTHER else NOTHING,


rule compare_groups:
    input:
        script=f"{SCRIPTS}/compare.py",
        code=room("analysis"),
        basis="results/{dataset}/compare/{other}/basis.h5",
        histograms="results/{dataset}/compare/{other}/histograms.h5",
        layers="results/{dataset}/layers.csv",
        own="results/{dataset}/statistics/basis.h5",
        groups=expand("results/{{dataset}}/groups/{grouping}{kind}.csv", grouping=SHARED, kind=["", ".sizes"]),
        there=lambda wildcards: OTHER.tables,
    output:
        shifts="results/{dataset}/compare/{other}/shifts.csv",
        bases="results/{dataset}/compare/{other}/bases.csv",
        skipped="results/{dataset}/compare/{other}/skipped.csv",
    log:
        "results/{dataset}/logs/compare/{other}/groups.log",
    benchmark:
        "results/{dataset}/benchmarks/compare/{other}/groups.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(400 + 50 * THERE, per_gb=50),
        runtime=minutes(10 + THERE, per_gb=1),
    params:
        here=subpath(input.layers, parent=True),
        there=lambda wildcards: quoted(str(OTHER.folder)),
        groupings=listed(SHARED),
        variants=listed(CONFIG.variants),
        rows=lambda wildcards: quoted(OTHER.remarks),
        resamples=CONFIG.uncertainty.resamples,
        seed=CONFIG.uncertainty.seed,
        level=CONFIG.uncertainty.level,
    shell:
        "python {input.script:q} here={params.here} there={params.there} basis={input.basis}"
        " histograms={input.histograms} groupings={params.groupings} variants={params.variants} rows={params.rows}"
        " resamples={params.resamples} seed={params.seed} level={params.level}"
        " shifts={output.shifts} bases={output.bases} skipped={output.skipped} 2> {log}"


rule compare_page:
    input:
        script=f"{SCRIPTS}/compare_page.py",
        code=room("figures", "report"),
        templates=sorted(str(path) for path in (ROOT / "src/filtershift/report/templates").glob("*")),
        caption=str(ROOT / "workflow/report/compare.rst"),
        tables=[f"results/{{dataset}}/compare/{{other}}/{name}.csv" for name in ("shifts", "bases", "skipped")],
    output:
        pdf="results/{dataset}/compare/{other}/shifts.pdf",
        png="results/{dataset}/compare/{other}/shifts.png",
        page="results/{dataset}/compare/{other}/compare.html",
    log:
        "results/{dataset}/logs/compare/{other}/page.log",
    benchmark:
        "results/{dataset}/benchmarks/compare/{other}/page.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(300),
        runtime=minutes(5),
    params:
        folder=subpath(output.page, parent=True),
        here=HERE,
        there=lambda wildcards: quoted(str(OTHER.folder)),
        titles=lambda wildcards: quoted({name: CONFIG.grouping[name].title for name in SHARED}),
    shell:
        "python {input.script:q} folder={params.folder} here={params.here} there={params.there} titles={params.titles}"
        " figure=[{output.pdf},{output.png}] output={output.page} 2> {log}"
