"""Folders as model hubs lay them out: which file is read, and what the model card says."""

import pytest
from safetensors.numpy import save

from filtershift.dataset.models.hub_folder import card_labels, weights_in
from filtershift.dataset.models.listed import ModelFile, listed_models
from filtershift.errors import FiltershiftError
from tiny_models import weights

CARD = """---
license: apache-2.0
datasets:
- imagenet-1k
- laion
tags: [image-classification, timm]
pipeline_tag: image-classification
---
# A model --- with text
"""


@pytest.fixture
def hub(tmp_path):
    folder = tmp_path / "resnet18.a1_in1k"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "README.md").write_text(CARD)
    (folder / "model.safetensors").write_bytes(save({"conv1.weight": weights(2, 3, 3, 3)}))
    return folder


def test_a_folder_is_a_model_with_the_labels_of_its_card(hub):
    labels = {
        "License": "apache-2.0",
        "Training-Dataset": "imagenet-1k, laion",
        "Task": "image-classification",
    }
    assert listed_models([str(hub)]) == [ModelFile(str(hub / "model.safetensors"), "resnet18.a1_in1k", labels)]


def test_labels_and_names_of_ones_own_win(hub):
    entry = {"file": f"{hub}/", "name": "mine", "labels": {"Task": "Classification", "epoch": 3}}
    [model] = listed_models([entry])
    assert model.name == "mine"
    assert (model.labels["Task"], model.labels["License"], model.labels["epoch"]) == ("Classification", "apache-2.0", 3)


def test_the_safest_format_is_read_and_an_index_before_its_parts(hub):
    for name in ("pytorch_model.bin", "pytorch_model.bin.index.json", "model.safetensors.index.json"):
        (hub / name).write_text("{}")
    assert weights_in(hub).name == "model.safetensors"
    (hub / "model.safetensors").unlink()
    assert weights_in(hub).name == "model.safetensors.index.json"


@pytest.mark.parametrize("text", ["# No head", "", "---\n- a list\n---\n", "---\nlicense:\n---\n"])
def test_a_card_that_states_nothing(hub, text):
    (hub / "README.md").write_text(text)
    assert card_labels(hub) == {}
    (hub / "README.md").unlink()
    assert card_labels(hub) == {}


@pytest.mark.parametrize("head", ["a: [", "a: b: c", "[" * 100_000])
def test_a_damaged_card_is_one_line(hub, head):
    (hub / "README.md").write_text(f"---\n{head}\n---\n")
    with pytest.raises(FiltershiftError, match=r"README\.md: its head is not YAML \([^\n]*\); mend it or remove"):
        listed_models([str(hub)])


def test_a_folder_without_a_model_is_one_line(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(FiltershiftError, match="is a folder without a known model; expected a file"):
        listed_models([str(tmp_path)])
