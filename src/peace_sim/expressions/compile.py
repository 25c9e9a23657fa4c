"""An expression made into a closure over cells and a day, and made to say why it does not hold.

An engine calls these closures millions of times, so the common shapes (a cell against a number, a
track at a word) have closures of their own. All arithmetic is plain IEEE double, from left to
right as written; ``min`` and ``max`` give the first of equals. Expressions must have passed
:func:`check`: compiling one that has not is a bug of ours and raises ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import NamedTuple

from peace_sim.expressions.check import (
    TODAY,
    Environment,
    Kind,
    Reading,
    check,
    constant,
    kind_of,
    reads,
)
from peace_sim.expressions.syntax import (
    Binary,
    Boolean,
    Call,
    Compare,
    Divide,
    Expr,
    In,
    Is,
    Logic,
    Name,
    Negate,
    Node,
    Not,
    Number,
    Read,
    unparse,
)

Cells = Sequence[float]
Numeric = Callable[[Cells, int], float]
Condition = Callable[[Cells, int], bool]


def compile_number(expr: Expr, env: Environment) -> Numeric:
    """The closure that calculates a checked number."""
    _must_pass(expr, env, "number")
    return _Compiler(env).number(expr.node).code


def compile_boolean(expr: Expr, env: Environment) -> Condition:
    """The closure that tells whether a checked condition holds."""
    _must_pass(expr, env, "boolean")
    return _Compiler(env).condition(expr.node)


def _must_pass(expr: Expr, env: Environment, want: Kind) -> None:
    if findings := check(expr, env, want):
        raise ValueError(f"{expr.text!r} has not passed check: {findings[0].message}")


class _Made(NamedTuple):
    """A closure, and what it is when it is something simple."""

    code: Numeric
    cell: int | None = None
    value: float | None = None


def _fixed(value: float) -> _Made:
    return _Made(lambda cells, day: value, value=value)


def _of_cell(cell: int) -> _Made:
    return _Made(lambda cells, day: cells[cell], cell=cell)


# One table per shape of the two sides. Each lambda is written out, since a call through
# operator.lt costs more than the comparison does.

_CELL_VALUE: dict[str, Callable[[int, float], Condition]] = {
    "<": lambda i, k: lambda cells, day: cells[i] < k,
    "<=": lambda i, k: lambda cells, day: cells[i] <= k,
    ">": lambda i, k: lambda cells, day: cells[i] > k,
    ">=": lambda i, k: lambda cells, day: cells[i] >= k,
    "==": lambda i, k: lambda cells, day: cells[i] == k,
    "!=": lambda i, k: lambda cells, day: cells[i] != k,
}
_CELL_CELL: dict[str, Callable[[int, int], Condition]] = {
    "<": lambda i, j: lambda cells, day: cells[i] < cells[j],
    "<=": lambda i, j: lambda cells, day: cells[i] <= cells[j],
    ">": lambda i, j: lambda cells, day: cells[i] > cells[j],
    ">=": lambda i, j: lambda cells, day: cells[i] >= cells[j],
    "==": lambda i, j: lambda cells, day: cells[i] == cells[j],
    "!=": lambda i, j: lambda cells, day: cells[i] != cells[j],
}
_CODE_VALUE: dict[str, Callable[[Numeric, float], Condition]] = {
    "<": lambda a, k: lambda cells, day: a(cells, day) < k,
    "<=": lambda a, k: lambda cells, day: a(cells, day) <= k,
    ">": lambda a, k: lambda cells, day: a(cells, day) > k,
    ">=": lambda a, k: lambda cells, day: a(cells, day) >= k,
    "==": lambda a, k: lambda cells, day: a(cells, day) == k,
    "!=": lambda a, k: lambda cells, day: a(cells, day) != k,
}
_CODE_CODE: dict[str, Callable[[Numeric, Numeric], Condition]] = {
    "<": lambda a, b: lambda cells, day: a(cells, day) < b(cells, day),
    "<=": lambda a, b: lambda cells, day: a(cells, day) <= b(cells, day),
    ">": lambda a, b: lambda cells, day: a(cells, day) > b(cells, day),
    ">=": lambda a, b: lambda cells, day: a(cells, day) >= b(cells, day),
    "==": lambda a, b: lambda cells, day: a(cells, day) == b(cells, day),
    "!=": lambda a, b: lambda cells, day: a(cells, day) != b(cells, day),
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_INVERTED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}

_SUM_CELL_VALUE: dict[str, Callable[[int, float], Numeric]] = {
    "+": lambda i, k: lambda cells, day: cells[i] + k,
    "-": lambda i, k: lambda cells, day: cells[i] - k,
    "*": lambda i, k: lambda cells, day: cells[i] * k,
}
_SUM_CELL_CELL: dict[str, Callable[[int, int], Numeric]] = {
    "+": lambda i, j: lambda cells, day: cells[i] + cells[j],
    "-": lambda i, j: lambda cells, day: cells[i] - cells[j],
    "*": lambda i, j: lambda cells, day: cells[i] * cells[j],
}
_SUM_CODE_CELL: dict[str, Callable[[Numeric, int], Numeric]] = {
    "+": lambda a, j: lambda cells, day: a(cells, day) + cells[j],
    "-": lambda a, j: lambda cells, day: a(cells, day) - cells[j],
    "*": lambda a, j: lambda cells, day: a(cells, day) * cells[j],
}
_SUM_CODE_VALUE: dict[str, Callable[[Numeric, float], Numeric]] = {
    "+": lambda a, k: lambda cells, day: a(cells, day) + k,
    "-": lambda a, k: lambda cells, day: a(cells, day) - k,
    "*": lambda a, k: lambda cells, day: a(cells, day) * k,
}
_SUM_VALUE_CELL: dict[str, Callable[[float, int], Numeric]] = {
    "+": lambda k, j: lambda cells, day: k + cells[j],
    "-": lambda k, j: lambda cells, day: k - cells[j],
    "*": lambda k, j: lambda cells, day: k * cells[j],
}
_SUM_CODE_CODE: dict[str, Callable[[Numeric, Numeric], Numeric]] = {
    "+": lambda a, b: lambda cells, day: a(cells, day) + b(cells, day),
    "-": lambda a, b: lambda cells, day: a(cells, day) - b(cells, day),
    "*": lambda a, b: lambda cells, day: a(cells, day) * b(cells, day),
}


class _Compiler:
    """Makes closures. A measure is made once and shared by every name that stands for it."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.numbers: dict[str, _Made] = {}
        self.conditions: dict[str, Condition] = {}

    # ── numbers ──

    def number(self, node: Node) -> _Made:
        match node:
            case Number(value):
                return _fixed(value)
            case Name(name):
                return self.named_number(name)
            case Read(function, words):
                return _numeric_reading(_reading(self.env, function, words))
            case Negate(operand):
                return _negated(self.number(operand))
            case Binary(op, left, right):
                return _binary(op, self.number(left), self.number(right))
            case Divide(left, right, fallback):
                return self.division(left, right, fallback)
            case Call(function, arguments):
                return _called(function, [self.number(part) for part in arguments])
            case _:
                raise ValueError(f"{unparse(node)} is not a number")

    def named_number(self, name: str) -> _Made:
        if (cell := self.env.number(name)) is not None:
            return _of_cell(cell)
        if name not in self.numbers:
            measure = self.env.measure(name)
            if measure is None:
                return _Made(lambda cells, day: float(day))  # check lets only `today` come here
            self.numbers[name] = self.number(measure.node)
        return self.numbers[name]

    def division(self, left: Node, right: Node, fallback: Node | None) -> _Made:
        above, below = self.number(left), self.number(right)
        a, b = above.code, below.code
        if (value := constant(right)) is not None:
            divisor: float = value
            if above.value is not None:
                return _fixed(above.value / divisor)
            if above.cell is not None:
                i = above.cell
                return _Made(lambda cells, day: cells[i] / divisor)
            return _Made(lambda cells, day: a(cells, day) / divisor)
        if fallback is None:
            raise ValueError("a division without a fallback")
        c = self.number(fallback).code

        def quotient(cells: Cells, day: int) -> float:
            divisor = b(cells, day)
            return c(cells, day) if divisor == 0 else a(cells, day) / divisor

        return _Made(quotient)

    # ── conditions ──

    def condition(self, node: Node) -> Condition:
        match node:
            case Boolean(value):
                return (lambda cells, day: True) if value else (lambda cells, day: False)
            case Name(name):
                return self.named_condition(name)
            case Is() | In():
                return _standing(node, *_words(self.env, node.name))
            case Read(function, words):
                return _true_reading(_reading(self.env, function, words))
            case Not(operand):
                test = self.condition(operand)
                return lambda cells, day: not test(cells, day)
            case Compare(op, left, right):
                return _compared(op, self.number(left), self.number(right))
            case Logic(op, _, _):
                tests = [self.condition(part) for part in _chain(node, op)]
                return _all(tests) if op == "and" else _any(tests)
            case _:
                raise ValueError(f"{unparse(node)} is not a condition")

    def named_condition(self, name: str) -> Condition:
        if name not in self.conditions:
            measure = self.env.measure(name)
            if measure is None:
                raise ValueError(f"{name} is not a condition")
            self.conditions[name] = self.condition(measure.node)
        return self.conditions[name]


def _chain(node: Logic, op: str) -> list[Node]:
    """The terms of ``a and b and c`` in the order written, so that they become one closure."""
    terms: list[Node] = []
    waiting: list[Node] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Logic) and part.op == op:
            waiting += (part.right, part.left)
        else:
            terms.append(part)
    return terms


def _words(env: Environment, name: str) -> tuple[int, tuple[str, ...]]:
    found = env.words(name)
    if found is None:
        raise ValueError(f"{name} has no words")
    return found


def _reading(env: Environment, function: str, words: tuple[str, ...]) -> Reading:
    reading = env.reading(function, words)
    if isinstance(reading, str):
        raise ValueError(reading)
    return reading


def _negated(made: _Made) -> _Made:
    if made.value is not None:
        return _fixed(-made.value)
    a = made.code
    return _Made(lambda cells, day: -a(cells, day))


def _binary(op: str, left: _Made, right: _Made) -> _Made:
    match (left, right):
        case (_Made(value=float(a)), _Made(value=float(b))):
            return _fixed(_SUM_CODE_CODE[op](left.code, right.code)((), 0))
        case (_Made(cell=int(i)), _Made(cell=int(j))):
            return _Made(_SUM_CELL_CELL[op](i, j))
        case (_Made(cell=int(i)), _Made(value=float(b))):
            return _Made(_SUM_CELL_VALUE[op](i, b))
        case (_Made(value=float(a)), _Made(cell=int(j))):
            return _Made(_SUM_VALUE_CELL[op](a, j))
        case (_, _Made(cell=int(j))):
            return _Made(_SUM_CODE_CELL[op](left.code, j))
        case (_, _Made(value=float(b))):
            return _Made(_SUM_CODE_VALUE[op](left.code, b))
        case _:
            return _Made(_SUM_CODE_CODE[op](left.code, right.code))


def _called(function: str, parts: list[_Made]) -> _Made:
    codes = tuple(part.code for part in parts)
    first = codes[0]
    if function == "abs":
        return _Made(lambda cells, day: abs(first(cells, day)))
    if len(parts) == 2:
        second = codes[1]
        fixed = parts[1].value
        if function == "min":
            if fixed is not None:
                return _Made(_least_fixed(first, fixed))
            return _Made(lambda cells, day: min(first(cells, day), second(cells, day)))
        if fixed is not None:
            return _Made(_most_fixed(first, fixed))
        return _Made(lambda cells, day: max(first(cells, day), second(cells, day)))
    if function == "min":
        return _Made(lambda cells, day: min([code(cells, day) for code in codes]))
    return _Made(lambda cells, day: max([code(cells, day) for code in codes]))


def _least_fixed(code: Numeric, bound: float) -> Numeric:
    def least(cells: Cells, day: int) -> float:
        value = code(cells, day)
        return bound if bound < value else value

    return least


def _most_fixed(code: Numeric, bound: float) -> Numeric:
    def most(cells: Cells, day: int) -> float:
        value = code(cells, day)
        return bound if bound > value else value

    return most


def _numeric_reading(reading: Reading) -> _Made:
    match reading.kind:
        case "cell":
            return _of_cell(reading.cells[0])
        case "days_since":
            i = reading.cells[0]
            return _Made(lambda cells, day: day - cells[i])
        case "days_until":
            i = reading.cells[0]
            return _Made(lambda cells, day: cells[i] - day if cells[i] != 0 else 0.0)
        case "day":
            return _Made(lambda cells, day: float(day))
        case "count":
            return _Made(_counted(reading.cells, reading.value))
        case _:
            raise ValueError(f"a reading of kind {reading.kind} is not a number")


def _counted(which: tuple[int, ...], value: float) -> Numeric:
    if not which:
        return lambda cells, day: 0.0
    if len(which) == 1:
        i = which[0]
        return lambda cells, day: 1.0 if cells[i] == value else 0.0
    pick = itemgetter(*which)
    return lambda cells, day: float(pick(cells).count(value))


def _true_reading(reading: Reading) -> Condition:
    i = reading.cells[0]
    if reading.kind == "flag":
        return lambda cells, day: cells[i] != 0
    if reading.kind == "equals":
        value = reading.value
        return lambda cells, day: cells[i] == value
    raise ValueError(f"a reading of kind {reading.kind} is not a condition")


def _standing(node: Is | In, cell: int, words: tuple[str, ...]) -> Condition:
    wanted = (node.word,) if isinstance(node, Is) else node.words
    indices = tuple(dict.fromkeys(float(words.index(word)) for word in wanted))
    if len(indices) == 1:
        only = indices[0]
        if node.negated:
            return lambda cells, day: cells[cell] != only
        return lambda cells, day: cells[cell] == only
    several = indices if len(indices) < 4 else frozenset(indices)
    if node.negated:
        return lambda cells, day: cells[cell] not in several
    return lambda cells, day: cells[cell] in several


def _compared(op: str, left: _Made, right: _Made) -> Condition:
    match (left, right):
        case (_Made(cell=int(i)), _Made(cell=int(j))):
            return _CELL_CELL[op](i, j)
        case (_Made(cell=int(i)), _Made(value=float(k))):
            return _CELL_VALUE[op](i, k)
        case (_Made(value=float(k)), _Made(cell=int(j))):
            return _CELL_VALUE[_MIRRORED[op]](j, k)
        case (_, _Made(value=float(k))):
            return _CODE_VALUE[op](left.code, k)
        case _:
            return _CODE_CODE[op](left.code, right.code)


def _all(tests: list[Condition]) -> Condition:
    if len(tests) == 2:
        a, b = tests
        return lambda cells, day: a(cells, day) and b(cells, day)
    if len(tests) == 3:
        a, b, c = tests
        return lambda cells, day: a(cells, day) and b(cells, day) and c(cells, day)
    every = tuple(tests)

    def hold(cells: Cells, day: int) -> bool:
        for test in every:  # noqa: SIM110 (a generator for all() costs more than the tests)
            if not test(cells, day):
                return False
        return True

    return hold


def _any(tests: list[Condition]) -> Condition:
    if len(tests) == 2:
        a, b = tests
        return lambda cells, day: a(cells, day) or b(cells, day)
    if len(tests) == 3:
        a, b, c = tests
        return lambda cells, day: a(cells, day) or b(cells, day) or c(cells, day)
    every = tuple(tests)

    def holds(cells: Cells, day: int) -> bool:
        for test in every:  # noqa: SIM110 (a generator for any() costs more than the tests)
            if test(cells, day):
                return True
        return False

    return holds


# ── why not ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unmet:
    """One condition that does not hold: where things stand, and what it needs.

    ``text`` is the condition that would have to hold, ``op`` its verb: a comparison, ``is``,
    ``is not``, ``in``, ``not in``, ``holds`` or ``does not hold``. The last two carry no levels.
    """

    text: str
    cells: frozenset[int]
    level: float | str | None
    needed: float | str | None
    op: str


def explain(expr: Expr, env: Environment, cells: Cells, day: int) -> tuple[Unmet, ...]:
    """Why a checked condition does not hold: its smallest failing parts, in the order written.

    Of ``a and b`` those that fail, of ``a or b`` all, since any of them would do. Nothing when
    the condition holds.
    """
    explainer = _Explainer(env, cells, day)
    _must_pass(expr, env, "boolean")
    if explainer.holds(expr.node):
        return ()
    explainer.fails(expr.node, True)
    return tuple(explainer.unmet)


class _Explainer:
    def __init__(self, env: Environment, cells: Cells, day: int) -> None:
        self.env, self.cells, self.day = env, cells, day
        self.compiler = _Compiler(env)
        self.unmet: dict[Unmet, None] = {}

    def holds(self, node: Node) -> bool:
        return self.compiler.condition(node)(self.cells, self.day)

    def value(self, node: Node) -> float:
        return self.compiler.number(node).code(self.cells, self.day)

    def leaf(
        self, node: Node, op: str, level: float | str | None = None,
        needed: float | str | None = None, text: str | None = None,
    ) -> None:  # fmt: skip
        which = reads(Expr("", node), self.env)
        self.unmet[Unmet(text or unparse(node), which, level, needed, op)] = None

    def fails(self, node: Node, wanted: bool) -> None:
        """Note the leaves that keep ``node`` from being ``wanted``."""
        match node:
            case Not(operand):
                self.fails(operand, not wanted)
            case Logic(op, _, _):
                for part in _chain(node, op):
                    if self.holds(part) is not wanted:
                        self.fails(part, wanted)
            case Compare():
                self.comparison(node if wanted else replace(node, op=_INVERTED[node.op]))
            case Is():
                self.standing(replace(node, negated=node.negated is wanted), node.word)
            case In():
                flipped = replace(node, negated=node.negated is wanted)
                self.standing(flipped, ", ".join(node.words))
            case Name(name) if (measure := self.env.measure(name)) is not None:
                self.fails(measure.node, wanted)
            case _:
                text = unparse(node) if wanted else f"not {unparse(node)}"
                self.leaf(node, "holds" if wanted else "does not hold", text=text)

    def comparison(self, node: Compare) -> None:
        left, right = node.left, node.right
        if constant(left) is not None and constant(right) is None:
            left, right = right, left
            node = Compare(_MIRRORED[node.op], left, right)
        self.leaf(node, node.op, self.value(left), self.value(right))

    def standing(self, node: Is | In, needed: str) -> None:
        cell, words = _words(self.env, node.name)
        at = int(self.cells[cell])
        level = words[at] if 0 <= at < len(words) else None
        verb = "is" if isinstance(node, Is) else "in"
        if node.negated:
            verb = "is not" if verb == "is" else "not in"
        self.leaf(node, verb, level, needed)


__all__ = [
    "TODAY",
    "Condition",
    "Numeric",
    "Unmet",
    "compile_boolean",
    "compile_number",
    "explain",
    "kind_of",
]
