"""The order of a network's modules by their names, for files that have lost it."""

from __future__ import annotations

import re
from collections.abc import Container

from filtershift.dataset.models.tensors.names import natural

_STEM, _FIRST, _EARLY, _MIDDLE, _LATE, _LAST = range(6)

# Words for the place of a module among its siblings; all other names are in the middle.
_PLACES = {
    _STEM: r"(?:\w+_)?stem\w* | (?:patch_)?embed\w*",
    _FIRST: "conv_?(?:in|init|input|first|[01]) | (?:first|init|input|in)_?conv | inc | layer_?0",
    _EARLY: """enc(?:oder)?(?:_?[0-9]+)? | backbone | down(?:_?(?:blocks?|convs?|path|layers?))?_?[0-9]* | conv_down
        | squeeze | expand_conv | expansion | conv_exp | paths""",
    _LATE: r"""dec(?:oder)?(?:_?[0-9]+)? | up(?:_?\w+)? | \w*samplers | neck | fpn | conv_pwl | project_conv
        | aggregation | conv_concat""",
    _LAST: r"""(?:\w+_)?head[0-9]* | heads | classifier\w* | fc_?[0-9]* | logits | outc? | out_?conv | to_rgb | tail
        | conv_?(?:out|last|final|output) | (?:last|final)\w*""",
}
_WORDS = {place: re.compile(words, re.VERBOSE) for place, words in _PLACES.items()}
_STAGE = re.compile(r"(stage|denseblock|transition)_?([0-9]+)")  # transition1 follows denseblock1, or leads to stage2


def name_order(name: str, siblings: Container[str]) -> tuple[object, ...]:
    """A key that sorts the modules in one module: numbers by value, and known words where they belong.

    Args:
        name: the module's name in it.
        siblings: the names of all modules in it.
    """
    word = name.lstrip("_")
    place = next((place for place, words in _WORDS.items() if words.fullmatch(word)), _MIDDLE)
    if word == "conv_pw":  # of MobileNets: before the depthwise convolution if it expands for conv_pwl, else behind it
        place = _EARLY if "conv_pwl" in siblings else _LATE
    elif word == "downsample":  # leads to a stage of blocks, but ends one of latent diffusion models
        place = _LATE if "block" in siblings else _EARLY
    if stage := _STAGE.fullmatch(word):
        return place, natural(f"stage{stage[2]}"), stage[1] == "transition"
    return place, natural(word.replace("reduce", "expan")), False  # conv_reduce comes before conv_expand
