# Models of one's own beside the finished data set: snakemake placement --config 'overrides=[placement.models=[my.onnx]]'
try:
    PLACED = model_files("placement.models", CONFIG.placement.models)
except FiltershiftError as error:
    raise WorkflowError(str(error)) from None

BESIDE = shown(*CONFIG.placement.groupings)

# Named as a file that is missing: what an input function raises is shown with a trace.
if not PLACED:
    WHERE = "config: placement.models names no model; write overrides=[placement.models=[my.onnx]]"
elif not BESIDE:
    WHERE = f"config: none of placement.groupings is configured; there are: {', '.join(COMPARED)}"
else:
    WHERE = f"{HERE}/placement/placement.html"


rule placement:
    input:
        WHERE,


rule place:
    input:
        script=f"{SCRIPTS}/placement.py",
        code=room("dataset", "passes", "analysis"),
        models=[str(path) for model in PLACED for path in parts_of(model)],
        basis="results/{dataset}/statistics/basis.h5",
        scaled=gather.shards("results/{{dataset}}/statistics/histograms-scaled.{scatteritem}.h5"),
        unscaled=gather.shards("results/{{dataset}}/statistics/histograms-unscaled.{scatteritem}.h5"),
        histograms=expand(
            "results/{{dataset}}/{variant}/histograms/{grouping}.h5", variant=CONFIG.variants, grouping=BESIDE
        ),
        table="results/{dataset}/layers.csv",
        groups=expand("results/{{dataset}}/groups/{grouping}.csv", grouping=BESIDE),
        sizes=expand("results/{{dataset}}/groups/{grouping}.sizes.csv", grouping=BESIDE),
        quality="results/{dataset}/quality/layers.csv",
    output:
        shifts="results/{dataset}/placement/shifts.csv",
        layers="results/{dataset}/placement/layers.csv",
        models="results/{dataset}/placement/models.csv",
        skipped="results/{dataset}/placement/skipped.csv",
    log:
        "results/{dataset}/logs/placement.log",
    benchmark:
        "results/{dataset}/benchmarks/placement.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        models=lambda wildcards: quoted({model.name: model.file for model in PLACED}),
        results=subpath(input.quality, ancestor=2),
        groupings=listed(BESIDE),
        variants=listed(CONFIG.variants),
        # The page of other models must not outlive their tables.
        page=f"{HERE}/placement/placement.html",
        how=" ".join(f"{key}={getattr(CONFIG.uncertainty, key)}" for key in ("resamples", "seed", "level")),
    shell:
        "rm -f {params.page} && python {input.script:q} models={params.models} results={params.results} groupings={params.groupings}"
        " variants={params.variants} {params.how} shifts={output.shifts} layers={output.layers}"
        " summary={output.models} skipped={output.skipped} 2> {log}"


rule placement_page:
    input:
        script=f"{SCRIPTS}/placement_page.py",
        code=room("figures", "report"),
        templates=sorted(str(path) for path in (ROOT / "src/filtershift/report/templates").glob("*")),
        captions=[str(ROOT / f"workflow/report/placement_{name}.rst") for name in ("nearest", "layers")],
        shifts="results/{dataset}/placement/shifts.csv",
        layers="results/{dataset}/placement/layers.csv",
        models="results/{dataset}/placement/models.csv",
        skipped="results/{dataset}/placement/skipped.csv",
        quality="results/{dataset}/quality/layers.csv",
    output:
        nearest_pdf="results/{dataset}/placement/nearest.pdf",
        nearest="results/{dataset}/placement/nearest.png",
        layers_pdf="results/{dataset}/placement/layers.pdf",
        layers="results/{dataset}/placement/layers.png",
        page="results/{dataset}/placement/placement.html",
    log:
        "results/{dataset}/logs/placement_page.log",
    benchmark:
        "results/{dataset}/benchmarks/placement_page.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(500),
        runtime=minutes(5),
    params:
        results=subpath(output.page, parent=True),
        titles=lambda wildcards: quoted({name: CONFIG.grouping[name].title for name in BESIDE}),
    shell:
        "python {input.script:q} results={params.results} shifts={input.shifts} layers={input.layers}"
        " models={input.models} skipped={input.skipped} quality={input.quality} titles={params.titles}"
        " nearest=[{output.nearest_pdf},{output.nearest}] profile=[{output.layers_pdf},{output.layers}]"
        " output={output.page} 2> {log}"
