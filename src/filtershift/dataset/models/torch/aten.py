"""PyTorch's operators ("ATen") as operators of a graph: what torch.export and TorchScript files have in common.

Names and orders of arguments: `aten/src/ATen/native/native_functions.yaml`. A graph counts operators as PyTorch's
export to ONNX does: dropout, copies and casts are none, and SiLU is two. Other operators that are one in PyTorch and
several in ONNX (group norm, GLU, Mish) are one here. This moves ranks of convolutions only if one of two branches that
meet again has such an operator and the other has not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from filtershift.dataset.models.batch_norm import NOT_STORED, BatchNorm, factors
from filtershift.dataset.models.graph import PASSES_ON, Operator
from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.torch.computed import layer_name, not_stored

EPSILON = 1e-5
WEIGHTS_MISSING = "weights are missing"

_DIRECT = "input weight bias stride padding dilation groups"
_TRANSPOSED = "input weight bias stride padding output_padding groups dilation"
_GENERAL = "input weight bias stride padding dilation transposed output_padding groups"
_NORM = "input weight bias running_mean running_var training momentum eps"
_FIXED_NORM = "input weight bias running_mean running_var momentum eps"
_CONVOLUTIONS = {
    **{f"conv{dimensions}d": _DIRECT for dimensions in (1, 2, 3)},
    **{f"conv_transpose{dimensions}d": _TRANSPOSED for dimensions in (1, 2, 3)},
    **dict.fromkeys(("convolution", "_convolution", "convolution_overrideable"), _GENERAL),
    "_convolution_mode": _DIRECT,
    "mkldnn_convolution": "input weight bias padding stride dilation groups",
    "cudnn_convolution": "input weight padding stride dilation groups",
    "cudnn_convolution_relu": _DIRECT,
    "cudnn_convolution_add_relu": "input weight z alpha bias stride padding dilation groups",
}
_NORMS = {
    **dict.fromkeys(("batch_norm", "native_batch_norm", "_native_batch_norm_legit"), _NORM),
    **dict.fromkeys(("_native_batch_norm_legit_functional", "cudnn_batch_norm", "miopen_batch_norm"), _NORM),
    **dict.fromkeys(("_native_batch_norm_legit_no_training", "_batch_norm_with_update"), _FIXED_NORM),
    **dict.fromkeys(("_batch_norm_no_update", "_batch_norm_with_update_functional"), _FIXED_NORM),
}
_OTHERS = {
    "_weight_norm": "v g dim",
    "_weight_norm_interface": "v g dim",
    "linalg_vector_norm": "self ord dim keepdim",
    "flatten": "self start_dim end_dim",
    "reshape": "self shape",
    "view": "self size",
}
PARAMETERS: Mapping[str, Sequence[str]] = {
    kind: names.split() for kind, names in {**_CONVOLUTIONS, **_NORMS, **_OTHERS}.items()
}
"""The names of the positional arguments of the operators that matter here."""

_PASSING = """dropout dropout_ feature_dropout feature_dropout_ alpha_dropout alpha_dropout_ feature_alpha_dropout
    feature_alpha_dropout_ native_dropout contiguous clone detach detach_ detach_copy alias alias_copy lift lift_fresh
    lift_fresh_copy to _to_copy type_as float double half bfloat16 cpu cuda to_dense to_mkldnn data requires_grad_
    resolve_conj resolve_neg wait"""
PASSING = frozenset(_PASSING.split())
"""Operators that hand on a value unchanged, or changed in nothing but its type of numbers."""

_LOOKS_LIKE_CONVOLUTION = re.compile(r"(?:^|_|\.)(?:de)?conv(?:olution)?(?:_|\.|\d|$)(?!.*(?:prepack|unpack|backward))")
_QUANTISED = re.compile(r"^(?:quantized|sparse)\w*\.|quant|int8")


def kind_of(target: str) -> str:
    """The name of an operator without its overload: "conv2d" for "aten.conv2d.default", "quantized.conv2d" stays."""
    names = target.split(".")
    return names[1] if names[0] in ("aten", "prim") and len(names) > 1 else ".".join(names[:2])


def is_convolution(kind: str) -> bool:
    """Whether an operator is a convolution of any kind."""
    return bool(_LOOKS_LIKE_CONVOLUTION.search(kind))


def operators(
    kind: str, arguments: Mapping[str, Any], inputs: tuple[str, ...], outputs: tuple[str, ...]
) -> list[Operator]:
    """A call as operators of a graph: mostly one, more if others are fused with it.

    Args:
        kind: name of the operator, as `kind_of` gives it.
        arguments: its arguments by name; weights are stored tensors.
        inputs: names of the values among the arguments.
        outputs: names of the values that it makes.
    """
    if kind in PASSING:
        return [Operator(PASSES_ON, "", inputs, outputs)]
    if kind in _NORMS:
        return [Operator(kind, "", inputs, outputs, norm=_norm(arguments))]
    if kind in ("silu", "silu_"):
        inner = tuple(f"{output} before its product" for output in outputs)
        return [Operator("sigmoid", "", inputs, inner), Operator("mul", "", (*inputs, *inner), outputs)]
    if not is_convolution(kind):
        return [Operator(kind, "", inputs, outputs)]
    weights = _weights(kind, arguments)
    level = _is_level(kind, arguments, weights)
    groups = arguments.get("groups", 1)
    groups = groups if type(groups) is int else None
    inner = tuple(f"{output} before its activation" for output in outputs) if "relu" in kind else outputs
    found = [Operator(kind, layer_name(weights.name), inputs, inner, weights, level, groups)]
    return [*found, Operator("(activation)", "", inner, outputs)] if "relu" in kind else found


def _weights(kind: str, arguments: Mapping[str, Any]) -> StoredTensor:
    """The weights of a convolution, with the reason why its filters are not read, if there is one."""
    weights = arguments.get("weight")
    if not isinstance(weights, StoredTensor):
        weights = not_stored(kind, WEIGHTS_MISSING)
    dimensions = None if weights.shape is None else len(weights.shape) - 2
    reason = weights.left_out
    if _is_transposed(kind, arguments):
        reason = "transposed convolution"
    elif _QUANTISED.search(kind):
        reason = f"quantised ({kind})"
    elif kind not in _CONVOLUTIONS:
        reason = f"not a regular convolution ({kind})"
    elif dimensions is not None and dimensions < 1:
        reason = f"weights of shape {weights.shape} are no kernels"
    elif dimensions not in (2, None):
        reason = f"{dimensions}-D convolution"
    return replace(weights, left_out=reason)


def _is_transposed(kind: str, arguments: Mapping[str, Any]) -> bool:
    return "transpose" in kind or arguments.get("transposed") is True


def _is_level(kind: str, arguments: Mapping[str, Any], weights: StoredTensor) -> bool:
    """Whether this is a 2-D convolution and not transposed; quantised ones count, too."""
    stated = re.search(r"conv(?:olution)?(?:_transpose)?(\d)d", kind)
    stride = arguments.get("stride")
    dimensions = int(stated[1]) if stated else len(stride) if isinstance(stride, list) else None
    if weights.shape is not None:
        dimensions = len(weights.shape) - 2
    regular = kind in _CONVOLUTIONS or bool(_QUANTISED.search(kind))
    return regular and dimensions == 2 and not _is_transposed(kind, arguments)


def _norm(arguments: Mapping[str, Any]) -> BatchNorm:
    """A BatchNorm with stored statistics, which it uses at inference, whatever mode the file was saved in."""
    scale, variance = arguments.get("weight"), arguments.get("running_var")
    epsilon = arguments.get("eps", arguments.get("epsilon", EPSILON))
    if not isinstance(variance, StoredTensor) or variance.left_out or len(variance.shape or ()) != 1:
        return NOT_STORED
    if not isinstance(epsilon, float | int):
        return NOT_STORED
    if isinstance(scale, StoredTensor):
        if scale.left_out or scale.shape != variance.shape:
            return NOT_STORED
        stored = scale.load
        return BatchNorm((variance.shape or (0,))[0], lambda: factors(stored(), variance.load(), epsilon))
    return BatchNorm((variance.shape or (0,))[0], lambda: factors(None, variance.load(), epsilon))
