from pathlib import Path

import pytest

from configuration import load
from filtershift.errors import FiltershiftError

CONFIG = Path(__file__).parents[3] / "config"
SMALL = ["dataset=local", "dataset.path=/data/dataset.h5", "grouping=[task]"]


@pytest.mark.parametrize(
    "given", ["[robust,net,set]", "{differ: robust, same: [net, set]}", "{same: [net, set], differ: robust}"]
)
def test_pairs_of_labels(given: str) -> None:
    found = load(CONFIG, [*SMALL, f"layerwise.pairs={given}"]).layerwise.pairs
    assert found == {"differ": "robust", "same": ["net", "set"]}


@pytest.mark.parametrize("given", ["[]", "[a,1]", "{differ: robust}", "robust"])
def test_a_mistake_in_pairs(given: str) -> None:
    with pytest.raises(FiltershiftError, match=r"config: layerwise.pairs takes columns of labels, as in \{differ: rob"):
        load(CONFIG, [*SMALL, f"layerwise.pairs={given}"])


def test_models_and_pairs_are_two_questions() -> None:
    with pytest.raises(FiltershiftError, match=r"layerwise.models and layerwise.pairs are two questions; leave out"):
        load(CONFIG, [*SMALL, "layerwise.pairs=[a]", "layerwise.models=[b,c]"])
