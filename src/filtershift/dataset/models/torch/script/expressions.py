"""The expressions of TorchScript code, with the calls in them."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from filtershift.dataset.models.graph import Operator
from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.torch.aten import kind_of
from filtershift.dataset.models.torch.computed import not_stored
from filtershift.dataset.models.torch.objects import Opaque
from filtershift.dataset.models.torch.script.code import CannotFollowError, Code
from filtershift.dataset.models.torch.script.objects import Objects
from filtershift.dataset.models.torch.script.operators import Operators, Raised
from filtershift.dataset.models.torch.script.plain import NO_RESULT, plain_result
from filtershift.dataset.models.torch.script.values import UNKNOWN, UNSET, Flow, Symbol, is_number, parts

MOST_STEPS = 500_000
"""Limit of statements and expressions; scripted GoogLeNet takes 14,000."""

LONGEST_NAME = 1000
"""Limit of the characters of a dotted name."""

_NUMBERS = {"inf": float("inf"), "nan": float("nan"), "infj": UNKNOWN}
_OPERATORS = {ast.Not: "__not__", ast.USub: "neg"}
_COMPARISONS = {ast.Is: "__is__", ast.IsNot: "__isnot__", ast.Eq: "eq", ast.NotEq: "ne"}

Names = dict[str, Any]
"""The variables of a function."""


class Expressions(ABC):
    """Finds the values of expressions, and collects the operators that they call.

    Attributes:
        operators: what was found.
    """

    def __init__(self, code: Code, objects: Objects) -> None:
        self._code, self._objects = code, objects
        self._found = Operators()
        self._steps, self._calls = 0, 0

    @property
    def operators(self) -> list[Operator]:
        """The operators that were found."""
        return self._found.operators

    @abstractmethod
    def _call(self, definition: ast.FunctionDef, values: Sequence[Any], named: Names) -> Any:
        """The result of a method or function of the file."""

    def _count(self, number: int = 1) -> None:
        self._steps += number
        if self._steps > MOST_STEPS:
            raise CannotFollowError(f"it takes more than {MOST_STEPS:,} steps")

    def _value(self, node: ast.expr, scope: Names) -> Any:
        """The value of an expression."""
        self._count()
        made: Any
        match node:
            case ast.Constant(value=value):
                made = value
            case ast.Name(id=name):
                made = scope[name] if name in scope else _NUMBERS.get(name, Symbol(name))
            case ast.Attribute(value=owner, attr=name):
                made = self._attribute(self._value(owner, scope), name)
            case ast.Call():
                made = self._call_of(node, scope)
            case ast.Tuple(elts=items):
                made = tuple(self._value(item, scope) for item in items)
            case ast.List(elts=items):
                made = [self._value(item, scope) for item in items]
            case ast.Dict(keys=keys, values=values):
                made = self._dict(keys, values, scope)
            case ast.Subscript(value=owner, slice=index):
                made = self._item(self._value(owner, scope), self._value(index, scope))
            case ast.UnaryOp(op=operator, operand=operand):
                made = self._operator(_OPERATORS.get(type(operator), "unary"), [self._value(operand, scope)], {})
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                operands = [self._value(left, scope), self._value(right, scope)]
                made = self._operator(_COMPARISONS.get(type(operator), "compare"), operands, {})
            case ast.IfExp(test=test, body=yes, orelse=no):
                state = self._value(test, scope)
                taken = [yes, no] if not isinstance(state, bool) else [yes] if state else [no]
                made = self._found.merged([self._value(branch, scope) for branch in taken])
            case _:
                raise CannotFollowError(f"it has an expression of the kind {type(node).__name__}")
        return made

    def _dict(self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], scope: Names) -> dict[str | int, Any]:
        made: dict[str | int, Any] = {}
        for number, (key, value) in enumerate(zip(keys, values, strict=True)):
            name = self._value(key, scope) if key else UNKNOWN
            made[name if isinstance(name, str | int) else f"key {number}"] = self._value(value, scope)
        return made

    def _attribute(self, owner: Any, name: str) -> Any:
        if isinstance(owner, Symbol):
            text = f"{owner.text}.{name}"
            if len(text) > LONGEST_NAME:
                raise CannotFollowError(f"it has a name of more than {LONGEST_NAME} characters")
            return self._objects.constant(text) if owner.text == "CONSTANTS" else Symbol(text)
        return self._objects.attribute(owner, name) if isinstance(owner, Opaque) else UNKNOWN

    def _item(self, owner: Any, index: Any) -> Any:
        """An item of a list, tuple or dictionary; of an unknown index it may be any."""
        if isinstance(owner, list | tuple):
            if type(index) is int and -len(owner) <= index < len(owner):
                return owner[index]
            self._count(len(owner))
            return self._found.merged(owner) if owner else UNKNOWN
        if isinstance(owner, dict):
            return (
                owner[index]
                if isinstance(index, str | int) and index in owner
                else self._found.merged(list(owner.values()))
            )
        return owner if isinstance(owner, Flow) else UNKNOWN

    def _call_of(self, node: ast.Call, scope: Names) -> Any:
        """The result of a call: of a method, or of a function or operator with a name."""
        if isinstance(node.func, ast.Attribute):
            owner = self._value(node.func.value, scope)
            values, named = self._arguments(node, scope)
            if not isinstance(owner, Symbol):
                return self._method(owner, node.func.attr, values, named)
            return self._named(self._attribute(owner, node.func.attr), values, named)
        function = self._value(node.func, scope)
        return self._named(function, *self._arguments(node, scope))

    def _arguments(self, node: ast.Call, scope: Names) -> tuple[list[Any], Names]:
        values = [self._value(argument, scope) for argument in node.args]
        return values, {item.arg: self._value(item.value, scope) for item in node.keywords if item.arg}

    def _method(self, owner: Any, name: str, values: list[Any], named: Names) -> Any:
        if not isinstance(owner, Opaque):
            raise CannotFollowError(f"it calls {name[:80]} of an unknown object")
        definition = self._objects.method(owner, name)
        if definition is not None:
            return self._call(definition, [owner, *values], named)
        if owner.name.startswith("__torch__.torch.classes."):
            return self._operator(name, [*values, owner], named)
        raise CannotFollowError(f"the class {owner.name[-80:]} has no method {name[:80]}")

    def _named(self, function: Any, values: list[Any], named: Names) -> Any:
        """The result of a function, an operator or the making of an object, by its name."""
        name = function.text if isinstance(function, Symbol) else ""
        if name.startswith(("torch.", "ops.")):
            return self._operator(name.removeprefix("torch.").removeprefix("ops."), values, named)
        if not name.startswith("__torch__."):
            return self._builtin(name, values)
        definition = self._code.function_named(name)
        if definition is not None:
            return self._call(definition, values, named)
        return self._objects.new(name.removesuffix(".__new__"), [] if name.endswith(".__new__") else values)

    def _builtin(self, name: str, values: list[Any]) -> Any:
        """The result of a function of the language."""
        first, second = (*values, UNKNOWN, UNKNOWN)[:2]
        made: Any = UNKNOWN
        if name in ("annotate", "unchecked_cast"):
            made = second
        elif name == "uninitialized":
            made = UNSET
        elif name == "getattr" and isinstance(first, Opaque) and isinstance(second, str):
            made = self._objects.attribute(first, second)
        elif name in ("int", "float") and is_number(first):
            made = first if type(first).__name__ == name else UNKNOWN
        elif name not in ("int", "float", "bool", "str", "complex", "isinstance"):
            raise CannotFollowError(f"it calls {name[:80] or 'an unknown function'}")
        return made

    def _operator(self, target: str, values: list[Any], named: Names) -> Any:
        kind = kind_of(target)
        if kind == "RaiseException":
            raise Raised
        self._count(sum(len(value) for value in values if isinstance(value, list | tuple | dict)))
        made = plain_result(kind, values)
        if made is not NO_RESULT:
            return made
        packed = [self._packed(value) if isinstance(value, Opaque) else value for value in values]
        self._count(sum(1 for _ in parts(packed)))
        return self._found.call(kind, packed, named)

    def _packed(self, value: Opaque) -> StoredTensor:
        """The weights in an object whose content only PyTorch knows."""
        return not_stored(self._objects.name(value), f"weights are packed ({value.name.rpartition('.')[2][:80]})")
