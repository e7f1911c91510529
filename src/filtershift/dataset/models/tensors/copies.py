"""A second copy of a network among tensors, under a prefix of its own: an average, a teacher, a momentum encoder."""

from __future__ import annotations

import re
from collections.abc import Sequence

from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.stored import StoredTensor

# Words in the name of a copy. Those of the second set may also name parts of one network (query, key, value), so they
# count only if the copy and its original have all convolutions, and at least two each.
_AVERAGES = frozenset({"ema", "average", "averaged", "avg", "shadow", "swa", "teacher", "momentum"})
_TARGETS = frozenset({"target", "key", "k", "m"})
# Words in the name of the original that its copy does not have.
_ORIGINALS = frozenset({"student", "online", "query", "q", "policy"})
_ANY = frozenset({"model", "module", "net", "network"})


def without_copies(tensors: Sequence[StoredTensor]) -> tuple[list[StoredTensor], list[Skipped]]:
    """Leave out the second copy of a network.

    A copy has a word for an average in the first part of its name (after the part that all convolutions share); without
    that word the name is that of another set of tensors, which has the same names and shapes otherwise. So `encoder_k`
    is a copy of `encoder_q`, but `decoder` of nothing.

    Returns:
        The tensors without copies, and the prefixes of copies with the number of their 3×3 filters.
    """
    common = _common(tensors)
    sets: dict[str, list[StoredTensor]] = {}
    for tensor in tensors:
        sets.setdefault(_key(tensor, common), []).append(tensor)
    sets = {key: of_key for key, of_key in sets.items() if key and _kernels(of_key)}
    originals = {
        (_words(key) - _ORIGINALS - _ANY, _content(of_key, f"{common}{key}.")): key
        for key, of_key in reversed(sets.items())
        if not _words(key) & (_AVERAGES | _TARGETS)
    }
    copies: dict[str, str] = {}
    for key, of_key in sets.items():
        marks = _words(key) & (_AVERAGES | _TARGETS)
        original = originals.get((_words(key) - marks - _ANY, _content(of_key, f"{common}{key}.")))
        is_sure = marks & _AVERAGES or (len(sets) == 2 and len(_kernels(of_key)) > 1)
        if marks and original is not None and is_sure:
            copies[key] = original
    rows = [
        Skipped("tensors", common + copy, f"not the model, which is under the prefix {common + original!r}", count)
        for copy, original in copies.items()
        for count in [_filters(sets[copy])]
    ]
    return [tensor for tensor in tensors if _key(tensor, common) not in copies], rows


def _key(tensor: StoredTensor, common: str) -> str:
    """The part of a tensor's name behind the part that all convolutions share; "" if it does not have that."""
    key, dot, _ = tensor.name.removeprefix(common).partition(".")
    return key if dot and tensor.name.startswith(common) else ""


def _common(tensors: Sequence[StoredTensor]) -> str:
    """The first parts of names that all convolutions share, with a dot at the end; "" if there are none."""
    paths = [tensor.name.split(".")[:-1] for tensor in _kernels(tensors)]
    common = paths[0] if paths else []
    for path in paths:
        same = 0
        while same < min(len(common), len(path)) and common[same] == path[same]:
            same += 1
        common = common[:same]
    return "".join(f"{part}." for part in common)


def _words(key: str) -> frozenset[str]:
    return frozenset(re.findall("[a-z]+", re.sub("([a-z])([A-Z])", r"\1_\2", key).lower()))


def _content(tensors: Sequence[StoredTensor], prefix: str) -> frozenset[tuple[str, tuple[int, ...] | None]]:
    """Names after the prefix, without dots (which some averages leave out), and shapes; without vectors, as some
    averages have no statistics."""
    return frozenset(
        (tensor.name.removeprefix(prefix).replace(".", ""), tensor.shape)
        for tensor in tensors
        if len(tensor.shape or ()) > 1
    )


def _kernels(tensors: Sequence[StoredTensor]) -> list[StoredTensor]:
    return [tensor for tensor in tensors if len(tensor.shape or ()) == 4]


def _filters(tensors: Sequence[StoredTensor]) -> int:
    return sum(tensor.filters for tensor in _kernels(tensors) if tensor.size == (3, 3))
