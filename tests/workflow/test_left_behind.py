"""A run in the project's folder writes nothing elsewhere."""

import subprocess
import sys
from pathlib import Path

from running import Workflow, copy_project, environment
from small_dataset import write_small


def test_nothing_is_left_in_the_home_folder(tmp_path: Path) -> None:
    """Nor among temporary files. What matplotlib and Snakemake keep is in the project's folder."""
    project = tmp_path / "project"
    workflow = Workflow(project, project, tmp_path / "dataset.h5")
    copy_project(project)
    write_small(workflow.dataset)
    places = {"HOME": tmp_path / "home", "TMPDIR": tmp_path / "temporary"}
    for folder in places.values():
        folder.mkdir()
    kept = {name: value for name, value in environment().items() if not name.startswith(("XDG_", "MPL"))}
    figure = "results/small/figures/group_sizes/models.png"
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *workflow.words([figure], ["grouping=[task]"])],
        cwd=project,
        env={**kept, **{name: str(folder) for name, folder in places.items()}},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (project / figure).exists()
    assert [path for folder in places.values() for path in folder.iterdir()] == []
