"""A mistake ends the run with one clear line, not with a stack trace."""

from dataclasses import replace
from pathlib import Path

import h5py
import pytest

from running import ROOT, Done, Workflow, snakemake
from small_dataset import write_small


@pytest.fixture
def workflow(tmp_path: Path) -> Workflow:
    return Workflow(ROOT, tmp_path, tmp_path / "dataset.h5")


def assert_says(done: Done, *parts: str) -> None:
    """It failed, and one line of its messages has all the parts."""
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert any(all(part in line for part in parts) for line in done.stdout.splitlines()), done.stdout


def test_unknown_key(workflow: Workflow) -> None:
    write_small(workflow.dataset)
    assert_says(workflow.run("--dry-run", overrides=["bin=100"]), "config: unknown key 'bin'", "'bins'")


def test_no_file(workflow: Workflow) -> None:
    assert_says(workflow.run(), "config: dataset.path", "there is no file", str(workflow.dataset))
    assert not (workflow.directory / "results").exists()


def test_a_key_beside_overrides(tmp_path: Path) -> None:
    """Not taken for a change of `bins`, nor let go without a word."""
    done = snakemake(ROOT, tmp_path, "--dry-run", "--config", "bins=100")
    assert_says(done, "bins", "overrides=[bins=100]")


def test_unknown_column(workflow: Workflow) -> None:
    write_small(workflow.dataset)
    target = "results/small/groups/bad.csv"
    done = workflow.run(target, "--quiet", "rules", overrides=["+grouping.bad.by=nope"])
    assert_says(done, "error: grouping 'bad'", "no column 'nope'", "Visual Category", "op_set")
    *_, said, log = done.stdout.splitlines()
    assert said.startswith("error: grouping 'bad'")
    assert log == "log: results/small/logs/groups/bad.log"
    assert not (workflow.directory / target).exists()


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("papr", "did you mean paper?"),
        ("results/small/scaled/figures/rige/task.pdf", "did you mean results/small/scaled/figures/ridge/task.pdf?"),
        ("shift", "name one, as in results/small/shapes/"),
    ],
)
def test_a_target_that_nothing_makes(workflow: Workflow, target: str, meant: str) -> None:
    write_small(workflow.dataset)
    done = workflow.run(target, "--quiet", "all")
    assert_says(done, f"error: {target}: ", meant)
    assert done.stdout.splitlines()[-1].startswith("error: ")


def test_no_data_set_in_the_file(workflow: Workflow) -> None:
    workflow.dataset.write_text("no HDF5")
    assert_says(workflow.run("results/small/layers.csv"), "error: ", str(workflow.dataset), "expected")


def test_filters_that_cannot_be_read(workflow: Workflow) -> None:
    """The layer table can, so the first pass is what finds out."""
    write_small(workflow.dataset)
    with h5py.File(workflow.dataset, "a") as file:
        filters = file["filters"][()]
        del file["filters"]
        file.create_dataset("filters", data=filters, chunks=(100, 3, 3), compression="gzip")
        block = file["filters"].id.get_chunk_info(7)
    content = bytearray(workflow.dataset.read_bytes())
    content[block.byte_offset + 10 : block.byte_offset + 50] = bytes(40)
    workflow.dataset.write_bytes(content)
    done = workflow.run("results/small/statistics/basis.h5")
    assert_says(done, f"error: {workflow.dataset}: filters ", "cannot be read", "get the file again")
    assert [path.name for path in workflow.results.glob("statistics/*")] == ["layers.csv"]


def test_results_that_are_no_folder(workflow: Workflow) -> None:
    write_small(workflow.dataset)
    (workflow.directory / "results").touch()
    done = workflow.run("results/small/layers.csv")
    assert_says(
        done, f"{workflow.directory}/results: nothing can be written there", "choose another folder with --directory"
    )


def test_a_folder_without_room(workflow: Workflow) -> None:
    """Not even what Snakemake keeps itself can be written."""
    write_small(workflow.dataset)
    done = replace(workflow, directory=Path("/proc/self")).run("results/small/layers.csv")
    assert_says(done, "/proc/", "choose another folder")
