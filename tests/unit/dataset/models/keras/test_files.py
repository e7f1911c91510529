"""HDF5 files that are damaged or hostile."""

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filtershift.dataset.models.keras.files import read_content
from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from keras_files import functional, layer, unpacked, values, write_hdf5

KERNEL = values("k", 3, 3, 2, 4)


@pytest.fixture
def path(tmp_path):
    config = functional(layer("InputLayer", "in"), layer("Conv2D", "conv", "in"))
    return write_hdf5(tmp_path / "m.h5", config, {"conv": {"conv/kernel:0": KERNEL}})


def refused(path):
    with pytest.raises(FiltershiftError) as error:
        read_model_file(path, "m")
    said = str(error.value)
    assert said.startswith((f"{path}: ", f"{path} "))
    assert said.isprintable()
    return said


def test_what_a_file_holds(path):
    content = read_content(path)
    (array,) = content.arrays.values()
    assert (array.path, array.shape, array.kind) == ("model_weights/conv/conv/kernel:0", (3, 3, 2, 4), "<f4")
    assert content.layers == {"conv": ["model_weights/conv/conv/kernel:0"]}
    np.testing.assert_array_equal(array.load(), KERNEL)


def test_training_states_are_no_weights(path):
    with h5py.File(path, "a") as file:
        file["optimizer_weights/adam/kernel:0"] = KERNEL
    assert len(read_content(path).arrays) == 1


def test_one_array_with_two_names_is_one_tensor(tmp_path):
    config = functional(layer("InputLayer", "in"), layer("Conv2D", "a", "in"), layer("Conv2D", "b", "a"))
    path = write_hdf5(tmp_path / "m.h5", config, {"a": {"a/kernel:0": KERNEL}, "b": {"b/kernel:0": KERNEL}})
    with h5py.File(path, "a") as file:
        del file["model_weights/b/b/kernel:0"]
        file["model_weights/b/b/kernel:0"] = file["model_weights/a/a/kernel:0"]
    model = read_model_file(path, "m")
    assert [(row.name, row.reason) for row in model.skipped] == [("m: b", "same tensor as a")]


def test_groups_in_circles_end(path):
    with h5py.File(path, "a") as file:
        file["model_weights/conv/again"] = file["model_weights"]
    assert len(read_model_file(path, "m").layers) == 1


@pytest.mark.parametrize(
    ("link", "part"),
    [
        (h5py.SoftLink("/conv"), "is a link or lies in another file; expected data in this file"),
        (h5py.ExternalLink("/etc/passwd", "/"), "is a link or lies in another file"),
    ],
)
def test_links_are_refused(link, part, path):
    with h5py.File(path, "a") as file:
        file["model_weights/conv/link"] = link
    assert part in refused(path)


def test_data_in_another_file_are_refused(path):
    with h5py.File(path, "a") as file:
        file.create_dataset("model_weights/x", (9,), "f4", external=[("/etc/passwd", 0, 36)])
    assert "is a link or lies in another file" in refused(path)


def test_shapes_that_are_not_stored_are_refused(path):
    with h5py.File(path, "a") as file:
        file.create_dataset("model_weights/x", (2**40,), "f4", chunks=(2**10,))
    assert "declares the shape" in refused(path)


def test_more_than_weights_can_be_compressed_is_refused(path):
    with h5py.File(path, "a") as file:
        file.create_dataset("model_weights/x", data=np.zeros(10**7, "f4"), compression="gzip")
    assert "but claims to hold 40,000,288" in refused(path)


def test_too_many_levels_are_refused(path):
    with h5py.File(path, "a") as file:
        file.create_group("/".join("a" * 60))
    assert "holds more than 40 levels of groups" in refused(path)


@pytest.mark.parametrize("name", [b"a\xff", b"a\nb"])
def test_names_that_cannot_be_shown_are_refused(name, path):
    with h5py.File(path, "a") as file:
        h5py.h5g.create(file.id, name)
    assert "has a group or array called " in refused(path)


def test_a_name_that_cannot_be_shown_and_is_not_there(path):
    with h5py.File(path, "a") as file:
        file["model_weights"].attrs["layer_names"] = [b"con\x13"]
    assert "no /model_weights/con\\x13; found /model_weights/conv" in refused(path)


def test_a_file_that_is_cut_off(path):
    path.write_bytes(path.read_bytes()[:-100])
    assert refused(path).endswith("get it again")


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(["keras3_line.h5", "keras3_line.keras", "keras2_line_weights.hdf5"]))
def test_damaged_files_give_a_model_or_a_clean_error(data, name, tmp_path):
    path = unpacked(name, tmp_path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        read_model_file(path, "m")
    except FiltershiftError as error:
        said = str(error)
    else:
        said = ""
    assert said.isprintable()
