"""Which BatchNorm follows which layer, as far as names, shapes and order of tensors tell.

A pair is made only where it is plain. What no rule can see is a function between a convolution and its BatchNorm: names
as in `bn1(relu(conv1(x)))` are taken to mean `bn1(conv1(x))`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from filtershift.dataset.models.batch_norm import BatchNorm, factors
from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.tensors.modules import Module, modules_of
from filtershift.dataset.models.tensors.norm_words import NamedPairs

EPSILON = 1e-5
"""Of a BatchNorm in PyTorch, if none is given."""

# Names of a block's layers and BatchNorms in timm and efficientnet_pytorch, which share no number.
_BLOCKS = (
    {"conv_pw": "bn1", "conv_dw": "bn2", "conv_pwl": "bn3"},
    {"conv_dw": "bn1", "conv_pw": "bn2"},
    {"conv_exp": "bn1", "conv_pwl": "bn2"},
    {"conv_stem": "bn1", "conv_head": "bn2"},
    {"conv_stem": "bn1"},
    {"_expand_conv": "_bn0", "_depthwise_conv": "_bn1", "_project_conv": "_bn2"},
    {"_depthwise_conv": "_bn1", "_project_conv": "_bn2"},
    {"_conv_stem": "_bn0", "_conv_head": "_bn1"},
)
_CHILDREN = ("norm", "bn")
_UPWARD = ("up", "deconv", "transp", "tconv")

Pair = tuple[Module, Module]


@dataclass(frozen=True)
class Norms:
    """BatchNorms by the name of the layer before them, and the numbers of channels of all others."""

    after: Mapping[str, BatchNorm]
    channels_of_others: frozenset[int]


def norms_of(tensors: Sequence[StoredTensor], is_ordered: bool, epsilons: Mapping[str, float]) -> Norms:
    """Find the BatchNorms among tensors, and the layer before each of them.

    In this order, each BatchNorm with as many channels as the layer has output channels: a BatchNorm inside the layer
    (`conv1.norm`); known blocks (timm); the next number in a list (`features.0`, `features.1`); the same name with
    another word (`conv1`, `bn1`); what follows in the order of definition.

    Args:
        tensors: all tensors of the model, in order.
        is_ordered: whether this is the order in which the modules were defined.
        epsilons: ε by the name of the BatchNorm, where it is known, else PyTorch's default. A state_dict cannot say
            it; models that were ported from TensorFlow, such as timm's tf_ models, have 1e-3.
    """
    modules = modules_of(tensors)
    norms = [module for module in modules if module.variance is not None]
    if not norms:
        return Norms({}, frozenset())
    by_name = {module.name: module for module in modules}
    inside: dict[str, list[Module]] = defaultdict(list)
    for module in modules:
        if module.shape or module.variance is not None:
            inside[module.parent].append(module)
    named = NamedPairs(inside, is_ordered)
    taken: dict[str, Module] = {}
    layers: dict[str, str] = {}
    rules = [_children(norms, by_name), _blocks(inside), _lists(norms, by_name), named.pairs]
    for rule in rules:
        _take(rule, taken, layers)
    if is_ordered:
        _take(_ordered(modules, named, taken), taken, layers)
    return Norms(
        {name: found for name, norm in taken.items() if (found := _batch_norm(norm, epsilons)) is not None},
        frozenset(norm.channels for norm in norms if norm.name not in layers or _batch_norm(norm, epsilons) is None),
    )


def _take(pairs: Iterable[Pair], taken: dict[str, Module], layers: dict[str, str]) -> None:
    """Add the pairs of one rule, if they agree with those before and with each other."""
    fitting = {
        (layer.name, norm.name): norm
        for layer, norm in pairs
        if layer.channels == norm.channels and layer.name not in taken and norm.name not in layers
    }
    of_layer, of_norm = (Counter(pair[side] for pair in fitting) for side in (0, 1))
    for (layer, name), norm in fitting.items():
        if of_layer[layer] == 1 and of_norm[name] == 1:
            taken[layer], layers[name] = norm, layer


def _children(norms: Sequence[Module], by_name: Mapping[str, Module]) -> list[Pair]:
    """A BatchNorm inside a convolution, as in detectron2: `res2.0.conv1.norm` follows `res2.0.conv1`."""
    return [
        (by_name[norm.parent], norm) for norm in norms if norm.leaf in _CHILDREN and _is_layer(by_name, norm.parent)
    ]


def _blocks(inside: Mapping[str, Sequence[Module]]) -> list[Pair]:
    """The pairs of known blocks, if a module has just their BatchNorms and all channels fit."""
    found = []
    for modules in inside.values():
        here = {module.leaf: module for module in modules}
        norms = {module.leaf for module in modules if module.variance is not None}
        for block in _BLOCKS:
            if norms != set(block.values()) or not here.keys() >= block.keys():
                continue
            pairs = [(here[layer], here[norm]) for layer, norm in block.items()]
            if all(layer.channels == norm.channels for layer, norm in pairs):
                found += pairs
                break
    return found


def _lists(norms: Sequence[Module], by_name: Mapping[str, Module]) -> list[Pair]:
    """A layer and a BatchNorm with the next number, as in `Sequential`."""
    found = []
    for norm in norms:
        if norm.leaf.isdecimal() and len(norm.leaf) < 10 and int(norm.leaf) > 0:
            before = norm.name.removesuffix(norm.leaf) + str(int(norm.leaf) - 1)
            if _is_layer(by_name, before):
                found.append((by_name[before], norm))
    return found


def _is_layer(by_name: Mapping[str, Module], name: str) -> bool:
    return name in by_name and bool(by_name[name].shape)


def _ordered(modules: Sequence[Module], named: NamedPairs, taken: Mapping[str, Module]) -> list[Pair]:
    """A layer and the BatchNorm that directly follows it in the same module, if names do not tell otherwise."""
    found = []
    for position, (layer, norm) in enumerate(pairwise(modules)):
        if not layer.shape or norm.variance is None or layer.parent != norm.parent or norm.leaf.isdecimal():
            continue
        before = modules[position - 1] if position else None
        # of several layers in a row, such as query, key and value, any or all may lead to the BatchNorm
        is_row = before and before.shape and before.parent == layer.parent and before.name not in taken
        if not is_row and not _may_be_transposed(layer) and named.allows(layer, norm):
            found.append((layer, norm))
    return found


def _may_be_transposed(layer: Module) -> bool:
    is_even = len(layer.shape) == 4 and all(size % 2 == 0 for size in layer.shape[2:])
    return is_even or any(word in layer.leaf.lower() for word in _UPWARD)


def _batch_norm(norm: Module, epsilons: Mapping[str, float]) -> BatchNorm | None:
    """None if the statistics cannot be read."""
    variance, scale = norm.variance, norm.scale
    if variance is None or variance.left_out or (scale and (scale.left_out or scale.shape != variance.shape)):
        return None
    epsilon = epsilons.get(norm.name, EPSILON)
    return BatchNorm(norm.channels, lambda: factors(scale.load() if scale else None, variance.load(), epsilon))
