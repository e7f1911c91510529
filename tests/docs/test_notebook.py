"""The example notebook is executed as it stands, on a small data set in place of the zoo."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from filtershift.dataset.sources.synthetic.build import Synthetic, build

PATH = Path(__file__).parents[2] / "docs/notebook.ipynb"
ZOO = '"../resources/zoo/dataset.h5"'


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(PATH, as_version=4)


def test_it_was_executed_from_top_to_bottom(notebook) -> None:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert all(cell.outputs for cell in cells)


def test_it_runs(notebook, tmp_path) -> None:
    dataset = tmp_path / "dataset.h5"
    build(Synthetic(filters=20_000, models=5, layers=40, seed=1), dataset)
    [cell] = [cell for cell in notebook.cells if ZOO in cell.source]
    cell.source = cell.source.replace(ZOO, repr(str(dataset)))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert "20,000 filters of 40 layers" in str(cell.outputs)
