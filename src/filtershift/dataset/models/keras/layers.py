"""A layer of Keras as operators of a graph, as PyTorch's export to ONNX would write the same layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from filtershift.dataset.models.batch_norm import BatchNorm, factors
from filtershift.dataset.models.graph import PASSES_ON, Operator
from filtershift.dataset.models.keras.config import Layer
from filtershift.dataset.models.keras.files import Array
from filtershift.dataset.models.keras.weights import DEPTHWISE, GAMMA, KERNEL, POINTWISE, VARIANCE, Roles, kernel
from filtershift.dataset.models.stored import StoredTensor
from filtershift.errors import FiltershiftError

REGULAR = ("Conv2D", "Convolution2D", "AtrousConv2D", "AtrousConvolution2D")
SEPARABLE = ("SeparableConv2D", "SeparableConvolution2D")
CONVOLUTIONS = (*REGULAR, *SEPARABLE, "DepthwiseConv2D")
"""2-D convolutions that are not transposed."""

_TRANSPOSED, _LINE, _VOLUME = "transposed convolution", "1-D convolution", "3-D convolution"
LEFT_OUT = {
    **dict.fromkeys(("Conv2DTranspose", "Convolution2DTranspose", "Deconvolution2D", "Deconv2D"), _TRANSPOSED),
    **dict.fromkeys(("Conv1DTranspose", "Convolution1DTranspose", "Conv3DTranspose", "Deconvolution3D"), _TRANSPOSED),
    **dict.fromkeys(("Conv1D", "Convolution1D", "AtrousConv1D", "AtrousConvolution1D", "DepthwiseConv1D"), _LINE),
    **dict.fromkeys(("SeparableConv1D", "SeparableConvolution1D"), _LINE),
    **dict.fromkeys(("Conv3D", "Convolution3D"), _VOLUME),
}
NORMS = ("BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization")
EPSILON = 1e-3
"""Of a BatchNormalization that states none."""

PASSING = (
    *("InputLayer", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout"),
    *("GaussianNoise", "GaussianDropout", "ActivityRegularization", "Identity"),
)
"""Layers that hand their input on unchanged once the network is trained."""

_WITH_ACTIVATION = ("Dense", "EinsumDense", "LocallyConnected2D")


@dataclass(frozen=True)
class Setting:
    """What decides how layers of a model are read.

    Attributes:
        weights: `Layer.stored` -> the weights of that layer.
        flipped: whether kernels are stored for Theano.
        channel_axes: axes where the model has its channels, as BatchNormalization counts them.
    """

    weights: Mapping[str, Roles]
    flipped: bool
    channel_axes: frozenset[int]


def operators_of(layer: Layer, inputs: tuple[str, ...], outputs: tuple[str, ...], setting: Setting) -> list[Operator]:
    """One call of a layer, which takes and makes these values."""
    activation = _has_activation(layer)
    between = (f"{outputs[0]} before its activation",) if activation else outputs
    if layer.kind in CONVOLUTIONS or layer.kind in LEFT_OUT:
        found = _convolutions(layer, inputs, between, setting)
    elif layer.kind in NORMS:
        found = [Operator(layer.kind, layer.path, inputs, between, norm=_norm(layer, setting))]
    else:
        passes = layer.kind in PASSING or (layer.kind == "Activation" and _is_linear(layer.config.get("activation")))
        found = [Operator(PASSES_ON if passes else layer.kind, layer.path, inputs, between)]
    return [*found, Operator("(activation)", layer.path, between, outputs)] if activation else found


def _has_activation(layer: Layer) -> bool:
    """Whether an activation is inside the layer."""
    known = layer.kind in CONVOLUTIONS or layer.kind in LEFT_OUT or layer.kind in _WITH_ACTIVATION
    return known and not _is_linear(layer.config.get("activation"))


def _is_linear(activation: Any) -> bool:
    return (
        activation is None
        or activation == "linear"
        or (isinstance(activation, dict) and "linear" in (activation.get("config"), activation.get("class_name")))
    )


def _convolutions(layer: Layer, inputs: tuple[str, ...], outputs: tuple[str, ...], setting: Setting) -> list[Operator]:
    """The operator of a convolution; the two operators of a separable one."""
    roles = setting.weights.get(layer.stored, {})
    convolution = partial(Operator, layer.kind, is_level=layer.kind in CONVOLUTIONS)
    load = partial(_weights, layer, flipped=setting.flipped)
    if layer.kind not in SEPARABLE:
        depthwise = layer.kind == "DepthwiseConv2D"
        array = (roles.get(DEPTHWISE) if depthwise else None) or roles.get(KERNEL)
        weights = load(layer.path, array, "depthwise" if depthwise else "conv")
        groups = _channels(array) if depthwise else layer.config.get("groups", 1)
        return [convolution(name=layer.path, inputs=inputs, outputs=outputs, weights=weights, groups=_number(groups))]
    depthwise_array, pointwise_array = roles.get(DEPTHWISE), roles.get(POINTWISE)
    names = f"{layer.path}/depthwise", f"{layer.path}/pointwise"
    inner = (f"{outputs[0]} before its pointwise convolution",)
    first = load(names[0], depthwise_array, "depthwise")
    second = load(names[1], pointwise_array, "conv")
    return [
        convolution(name=names[0], inputs=inputs, outputs=inner, weights=first, groups=_channels(depthwise_array)),
        convolution(name=names[1], inputs=inner, outputs=outputs, weights=second, groups=1),
    ]


def _channels(array: Array | None) -> int | None:
    """Number of input channels, and so of groups, of a depthwise kernel (height, width, input channels, multiplier)."""
    return array.shape[2] if array is not None and len(array.shape) == 4 else None


def _number(value: Any) -> int | None:
    return value if type(value) is int else None


def _weights(layer: Layer, name: str, array: Array | None, axes: str, flipped: bool) -> StoredTensor:
    left_out = LEFT_OUT.get(layer.kind) or (f"quantised ({layer.wrapper})" if layer.wrapper else "")
    if axes == "conv" and layer.config.get("dim_ordering") == "th":
        axes = "old"
    tensor = kernel(name, array, axes, left_out, flipped)
    if array is not None and not left_out:
        _check(layer, name, array, tensor)
    return tensor


def _check(layer: Layer, name: str, array: Array, tensor: StoredTensor) -> None:
    """Refuse weights that do not fit what the layer declares; a separable convolution declares other things."""
    if tensor.shape is None or tensor.size is None:
        raise FiltershiftError(f"layer {name!r} has weights of shape {array.shape}; expected four dimensions")
    size, filters = layer.config.get("kernel_size"), layer.config.get("filters")
    other_size = isinstance(size, list) and size != list(tensor.size)
    if layer.kind in REGULAR and (other_size or (type(filters) is int and filters != tensor.shape[0])):
        declared = f"kernel_size={size} and filters={filters}"[:100]
        raise FiltershiftError(f"layer {name!r} has weights of shape {array.shape} but declares {declared}")


def _norm(layer: Layer, setting: Setting) -> BatchNorm | None:
    """A BatchNormalization over channels; None if it is over other axes."""
    axes = layer.config.get("axis", -1)
    axis = axes[0] if isinstance(axes, list) and len(axes) == 1 else axes
    if type(axis) is not int or axis not in setting.channel_axes:
        return None
    roles = setting.weights.get(layer.stored, {})
    gamma, variance = roles.get(GAMMA), roles.get(VARIANCE)
    epsilon = layer.config.get("epsilon", EPSILON)
    if layer.config.get("scale") is False:
        gamma = None
    if variance is None or len(variance.shape) != 1 or not variance.is_float or (gamma and not _alike(gamma, variance)):
        raise FiltershiftError(f"layer {layer.path!r} is a {layer.kind} without its statistics in the file")
    if type(epsilon) not in (int, float) or not 0 <= epsilon < 1:
        raise FiltershiftError(f"layer {layer.path!r} has epsilon={str(epsilon)[:80]}; expected a number from 0 to 1")
    return BatchNorm(variance.shape[0], _factors(gamma, variance, float(epsilon)))


def _alike(gamma: Array, variance: Array) -> bool:
    return gamma.shape == variance.shape and gamma.is_float


def _factors(gamma: Array | None, variance: Array, epsilon: float) -> Callable[[], Any]:
    return lambda: factors(None if gamma is None else gamma.load(), variance.load(), epsilon)
