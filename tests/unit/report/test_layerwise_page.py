import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from filtershift.analysis.layerwise.compare import Layerwise, compare_layers
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.figures.drawing.saving import save
from filtershift.figures.layerwise.answer import figures_of
from filtershift.report.layerwise import layerwise_page, write_answer
from two_models import layers_of, net


@pytest.fixture(scope="module")
def found() -> Layerwise:
    before = net(1)
    after = {**before, "layer2.conv": before["layer2.conv"] * 1.2, "<b>head</b>": net(2)["layer1.conv"]}
    return compare_layers(layers_of("before", before), layers_of("<i>after</i>", after), Resampling(50))


def page_of(found: Layerwise, picture) -> str:
    folder = picture.path.parents[1] / "layerwise/pair"
    return layerwise_page(folder, found, "common to both models", {"depth": picture, "eigenfilters": picture})


def test_the_page_begins_with_the_layers_that_moved(found: Layerwise, picture) -> None:
    page = page_of(found, picture)
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert headings == ["Layers that moved", "Layers by depth", "Filters", "Quality", "Skipped"]
    assert "Of unscaled filters, 1 layer of 4 moved: \u2068layer2.conv\u2069 (D = " in page
    assert "3 layers are the same" in page
    assert "Chance alone is expected to put 0.05 layers above noise" in page


def test_labels_of_any_kind_are_escaped(found: Layerwise, picture) -> None:
    page = page_of(found, picture)
    assert "<b>head" not in page
    assert "<i>after" not in page
    assert "&lt;b&gt;head" in page


def test_models_that_are_the_same(found: Layerwise, picture) -> None:
    same = found.layers.assign(flag="same", shift=0.0)
    page = page_of(replace(found, layers=same), picture)
    assert "Of scaled filters, no layer moved above noise; 4 layers are the same." in page


def test_named_axes_are_the_heads_of_the_columns(found: Layerwise, picture) -> None:
    assert "component 8" in page_of(found, picture)
    page = page_of(replace(found, axes=tuple(f"axis {i}" for i in range(9))), picture)
    assert "component 8" not in page
    assert "D, axis 8" in page
    assert "mean shift, axis 8" in page


def test_an_answer_is_a_whole_folder(found: Layerwise, tmp_path: Path) -> None:
    place = tmp_path / "pair"
    write_answer(place, found, "common to both models", figures_of(found), save)
    assert sorted(path.name for path in place.iterdir()) == [
        *("depth.pdf", "depth.png", "eigenfilters.csv", "eigenfilters.pdf", "eigenfilters.png"),
        *("layers.csv", "layerwise.html", "layerwise.json", "skipped.csv"),
    ]
    told = json.loads((place / "layerwise.json").read_text())
    assert (told["unmatched"], told["unchanged"]) == (1, 3)
    assert "In full: <a" in (place / "layerwise.html").read_text()
