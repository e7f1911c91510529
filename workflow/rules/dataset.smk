# Bytes to filters and a layer table.
WHEELS = {wheel.file: asdict(wheel) for wheel in CONFIG.dataset.wheels}
DATASET = str(Path(CONFIG.dataset.path).expanduser()) if CONFIG.dataset.path else "resources/zoo/dataset.h5"


rule wheel:
    input:
        script=f"{SCRIPTS}/fetch_wheel.py",
    output:
        "resources/wheels/{wheel}",
    log:
        "resources/wheels/{wheel}.log",
    benchmark:
        "resources/wheels/{wheel}.tsv"
    wildcard_constraints:
        wheel="|".join(map(re.escape, WHEELS)) or "-",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        wheel=lambda wildcards: quoted(WHEELS[wildcards.wheel]),
    shell:
        "python {input.script} wheel={params.wheel} folder=resources/wheels 2> {log}"


rule zoo:
    input:
        script=f"{SCRIPTS}/zoo.py",
        code=room("dataset"),
        wheels=expand("resources/wheels/{wheel}", wheel=WHEELS),
    output:
        dataset="resources/zoo/dataset.h5",
        skipped="resources/zoo/skipped.csv",
    log:
        "resources/zoo/zoo.log",
    benchmark:
        "resources/zoo/zoo.tsv"
    conda:
        "../../environment.yml"
    params:
        wheels=quoted(list(WHEELS.values())),
    shell:
        "python {input.script} wheels={params.wheels} folder=resources/wheels"
        " dataset={output.dataset} skipped={output.skipped} 2>&1 | tee {log}"


rule layers:
    input:
        script=f"{SCRIPTS}/layers.py",
        code=room("dataset"),
        dataset=DATASET,
    output:
        layers="results/{dataset}/layers.csv",
        models="results/{dataset}/models.csv",
        skipped="results/{dataset}/skipped/layers.csv",
    log:
        "results/{dataset}/logs/layers.log",
    benchmark:
        "results/{dataset}/benchmarks/layers.tsv"
    conda:
        "../../environment.yml"
    params:
        dataset=quoted(DATASET),
    shell:
        "python {input.script} dataset={params.dataset} layers={output.layers}"
        " models={output.models} skipped={output.skipped} 2> {log}"
