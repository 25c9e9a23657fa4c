"""Guards and numbers as programs of a small stack machine, in two flat arrays.

An operation is a whole number, followed by what it needs: cells, places of constants, lengths of
jumps. Conditions are 1 and 0. ``and`` and ``or`` jump past what need not be asked. The operators,
their order and their roundings are those of ``expressions.compile``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from struct import pack

from peace_sim.engine.game import Guard, Number
from peace_sim.expressions import Environment, Node, Reading
from peace_sim.expressions import syntax as tree

(
    END, CONST, CELL, DAY, NEGATE, SQUARE, SIZE, INSTEAD, SINCE, UNTIL, COUNT, SET, STANDS, NOT,
    UNLESS, IF, STANDS_UNLESS, STANDS_IF, AT_LEAST, AT_MOST,
) = range(20)  # fmt: skip
"""END gives the top of the stack. INSTEAD takes divisor, fallback and dividend. SET asks whether a
cell is not 0, STANDS whether it is a constant. UNLESS jumps where the top is 0, IF where it is not;
where they do not jump they drop it. AT_LEAST and AT_MOST hold the top to a constant, which comes
first of equals."""

(
    ADD, SUBTRACT, MULTIPLY, DIVIDE, LEAST, MOST, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL,
    UNEQUAL,
) = range(32, 44)  # fmt: skip
"""What takes two: from the stack, or, 16 and more places further on, from where they stand."""

ON_CONST, ON_CELL, OF_CELL_AND_CONST, OF_TWO_CELLS = 16, 32, 48, 64
"""The second is a constant or a cell; or the first a cell, and the second a constant or a cell."""

DEPTH = 96
"""So deep a stack is enough: expressions are bounded, and an operand costs one place."""

_BINARY: Mapping[str, int] = {
    "+": ADD, "-": SUBTRACT, "*": MULTIPLY, "<": LESS, "<=": LESS_EQUAL, ">": GREATER,
    ">=": GREATER_EQUAL, "==": EQUAL, "!=": UNEQUAL,
}  # fmt: skip
_TAKES = {
    CONST: 0, CELL: 0, DAY: 0, SINCE: 0, UNTIL: 0, COUNT: 0, SET: 0, STANDS: 0, INSTEAD: 3,
    NEGATE: 1, SIZE: 1, NOT: 1, SQUARE: 1, AT_LEAST: 1, AT_MOST: 1, UNLESS: 2, IF: 2,
}  # fmt: skip
"""How many places of the stack an operation takes; it gives one, and a jump none."""


class Assembler:
    """Makes programs, one after the other; each is called by its first place.

    A cell of ``hidden`` reads as 0, as in a masked state. Cells past the game's own are scratch.
    """

    def __init__(self, cells: int) -> None:
        self.code: list[int] = []
        self.constants: list[float] = []
        self.scratch = cells
        """The next free scratch cell."""
        self._places: dict[bytes, int] = {}
        self._made: dict[tuple[int, frozenset[int]], int] = {}
        self._kept: list[Guard | Number] = []
        self._hidden: frozenset[int] = frozenset()
        self._depth = 0
        self._starts: list[int] = []
        """Where each operation begins since something last jumped here."""

    # ── whole programs ──

    def guard(self, part: Guard | None, hidden: frozenset[int] = frozenset()) -> int:
        """A condition's program; -1 for none."""
        return -1 if part is None else self._part(part, hidden)

    def number(self, part: Number | None, hidden: frozenset[int] = frozenset()) -> int:
        """A number's program; -1 for none."""
        return -1 if part is None else self._part(part, hidden)

    @contextmanager
    def program(self, hidden: frozenset[int] = frozenset()) -> Iterator[int]:
        """A program made by hand, operation by operation; gives its first place."""
        start, self._hidden, self._depth, self._starts = len(self.code), hidden, 0, []
        yield start
        self.code.append(END)

    def room(self) -> int:
        """A scratch cell of one's own."""
        self.scratch += 1
        return self.scratch - 1

    def _part(self, part: Guard | Number, hidden: frozenset[int]) -> int:
        if part.names is None:
            raise ValueError(f"{part.expr.text!r} was made by hand, without the names it reads")
        key = (id(part), hidden & part.reads)
        if key not in self._made:
            self._kept.append(part)  # so that its id stays its own
            with self.program(hidden) as start:
                if isinstance(part, Number):
                    self.value_of(part)
                else:
                    self._truth(part.expr.node, part.names)
            self._made[key] = start
        return self._made[key]

    # ── operations ──

    def emit(self, operation: int, *needs: int) -> None:
        """One operation with what it needs, drawn together with those just before where it can."""
        self._depth += 1 - _TAKES.get(operation, 2)
        if self._depth > DEPTH:
            raise ValueError("an expression is deeper than the machine's stack")
        last, before = self._last(0), self._last(1)
        if operation >= ADD and last in (CONST, CELL):
            place = self._take()
            if before == CELL:
                mode = OF_CELL_AND_CONST if last == CONST else OF_TWO_CELLS
                needs = (self._take(), place)
            else:
                mode, needs = ON_CONST if last == CONST else ON_CELL, (place,)
            operation += mode
        elif operation in (UNLESS, IF) and last == STANDS:
            at = self._starts.pop()
            needs = (*self.code[at + 1 :], *needs)
            del self.code[at:]
            operation = STANDS_UNLESS if operation == UNLESS else STANDS_IF
        self._starts.append(len(self.code))
        self.code += (operation, *needs)

    def _last(self, back: int) -> int:
        """An operation just made, if nothing jumps past it; -1 for none."""
        if len(self._starts) <= back:
            return -1
        return self.code[self._starts[-1 - back]]

    def _take(self) -> int:
        """Take the last operation back, and give the one thing that it needed."""
        needed = self.code.pop()
        del self.code[self._starts.pop() :]
        return needed

    def constant(self, value: float) -> None:
        """Push a constant."""
        self.emit(CONST, self._place(float(value)))

    def at_least(self, bound: float) -> None:
        """Hold the top to a lower bound: ``max(bound, top)``."""
        self.emit(AT_LEAST, self._place(bound))

    def at_most(self, bound: float) -> None:
        """Hold the top to an upper bound: ``min(bound, top)``."""
        self.emit(AT_MOST, self._place(bound))

    def cell(self, cell: int) -> None:
        """Push a cell, or 0 where it is hidden."""
        if cell in self._hidden:
            self.constant(0.0)
        else:
            self.emit(CELL, cell)

    def value_of(self, part: Number) -> None:
        """Push a number."""
        assert part.names is not None
        self._number(part.expr.node, part.names)

    def _place(self, value: float) -> int:
        key = pack("d", value)
        if key not in self._places:
            self._places[key] = len(self.constants)
            self.constants.append(value)
        return self._places[key]

    # ── numbers ──

    def _number(self, node: Node, env: Environment) -> None:
        match node:
            case tree.Number(value):
                self.constant(value)
            case tree.Name(name):
                self._named(name, env)
            case tree.Read(function, words):
                self._figure(_reading(env, function, words))
            case tree.Negate(operand):
                self._number(operand, env)
                self.emit(NEGATE)
            case tree.Binary(op, left, right):
                self._number(left, env)
                self._number(right, env)
                self.emit(_BINARY[op])
            case tree.Divide(left, right, fallback):
                if fallback is None:
                    self._number(left, env)
                    self._number(right, env)
                    self.emit(DIVIDE)
                else:
                    self._number(right, env)
                    self._number(fallback, env)
                    self._number(left, env)
                    self.emit(INSTEAD)
            case tree.Call(function, arguments):
                self._called(function, arguments, env)
            case _:
                raise ValueError(f"{tree.unparse(node)} is not a number")

    def _named(self, name: str, env: Environment) -> None:
        cell = env.number(name)
        measure = env.measure(name)
        if cell is not None:
            self.cell(cell)
        elif measure is not None:
            self._number(measure.node, env)
        else:
            self.emit(DAY)  # check lets only `today` come here

    def _called(self, function: str, arguments: tuple[Node, ...], env: Environment) -> None:
        self._number(arguments[0], env)
        if function == "abs":
            self.emit(SIZE)
            return
        for part in arguments[1:]:
            self._number(part, env)
            self.emit(LEAST if function == "min" else MOST)

    def _figure(self, reading: Reading) -> None:
        if reading.kind == "day":
            self.emit(DAY)
        elif reading.kind == "count":
            seen = [cell for cell in reading.cells if cell not in self._hidden]
            self.emit(COUNT, self._place(reading.value), len(seen), *seen)
            if reading.value == 0.0:
                self.constant(float(len(reading.cells) - len(seen)))
                self.emit(ADD)
        elif reading.kind == "cell":
            self.cell(reading.cells[0])
        elif reading.kind in ("days_since", "days_until"):
            cell = reading.cells[0]
            since = reading.kind == "days_since"
            if cell not in self._hidden:
                self.emit(SINCE if since else UNTIL, cell)
            elif since:
                self.emit(DAY)
            else:
                self.constant(0.0)
        else:
            raise ValueError(f"a reading of kind {reading.kind} is not a number")

    # ── conditions ──

    def _truth(self, node: Node, env: Environment) -> None:
        match node:
            case tree.Boolean(value):
                self.constant(float(value))
            case tree.Name(name):
                measure = env.measure(name)
                if measure is None:
                    raise ValueError(f"{name} is not a condition")
                self._truth(measure.node, env)
            case tree.Is() | tree.In():
                self._at_words(node, env)
            case tree.Read(function, words):
                self._flag(_reading(env, function, words))
            case tree.Not(operand):
                self._truth(operand, env)
                self.emit(NOT)
            case tree.Compare(op, left, right):
                self._number(left, env)
                self._number(right, env)
                self.emit(_BINARY[op])
            case tree.Logic(op, left, right):
                self._truth(left, env)
                with self._jump(UNLESS if op == "and" else IF):
                    self._truth(right, env)
            case _:
                raise ValueError(f"{tree.unparse(node)} is not a condition")

    @contextmanager
    def _jump(self, operation: int) -> Iterator[None]:
        """Past what is made within, if the top says so."""
        self.emit(operation, 0)
        gap = len(self.code)
        yield
        self.code[gap - 1] = len(self.code) - gap
        self._starts = []

    def _at_words(self, node: tree.Is | tree.In, env: Environment) -> None:
        found = env.words(node.name)
        if found is None:
            raise ValueError(f"{node.name} has no words")
        cell, words = found
        wanted = (node.word,) if isinstance(node, tree.Is) else node.words
        self._stands(cell, [float(words.index(word)) for word in dict.fromkeys(wanted)])
        if node.negated:
            self.emit(NOT)

    def _stands(self, cell: int, places: list[float]) -> None:
        """Whether a cell is one of these."""
        if cell in self._hidden:
            self.constant(float(0.0 in places))
            return
        first, *rest = places
        self.emit(STANDS, cell, self._place(first))
        if rest:
            with self._jump(IF):
                self._stands(cell, rest)

    def _flag(self, reading: Reading) -> None:
        cell = reading.cells[0]
        if reading.kind == "flag":
            if cell in self._hidden:
                self.constant(0.0)
            else:
                self.emit(SET, cell)
        elif reading.kind == "equals":
            self._stands(cell, [reading.value])
        else:
            raise ValueError(f"a reading of kind {reading.kind} is not a condition")


def _reading(env: Environment, function: str, words: tuple[str, ...]) -> Reading:
    reading = env.reading(function, words)
    if isinstance(reading, str):
        raise ValueError(reading)
    return reading
