"""Follow the code of a TorchScript model from its inputs to its outputs, to find the graph of its operators.

All calls are followed into methods and functions. A condition that is known decides which branch is taken; of an
unknown one both are, and a variable that both set comes from both. A loop whose number of rounds is known is followed
round by round, another one once.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from filtershift.dataset.models.torch.objects import Opaque
from filtershift.dataset.models.torch.script.code import CannotFollowError
from filtershift.dataset.models.torch.script.expressions import Expressions, Names
from filtershift.dataset.models.torch.script.operators import Raised
from filtershift.dataset.models.torch.script.values import UNKNOWN, Flow, flows

MOST_ROUNDS = 1000
"""Limit of rounds that are followed one by one; a loop with more is followed once."""

MOST_CALLS = 60
"""Limit of calls nested in each other; modules of real networks are nested in about ten levels."""


class Walk(Expressions):
    """Walks through the code of a model and collects its operators."""

    def run(self, root: Opaque) -> tuple[frozenset[str], frozenset[str]]:
        """Follow the method `forward` of a module; return the names of its inputs and outputs.

        Raises:
            CannotFollowError: something in the code cannot be followed.
        """
        definition = self._objects.method(root, "forward")
        if definition is None:
            raise CannotFollowError("it has no method forward")
        given = definition.args.args[1 : len(definition.args.args) - len(definition.args.defaults)]
        inputs = [UNKNOWN if _is_number(argument) else Flow(argument.arg) for argument in given]
        try:
            made = self._call(definition, [root, *inputs], {})
        except RecursionError:
            raise CannotFollowError("it is nested too deeply") from None
        except Raised:
            raise CannotFollowError("its forward only raises an error") from None
        return frozenset(flow.name for flow in inputs if isinstance(flow, Flow)), frozenset(flows([made]))

    def _call(self, definition: ast.FunctionDef, values: Sequence[Any], named: Names) -> Any:
        """The result of a method or function of the file."""
        names = [argument.arg for argument in definition.args.args]
        defaults = definition.args.defaults
        scope: Names = {}
        for name, default in zip(names[len(names) - len(defaults) :], defaults, strict=True):
            scope[name] = self._value(default, {})
        scope |= dict(zip(names, values, strict=False)) | named
        self._calls += 1
        if self._calls > MOST_CALLS:
            raise CannotFollowError("it calls itself, or is nested too deeply")
        results: list[Any] = []
        alive = self._block(definition.body, scope, results)
        self._calls -= 1
        if not results and not alive:
            raise Raised
        return self._found.merged([*results, None] if alive and results else results)

    def _block(self, body: Sequence[ast.stmt], scope: Names, results: list[Any]) -> bool:
        """Follow statements; return whether what comes after them is reached."""
        try:
            return all(self._statement(statement, scope, results) for statement in body)
        except Raised:
            return False

    def _statement(self, statement: ast.stmt, scope: Names, results: list[Any]) -> bool:
        """Follow a statement; return whether the next one is reached."""
        self._count()
        goes_on = True
        match statement:
            case ast.Assign(targets=[target], value=value):
                self._assign(target, self._value(value, scope), scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self._value(value, scope), scope)
            case ast.Expr(value=value):
                self._value(value, scope)
            case ast.Return(value=value):
                results.append(self._value(value, scope) if value else None)
                goes_on = False
            case ast.If(test=test, body=body, orelse=other):
                goes_on = self._if(self._value(test, scope), body, other, scope, results)
            case ast.For(target=target, iter=rounds, body=body):
                goes_on = self._for(target, rounds, body, scope, results)
            case ast.While(test=test, body=body):
                goes_on = self._while(test, body, scope, results)
            case ast.With(items=items, body=body):
                for item in items:
                    self._value(item.context_expr, scope)
                goes_on = self._block(body, scope, results)
            case ast.Raise():
                goes_on = False
            case ast.Pass() | ast.Assert() | ast.AnnAssign():
                pass
            case _:
                raise CannotFollowError(f"it has a statement of the kind {type(statement).__name__}")
        return goes_on

    def _assign(self, target: ast.expr, value: Any, scope: Names) -> None:
        match target:
            case ast.Name(id=name):
                scope[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                fits = isinstance(value, list | tuple) and len(value) == len(targets)
                for number, part in enumerate(targets):
                    item = value[number] if fits else self._item(value, UNKNOWN)
                    self._assign(part, Flow(item.name, item.kind) if isinstance(item, Flow) else item, scope)
            case ast.Attribute(value=owner, attr=name):
                item = self._value(owner, scope)
                if not isinstance(item, Opaque):
                    raise CannotFollowError(f"it sets the attribute {name} of an unknown object")
                item.content[name] = value
            case _:
                raise CannotFollowError("it sets a part of a value")

    def _if(
        self, test: Any, body: Sequence[ast.stmt], other: Sequence[ast.stmt], scope: Names, results: list[Any]
    ) -> bool:
        if isinstance(test, bool):
            return self._block(body if test else other, scope, results)
        return self._branches([body, other], scope, results)

    def _branches(self, bodies: Sequence[Sequence[ast.stmt]], scope: Names, results: list[Any]) -> bool:
        """Follow statements of which only one block will run, from the same state; then join what they set."""
        scopes, changes = [], []
        for body in bodies:
            inner, mark = dict(scope), self._found.mark()
            self._count(len(scope))
            alive = self._block(body, inner, results)
            changed = self._found.undo(mark)
            if alive:
                scopes.append(inner)
                changes.append(changed)
        for flow in {flow: None for changed in changes for flow in changed}:
            names = [changed.get(flow, flow.name) for changed in changes]
            self._found.change(flow, self._found.join(names))
        for name in {name: None for inner in scopes for name in inner}:
            scope[name] = self._found.merged([inner[name] for inner in scopes if name in inner])
        return bool(scopes)

    def _for(
        self, target: ast.expr, rounds: ast.expr, body: Sequence[ast.stmt], scope: Names, results: list[Any]
    ) -> bool:
        items = self._rounds(rounds, scope)
        if items is None:
            scope.update({} if not isinstance(target, ast.Name) else {target.id: UNKNOWN})
            return self._branches([body, []], scope, results)
        for item in items:
            self._assign(target, item, scope)
            if not self._block(body, scope, results):
                return False
        return True

    def _rounds(self, rounds: ast.expr, scope: Names) -> Sequence[Any] | None:
        """What a loop goes through; None if that is unknown."""
        if isinstance(rounds, ast.Call) and isinstance(rounds.func, ast.Name) and rounds.func.id == "range":
            limits = [self._value(argument, scope) for argument in rounds.args]
            if not 1 <= len(limits) <= 3 or not all(type(limit) is int for limit in limits) or limits[2:] == [0]:
                return None
            numbers = range(*limits)
            return numbers if numbers[MOST_ROUNDS:] == range(0) else None
        items = self._value(rounds, scope)
        return list(items) if isinstance(items, list | tuple) and len(items) <= MOST_ROUNDS else None

    def _while(self, test: ast.expr, body: Sequence[ast.stmt], scope: Names, results: list[Any]) -> bool:
        for _ in range(MOST_ROUNDS):
            state = self._value(test, scope)
            if not isinstance(state, bool):
                return self._branches([body, []], scope, results)
            if not state or not self._block(body, scope, results):
                return not state
        return True


def _is_number(argument: ast.arg) -> bool:
    return isinstance(argument.annotation, ast.Name) and argument.annotation.id in ("int", "float", "bool", "str")
