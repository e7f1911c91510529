"""Read pickled data without unpickling.

PyTables stores text columns and many attributes as pickles, and unpickling runs any code that the file asks for. This
interpreter knows only the opcodes that build plain data. It never imports a name: the few numpy names that plain data
need are symbols. Opcodes: the documentation strings of the standard library's ``pickletools``.
"""

import pickletools
import re
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, ClassVar, Self

import numpy as np

from filtershift.dataset.pickles.arrays import Dtype, IntList, Symbol, build, plain, reduce, symbol
from filtershift.errors import FiltershiftError

MAX_STEPS = 10_000_000
"""A pickle that needs more steps is refused. A step is one opcode, or one long run of integers."""

_DAMAGE = (ValueError, TypeError, KeyError, IndexError, OverflowError)
_OPCODES = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}
_GETS = {b"h": 1, b"j": 4}  # opcodes that read the memo -> bytes of the index that follows

# At least 16 integers of one width in a row. They are read as one array, which is much faster than one by one.
# The upper bound limits the memory of one step.
_INTEGER_RUNS = {
    b"K": (re.compile(rb"(?:K.){16,65536}+", re.DOTALL), np.dtype([("opcode", "u1"), ("value", "u1")])),
    b"M": (re.compile(rb"(?:M..){16,65536}+", re.DOTALL), np.dtype([("opcode", "u1"), ("value", "<u2")])),
    b"J": (re.compile(rb"(?:J....){16,65536}+", re.DOTALL), np.dtype([("opcode", "u1"), ("value", "<i4")])),
}
# The same for numpy integers of 8 or 4 bytes. Each one is: get the function from the memo, get the dtype, the bytes,
# and call the function with dtype and bytes.
_SCALAR_TAIL = b"\x94\x86\x94R\x94"
_SCALAR_RUN = b"(?P<head>(?:h.|j....)(?P<dtype>h.|j....)C%c)(?:.{%d}%b)(?:(?P=head).{%d}%b){15,65535}+"
_SCALAR_RUNS = [
    re.compile(_SCALAR_RUN % (width, width, _SCALAR_TAIL, width, _SCALAR_TAIL), re.DOTALL) for width in (8, 4)
]


def _constant(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > 64:
        raise FiltershiftError("holds an integer of more than 64 bits")
    return value


Step = Callable[[Any, Any], Any]
CONSTANTS = """INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING UNICODE
    SHORT_BINUNICODE BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8"""
_PUSHES: dict[str, Step] = {
    **dict.fromkeys(CONSTANTS.split(), lambda _, argument: _constant(argument)),
    "NONE": lambda *_: None,
    "NEWTRUE": lambda *_: True,
    "NEWFALSE": lambda *_: False,
    "EMPTY_LIST": lambda *_: [],
    "EMPTY_TUPLE": lambda *_: (),
    "LIST": lambda machine, _: machine.take_marked(),
    "TUPLE": lambda machine, _: tuple(machine.take_marked()),
    "TUPLE1": lambda machine, _: tuple(machine.take(1)),
    "TUPLE2": lambda machine, _: tuple(machine.take(2)),
    "TUPLE3": lambda machine, _: tuple(machine.take(3)),
    "GET": lambda machine, argument: machine.memo[int(argument)],
    "GLOBAL": lambda machine, argument: machine.symbol(*argument.split(" ", 1)),
    "STACK_GLOBAL": lambda machine, _: machine.symbol(*machine.take(2)),
    "REDUCE": lambda machine, _: machine.reduce(*machine.take(2)),
}
_EFFECTS: dict[str, Step] = {
    **dict.fromkeys(("PROTO", "FRAME"), lambda *_: None),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), lambda machine, argument: machine.memoize(int(argument))),
    "MEMOIZE": lambda machine, _: machine.memoize(None),
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "APPEND": lambda machine, _: machine.extend(machine.take(1)),
    "APPENDS": lambda machine, _: machine.extend(machine.take_marked()),
    "BUILD": lambda machine, _: machine.build(machine.take(1)[0], machine.stack[-1]),
}


def decode(data: bytes | memoryview) -> object:
    """The value of a pickle made of plain data.

    Plain data are text, bytes, numbers, booleans, None, lists and tuples of these, and numpy arrays of objects whose
    cells are text, numbers, booleans, None or lists of integers. A list (or numpy array) of integers that is the whole
    value or a cell of an array becomes an :class:`~filtershift.dataset.pickles.arrays.IntList`. Time and memory are
    linear in the length of `data`. Nothing is executed.

    Raises:
        FiltershiftError: the pickle holds anything else. The message is a predicate ("names 'os.system', …"), to be put
            after the name of the file or node.
    """
    with Machine(memoryview(data).cast("B")) as machine:
        return plain(machine.run())


class Machine:
    """The pickle machine: a stack, marks in it, and a memo.

    A context manager that turns errors of Python on damaged data into one line.

    Attributes:
        pushes: opcode -> function that returns the value to push.
        effects: opcode -> function for an opcode that pushes nothing.
        symbol, reduce, build: functions that stand in for importing a name, calling it, and setting an object's state.
        position: position of the next byte.
    """

    pushes: ClassVar[Mapping[str, Step]] = _PUSHES
    effects: ClassVar[Mapping[str, Step]] = _EFFECTS
    symbol: Callable[[Any, Any], Any] = staticmethod(symbol)
    reduce: Callable[[Any, Any], Any] = staticmethod(reduce)
    build: Callable[[Any, Any], None] = staticmethod(build)

    def __init__(self, view: memoryview) -> None:
        self.view = view
        self.position = 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.memoized = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(error, _DAMAGE):
            reason = f"is not a readable pickle ({str(error)[:80]!r} near byte {self.position})"
            raise FiltershiftError(reason) from error

    def read(self, size: int) -> bytes:
        """The next `size` bytes, or fewer at the end of the data; `pickletools` reads arguments with this method."""
        data = bytes(self.view[self.position : self.position + size])
        self.position += len(data)
        return data

    def readline(self) -> bytes:
        """The next bytes up to a line feed, which is included."""
        found = re.compile(b"\n").search(self.view, self.position)
        return self.read((found.end() if found else len(self.view)) - self.position)

    def run(self) -> Any:
        """Interpret opcodes until STOP; return the value on top of the stack."""
        for _ in range(MAX_STEPS):
            start = self.position
            code = self.read(1)
            if code in _GETS:
                value = self.memo[int.from_bytes(self.read(_GETS[code]), "little")]
                if value is not Symbol.SCALAR or not self._push_scalars(start):
                    self.stack.append(value)
                continue
            if code in _INTEGER_RUNS and self._push_integers(code, start):
                continue
            opcode = _OPCODES.get(code)
            if opcode is None:
                raise FiltershiftError(f"is a damaged pickle: byte {start} of {len(self.view)} is not an opcode")
            argument = opcode.arg.reader(self) if opcode.arg else None  # type: ignore[arg-type]
            if opcode.name == "STOP":
                return self.take(1)[0]
            if opcode.name in self.pushes:
                self.stack.append(self.pushes[opcode.name](self, argument))
            elif opcode.name in self.effects:
                self.effects[opcode.name](self, argument)
            else:
                raise FiltershiftError(f"uses the opcode {opcode.name}, which text, numbers and lists do not need")
        raise FiltershiftError(f"takes more than {MAX_STEPS:,} steps to read; plain data take fewer")

    def take(self, number: int) -> list[Any]:
        """Remove and return the topmost `number` values, none from below the last mark."""
        if len(self.stack) - number < (self.marks[-1] if self.marks else 0):
            raise FiltershiftError(f"is not a readable pickle: a value is missing near byte {self.position}")
        values = self.stack[-number:]
        del self.stack[-number:]
        return values

    def take_marked(self) -> list[Any]:
        """Remove the last mark and the values above it; return the values."""
        mark = self.marks.pop()
        values = self.stack[mark:]
        del self.stack[mark:]
        return values

    def extend(self, values: list[Any]) -> None:
        """Append to the list on top of the stack."""
        if type(self.stack[-1]) is not list:
            raise FiltershiftError("appends to something that is not a list")
        self.stack[-1].extend(values)

    def memoize(self, number: int | None) -> None:
        """Store the topmost value in the memo under `number`, or under the next free number."""
        if type(self.stack[-1]) is IntList:  # two bytes could repeat thousands of integers
            raise FiltershiftError("stores an integer in its memo, which no known library does")
        self.memo[self.memoized if number is None else number] = self.stack[-1]
        self.memoized += number is None

    def _in_list(self) -> bool:
        """Whether the next values are items of a list, up to the next APPENDS."""
        return bool(self.marks) and self.marks[-1] > 0 and type(self.stack[self.marks[-1] - 1]) is list

    def _push_integers(self, code: bytes, start: int) -> bool:
        """Push a long run of integers in a list as one item, if the opcode at `start` begins one."""
        pattern, record = _INTEGER_RUNS[code]
        run = pattern.match(self.view, start) if self._in_list() else None
        if run is None:
            return False
        self.stack.append(IntList.of(np.frombuffer(self.view[start : run.end()], record)["value"]))
        self.position = run.end()
        return True

    def _push_scalars(self, start: int) -> bool:
        """The same for numpy integers; at `start` the function that makes them is read from the memo."""
        found = [pattern.match(self.view, start) for pattern in _SCALAR_RUNS] if self._in_list() else []
        run = next(filter(None, found), None)
        if run is None:
            return False
        dtype = self.memo[int.from_bytes(run["dtype"][1:], "little")]
        if not isinstance(dtype, Dtype) or dtype.dtype.kind not in "iu":
            return False
        record = np.dtype([("head", "V", len(run["head"])), ("value", dtype.dtype), ("tail", "V", len(_SCALAR_TAIL))])
        values = np.frombuffer(self.view[start : run.end()], record)["value"]
        self.stack.append(IntList.of(values))
        self.position = run.end()
        # The bytes, the pair and the scalar of each integer are memoized, and nothing refers to them again.
        self.memoized += 3 * values.size
        return True
