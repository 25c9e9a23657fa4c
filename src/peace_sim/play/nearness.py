"""How near a role stands to what it wants: a goal's guard as a number that grows on the way.

Made of + − × ÷ and absolute values alone, so that one form serves a state and arrays of many plays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from peace_sim.engine.game import Guard, Number
from peace_sim.expressions import (
    Environment,
    Expr,
    Node,
    compile_boolean,
    compile_number,
    reads,
    unparse,
)
from peace_sim.expressions import syntax as tree

Code = Callable[[Sequence[Any], int], Any]
"""From cells (numbers, or rows of many plays) and a day to a number."""
UNMET = 0.1
"""What a condition that is no comparison counts while it does not hold: little, for it can be far;
not nothing, so that the rest of what it is asked with still matters."""

NumberCode = Callable[[Number], Code]
GuardCode = Callable[[Guard], Code]


def nearness(guard: Guard, number: NumberCode, truth: GuardCode) -> Code:
    """1 more where the guard holds; and from 0 to 1, how near it is or how safely it holds.

    A comparison counts ½ at its bound and more or less with the distance, against the bound's size;
    any other condition 1, or a tenth. *And* takes the product, so that what is asked of another set
    of instructions never looks near; *or* the greater, *not* what is left of 1.
    """
    holds = truth(guard)
    if guard.names is None:  # made by hand: nobody knows how it is written
        return lambda cells, day: holds(cells, day) * 2.0
    near = _Near(guard.names, number, truth).of(guard.expr.node)
    return lambda cells, day: holds(cells, day) * 1.0 + near(cells, day)


class _Near:
    def __init__(self, names: Environment, number: NumberCode, truth: GuardCode) -> None:
        self.names, self.number, self.truth = names, number, truth

    def of(self, node: Node) -> Code:
        match node:
            case tree.Name(name) if (measure := self.names.measure(name)) is not None:
                return self.of(measure.node)
            case tree.Not(operand):
                inner = self.of(operand)
                return lambda cells, day: 1.0 - inner(cells, day)
            case tree.Logic(op, left, right):
                return _joined(op, self.of(left), self.of(right))
            case tree.Compare(op, left, right):
                return _distance(op, self._number(left), self._number(right))
            case _:
                holds = self.truth(self._guard(node))
                return lambda cells, day: UNMET + holds(cells, day) * (1.0 - UNMET)

    def _number(self, node: Node) -> Code:
        expr = Expr(unparse(node), node)
        of = compile_number(expr, self.names)
        return self.number(Number(expr, reads(expr, self.names), of, self.names))

    def _guard(self, node: Node) -> Guard:
        expr = Expr(unparse(node), node)
        holds = compile_boolean(expr, self.names)
        return Guard(expr, reads(expr, self.names), holds, lambda cells, day: (), self.names)


def _joined(op: str, one: Code, other: Code) -> Code:
    if op == "and":
        return lambda cells, day: one(cells, day) * other(cells, day)

    def greater(cells: Sequence[Any], day: int) -> Any:
        a, b = one(cells, day), other(cells, day)
        return (a + b + abs(a - b)) / 2.0

    return greater


def _distance(op: str, left: Code, right: Code) -> Code:
    def share(cells: Sequence[Any], day: int) -> Any:
        a, b = left(cells, day), right(cells, day)
        gap = b - a if op in ("<", "<=") else a - b
        size = abs(gap) + abs(b) + 1.0
        if op in ("==", "!="):
            away = abs(gap) / size
            return away if op == "!=" else 1.0 - away
        return 0.5 + 0.5 * (gap / size)

    return share


