"""Pack the statistics of a finished run into one file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from filtershift.command import run


def pack(results: Path, files: list[Path], skipped: list[Path], config: Path, output: Path) -> None:
    """The results of a run, those of its files that are packed, and what of its models was left out -> a bundle."""
    import pandas as pd
    import yaml

    from filtershift.dataset.sources.bundles import write_bundle
    from filtershift.files import read_table, write_table
    from filtershift.results import FILES, SKIPPED

    tables = [read_table(path, text=("name", "reason")) for path in skipped]
    with TemporaryDirectory() as folder:
        of_models = Path(folder, "skipped.csv")
        write_table(of_models, pd.concat([pd.DataFrame(columns=SKIPPED), *tables])[list(SKIPPED)])
        named = {path.relative_to(results).as_posix(): path for path in files}
        configuration = yaml.safe_load(config.read_text(encoding="utf-8"))
        write_bundle(output, {**named, FILES["skipped_models"]: of_models}, configuration)


if __name__ == "__main__":
    run(pack)
