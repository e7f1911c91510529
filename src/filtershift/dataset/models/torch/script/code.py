"""The code in a TorchScript file: classes and functions as syntax trees. It is parsed and never run.

A class `__torch__.a.b.C` is in the member `code/__torch__/a/b.py`. The text is Python; where it is not, as with an
attribute whose name is a keyword of Python, the code cannot be followed.
Writer: `torch/csrc/jit/serialization/python_print.cpp`.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

from filtershift.dataset.models.torch.archive import Archive
from filtershift.errors import one_line

LARGEST_CODE = 1 << 21  # bytes, unpacked; scripted GoogLeNet has 140,000. Syntax trees take some hundred times as much
MOST_PACKED = 20  # times that code may be larger than the whole file, with its weights


class CannotFollowError(Exception):
    """What the code does with a value cannot be told; the message says why."""


@dataclass(frozen=True)
class ClassCode:
    """A class: its methods by name, its fields in order with their types, the values of fields that have one.

    `is_tuple` says whether it is a NamedTuple; code takes the fields of one by their numbers.
    """

    methods: Mapping[str, ast.FunctionDef]
    fields: Mapping[str, ast.expr]
    values: Mapping[str, ast.expr]
    is_tuple: bool


@dataclass(frozen=True)
class _Module:
    classes: Mapping[str, ClassCode]
    functions: Mapping[str, ast.FunctionDef]


@dataclass
class Code:
    """The code of a file; a member is parsed when something in it is needed for the first time."""

    archive: Archive
    folder: str
    _read: int = 0
    _modules: dict[str, _Module] = field(default_factory=dict)

    def class_named(self, name: str) -> ClassCode | None:
        """The class with a full name; None if the file does not have it.

        Raises:
            CannotFollowError: its member cannot be parsed.
        """
        module, _, last = name.rpartition(".")
        return self._module(module).classes.get(last)

    def function_named(self, name: str) -> ast.FunctionDef | None:
        """The function with a full name, in the same way."""
        module, _, last = name.rpartition(".")
        return self._module(module).functions.get(last)

    def _module(self, name: str) -> _Module:
        member = f"{self.folder}code/{name.replace('.', '/')}.py"
        if name not in self._modules:
            self._modules[name] = _parsed(self._text(member)) if member in self.archive else _Module({}, {})
        return self._modules[name]

    def _text(self, member: str) -> bytes:
        self._read += self.archive.sizes([member])
        largest = min(LARGEST_CODE, MOST_PACKED * self.archive.size)
        if self._read > largest:
            raise CannotFollowError(f"its code has more than {largest:,} bytes")
        return self.archive.read(member)


def _parsed(text: bytes) -> _Module:
    try:
        with warnings.catch_warnings(action="ignore"):
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CannotFollowError(f"its code is not Python: {one_line(error)[:80]}") from None
    return _Module(
        {node.name: _class(node) for node in body if isinstance(node, ast.ClassDef)},
        {node.name: node for node in body if isinstance(node, ast.FunctionDef)},
    )


def _class(node: ast.ClassDef) -> ClassCode:
    fields = [item for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)]
    return ClassCode(
        {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)},
        {item.target.id: item.annotation for item in fields if isinstance(item.target, ast.Name)},
        {item.target.id: item.value for item in fields if isinstance(item.target, ast.Name) and item.value},
        any(isinstance(base, ast.Name) and base.id == "NamedTuple" for base in node.bases),
    )
