"""A model from its Keras weights alone, without a graph.

What kind of convolution a kernel belongs to is told by its name (`depthwise_kernel`), by the class or name of its layer
(`conv2d_transpose_1`), or by the number of its biases; else it is taken as the kernel of a regular convolution, as
everywhere where files have no graph.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from filtershift.dataset.models.keras.files import Array, Content
from filtershift.dataset.models.keras.weights import BIAS, DEPTHWISE, KERNEL, POINTWISE, Roles, kernel, role_of
from filtershift.dataset.models.model import NAMES, ORDER, Skipped
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.dataset.models.tensors.model import model_of_tensors
from filtershift.dataset.models.tensors.names import natural

_TRANSPOSED = re.compile(r"transpose|deconv", re.IGNORECASE)
_DEPTHWISE = re.compile(r"depthwise|dwconv", re.IGNORECASE)
_SEPARABLE = re.compile(r"separable_?conv", re.IGNORECASE)
_CONVOLUTION = re.compile(r"(^|/)conv(olution)?2d(_\d+)?(/|$)")

AMBIGUOUS = "depthwise or regular convolution; the file does not say which"


def read_tensors(content: Content, skipped: Sequence[Skipped] = ()) -> StoredModel:
    """The convolutions among the arrays of a file that lists layers, or has the layout of Keras 3.

    Args:
        content: what the file holds.
        skipped: what was already left out.
    """
    owners = _listed(content) if content.layers is not None else _by_path(content)
    tensors: list[StoredTensor] = []
    groups: dict[str, int] = {}
    for name, kinds, roles in owners:
        for tensor, channels in _tensors(name, kinds, roles, content.backend == "theano"):
            tensors.append(tensor)
            if channels:
                groups[tensor.name] = channels
    model = model_of_tensors(tensors, NAMES if content.layers is None else ORDER, groups, skipped)
    # Statistics of BatchNorms are in the file, but not to which layers they belong.
    return replace(model, convolutions=tuple(replace(found, norm_known=False) for found in model.convolutions))


Owner = tuple[str, str, Roles]
"""A layer: its name, its names and classes in which its kind may be found, and its weights."""


def _listed(content: Content) -> Iterator[Owner]:
    """The layers of the legacy format, those in models in it, too, in order."""
    for layer, paths in (content.layers or {}).items():
        inner: dict[str, dict[str, Array]] = defaultdict(dict)
        for path in paths:
            name = path.split(f"{layer}/", 1)[1]
            owner = name.rpartition("/")[0] if "/" in name else layer
            inner[owner].setdefault(role_of(name), content.arrays[path])
        for owner, roles in inner.items():
            name = layer if len(inner) == 1 or owner == layer else f"{layer}/{owner}"
            yield name, f"{layer}/{owner}", roles


def _by_path(content: Content) -> Iterator[Owner]:
    """The layers of a file in the layout of Keras 3, in the natural order of their paths.

    Paths have the class of a layer and its number among those of this class in the model, so kernels of one class are
    in the order of the model.
    """
    found: dict[str, list[Array]] = defaultdict(list)
    for path in sorted(content.arrays, key=natural):
        owner, separator, _ = path.rpartition("vars/")
        if separator:
            found[owner.rstrip("/")].append(content.arrays[path])
    for owner, arrays in found.items():
        name = _name(owner, content.names)
        kinds = f"{owner.rpartition('/')[2]}/{name.rpartition('/')[2]}"
        roles = (DEPTHWISE, POINTWISE, BIAS) if _SEPARABLE.search(kinds) else (KERNEL, BIAS)
        yield name, kinds, dict(zip(roles, arrays, strict=False))


def _name(owner: str, names: Mapping[str, str]) -> str:
    """The name of the layer at a path: those of all models and layers on the way, where the file has them."""
    parts = owner.split("/")
    given = [names.get("/".join((*parts[:end], "vars")), parts[end - 1]) for end in range(1, len(parts) + 1)]
    return "/".join(name for name in given if name not in ("layers", "_layers"))


def _tensors(name: str, kinds: str, roles: Roles, flipped: bool) -> Iterator[tuple[StoredTensor, int | None]]:
    """The kernels of a layer, and their numbers of groups if they are depthwise."""
    if DEPTHWISE in roles:
        full = f"{name}/depthwise" if POINTWISE in roles else name
        yield _depthwise(full, roles[DEPTHWISE], flipped)
    if POINTWISE in roles:
        yield kernel(f"{name}/pointwise", roles[POINTWISE], "conv", flipped=flipped), None
    if KERNEL in roles:
        yield _kernel(name, kinds, roles[KERNEL], roles.get(BIAS), flipped)


def _depthwise(name: str, array: Array, flipped: bool) -> tuple[StoredTensor, int | None]:
    channels = array.shape[2] if len(array.shape) == 4 else None
    return kernel(name, array, "depthwise", flipped=flipped), channels


def _kernel(name: str, kinds: str, array: Array, bias: Array | None, flipped: bool) -> tuple[StoredTensor, int | None]:
    """A kernel of a kind that its name does not tell."""
    if len(array.shape) != 4:
        return kernel(name, array, "conv", flipped=flipped), None
    *_, first, second = array.shape
    biases = bias.shape[0] if bias is not None and len(bias.shape) == 1 else None
    if _TRANSPOSED.search(kinds) or (biases == first != second and first * second != biases):
        return kernel(name, array, "conv", "transposed convolution"), None
    if _DEPTHWISE.search(kinds) or biases == first * second != second:
        return _depthwise(name, array, flipped)
    unsure = second == 1 and first > 1 and biases is None and not _CONVOLUTION.search(kinds)
    return kernel(name, array, "conv", AMBIGUOUS if unsure else "", flipped), None
