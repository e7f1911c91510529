"""Which tensors of a file are the model."""

from pathlib import Path

import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError

FOLDER = Path(__file__).parents[4] / "data/models/torch"


@pytest.mark.parametrize("name", ["optimiser", "optimisers"])
def test_the_state_of_an_optimiser_is_no_model(name):
    with pytest.raises(
        FiltershiftError, match=r"\.pt: holds the state of an optimiser, not a model; expected a file of"
    ):
        read_model_file(FOLDER / f"{name}.pt", "m")


def test_a_module_in_a_list_in_a_checkpoint():
    model = read_model_file(FOLDER / "checkpoint.pt", "m")
    assert [(layer.name, layer.groups) for layer in model.layers] == [("weight", 1)]
    reason = "not the model, which is under the key 'net.0'"
    assert {(row.name, row.reason) for row in model.skipped} == {("m: optimizer", reason), ("m: net.1", reason)}
