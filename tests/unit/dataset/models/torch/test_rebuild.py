"""Tensors that PyTorch makes in other ways than as a view of a storage are read, or listed with the reason."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.dataset.models.torch.objects import Opaque, Tensor, Unread
from filtershift.dataset.models.torch.pickles import read_pickle
from filtershift.errors import FiltershiftError
from torch_files import EMPTY, mapping, plain, tensor, zip_file

FOLDER = Path(__file__).parents[4] / "data/models/torch"
EXPECTED = np.load(FOLDER / "expected.npz")
ONE = tensor("0", 9, (1, 1, 3, 3), (9, 9, 3, 1))
NINE = {"0": np.arange(9, dtype="f4").tobytes()}


def read(content, tmp_path):
    (tmp_path / "m.pt").write_bytes(content)
    return read_model_file(tmp_path / "m.pt", "m")


def value_of(pickled):
    return read_pickle(memoryview(b"\x80\x02" + pickled + b".")).value


def skipped(model):
    return {row.name.removeprefix("m: "): (row.reason, row.count) for row in model.skipped}


def check_values(model, name):
    for layer in model.layers:
        np.testing.assert_array_equal(layer.weights, EXPECTED[f"{name}.{layer.name}"].reshape(-1, 3, 3))


def test_every_kind_of_tensor_is_read_or_listed_and_keeps_its_place():
    model = read_model_file(FOLDER / "odd.pt", "m")
    check_values(model, "odd")
    depths = {layer.name: layer.conv_depth for layer in model.layers}
    assert depths == {"plain": 0, "replicated": 10, "sharded": 11, "device": 12}
    assert skipped(model) == {
        "coo": ("weights are sparse", 4),
        "meta": ("weights are not stored (PyTorch's device meta)", 4),
        "nested": ("weights are a nested tensor", 0),
        "wrapper": ("weights are wrapped in somewhere.Wrapper", 4),
        "channels": ("quantised (weights are QInt8)", 4),
        "complex": ("complex (weights are ComplexFloat)", 4),
        "bool": ("quantised (weights are Bool)", 4),
        "integer": ("quantised (weights are Long)", 4),
        "short": ("quantised (weights are torch.uint16)", 4),
        "float8": ("quantised (weights are torch.float8_e5m2)", 4),
    }


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_numpy_arrays_in_the_pickle(protocol):
    model = read_model_file(FOLDER / f"numpy{protocol}.pt", "m")
    assert [layer.name for layer in model.layers] == ["plain", "fortran", "big", "half", "objects.0"]
    check_values(model, "numpy")
    assert skipped(model) == {"integer": ("quantised (weights are int32)", 4), "text": ("weights are U1", 4)}


def test_a_tensor_with_its_sign_turned():
    model = read_model_file(FOLDER / "negative.pt", "m")
    assert [layer.name for layer in model.layers] == ["turned", "plain"]
    check_values(model, "negative")


def test_a_class_that_is_called_on_a_tensor(tmp_path):
    """PyTorch until 0.3 saved parameters so; the state that follows says nothing of the values."""
    old = b"ctorch.nn.parameter\nParameter\n" + ONE + b"\x85R(\x88\x89" + EMPTY + b"tb"
    own = b"csome.where\nOwn\n(" + ONE + plain(3) + b"tR"
    model = read(zip_file(mapping({"c.weight": old, "d": own}), NINE), tmp_path)
    assert [layer.name for layer in model.layers] == ["c"]
    assert skipped(model) == {"d": ("same tensor as c", 1)}


@pytest.mark.parametrize(
    "held",
    [
        b"csome.where\nPair\n(" + ONE + plain(1) + b"t\x81",  # a named tuple
        b"csome.where\nOwn\n)\x81" + ONE + b"\x85b",  # a state that is a tuple
        b"ccollections\ndeque\n)R(" + ONE + b"e",
        b"c__builtin__\nset\n(]" + ONE + b"atR",
        b"csome.where\nfunction\n(" + plain("text") + ONE + b"tR",
    ],
)
def test_tensors_in_objects_of_any_kind_are_found(held, tmp_path):
    assert len(read(zip_file(mapping({"x": held}), NINE), tmp_path).layers) == 1


def test_a_function_of_a_later_pytorch_is_listed(tmp_path):
    later = b"ctorch._utils\n_rebuild_tensor_v9\n" + ONE + b"\x85R"
    model = read(zip_file(mapping({"c": ONE, "d": later}), NINE), tmp_path)
    reason = "weights are made by torch._utils._rebuild_tensor_v9, which is not known"
    assert skipped(model) == {"d": (reason, 0)}


def test_a_part_of_a_tensor_on_several_devices_is_listed():
    wrapper = (
        b"ctorch._utils\n_rebuild_wrapper_subclass\nctorch.distributed.tensor\nDTensor\n"
        b"(h\x00h\x00" + plain((2, 1, 3, 3)) + b"t}" + plain("_local_tensor") + ONE + b"s"
    )
    *_, made = value_of(b"(cx\ny\nq\x00ctorch._tensor\n_rebuild_from_type_v2\n(" + wrapper + b"tRl")
    assert isinstance(made, Unread)
    assert (made.shape, made.reason) == ((2, 1, 3, 3), "weights are split over devices (DTensor)")


def array(data, shape=(1, 1, 3, 3), dtype="f4"):
    """The calls that make a numpy array by protocol 2, with the data as part of a pickle."""
    made = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n" + plain((0,)) + plain("b") + b"tR"
    kind = b"cnumpy\ndtype\n" + plain((dtype, 0, 1)) + b"R(" + plain(3) + plain("<") + b"tb"
    return made + b"(" + plain(1) + plain(shape) + kind + b"\x89" + data + b"tb"


def encoded(text):
    return b"c_codecs\nencode\n" + plain((text, "latin1")) + b"R"


@pytest.mark.parametrize(
    ("held", "part"),
    [
        (array(encoded("a" * 35)), "array 'w' has 35 bytes but declares 36"),
        (array(plain(3)), "array 'w' has 0 bytes but declares 36"),
        (array(encoded("\u20ac" * 36)), "array 'w' is not made of bytes"),
        (array(encoded("a" * 36), (-1, 1, 3, 3)), "without storage, shape or strides"),
        (array(encoded("a" * 36), (2**40, 2**40, 3, 3)), "bytes but declares"),
    ],
)
def test_an_array_that_contradicts_itself_is_one_line(held, part, tmp_path):
    with pytest.raises(FiltershiftError) as refused:
        read(zip_file(mapping({"w": held}), {}), tmp_path)
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_calls_in_calls_in_calls(tmp_path):
    """Each makes a tensor of the arguments that it holds, which hold the next."""
    start = b"(ctorch._tensor\n_rebuild_from_type_v2\nq\x00cx\ny\nq\x01h\x00"
    nested = b"(h\x00h\x01" * 20_000 + plain((1,)) + b"Nt" * 20_000
    *_, made = value_of(start + nested + b"Rl")
    assert isinstance(made, Opaque)


def test_a_stand_in_that_holds_itself(tmp_path):
    held = b"csome.where\nOwn\n)Rq\x00h\x00\x85b"
    assert len(read(zip_file(mapping({"x": held, "w": ONE}), NINE), tmp_path).layers) == 1


@pytest.mark.parametrize(
    ("large", "copy"),
    [
        (b"(" + b"K\x01" * 20_000 + b"t", b"h\x01h\x00R"),
        (b"(" + b"K\x01" * 20_000 + b"t", b"h\x01h\x00\x81"),
        (mapping({k: b"N" for k in range(20_000)}), b"h\x01)Rh\x00b"),
        (mapping({k: b"N" for k in range(20_000)}), b"h\x01)R}h\x00\x86b"),
    ],
)
def test_a_short_pickle_cannot_copy_a_large_value_many_times(large, copy):
    start = b"(csome.where\nOwn\nq\x01" + large + b"q\x00"
    with pytest.raises(FiltershiftError, match="copies more than 10,000,000 values"):
        value_of(start + copy * 3000 + b"l")


def test_names_are_short():
    with pytest.raises(FiltershiftError, match="a name of more than 1,000 characters"):
        value_of(b"cos\n" + b"a" * 1000 + b"\n)R")


def test_two_names_of_a_tensor_are_equal():
    first, second = value_of(b"(" + ONE + ONE + b"t")
    assert isinstance(first, Tensor)
    assert first == second
    assert pickle.loads(pickle.dumps(first)) == first
