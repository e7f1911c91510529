"""The objects of a TorchScript file: modules with their parameters, and what their classes define."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.torch.objects import Name, Opaque, Tensor
from filtershift.dataset.models.torch.script.code import CannotFollowError, Code
from filtershift.dataset.models.torch.script.values import UNKNOWN

MOST_LEVELS = 100
"""Limit of objects nested in each other; modules of trained models are nested in about ten levels."""

LONGEST_PATH = 300
"""Limit of the characters of a path; longer ones lose their beginning."""

CONVOLUTION = re.compile(r"Conv(?P<transposed>Transpose)?(?P<dimensions>[123])d$")
"""The end of the class name of a convolution."""

Stored = Callable[[str, Tensor], StoredTensor]


@dataclass(frozen=True)
class Parameter:
    """A tensor in the tree of objects: its name, itself, the class that has it."""

    name: str
    tensor: Tensor
    owner: str


def parameters(root: object) -> Iterator[Parameter]:
    """All tensors of a tree of objects, in order; an object that is reached twice is read once."""
    seen: set[int] = set()
    stack: list[tuple[str, object, str, int]] = [("", root, "", 0)]
    while stack:
        name, value, owner, level = stack.pop()
        if isinstance(value, Tensor):
            yield Parameter(name, value, owner)
        elif id(value) not in seen and level < MOST_LEVELS and isinstance(value, Opaque | list | tuple | dict):
            seen.add(id(value))
            children = value.content if isinstance(value, Opaque) else value
            items = children.items() if isinstance(children, dict) else enumerate(children)
            inner = value.name if isinstance(value, Opaque) else owner
            found = [(joined(name, key), child, inner, level + 1) for key, child in items]
            stack += reversed(found)


def joined(path: str, key: object) -> str:
    """The path of an attribute or item, cut to its end if it is very long, and with nothing that cannot be written."""
    text = str(key)[-LONGEST_PATH:].encode(errors="backslashreplace").decode()
    return f"{path}.{text}"[-LONGEST_PATH:] if path else text


class Objects:
    """Gives attributes, methods and constants of the objects in a file, with tensors as stored tensors."""

    def __init__(self, root: object, constants: object, code: Code, stored: Stored, stored_constant: Stored) -> None:
        self._code, self._stored, self._stored_constant = code, stored, stored_constant
        self._constants = constants if isinstance(constants, list | tuple) else ()
        self._names: dict[int, str] = {id(root): ""}
        self._known: dict[object, Any] = {}
        self._tensors: dict[tuple[str, Tensor], StoredTensor] = {}
        self._kept: list[object] = []  # what `_known` and `_names` number stays alive

    def name(self, owner: Opaque) -> str:
        """The path of an object from the model; "" for the model."""
        return self._names.get(id(owner), "")

    def attribute(self, owner: Opaque, name: str) -> Any:
        """An attribute of an object, or the value that its class gives.

        Objects with a state of their own form, such as quantised modules, are read without their attributes; then the
        class tells which there are.

        Raises:
            CannotFollowError: there is none.
        """
        if name in owner.content:
            return self._wrapped(owner.content[name], joined(self.name(owner), name), self._stored)
        found = self._code.class_named(owner.name)
        if found is None or name not in found.fields:
            raise CannotFollowError(f"the class {owner.name[-80:]} has no {name[:80]}")
        value = found.values.get(name)
        if value is not None:
            return value.value if isinstance(value, ast.Constant) else UNKNOWN
        kind = ast.unparse(found.fields[name])
        if not kind.startswith("__torch__."):
            return UNKNOWN
        return self._wrapped(
            self._known.setdefault((id(owner), name), Opaque(kind)), joined(self.name(owner), name), self._stored
        )

    def constant(self, name: str) -> Any:
        """A constant of the code, such as CONSTANTS.c0."""
        number = name.removeprefix("CONSTANTS.c")
        if not number.isdecimal() or len(number) > 9 or int(number) >= len(self._constants):
            raise CannotFollowError(f"the file has no {name[:80]}")
        return self._wrapped(self._constants[int(number)], name, self._stored_constant)

    def method(self, owner: Opaque, name: str) -> ast.FunctionDef | None:
        """A method of an object."""
        found = self._code.class_named(owner.name)
        return found.methods.get(name) if found else None

    def new(self, name: str, values: Sequence[Any] = ()) -> Opaque | tuple[Any, ...]:
        """A new object of a class of the file, with values for its fields in order; a tuple if that is one.

        Raises:
            CannotFollowError: there is no such class.
        """
        found = self._code.class_named(name)
        if found is None:
            raise CannotFollowError(f"its code has no {name[-80:]}")
        if found.is_tuple:
            return tuple(values)
        made = Opaque(name, dict(zip(found.fields, values, strict=False)))
        self._kept.append(made)
        return made

    def _wrapped(self, value: Any, path: str, stored: Stored) -> Any:
        """A value of the pickle, with tensors as stored tensors."""
        if isinstance(value, Tensor):
            if (path, value) not in self._tensors:
                self._tensors[path, value] = stored(path, value)
            return self._tensors[path, value]
        if isinstance(value, Name) or (isinstance(value, Opaque) and not value.name.startswith("__torch__.")):
            return UNKNOWN  # lists of numbers, devices and the like
        if isinstance(value, Opaque):
            self._names.setdefault(id(value), path)
            return value
        if not isinstance(value, list | tuple | dict):
            return value
        if id(value) not in self._known:
            self._kept.append(value)
            items = value.items() if isinstance(value, dict) else enumerate(value)
            made: Any = {key: self._wrapped(item, joined(path, key), stored) for key, item in items}
            made = made if isinstance(value, dict) else type(value)(made.values())
            self._known[id(value)] = self._known[id(made)] = made
            self._kept.append(made)
        return self._known[id(value)]
