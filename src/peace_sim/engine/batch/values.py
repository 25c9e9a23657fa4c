"""What an expression means in many games at once: guards and numbers over rows of cells.

A *row* is one cell in every game of a block: an array, or a plain float while all games agree. A
row is never changed in place: whoever writes puts a new one in its stead, so that a list of rows
copied is a snapshot, and a result stands as long as the rows that it was made from are the same
objects. Operators and their order are those of ``expressions.compile``, number for number.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import copysign
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.game import Guard, Number
from peace_sim.expressions import Environment, Expr, Node, Reading, reads, reads_day
from peace_sim.expressions import syntax as tree

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Value = Array | float
"""A number in every game; one float where all games agree."""
Truth = Mask | bool
"""In which games something holds; one bool where all games agree."""
Rows = Sequence[Value]
Taken = tuple[tuple[Truth, ...], ...]
"""An answer in many plays: field by field, for each option the plays that take it."""

T = TypeVar("T")
Code = Callable[[Rows, int], T]


# ── which games ──────────────────────────────────────────────────────────────────────────────


def both(one: Truth, other: Truth) -> Truth:
    """The games in which both hold."""
    if one is True or other is False:
        return other
    if other is True or one is False:
        return one
    return one & other


def either(one: Truth, other: Truth) -> Truth:
    """The games in which one of them holds."""
    if one is True or other is False:
        return one
    if other is True or one is False:
        return other
    return one | other


def opposite(one: Truth) -> Truth:
    """The games in which it does not hold."""
    return not one if isinstance(one, bool) else ~one


def somewhere(one: Truth) -> bool:
    """Whether it holds in any game."""
    return one if isinstance(one, bool) else bool(np.count_nonzero(one))


def any_of(truths: Iterable[Truth]) -> Truth:
    """The games in which any of these holds."""
    found: Truth = False
    for truth in truths:
        found = either(found, truth)
        if found is True:
            return True
    return found


def choose(where: Truth, one: Value, other: Value) -> Value:
    """One value where something holds, the other elsewhere."""
    if isinstance(where, bool):
        return one if where else other
    return np.where(where, one, other)


def least(first: Value, second: Value) -> Value:
    """``min(first, second)``: the first of equals."""
    return choose(_truth(second < first), second, first)


def most(first: Value, second: Value) -> Value:
    """``max(first, second)``: the first of equals."""
    return choose(_truth(second > first), second, first)


def clamped(low: float, high: float, value: Value) -> Value:
    """``min(high, max(low, value))``, also where one of them is 0 and the other -0."""
    unsure = high == 0.0 or (low == 0.0 and copysign(1.0, low) < 0.0)
    if isinstance(value, float) or unsure or not low < high:
        return least(high, most(low, value))
    found = np.maximum(value, low)
    if low == 0.0:
        found = found + 0.0
    return np.minimum(found, high)


def _truth(compared: Any) -> Truth:
    truth: Truth = compared
    return truth


# ── kept results ─────────────────────────────────────────────────────────────────────────────


class Kept(Generic[T]):
    """A result kept as long as the rows that it reads are the same objects (and the day the same,
    where it reads the day)."""

    __slots__ = ("_code", "_day", "_pick", "_seen", "_value", "daily", "reads")

    def __init__(self, reads: Iterable[int], daily: bool, code: Code[T]) -> None:
        self.reads = tuple(sorted(set(reads)))
        self.daily = daily
        self._code = code
        self._pick = _picker(self.reads)
        self._seen: tuple[Value, ...] | None = None
        self._day = 0
        self._value: T | None = None

    def __call__(self, rows: Rows, day: int) -> T:
        """The result for these rows on this day."""
        seen = self._pick(rows)
        if (
            self._seen is not None
            and (day == self._day or not self.daily)
            and all(map(operator.is_, seen, self._seen))
        ):
            return self._value  # type: ignore[return-value]
        value = self._value = self._code(rows, day)
        self._seen, self._day = seen, day
        return value


def _picker(cells: tuple[int, ...]) -> Callable[[Rows], tuple[Value, ...]]:
    if not cells:
        return lambda rows: ()
    if len(cells) == 1:
        only = cells[0]
        return lambda rows: (rows[only],)
    return operator.itemgetter(*cells)


def always(value: T) -> Kept[T]:
    """A result that depends on nothing."""
    return Kept((), False, lambda rows, day: value)


def settled(truth: Truth) -> Truth:
    """The same, as one bool where all games agree: what follows from it then costs nothing."""
    if isinstance(truth, bool):
        return truth
    holds = np.count_nonzero(truth)
    if holds == 0:
        return False
    return True if holds == len(truth) else truth


def kept_truth(reads: Iterable[int], daily: bool, code: Code[Truth]) -> Kept[Truth]:
    """A kept condition."""
    return Kept(reads, daily, lambda rows, day: settled(code(rows, day)))


ALWAYS: Kept[Truth] = always(True)


# ── expressions ──────────────────────────────────────────────────────────────────────────────

_BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


class Values:
    """Compiles the guards and numbers of one game for those who may not read ``hidden`` cells.

    A hidden cell reads as 0, as it does in a masked state. What reads no hidden cell is shared with
    ``whole``, the values of those who may read all.
    """

    def __init__(
        self, hidden: frozenset[int] = frozenset(), whole: Values | None = None
    ) -> None:
        self.hidden = hidden
        self._whole = whole
        self._made: dict[int, tuple[Guard | Number, Kept[Any]]] = {}
        self._measures: dict[tuple[int, frozenset[int]], tuple[Expr, Kept[Any]]] = {}
        self._standing: dict[tuple[int, float], Code[Truth]] = {}

    def number(self, part: Number) -> Kept[Value]:
        """A number in every game."""
        if self._whole is not None and not part.reads & self.hidden:
            return self._whole.number(part)
        return self._part(part, lambda env: self._number(part.expr.node, env))

    def guard(self, part: Guard | None) -> Kept[Truth]:
        """The games in which a guard holds."""
        if part is None:
            return ALWAYS
        if self._whole is not None and not part.reads & self.hidden:
            return self._whole.guard(part)
        return self._part(part, lambda env: _settling(self._truth(part.expr.node, env)))

    def _part(self, part: Guard | Number, code: Callable[[Environment], Code[Any]]) -> Kept[Any]:
        if id(part) not in self._made:
            if part.names is None:
                raise ValueError(f"{part.expr.text!r} was made by hand, without the names it reads")
            daily = reads_day(part.expr, part.names)
            kept = Kept(part.reads - self.hidden, daily, code(part.names))
            self._made[id(part)] = (part, kept)  # the part is kept, so that its id stays its own
        return self._made[id(part)][1]

    def _cell(self, cell: int) -> Code[Value]:
        if cell in self.hidden:
            return lambda rows, day: 0.0
        return lambda rows, day: rows[cell]

    def stands_at(self, cell: int, place: float) -> Code[Truth]:
        """Whether a cell is a number: of a word, a phase, an answer; kept for all who ask."""
        key = (cell, place)
        if key not in self._standing:
            if cell in self.hidden:
                self._standing[key] = always(place == 0.0)
            else:
                self._standing[key] = _stands(cell, place)
        return self._standing[key]

    def _measure(self, expr: Expr, env: Environment, make: Callable[..., Code[Any]]) -> Code[Any]:
        """A measure, made once for all that name it: it means the same where it reads the same."""
        cells = reads(expr, env)
        key = (id(expr), cells)
        if key not in self._measures:
            kept = Kept(cells - self.hidden, reads_day(expr, env), make(expr.node, env))
            self._measures[key] = (expr, kept)
        return self._measures[key][1]

    # ── numbers ──

    def _number(self, node: Node, env: Environment) -> Code[Value]:
        match node:
            case tree.Number(value):
                return lambda rows, day: value
            case tree.Name(name):
                return self._named(name, env)
            case tree.Read(function, words):
                return self._figure(_reading(env, function, words))
            case tree.Negate(operand):
                a = self._number(operand, env)
                return lambda rows, day: -a(rows, day)
            case tree.Binary(op, left, right):
                act, a, b = _BINARY[op], self._number(left, env), self._number(right, env)
                return lambda rows, day: act(a(rows, day), b(rows, day))
            case tree.Divide(left, right, fallback):
                c = None if fallback is None else self._number(fallback, env)
                return _quotient(self._number(left, env), self._number(right, env), c)
            case tree.Call(function, arguments):
                return _called(function, [self._number(part, env) for part in arguments])
            case _:
                raise ValueError(f"{tree.unparse(node)} is not a number")

    def _named(self, name: str, env: Environment) -> Code[Value]:
        cell = env.number(name)
        if cell is not None:
            return self._cell(cell)
        measure = env.measure(name)
        if measure is None:
            return lambda rows, day: float(day)  # check lets only `today` come here
        return self._measure(measure, env, self._number)

    def _figure(self, reading: Reading) -> Code[Value]:
        if reading.kind == "day":
            return lambda rows, day: float(day)
        if reading.kind == "count":
            return self._count(reading.cells, reading.value)
        of = self._cell(reading.cells[0])
        if reading.kind == "cell":
            return of
        if reading.kind == "days_since":
            return lambda rows, day: day - of(rows, day)
        if reading.kind != "days_until":
            raise ValueError(f"a reading of kind {reading.kind} is not a number")

        def until(rows: Rows, day: int) -> Value:
            due = of(rows, day)
            return choose(_truth(due != 0), due - day, 0.0)

        return until

    def _count(self, cells: tuple[int, ...], value: float) -> Code[Value]:
        each = [self._cell(cell) for cell in cells]

        def counted(rows: Rows, day: int) -> Value:
            total: Value = 0.0
            for of in each:
                total = total + (of(rows, day) == value)
            return total

        return counted

    # ── conditions ──

    def _truth(self, node: Node, env: Environment) -> Code[Truth]:
        match node:
            case tree.Boolean(value):
                return lambda rows, day: value
            case tree.Name(name):
                measure = env.measure(name)
                if measure is None:
                    raise ValueError(f"{name} is not a condition")
                return self._measure(measure, env, self._truth)
            case tree.Is() | tree.In():
                return self._at_words(node, env)
            case tree.Read(function, words):
                return self._flag(_reading(env, function, words))
            case tree.Not(operand):
                test = self._truth(operand, env)
                return lambda rows, day: opposite(test(rows, day))
            case tree.Compare(op, left, right):
                act, a, b = _BINARY[op], self._number(left, env), self._number(right, env)
                return lambda rows, day: _truth(act(a(rows, day), b(rows, day)))
            case tree.Logic(op, left, right):
                one, other = self._truth(left, env), self._truth(right, env)
                if op == "and":
                    return lambda rows, day: _and(one, other, rows, day)
                return lambda rows, day: _or(one, other, rows, day)
            case _:
                raise ValueError(f"{tree.unparse(node)} is not a condition")

    def _at_words(self, node: tree.Is | tree.In, env: Environment) -> Code[Truth]:
        found = env.words(node.name)
        if found is None:
            raise ValueError(f"{node.name} has no words")
        cell, words = found
        wanted = (node.word,) if isinstance(node, tree.Is) else node.words
        each = [
            self.stands_at(cell, float(words.index(word))) for word in dict.fromkeys(wanted)
        ]
        negated = node.negated

        def stands(rows: Rows, day: int) -> Truth:
            truth = any_of(at(rows, day) for at in each)
            return opposite(truth) if negated else truth

        return stands

    def _flag(self, reading: Reading) -> Code[Truth]:
        if reading.kind == "flag":
            none = self.stands_at(reading.cells[0], 0.0)
            return lambda rows, day: opposite(none(rows, day))
        if reading.kind == "equals":
            return self.stands_at(reading.cells[0], reading.value)
        raise ValueError(f"a reading of kind {reading.kind} is not a condition")


def _reading(env: Environment, function: str, words: tuple[str, ...]) -> Reading:
    reading = env.reading(function, words)
    if isinstance(reading, str):
        raise ValueError(reading)
    return reading


def _stands(cell: int, place: float) -> Code[Truth]:
    """``Kept`` for the commonest question of all, which reads one cell and never the day."""
    last: Value | None = None
    truth: Truth = False

    def stands(rows: Rows, day: int) -> Truth:
        nonlocal last, truth
        row = rows[cell]
        if row is not last:
            last, truth = row, settled(_truth(row == place))
        return truth

    return stands


def _settling(code: Code[Truth]) -> Code[Truth]:
    return lambda rows, day: settled(code(rows, day))


def _and(one: Code[Truth], other: Code[Truth], rows: Rows, day: int) -> Truth:
    first = one(rows, day)
    return False if first is False else both(first, other(rows, day))


def _or(one: Code[Truth], other: Code[Truth], rows: Rows, day: int) -> Truth:
    first = one(rows, day)
    return True if first is True else either(first, other(rows, day))


def _quotient(a: Code[Value], b: Code[Value], c: Code[Value] | None) -> Code[Value]:
    if c is None:
        return lambda rows, day: a(rows, day) / b(rows, day)

    def quotient(rows: Rows, day: int) -> Value:
        divisor = b(rows, day)
        if isinstance(divisor, float):
            return c(rows, day) if divisor == 0 else a(rows, day) / divisor
        instead = np.broadcast_to(np.asarray(c(rows, day)), divisor.shape).copy()
        found: Array = np.divide(a(rows, day), divisor, out=instead, where=divisor != 0)
        return found

    return quotient


def _size(value: Value) -> Value:
    return np.abs(value) if isinstance(value, np.ndarray) else abs(value)


def _called(function: str, parts: list[Code[Value]]) -> Code[Value]:
    first, *rest = parts
    if function == "abs":
        return lambda rows, day: _size(first(rows, day))
    better = least if function == "min" else most

    def called(rows: Rows, day: int) -> Value:
        found = first(rows, day)
        for part in rest:
            found = better(found, part(rows, day))
        return found

    return called
