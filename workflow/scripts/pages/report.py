"""Make Snakemake's report small."""

from pathlib import Path

from filtershift.command import run


def shrink(whole: Path, output: Path) -> None:
    """The report as Snakemake writes it, of files in the folder of the output -> the same in fewer bytes."""
    from filtershift.files import whole_file
    from filtershift.report.compact import compact

    page = compact(whole.read_bytes(), str(output.parent))
    with whole_file(output) as beside:
        beside.write_bytes(page)


if __name__ == "__main__":
    run(shrink)
