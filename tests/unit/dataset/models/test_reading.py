"""What a file is, told by its content."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from filtershift.dataset.models.listed import ModelFile, parts_of
from filtershift.dataset.models.reading import read_model_file
from tiny_models import conv, model_of, weights

TORCH = Path(__file__).parents[3] / "data/torch"
STORED = weights(4, 2, 3, 3)
CONTENTS = {
    "graph": model_of([conv("w")], {"w": STORED}).SerializeToString(),
    "names": save({"conv.weight": STORED}),
    "order": (TORCH / "state_dict.pt").read_bytes(),
}


@pytest.mark.parametrize("suffix", ["", ".onnx", ".safetensors", ".pt", ".bin", ".txt"])
@pytest.mark.parametrize("kind", CONTENTS)
def test_the_content_tells_what_a_file_is(kind, suffix, tmp_path):
    path = tmp_path / f"m{suffix}"
    path.write_bytes(CONTENTS[kind])
    model = read_model_file(path, "m")
    assert model.depth_source == kind
    assert len(model.layers[0].weights) == 8


def test_onnx_data_beside_the_file(tmp_path):
    import onnx

    model = model_of([conv("w")], {"w": STORED})
    onnx.save(model, tmp_path / "m.onnx", save_as_external_data=True, location="m.onnx.data", size_threshold=0)
    (layer,) = read_model_file(tmp_path / "m.onnx", "m").layers
    np.testing.assert_array_equal(layer.weights, STORED.reshape(8, 3, 3))
    assert parts_of(ModelFile(str(tmp_path / "m.onnx"))) == [tmp_path / "m.onnx", tmp_path / "m.onnx.data"]
