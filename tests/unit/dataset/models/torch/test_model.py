"""PyTorch files, those of PyTorch itself and hostile ones, are read without PyTorch; nothing in them is run."""

import os
import pickle
import tracemalloc
import warnings
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from torch_files import mapping, plain, tensor, zip_file

FOLDER = Path(__file__).parents[4] / "data/torch"
LAYERS = {"first": (0, (4, 2)), "depth": (2, (4, 1)), "up": (4, (4, 2)), "last": (8, (2, 5))}
DEPTHS = {"first": 0, "depth": 1, "up": 2, "last": 4}
TIED = ("tied", "same tensor as last", 10)


def read(content, tmp_path):
    (tmp_path / "m.pt").write_bytes(content)
    return read_model_file(tmp_path / "m.pt", "m")


def error_of(content, tmp_path):
    """The one line a file is refused with, empty if it is not; any other exception is an error of the test."""
    said = ""
    try:
        read(content, tmp_path)
    except FiltershiftError as error:
        said = str(error)
    assert len(said.splitlines()) <= 1
    assert len(said) < 400
    return said


def skipped(model):
    return [(row.name.removeprefix("m: "), row.reason, row.count) for row in model.skipped]


@pytest.mark.parametrize("path", sorted(set(FOLDER.glob("*.pt")) - {FOLDER / "odd.pt"}), ids=lambda path: path.stem)
def test_files_by_pytorch(path):
    model = read_model_file(path, "m")
    transposed = path.stem.startswith(("module", "script"))
    names = [name for name in LAYERS if not (transposed and name == "up")]
    depths = {**DEPTHS, "last": 3} if transposed else DEPTHS  # a convolution that is known to be transposed counts not
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [(name, depths[name]) for name in names]
    assert [layer.conv_depth_norm for layer in model.layers] == [depths[name] / (5 - transposed) for name in names]
    for layer in model.layers:
        number, shape = LAYERS[layer.name]
        expected = np.arange(9 * np.prod(shape)) * (number + 3) % 251 - 125
        np.testing.assert_array_equal(layer.weights.ravel(), expected)
        assert (layer.weights.dtype, layer.out_channels) == (np.float32, shape[0])
    assert model.kernel_shapes == {(3, 3): 22 if transposed else 30, (1, 1): 10}
    assert (model.depth_source, model.depth, model.op_set, model.producer) == ("order", None, None, "")
    assert TIED in skipped(model)


def test_a_state_dict_says_nothing_of_groups():
    for layer in read_model_file(FOLDER / "state_dict.pt", "m").layers:
        assert (layer.groups, layer.in_channels, layer.kernel) == (None, None, None)


@pytest.mark.parametrize("name", ["module", "module_legacy"])
def test_a_whole_module_says_what_is_transposed_and_grouped(name):
    model = read_model_file(FOLDER / f"{name}.pt", "m")
    rows = [(layer.name, layer.groups, layer.in_channels, layer.kernel) for layer in model.layers]
    assert rows == [("first", 1, 2, "regular"), ("depth", 4, 4, "depthwise"), ("last", 1, 5, "regular")]
    assert skipped(model) == [("up", "transposed convolution", 8), TIED]


def test_of_a_training_the_model_is_read_and_the_rest_listed():
    others = [(name, "not the model, which is under the key 'model'", 40) for name in ("ema", "optimizer")]
    model = read_model_file(FOLDER / "training.pt", "m")
    assert model.skipped[0] == Skipped("tensors", "m: ema", others[0][1], 40)
    assert skipped(model) == [*others, TIED]


def test_tensors_that_are_no_plain_weights():
    model = read_model_file(FOLDER / "odd.pt", "m")
    (layer,) = model.layers
    stored = (np.arange(72) * 3 % 251 - 125).reshape(4, 2, 3, 3)
    np.testing.assert_array_equal(layer.weights, stored.transpose(1, 0, 2, 3).reshape(8, 3, 3))
    assert skipped(model) == [
        ("float8", "quantised (weights are torch.float8_e4m3fn)", 8),
        ("expanded", "overlaps with itself or other tensors", 8),
    ]


KINDS = {"Double": "f8", "Float": "f4", "Half": "f2", "BFloat16": "u2"}


@given(
    kind=st.sampled_from(sorted(KINDS)),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    axes=st.permutations(range(4)),
    offset=st.integers(0, 5),
    order=st.sampled_from("<>"),
)
def test_any_view_of_a_storage(tmp_path_factory, kind, shape, axes, offset, order):
    """A kernel stored with its axes in any order, somewhere in its storage, in either byte order."""
    shape = (*shape, 3, 3)
    stored = np.random.default_rng(0).normal(size=[shape[axis] for axis in axes]).astype("f4")
    numbers = np.concatenate([np.full(offset, 7, "f4"), stored.ravel()])
    expected = stored.transpose(np.argsort(axes))
    strides = tuple(stride // 4 for stride in expected.strides)
    if kind == "BFloat16":
        content = (numbers.view("u4") >> 16).astype(f"{order}u2")
        expected = (expected.copy().view("u4") & 0xFFFF0000).view("f4")
    else:
        content = numbers.astype(f"{order}{KINDS[kind]}")
        expected = expected.astype(KINDS[kind]).astype("f4")
    saved = mapping({"c.weight": tensor("0", numbers.size, shape, strides, offset, kind)})
    file = zip_file(saved, {"0": content.tobytes()}, byteorder=b"little" if order == "<" else b"big")
    (layer,) = read(file, tmp_path_factory.mktemp("view")).layers
    np.testing.assert_array_equal(layer.weights, expected.reshape(-1, 3, 3))


ONE = tensor("0", 9, (1, 1, 3, 3), (9, 9, 3, 1))
NINE = {"0": np.arange(9, dtype="f4").tobytes()}


@pytest.mark.parametrize(
    ("saved", "chosen"),
    [
        ({"w.weight": ONE}, "w"),
        ({"state_dict": mapping({"w": ONE}), "model": mapping({"w": ONE})}, "state_dict"),
        ({"model": mapping({"state_dict": mapping({"w": ONE})}), "epoch": plain(3)}, "model.state_dict"),
        ({"average": mapping({"w": ONE}), "own": mapping({"w": ONE})}, "own"),
        ({"discriminator": mapping({"w": ONE}), "generator": mapping({"w": ONE, "v": ONE})}, "generator"),
        ({"optim_g": mapping({"w": ONE, "v": ONE}), "generator": mapping({"w": ONE})}, "generator"),
        ({"mean": tensor("0", 9, (3,), (1,)), "net": mapping({"w": ONE})}, "net"),
    ],
)
def test_the_tensors_of_the_model_are_found(saved, chosen, tmp_path):
    model = read(zip_file(mapping(saved), NINE), tmp_path)
    assert len(model.layers) == 1
    for row in model.skipped:
        if row.kind == "tensors":
            assert row.reason == f"not the model, which is under the key {chosen!r}"


class Payload:
    """What a hostile pickle does when it is loaded."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"echo run > '{self.marker}'",)


def test_nothing_is_run_and_the_tensors_beside_it_are_read(tmp_path):
    marker = tmp_path / "marker"
    payload = pickle.dumps(Payload(marker), 2)
    model = read(zip_file(mapping({"w": ONE, "x": payload[2:-1]}), NINE), tmp_path)
    assert len(model.layers) == 1
    assert not marker.exists()
    pickle.loads(payload)  # it does work where it is let
    assert marker.exists()


def many_views(count):
    """As many names of one large storage, each shifted by a number."""
    shape, size = (100, 100, 3, 3), 90_000 + count
    items = {f"w{k}": tensor("0", size, shape, (900, 9, 3, 1), k) for k in range(count)}
    return zip_file(mapping(items), {"0": bytes(4 * size)})


DEEP = b"}" + plain("a")
# Tuples of twice the tuple before: 2 ** 60 for whoever walks or hashes them.
DOUBLED = b"()q\x00" + b"".join(b"h%ch%c\x86q%c" % (k, k, k + 1) for k in range(60)) + b"t"
# A view of bytes as if they were floats, four times as long as they are.
BYTES = tensor("0", 36, (1, 1, 3, 3), (9, 9, 3, 1), 0, "Untyped", b"_rebuild_tensor_v3")[:-2] + b"ctorch\nFloat\n}tR"
WRONG = {
    "of another size": (zip_file(mapping({"w": ONE}), {"0": bytes(35)}), "storage '0' has 35 bytes but declares 36"),
    "missing": (zip_file(mapping({"w": ONE}), {}), "storage '0' has 0 bytes"),
    "outside": (zip_file(mapping({"w": tensor("../../x", 9, (1, 1, 3, 3), (9, 9, 3, 1))}), {}), "storage '../../x'"),
    "beyond": (zip_file(mapping({"w": tensor("0", 9, (1, 1, 3, 3), (9, 9, 3, 1), 1)}), NINE), "'w' ends at 9 in"),
    "negative": (zip_file(mapping({"w": tensor("0", 9, (1, 1, 3, 3), (9, 9, -3, 1))}), NINE), "without storage"),
    "huge": (zip_file(mapping({"w": tensor("0", 2**62, (2**58, 1, 3, 3), (9, 9, 3, 1))}), NINE), "declares 18,4"),
    "two sizes": (zip_file(mapping({"w": ONE, "v": ONE.replace(b"K\x09", b"K\x08")}), NINE), "two types or sizes"),
    "a name of tuples": (zip_file(b"X\x01\0\0\0a" + DOUBLED + b"\x93", {}), "has a name that is not text"),
    "many dimensions": (zip_file(mapping({"w": tensor("0", 9, (1,) * 65, (1,) * 65)}), NINE), "without storage"),
    "no tensors": (zip_file(plain([1, "a"]), {}), "holds no tensors; expected a file written by torch.save"),
    "a text": (zip_file(plain("text"), {}), "holds no tensors"),
    "no pickle": (zip_file(b"hello", {}), "is not a readable pickle"),
    "deep": (zip_file(DEEP * 3000 + ONE + b"s" * 3000, NINE), "more than 100 levels"),
    "no model": (zip_file(b"", {}).replace(b"m/data.pkl", b"m/data.npy"), "is a zip file, but not a model"),
    "cut off": (zip_file(mapping({"w": ONE}), NINE)[:-30], "is a damaged zip file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_wrong_is_one_line(name, tmp_path):
    content, part = WRONG[name]
    assert part in error_of(content, tmp_path)


def test_keys_that_are_no_text_are_not_looked_at(tmp_path):
    items = mapping({"w": ONE})[:-1] + DOUBLED + plain(1) + plain(7) + ONE + b"u"
    assert [layer.name for layer in read(zip_file(items, NINE), tmp_path).layers] == ["w"]


def test_keys_of_one_text_are_one(tmp_path):
    nested = mapping({"w": ONE})
    for items in (plain(1) + ONE + plain("1") + nested, plain("1") + nested + plain(1) + ONE):
        assert len(read(zip_file(b"}(" + items + b"u", NINE), tmp_path).layers) == 1


def test_bytes_are_no_floats(tmp_path):
    model = read(zip_file(mapping({"w": BYTES}), {"0": bytes(36)}), tmp_path)
    assert skipped(model)[0] == ("w", "quantised (weights are torch.Float)", 1)


@pytest.mark.slow
def test_a_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "m/data.pkl", b"\x80\x02" + mapping({"w": tensor("0", 2**25, (1, 1, 3, 3), (9, 9, 3, 1))}) + b"."
        )
        archive.writestr("m/data/0", bytes(2**27))
    assert "claims to hold 134,217,728; torch.save compresses nothing" in error_of(
        (tmp_path / "bomb.pt").read_bytes(), tmp_path
    )


def archive(*members):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two members with the same name
        for name, content in members:
            opened.writestr(name, content)
    return file.getvalue()


FIRST, SECOND = (b"\x80\x02" + mapping({name: ONE}) + b"." for name in ("first", "second"))
ONE_FILE = archive(("m/data.pkl", FIRST), ("m/data/0", NINE["0"]))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (ONE_FILE + ONE_FILE, f"has {len(ONE_FILE)} bytes before its zip archive"),
        (b"PK\x03\x04" + ONE_FILE, "has 4 bytes before its zip archive"),
        (archive(("m/data.pkl", FIRST), ("m/data.pkl", SECOND)), "'m/data.pkl' is not the only one"),
        (archive(("m/data.pkl", FIRST), ("n/data.pkl", SECOND)), "'n/data.pkl' is not the only one"),
        (archive(("m/data.pkl", FIRST), ("m/data/0", b""), ("m/data/0", b"")), "'m/data/0' is not the only one"),
    ],
)
def test_a_file_that_could_be_read_as_two_models_is_refused(content, part, tmp_path):
    assert part in error_of(content, tmp_path)


def test_what_follows_the_archive_is_ignored_as_in_pytorch(tmp_path):
    assert len(read(ONE_FILE + bytes(100), tmp_path).layers) == 1


def test_many_views_of_one_storage_take_no_more_memory_than_it(tmp_path):
    (tmp_path / "m.pt").write_bytes(many_views(300))  # 108 MB if each were read
    tracemalloc.start()
    try:
        model = read_model_file(tmp_path / "m.pt", "m")
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()
    assert {row.reason for row in model.skipped[:-1]} == {"overlaps with itself or other tensors"}


@pytest.mark.parametrize("name", ["state_dict", "state_dict_legacy"])
def test_every_truncation_is_refused(name, tmp_path):
    content = (FOLDER / f"{name}.pt").read_bytes()
    for length in range(0, len(content) - 1, 41):
        assert error_of(content[:length], tmp_path)


@pytest.mark.parametrize("name", ["training", "state_dict_legacy", "module"])
@given(data=st.data())
def test_damaged_files_give_a_model_or_a_clean_error(name, data, tmp_path_factory):
    content = bytearray((FOLDER / f"{name}.pt").read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    error_of(bytes(content), tmp_path_factory.mktemp("damaged"))
