"""What an expression means in a given world: names found, types fitting, measures not in a ring.

The world is an :class:`Environment`, made by whoever compiles a scenario. Checking follows
measures to learn their type and size, but leaves the mistakes inside them to their own check.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from peace_sim.diagnostics import Diagnostic, Findings, error, in_order, nearest, register
from peace_sim.expressions.syntax import (
    BUILT_IN,
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
    walk,
)

Kind = Literal["number", "boolean"]

TODAY = "today"
"""The day itself, as a number that dates compare with; a variable of that name comes first."""

MAX_INLINED_HEIGHT = 200
"""Parts on the longest way down once measures stand in full: well inside Python's call stack."""
MAX_INLINED_PARTS = 20_000
"""Parts in all once measures stand in full: ten measures that each double the last are 1,024."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading function reads, in cells.

    ``cell`` the value · ``days_since`` day minus cell · ``days_until`` cell minus day, and 0 for
    an empty cell · ``flag`` cell is not 0 · ``count`` how many cells equal ``value`` · ``equals``
    the cell equals ``value`` · ``day`` the day itself.
    """

    kind: Literal["cell", "days_since", "days_until", "flag", "count", "equals", "day"]
    cells: tuple[int, ...] = ()
    value: float = 0.0

    @property
    def gives(self) -> Kind:
        """Whether the reading is a number or holds or not."""
        return "boolean" if self.kind in ("flag", "equals") else "number"


class Environment(Protocol):
    """The names of one scenario."""

    def number(self, name: str) -> int | None:
        """The cell of a numeric variable, or None when it is no such thing."""

    def words(self, name: str) -> tuple[int, tuple[str, ...]] | None:
        """The cell of a choice or track, and its words; the cell holds the index of one."""

    def measure(self, name: str) -> Expr | None:
        """The expression that a measure stands for."""

    def reading(self, function: str, words: tuple[str, ...]) -> Reading | str:
        """What is to be read, or a sentence saying why it cannot be."""

    def known(self) -> Iterable[str]:
        """Every name, for suggestions."""


class _Shape(NamedTuple):
    """What is known about a part: its type (None when a mistake hides it), size and height."""

    kind: Kind | None
    parts: int = 1
    height: int = 1


_NUMBER, _BOOLEAN, _HIDDEN = _Shape("number"), _Shape("boolean"), _Shape(None)


class _Checker:
    def __init__(self, expr: Expr, env: Environment) -> None:
        self.expr = expr
        self.env = env
        self.found: list[Diagnostic] = []
        self.measures: dict[str, _Shape] = {}
        self.path: list[str] = []  # measures being followed, outermost first
        self.place: tuple[int, int] | None = None  # the name in our text that led into a measure
        self.too_far = False

    def report(
        self, code: str, message: str, start: int, end: int, hint: str | None = None
    ) -> None:
        if not self.path:
            self.found.append(error(code, message, self.expr.place(start, end), hint))

    def report_through(self, code: str, message: str, hint: str) -> None:
        """Report a mistake that lies across measures, at the name that led there."""
        start, end = self.place or (0, len(self.expr.text))
        self.found.append(error(code, message, self.expr.place(start, end), hint))

    # ── names ──

    def name(self, node: Name, level: int) -> _Shape:
        if self.env.number(node.id) is not None:
            return _NUMBER
        if (measure := self.env.measure(node.id)) is not None:
            return self.measure(node, measure, level)
        if (found := self.env.words(node.id)) is not None:
            example = f"`{node.id} is {found[1][0]}`" if found[1] else f"`{node.id} is …`"
            self.report(
                "E214", f'"{node.id}" has words, not a number', node.start, node.end,
                f"write {example}",
            )  # fmt: skip
        elif node.id == TODAY:
            return _NUMBER
        else:
            self.unknown(node.id, node.start)
        return _HIDDEN

    def measure(self, node: Name, measure: Expr, level: int) -> _Shape:
        if node.id in self.path:
            ring = " → ".join([*self.path[self.path.index(node.id) :], node.id])
            self.report_through("E210", f"the measure goes in a ring: {ring}", "cut it somewhere")
            return _HIDDEN
        if node.id in self.measures:
            return self.measures[node.id]
        if level > MAX_INLINED_HEIGHT:
            self.far()
            return _HIDDEN
        if not self.path:
            self.place = (node.start, node.end)
        self.path.append(node.id)
        shape = self.shape(measure.node, level + 1)
        self.path.pop()
        self.measures[node.id] = shape
        return shape

    def far(self) -> None:
        if not self.too_far:
            self.too_far = True
            self.report_through(
                "E211",
                "the measures used here grow too large when they are put together",
                "use fewer measures inside one another",
            )

    def unknown(self, name: str, start: int) -> None:
        meant = nearest(name, self.env.known())
        tail = f'; did you mean "{meant}"?' if meant else ""
        self.report("E203", f'"{name}" is not known here{tail}', start, start + len(name))

    def standing(self, node: Is | In) -> _Shape:
        """``is`` and ``in``: the name has words, and these are some of them."""
        found = self.env.words(node.name)
        start = node.start
        if found is None:
            numeric = self.env.number(node.name) is not None or node.name == TODAY
            if numeric or self.env.measure(node.name) is not None:
                message = f'"{node.name}" has no words to stand at'
                hint = "compare a number with `==`, `>=` and so on" if numeric else None
                self.report("E215", message, start, start + len(node.name), hint)
            else:
                self.unknown(node.name, start)
            return _BOOLEAN
        words = (node.word,) if isinstance(node, Is) else node.words
        places = ((node.word_start, node.word_end),) if isinstance(node, Is) else node.word_places
        for word, (first, last) in zip(words, places, strict=False):
            if word not in found[1]:
                meant = nearest(word, found[1])
                tail = f'; did you mean "{meant}"?' if meant else ""
                listed = ", ".join(found[1][:12]) + (", …" if len(found[1]) > 12 else "")
                message = f'"{word}" is not a word of {node.name}{tail}'
                self.report("E208", message, first, last, f"its words are {listed}")
        return _BOOLEAN

    def reading(self, node: Read) -> _Shape:
        reading = self.env.reading(node.function, node.words)
        if isinstance(reading, Reading):
            return _Shape(reading.gives)
        self.report("E212", reading, node.start, node.end)
        return _HIDDEN

    # ── shapes ──

    def shape(self, node: Node, level: int) -> _Shape:
        if level > MAX_INLINED_HEIGHT:
            self.far()
            return _HIDDEN
        match node:
            case Number():
                return _NUMBER
            case Boolean():
                return _BOOLEAN
            case Name():
                return self.name(node, level)
            case Is() | In():
                return self.standing(node)
            case Read():
                return self.reading(node)
            case Not():
                return self.joined("boolean", "boolean", (node.operand,), level, "not")
            case Negate():
                return self.joined("number", "number", (node.operand,), level, "-")
            case Logic():
                return self.joined("boolean", "boolean", (node.left, node.right), level, node.op)
            case Binary():
                return self.joined("number", "number", (node.left, node.right), level, node.op)
            case Compare():
                return self.compared(node, level)
            case Divide():
                self.divisor(node)
                sides: tuple[Node, ...] = (node.left, node.right)
                if node.fallback is not None:
                    sides = (*sides, node.fallback)
                return self.joined("number", "number", sides, level, "/")
            case Call():
                return self.called(node, level)

    def joined(
        self, gives: Kind, wants: Kind, nodes: tuple[Node, ...], level: int, op: str
    ) -> _Shape:
        parts, height = 1, 1
        for node in nodes:
            shape = self.shape(node, level + 1)
            if shape.kind is not None and shape.kind != wants:
                self.unwanted(wants, node, f"`{op}`")
            parts += shape.parts
            height = max(height, shape.height + 1)
        if parts > MAX_INLINED_PARTS or height > MAX_INLINED_HEIGHT:
            self.far()
        return _Shape(gives, min(parts, MAX_INLINED_PARTS + 1), height)

    def unwanted(self, wants: Kind, node: Node, whose: str) -> None:
        if wants == "number":
            message = f"{whose} wants a number, and this holds or does not hold"
            self.report("E207", message, node.start, node.end)
        else:
            hint = "compare it with something: `>= 50`"
            message = f"{whose} wants a condition, and this is a number"
            self.report("E207", message, node.start, node.end, hint)

    def compared(self, node: Compare, level: int) -> _Shape:
        # `phase == active` deserves one finding that says how it is written, not two unknown names
        if node.op in ("==", "!=") and isinstance(node.left, Name):
            words = self.env.words(node.left.id)
            if words is not None and self.env.number(node.left.id) is None:
                right = node.right.id if isinstance(node.right, Name) else words[1][0]
                verb = "is" if node.op == "==" else "is not"
                message = f'"{node.left.id}" has words, not a number'
                hint = f"write `{node.left.id} {verb} {right}`"
                self.report("E214", message, node.start, node.end, hint)
                return _BOOLEAN
        for side in (node.left, node.right):
            if isinstance(side, Boolean) and node.op in ("==", "!="):
                hint = "write the condition alone, or `not` before it"
                message = "a condition is not compared with `true` or `false`"
                self.report("E207", message, side.start, side.end, hint)
                return _BOOLEAN
        return self.joined("boolean", "number", (node.left, node.right), level, node.op)

    def divisor(self, node: Divide) -> None:
        value = constant(node.right)
        hint = "write `a / b else c`: c stands in when b is 0"
        if value == 0:
            self.report("E209", "division by nought", node.right.start, node.right.end)
        elif value is None and node.fallback is None:
            message = "the divisor may be nought"
            self.report("E209", message, node.right.start, node.right.end, hint)

    def called(self, node: Call, level: int) -> _Shape:
        number = len(node.arguments)
        if node.function == "abs" and number != 1:
            message = f"abs(…) takes one number, and here are {number}"
            self.report("E213", message, node.start, node.end)
        elif node.function in BUILT_IN and node.function != "abs" and number < 2:
            message = f"{node.function}(…) takes two numbers or more, and here are {number}"
            self.report("E213", message, node.start, node.end)
        return self.joined("number", "number", node.arguments, level, f"{node.function}(…)")


def constant(node: Node) -> float | None:
    """The value of a written number, perhaps with a minus sign."""
    match node:
        case Number(value):
            return value
        case Negate(Number(value)):
            return -value
        case _:
            return None


def check(expr: Expr, env: Environment, want: Kind) -> Findings:
    """Every mistake of meaning in an expression that should be a ``want``."""
    checker = _Checker(expr, env)
    shape = checker.shape(expr.node, 1)
    role = "a number is wanted here" if want == "number" else "a condition is wanted here"
    if shape.kind is not None and shape.kind != want:
        is_what = "holds or does not hold" if want == "number" else "is a number"
        hint = None if want == "number" else "compare it with something: `>= 50`"
        node = expr.node
        checker.report("E207", f"{role}, and this {is_what}", node.start, node.end, hint)
    return in_order(checker.found)


def kind_of(expr: Expr, env: Environment) -> Kind | None:
    """Whether an expression is a number or a condition; None when a mistake hides it."""
    return _Checker(expr, env).shape(expr.node, 1).kind


def reads(expr: Expr, env: Environment) -> frozenset[int]:
    """The cells that the value depends on, measures followed."""
    return _read(expr, env)[0]


def reads_day(expr: Expr, env: Environment) -> bool:
    """Whether the value may change with the day alone."""
    return _read(expr, env)[1]


def _read(expr: Expr, env: Environment) -> tuple[frozenset[int], bool]:
    cells: set[int] = set()
    day = False
    followed: set[str] = set()
    waiting = [expr.node]
    while waiting:
        for node in walk(waiting.pop()):
            match node:
                case Name():
                    cell, measure = env.number(node.id), env.measure(node.id)
                    if cell is not None:
                        cells.add(cell)
                    elif measure is None:
                        day = day or (node.id == TODAY and env.words(TODAY) is None)
                    elif node.id not in followed:
                        followed.add(node.id)
                        waiting.append(measure.node)
                case Is() | In():
                    if (words := env.words(node.name)) is not None:
                        cells.add(words[0])
                case Read():
                    reading = env.reading(node.function, node.words)
                    if isinstance(reading, Reading):
                        cells.update(reading.cells)
                        day = day or reading.kind in ("day", "days_since", "days_until")
                case _:
                    pass
    return frozenset(cells), day


register(
    "E203",
    "an unknown name",
    "The name is neither a variable, a choice, a track nor a measure of this scenario.",
    "travel >= 50",
    "trust >= 50",
)
register(
    "E207",
    "a number where a condition is wanted, or the other way round",
    "`and`, `or` and `not` join conditions; `+ - * /`, comparisons, min, max and abs take numbers. "
    "A guard is a condition, an effect's right-hand side a number.",
    "when: trust",
    "when: trust >= 50",
)
register(
    "E208",
    "not a word of this choice or track",
    "A choice or track stands at one of the words that the scenario lists for it.",
    "talks is opne",
    "talks is open",
)
register(
    "E209",
    "division by what may be nought",
    "The divisor is a written number other than 0, or the division says what stands in for it "
    "when the divisor is 0. So no game can stop over a division.",
    "violations / troops > 2",
    "(violations / troops else 0) > 2",
)
register(
    "E210",
    "measures in a ring",
    "A measure that needs itself, directly or through others, has no value.",
    "climate: mood + 1\n  mood: climate / 2",
    "climate: trust + 1\n  mood: climate / 2",
)
register(
    "E211",
    "measures too large together",
    "A measure is put in place of its name. Measures that use each other many times over grow "
    "beyond what can be calculated quickly.",
    "m9: m8 + m8 + m8 + m8",
    "m9: 4 * m8",
)
register(
    "E212",
    "a reading that is not possible",
    "The function does not exist, or the names between its brackets are not what it reads.",
    "days_in(trust) > 30",
    "days_in(talks) > 30",
)
register(
    "E213",
    "the wrong number of parts",
    "min and max take two numbers or more, abs takes one.",
    "abs(trust, troops) > 5",
    "abs(trust - troops) > 5",
)
register(
    "E214",
    "words used as a number",
    "A choice or a track stands at a word and has no size. Ask for the word with `is` or `in`.",
    "talks == open",
    "talks is open",
)
register(
    "E215",
    "a number asked for a word",
    "`is` and `in` ask where a choice or a track stands. Numbers are compared.",
    "trust is high",
    "trust >= 70",
)
