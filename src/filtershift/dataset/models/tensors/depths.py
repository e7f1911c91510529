"""Depths of convolutions without a graph: from the modules that they are in, their order and their channels.

Modules follow one another. A projection beside a block, such as that of its shortcut, begins where the block begins, as
in a graph: it does not move what follows. Nor do parallel branches that are named so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from filtershift.dataset.models.stored import Convolution
from filtershift.dataset.models.tensors.name_order import name_order

DEEPEST = 50
"""Limit of the levels of modules in a name; trained models have about ten."""

# Modules that lie beside their siblings, if their channels fit: names of ResNets, GANs, diffusion models and RepVGG.
_PROJECTION = re.compile(
    r"""(?:\w+_)?(?:down_?samples?|short_?cut|skip|residual|identity|bypass|proj(?:ection)?)(?:_?(?:conv|proj|layer))?
    | (?:res|sc|match)(?:_?(?:conv|proj))? | c_sc | convShortcut | rbr_1x1 | conv_1x1 | conv_scale | small_conv""",
    re.VERBOSE,
)
# Branches whose outputs are joined: Inception, ShuffleNet and SqueezeNet. branch5x5_1 and branch5x5_2 are one.
_BRANCH = re.compile(r"(?:branch|expand)(?:_?pool|_?[0-9x]+[a-z]*)")


@dataclass
class _Module:
    """A module with its own convolutions and the modules in it; `all` has the convolutions of both, in order."""

    name: str
    own: list[int] = field(default_factory=list)
    inside: dict[str, _Module] = field(default_factory=dict)
    all: list[int] = field(default_factory=list)


def with_depths(convolutions: Sequence[Convolution], by_name: bool) -> list[Convolution]:
    """Set the depths of convolutions, and sort by these.

    Args:
        convolutions: in the order of the file.
        by_name: whether the file has lost the order of the model, so that names have to tell it.
    """
    root = _Module("")
    for number, convolution in enumerate(convolutions):
        module = root
        module.all.append(number)
        for part in re.split("[./]", convolution.name, maxsplit=DEEPEST):
            module = module.inside.setdefault(part, _Module(part))
            module.all.append(number)
        module.own.append(number)
    walk = _Walk(convolutions, by_name)
    walk.follow(root, 0)
    found = [replace(convolutions[number], depth=depth) for number, depth in walk.depths.items()]
    return sorted(found, key=lambda convolution: convolution.depth)


class _Walk:
    """A walk through the modules of a model, which sets the depth of each convolution."""

    def __init__(self, convolutions: Sequence[Convolution], by_name: bool) -> None:
        self._convolutions = convolutions
        self._by_name = by_name
        self.depths: dict[int, int] = {}

    def follow(self, module: _Module, start: int) -> int:
        """Set the depths in a module whose first convolution has depth `start`; returns the depth of what follows."""
        end = start
        for number in module.own:
            self.depths[number] = end
            end += self._convolutions[number].is_level
        children = list(module.inside.values())
        if self._by_name:
            children.sort(key=lambda child: name_order(child.name, module.inside))
        beside = self._beside(children, module.all)
        on_path = [child for child in children if child.name not in beside]
        for _, run in groupby(on_path, key=lambda child: bool(_branch(child))):
            end = max(self._along(branch, end) for branch in self._branches(list(run)))
        ends = [self.follow(child, start) for child in children if child.name in beside]
        return max(end, *ends, start)

    def _along(self, modules: Sequence[_Module], start: int) -> int:
        for module in modules:
            start = self.follow(module, start)
        return start

    def _branches(self, run: Sequence[_Module]) -> list[list[_Module]]:
        """A run of modules as branches that have the same input; as one branch if they do not."""
        branches: dict[str, list[_Module]] = {}
        for module in run:
            branches.setdefault(_branch(module), []).append(module)
        inputs = {self._inputs(branch[0].all[0]) for branch in branches.values()}
        return list(branches.values()) if len(inputs) == 1 else [list(run)]

    def _beside(self, children: Sequence[_Module], inside: Sequence[int]) -> set[str]:
        """The names of modules that lie beside their siblings: by their names, or as 1×1 that do not fit in between."""
        named = {child.name for child in children if _PROJECTION.fullmatch(child.name)}
        on_path = [child for child in children if child.name not in named]
        beside = {child.name for child in children if child.name in named and self._spans(child, on_path)}
        if len(inside) == len(self._convolutions):  # the whole network is no block
            return beside
        for position, child in enumerate(children):
            others = [*children[:position], *children[position + 1 :]]
            if child.name not in named and self._is_odd(child, children, position) and self._spans(child, others):
                beside.add(child.name)
        return beside

    def _spans(self, child: _Module, others: Sequence[_Module]) -> bool:
        """Whether a module has the input and the output channels of others, one after the other."""
        if not others:
            return False
        first, last = others[0].all[0], others[-1].all[-1]
        return (self._inputs(child.all[0]), self._outputs(child.all[-1])) == (self._inputs(first), self._outputs(last))

    def _is_odd(self, child: _Module, children: Sequence[_Module], position: int) -> bool:
        """Whether a module is one 1×1 convolution that changes channels and cannot follow the module before it."""
        [number, *more] = child.all
        if more or self._convolutions[number].weights.size != (1, 1) or not position:
            return False
        inputs = self._inputs(number)
        return inputs != self._outputs(number) and inputs != self._outputs(children[position - 1].all[-1])

    def _inputs(self, number: int) -> int:
        """Input channels of a convolution; one with a single channel per group is taken as depthwise."""
        convolution = self._convolutions[number]
        outputs, per_group = (convolution.weights.shape or (0, 0))[:2]
        if convolution.groups is not None:
            return per_group * convolution.groups
        return outputs if per_group == 1 else per_group

    def _outputs(self, number: int) -> int:
        return (self._convolutions[number].weights.shape or (0,))[0]


def _branch(module: _Module) -> str:
    """The branch that a module belongs to, "" if to none."""
    found = _BRANCH.match(module.name)
    return found[0] if found else ""
