"""A second copy of a network is left out, a part of one never."""

import pytest

from filtershift.dataset.models.tensors.model import model_of_tensors
from stored_tensors import stored_tensors

NET = {"conv1.weight": (4, 3, 3, 3), "bn1.running_var": (4,), "conv2.weight": (8, 4, 3, 3), "fc.weight": (5, 8)}


def model_with(*prefixes, other=()):
    arrays = {f"{prefix}.{name}": shape for prefix in prefixes for name, shape in NET.items()}
    return model_of_tensors(stored_tensors(arrays | dict(other)))


def read_prefixes(model):
    return {convolution.name.rpartition(".conv")[0] for convolution in model.convolutions}


@pytest.mark.parametrize(
    ("original", "copy"),
    [
        ("encoder_q", "encoder_k"),
        ("module.encoder_q", "module.encoder_k"),
        ("student", "teacher"),
        ("student.backbone", "teacher.backbone"),
        ("online_encoder", "target_encoder"),
        ("online_net", "target_net"),
        ("policy_net", "target_net"),
        ("encoder", "momentum_encoder"),
        ("module", "ema"),
        ("model", "ema_model"),
        ("model", "model_ema"),
        ("generator", "generator_ema"),
        ("netG", "netG_ema"),
        ("visual_encoder", "visual_encoder_m"),
        ("backbone", "avg_backbone"),
    ],
)
@pytest.mark.parametrize("copy_first", [False, True])
def test_a_copy_is_listed_and_does_not_count(original, copy, copy_first):
    model = model_with(*((copy, original) if copy_first else (original, copy)))
    assert read_prefixes(model) == {original}
    assert [convolution.depth for convolution in model.convolutions] == [0, 1]
    kept, left = original.removesuffix(".backbone"), copy.removesuffix(".backbone")
    assert [(row.kind, row.name, row.reason, row.count) for row in model.skipped] == [
        ("tensors", left, f"not the model, which is under the prefix {kept!r}", 44)
    ]


@pytest.mark.parametrize(
    "prefixes",
    [
        ("encoder", "decoder"),
        ("branch1", "branch2"),
        ("layer1.0", "layer1.1"),
        ("source_encoder", "target_encoder"),
        ("template", "target"),
        ("query", "key", "value"),
        ("query_conv", "key_conv", "value_conv"),
        ("avg_branch", "max_branch"),
        ("ema", "teacher"),
        ("netD", "netG_ema"),
        ("rgb", "flow"),
        ("left", "right_ema"),
        ("schema", "model"),
    ],
)
def test_parts_of_one_network_are_all_read(prefixes):
    model = model_with(*prefixes)
    assert read_prefixes(model) == set(prefixes)
    assert model.skipped == ()


def test_sets_that_differ_are_no_copies():
    model = model_with("student", "teacher", other={"teacher.conv3.weight": (8, 8, 3, 3)})
    assert read_prefixes(model) == {"student", "teacher"}
    assert not model.skipped


def test_one_convolution_each_is_no_network():
    tensors = stored_tensors({"query.weight": (4, 8, 1, 1), "key.weight": (4, 8, 1, 1)})
    assert len(model_of_tensors(tensors).convolutions) == 2


def test_an_average_beside_another_network():
    model = model_with("generator", "generator_ema", other={"discriminator.conv1.weight": (4, 3, 3, 3)})
    assert read_prefixes(model) == {"generator", "discriminator"}


def test_an_average_without_dots_and_statistics():
    arrays = {f"model.net.{name}": shape for name, shape in NET.items()}
    arrays |= {f"model_ema.net{name.replace('.', '')}": shape for name, shape in NET.items() if "running" not in name}
    arrays |= {"first_stage.conv.weight": (4, 3, 3, 3), "model_ema.decay": ()}
    model = model_of_tensors(stored_tensors(arrays))
    assert [convolution.name for convolution in model.convolutions] == [
        "model.net.conv1",
        "model.net.conv2",
        "first_stage.conv",
    ]
    assert [row.name for row in model.skipped] == ["model_ema"]
