"""Layers and BatchNorms of one module whose names differ only in a word: `conv1` and `bn1`, `conv1` and `conv1_bn`.

Such names do not say which of the two comes first: before activations (pre-activation networks) `bn1` leads to `conv1`.
Order tells it, if the file keeps it, and so do channels: a BatchNorm before a convolution has its input channels.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence

from filtershift.dataset.models.tensors.modules import Module
from filtershift.dataset.models.tensors.names import natural

_LAYER = re.compile("conv(?:olution)?(?:[123]d)?")
_LINEAR = re.compile("conv(?:olution)?(?:[123]d)?|fc|linear|lin|dense")
_NORM = re.compile("batch_?norm(?:alization)?(?:[123]d)?|normalization|bnorm|norm|bn(?:[123]d)?")
_DIGITS = re.compile("[0-9]+")
DEEPEST = 20
"""Limit of the levels of modules that are looked through for blocks; trained models have about ten."""

Pair = tuple[Module, Module]


class NamedPairs:
    """The pairs that names make in each module, and those of them in which the layer plainly comes first.

    Attributes:
        pairs: (layer, BatchNorm) where the layer comes first.
    """

    def __init__(self, inside: Mapping[str, Sequence[Module]], is_ordered: bool) -> None:
        """`inside` are the layers and BatchNorms of each module by its name; see `norms_of` for `is_ordered`."""
        self._is_ordered = is_ordered
        self._ends = {} if is_ordered else _ends(inside)
        self._linear = {
            name: {module.inputs for module in modules if len(module.shape) == 2} for name, modules in inside.items()
        }
        self._places = {name: [module.position for module in modules] for name, modules in inside.items()}
        self.norms: dict[str, list[Module]] = defaultdict(list)
        self.layers: dict[str, list[Module]] = defaultdict(list)
        self._first: set[tuple[object, str]] = set()
        self._reversed: set[tuple[object, str]] = set()
        named: list[tuple[Module, Module, tuple[object, str]]] = []
        for modules in inside.values():
            siblings = frozenset(module.leaf for module in modules)
            for layer, norm, key in _named(modules):
                kind = (siblings, _DIGITS.sub("", key))
                named.append((layer, norm, kind))
                self.norms[layer.name].append(norm)
                self.layers[norm.name].append(layer)
                self._judge(layer, norm, kind)
        self._kinds = {(layer.name, norm.name): kind for layer, norm, kind in named}
        self.pairs = [(layer, norm) for layer, norm, kind in named if self._is_plain(layer, norm, kind)]

    def _judge(self, layer: Module, norm: Module, kind: tuple[object, str]) -> None:
        """Note what channels tell of names of this kind: that the layer comes first, or that it may not."""
        if layer.channels != norm.channels:
            self._reversed.add(kind)
            if norm.channels == layer.inputs:
                self._reversed.add((layer.leaf, norm.leaf))
        elif _is_output(layer):
            self._first.add(kind)

    def _is_plain(self, layer: Module, norm: Module, kind: tuple[object, str]) -> bool:
        if kind in self._reversed or (layer.leaf, norm.leaf) in self._reversed:
            return False
        if not self._is_ordered:
            return kind in self._first and not self._may_be_last(norm)
        between = norm.position - layer.position
        if between == 1:
            return True
        places = self._places[norm.parent]
        siblings = bisect_left(places, norm.position) - bisect_right(places, layer.position)
        return between > 1 and kind in self._first and siblings == between - 1

    def _may_be_last(self, norm: Module) -> bool:
        """Whether a BatchNorm may stand behind all blocks of its module, as the last one of a network does."""
        return norm.channels in self._linear[norm.parent] or norm.channels == self._ends.get(norm.parent)

    def allows(self, layer: Module, norm: Module) -> bool:
        """Whether `norm`, which directly follows `layer` by order, may belong to it as far as names tell.

        It may if both have a number, and the BatchNorm has the next one, in a network where each BatchNorm comes before
        the layer of its own number: `norm1, conv1, norm2, conv2`. Without such names, order alone tells too little: in
        XCiT an activation is between `conv1` and `bn`.
        """
        own, others = self.norms[layer.name], self.layers[norm.name]
        if len(own) != 1 or any(other.position < norm.position for other in others):
            return False
        kind = self._kinds[layer.name, own[0].name]
        is_before = own[0].position < layer.position and kind not in self._first
        return is_before and _follows(own[0].leaf, norm.leaf)


def _ends(inside: Mapping[str, Sequence[Module]]) -> dict[str, int]:
    """Output channels of the last convolution in the last block of each module, by the order of names.

    A block has at least two convolutions and a BatchNorm.
    """
    blocks: dict[tuple[str, str], list[Module]] = defaultdict(list)
    for name, modules in inside.items():
        parts = name.split(".")[:DEEPEST]
        for depth in range(len(parts) if name else 0):
            blocks[".".join(parts[:depth]), parts[depth]] += modules
    ends: dict[str, int] = {}
    for (parent, _), modules in sorted(blocks.items(), key=lambda block: natural(block[0][1])):
        convolutions = [module for module in modules if len(module.shape) == 4]
        if len(convolutions) > 1 and any(module.variance is not None for module in modules):
            ends[parent] = max(convolutions, key=lambda module: natural(module.name)).channels
    return ends


def _named(modules: Sequence[Module]) -> list[tuple[Module, Module, str]]:
    """The layers and BatchNorms of one module that have the same name but for a word."""
    by_key: dict[str, list[Module]] = defaultdict(list)
    for module in modules:
        if module.variance is not None:
            for key in _norm_keys(module.leaf.lower()):
                by_key[key].append(module)
    found = {}
    for module in modules:
        if module.shape:
            words = _LAYER if len(module.shape) > 2 else _LINEAR
            for key in (*_without(words, module.leaf.lower()), f"={module.leaf.lower()}"):
                found.update({(module.name, norm.name): (module, norm, key) for norm in by_key.get(key, ())[:2]})
    return list(found.values())


def _without(words: re.Pattern[str], leaf: str) -> set[str]:
    """The name without a word, for each place where one of `words` is in it."""
    return {f"{leaf[: word.start()]}<>{leaf[word.end() :]}".replace("_", "") for word in list(words.finditer(leaf))[:8]}


def _norm_keys(leaf: str) -> set[str]:
    """The same for a BatchNorm; and the name of a layer that it has as a part, as `conv1_bn` has."""
    keys = _without(_NORM, leaf)
    for word in list(_NORM.finditer(leaf))[:8]:
        for rest in (leaf[word.end() :].lstrip("_") if not word.start() else "", _head(leaf, word)):
            if re.search("[a-z]", rest):
                keys.add(f"={rest}")
    return keys


def _head(leaf: str, word: re.Match[str]) -> str:
    return leaf[: word.start()].rstrip("_") if word.end() == len(leaf) else ""


def _is_output(layer: Module) -> bool:
    """Whether the output channels of a layer cannot be its input channels, in groups or not."""
    out, inputs = layer.channels, layer.inputs
    if len(layer.shape) == 2 or set(layer.shape[2:]) == {1}:
        return out != inputs
    return inputs > 1 and (out % inputs > 0 or out == 2 * inputs)


def _follows(first: str, second: str) -> bool:
    """Whether two names are the same but for one number, which is greater by one in the second."""
    parts, others = (re.split("([0-9]+)", name) for name in (first, second))
    changed = [pair for pair in zip(parts, others, strict=False) if pair[0] != pair[1]]
    if len(parts) != len(others) or len(changed) != 1:
        return False
    before, after = changed[0]
    return before.isdecimal() and after.isdecimal() and len(after) < 10 and int(after) == int(before[:10]) + 1
