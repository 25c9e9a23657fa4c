"""The language of guards and right-hand sides: its words, its tree, its parser.

A Pratt parser of our own, so that the same text means the same on every Python version, every
mistake has a column, and nothing an author writes can loop, grow or reach into the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple, NoReturn

from peace_sim.diagnostics import Findings, Span, error, nearest, register

MAX_TEXT = 500
"""Characters in one expression."""
MAX_DEPTH = 32
"""Brackets, ``not`` and minus signs inside one another."""
MAX_HEIGHT = 100
"""Parts on the longest way from the whole to a leaf; a chain of terms counts each term."""
MAX_NUMBER = 1e9
"""The largest number that may be written."""

RESERVED = frozenset({"and", "or", "not", "is", "in", "else", "true", "false"})
"""Words that cannot be an id, as the language uses them."""
BUILT_IN = frozenset({"min", "max", "abs"})
"""Functions that calculate; every other function reads something of the game."""

# ── the tree ─────────────────────────────────────────────────────────────────────────────────
# Positions are left out of comparison: two trees are equal when they mean the same.


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, or a date as its day number."""

    value: float
    is_date: bool = field(default=False, compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    """``true`` or ``false``."""

    value: bool
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A numeric variable or a measure, by its id."""

    id: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Is:
    """``name is word``: a choice or a track stands at one of its words."""

    name: str
    word: str
    negated: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    word_start: int = field(default=0, compare=False)
    word_end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class In:
    """``name in (word, word)``: it stands at one of several words."""

    name: str
    words: tuple[str, ...]
    negated: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    word_places: tuple[tuple[int, int], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """``not condition``."""

    operand: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negate:
    """``-number``."""

    operand: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """``left + right``, and likewise ``-`` and ``*``."""

    op: str
    left: Node
    right: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Divide:
    """``left / right``, with what stands in when ``right`` is nought."""

    left: Node
    right: Node
    fallback: Node | None = None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """``left >= right`` and its five siblings."""

    op: str
    left: Node
    right: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """``left and right``, ``left or right``."""

    op: str
    left: Node
    right: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """``min(a, b)``, ``max(a, b)``, ``abs(a)``."""

    function: str
    arguments: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Read:
    """A question to the game, as ``days_in(talks)``; what it means is the environment's to say."""

    function: str
    words: tuple[str, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


Node = (
    Number
    | Boolean
    | Name
    | Is
    | In
    | Not
    | Negate
    | Binary
    | Divide
    | Compare
    | Logic
    | Call
    | Read
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly under a node, in the order written."""
    match node:
        case Not() | Negate():
            return (node.operand,)
        case Binary() | Compare() | Logic():
            return (node.left, node.right)
        case Divide():
            parts = (node.left, node.right)
            return parts if node.fallback is None else (*parts, node.fallback)
        case Call():
            return node.arguments
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Every part of a tree, the whole first, then in the order written."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(children(part)))


@dataclass(frozen=True, slots=True)
class Expr:
    """A parsed expression: what was written, what it says, and where it stands."""

    text: str
    node: Node
    span: Span | None = None

    def names(self) -> tuple[str, ...]:
        """What it mentions, each once, in the order written; a reading with its words."""
        found: dict[str, None] = {}
        for part in walk(self.node):
            match part:
                case Name():
                    found[part.id] = None
                case Is() | In():
                    found[part.name] = None
                case Read():
                    found[unparse(part)] = None
                case _:
                    pass
        return tuple(found)

    def place(self, start: int, end: int) -> Span:
        """Where the characters from ``start`` to ``end`` stand in the file."""
        return place(self.text, self.span, start, end)


def place(text: str, span: Span | None, start: int, end: int) -> Span:
    """Where characters of an expression stand.

    Exact when the scalar is as long as the text, on one line; a quoted or folded scalar is
    marked as a whole. Without a span, the place is within the expression itself.
    """
    if span is None:
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        end_line, end_column = text.count("\n", 0, end) + 1, end - text.rfind("\n", 0, end)
        return Span("<expression>", line, column, end_line, end_column)
    if span.line != span.end_line or span.end_column - span.column != len(text):
        return span
    return span._replace(
        column=span.column + start, end_column=span.column + max(end, start + 1)
    )


# ── words to tokens ──────────────────────────────────────────────────────────────────────────

_TOKEN = re.compile(
    r"""
      (?P<space>   [ \n\r\t]+ )
    | (?P<date>    [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} (?![\w.]) )
    | (?P<number>  [0-9]+ (?: \.[0-9]+ )? (?![\w.]) )
    | (?P<name>    [a-z][a-z0-9_]* (?: \.[a-z][a-z0-9_]* )* (?![\w.]) )
    | (?P<mark>    <=|>=|==|!=|[<>+\-*/(),] )
    """,
    re.VERBOSE,
)
_WORDISH = re.compile(r"[\w.]+")
_BEGUN = re.compile("(?P<number>[0-9])|[a-z]")
_SIMPLE = re.compile(r"[a-z][a-z0-9_]*\Z")
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
_LEVEL = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6} | dict.fromkeys(_COMPARISONS, 4)
_LEVEL |= {"is": 4, "in": 4, "not": 4}
_NOT_LEVEL = 3
_MINUS_LEVEL = 7
# What people bring from other languages, and what it is called here.
_ELSEWHERE = {
    "=": "compare with `==`",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=` between two values",
    "^": "there are no powers here; multiply",
    "%": "there is no remainder or percent sign here; write a plain number",
    "[": "lists are written in round brackets: `in (one, two)`",
    "{": "there are no such brackets here",
    "'": "words stand without quotes: `phase is active`",
    '"': "words stand without quotes: `phase is active`",
    "?": "there is no such choice here; write two effects with a guard each",
    "≥": "write `>=`",
    "≤": "write `<=`",
    "≠": "write `!=`",
    "−": "write the minus sign of the keyboard, `-`",
    "–": "write the minus sign of the keyboard, `-`",
    "×": "write `*`",
    "÷": "write `/`",
}


class _Token(NamedTuple):
    kind: str  # date, number, name, mark, end
    text: str
    start: int
    end: int


class _Unreadable(Exception):
    """Carries the one finding out of the parser; never leaves this module."""

    def __init__(self, code: str, message: str, start: int, end: int, hint: str | None) -> None:
        super().__init__(message)
        self.code, self.message, self.start, self.end, self.hint = code, message, start, end, hint


def _stop(code: str, message: str, start: int, end: int, hint: str | None = None) -> NoReturn:
    raise _Unreadable(code, message, start, end, hint)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if start != at:
            break
        kind = match.lastgroup
        if kind != "space":
            found.append(_Token(str(kind), match[0], start, end))
        at = end
    if at < len(text):
        _strange(text, at)
    found.append(_Token("end", "", at, at))
    return found


def _strange(text: str, at: int) -> NoReturn:
    word = _WORDISH.match(text, at)
    begun = _BEGUN.match(text, at)
    if word and begun:
        kind = "number" if begun["number"] else "name"
        _badly_joined(text[at : word.end()], kind, at, word.end())
    if word and word[0].isascii() and _SIMPLE.match(word[0].lower()):
        _stop(
            "E201",
            f'"{word[0]}" is not a name: names are written small',
            at,
            word.end(),
            f'write "{word[0].lower()}"',
        )
    if word:
        hint = "a name starts with a small letter a to z, then letters, digits and underscores"
        _stop("E201", f'"{word[0][:60]}" is not a name or a number', at, word.end(), hint)
    character = text[at]
    name = f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
    message = f"{name} has no meaning in an expression"
    _stop("E201", message, at, at + 1, _ELSEWHERE.get(character))


def _badly_joined(word: str, kind: str, start: int, end: int) -> NoReturn:
    if kind == "name":
        hint = "a name has small letters, digits and underscores, with dots between parts"
        _stop("E201", f'"{word}" is not a name', start, end, hint)
    hint = "digits, and perhaps a point and more digits: 1500, 0.25; a date is 1994-09-17"
    if re.fullmatch(r"[0-9.]+[eE][0-9]*", word):
        hint = "write the number out, without an exponent"
    elif "_" in word:
        hint = "write the digits without underscores"
    _stop("E205", f'"{word}" is not a number', start, end, hint)


# ── tokens to a tree ─────────────────────────────────────────────────────────────────────────


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.next = self.tokens[0]
        self.depth = 0

    def take(self) -> _Token:
        """The next token, which is never the end."""
        token = self.next
        self.at += 1
        self.next = self.tokens[self.at]
        return token

    def sees(self, text: str) -> bool:
        return self.next.text == text and self.next.kind != "end"

    def expect(self, text: str, why: str) -> _Token:
        if not self.sees(text):
            self.unexpected(f"expected `{text}` {why}")
        return self.take()

    def unexpected(self, wanted: str) -> NoReturn:
        token = self.next
        found = "the expression ends here" if token.kind == "end" else f'found "{token.text}"'
        start = max(0, token.start - 1) if token.kind == "end" else token.start
        hint = None
        if token.kind == "number" and self.at and self.tokens[self.at - 1].text in ("is", "not"):
            hint = "compare a number with `==`, `>=` and so on"
        if token.text in ("*", "/") and self.at and self.tokens[self.at - 1].text == token.text:
            hint = "there are no powers here; multiply"
            if token.text == "/":
                hint = "there is no whole division here; write one /"
        _stop("E202", f"{wanted}, but {found}", start, token.end, hint)

    def deeper(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            _stop(
                "E204",
                f"nested deeper than {MAX_DEPTH}",
                token.start,
                token.end,
                "give a part a name of its own as a measure",
            )

    def whole(self) -> Node:
        node = self.expression(0)
        if self.next.kind != "end":
            token = self.next
            if token.text == "else":
                _stop("E202", "`else` stands only after a division", token.start, token.end)
            if self.sees(")"):
                _stop("E202", "this bracket closes nothing", token.start, token.end)
            message = f'expected an operator such as `and`, `+` or `>=` before "{token.text}"'
            _stop("E202", message, token.start, token.end)
        return node

    def expression(self, level: int) -> Node:
        left = self.prefix()
        while True:
            token = self.next
            power = _LEVEL.get(token.text, 0) if token.kind in ("mark", "name") else 0
            if power <= level:
                return left
            if power == _LEVEL["<"]:
                left = self.comparison(left, token)
            elif token.text == "/":
                left = self.division(left)
            else:
                self.take()
                right = self.expression(power)
                kind = Logic if token.text in ("and", "or") else Binary
                left = kind(token.text, left, right, left.start, right.end)

    def comparison(self, left: Node, token: _Token) -> Node:
        made: Node
        if token.text in _COMPARISONS:
            self.take()
            right = self.expression(_LEVEL["<"])
            made = Compare(token.text, left, right, left.start, right.end)
        else:
            made = self.membership(left)
        if self.next.text in _COMPARISONS:
            after = self.next
            hint = "write two comparisons with `and` between them: 0 < a and a < 5"
            _stop("E206", "comparisons do not chain", after.start, after.end, hint)
        return made

    def division(self, left: Node) -> Node:
        self.take()
        right = self.expression(_LEVEL["/"])
        if not self.sees("else"):
            return Divide(left, right, None, left.start, right.end)
        self.take()
        fallback = self.expression(_LEVEL["/"])
        return Divide(left, right, fallback, left.start, fallback.end)

    def membership(self, left: Node) -> Node:
        """``is word``, ``is not word``, ``in (…)``, ``not in (…)`` after a name."""
        if not isinstance(left, Name):
            token = self.next
            message = f"`{token.text}` follows a name, not a calculation"
            _stop("E202", message, token.start, token.end, "compare numbers with `==`")
        if self.sees("is"):
            self.take()
            negated = self.sees("not")
            if negated:
                self.take()
            word = self.word(f"expected one of the words of {left.id} after `is`")
            return Is(left.id, word.text, negated, left.start, word.end, word.start, word.end)
        negated = self.sees("not")
        if negated:
            self.take()
            self.expect("in", "after `not`")
        else:
            self.expect("in", "here")
        self.expect("(", "before the words, as in `in (open, closed)`")
        words = [self.word("expected a word")]
        while self.sees(","):
            self.take()
            words.append(self.word("expected a word"))
        close = self.expect(")", "after the words")
        texts = tuple(word.text for word in words)
        places = tuple((word.start, word.end) for word in words)
        return In(left.id, texts, negated, left.start, close.end, places)

    def word(self, wanted: str, dotted: bool = False) -> _Token:
        token = self.next
        if token.kind != "name" or token.text in RESERVED:
            self.unexpected(wanted)
        if "." in token.text and not dotted:
            _stop("E202", f'"{token.text}" is not a single word', token.start, token.end)
        return self.take()

    def prefix(self) -> Node:
        token = self.next
        if token.text in ("not", "-", "(") and token.kind != "end":
            self.take()
            self.deeper(token)
            node = self.nested(token)
            self.depth -= 1
            return node
        if token.kind == "number":
            self.take()
            return Number(_number(token), False, token.start, token.end)
        if token.kind == "date":
            self.take()
            return Number(_day(token), True, token.start, token.end)
        if token.text in ("true", "false"):
            self.take()
            return Boolean(token.text == "true", token.start, token.end)
        if token.kind != "name" or token.text in RESERVED:
            self.unexpected("expected a name, a number or a bracket")
        self.take()
        if self.sees("("):
            return self.call(token)
        return Name(token.text, token.start, token.end)

    def nested(self, token: _Token) -> Node:
        if token.text == "not":
            operand = self.expression(_NOT_LEVEL)
            return Not(operand, token.start, operand.end)
        if token.text == "-":
            operand = self.expression(_MINUS_LEVEL)
            return Negate(operand, token.start, operand.end)
        inside = self.expression(0)
        close = self.expect(")", "to close the bracket")
        return replace(inside, start=token.start, end=close.end)

    def call(self, function: _Token) -> Node:
        opening = self.take()
        if "." in function.text:
            message = f'"{function.text}" is not a function'
            _stop("E202", message, function.start, function.end)
        self.deeper(opening)
        node = self.calculation(function) if function.text in BUILT_IN else self.reading(function)
        self.depth -= 1
        return node

    def calculation(self, function: _Token) -> Node:
        arguments: list[Node] = []
        if not self.sees(")"):
            arguments.append(self.expression(0))
        while self.sees(","):
            self.take()
            arguments.append(self.expression(0))
        close = self.expect(")", f"or a comma in {function.text}(…)")
        return Call(function.text, tuple(arguments), function.start, close.end)

    def reading(self, function: _Token) -> Node:
        wanted = f"{function.text}(…) takes plain names"
        if meant := nearest(function.text, sorted(BUILT_IN)):
            wanted = f"{wanted} (did you mean {meant}?)"
        words: list[_Token] = []
        if not self.sees(")"):
            words.append(self.word(wanted, dotted=True))
        while self.sees(","):
            self.take()
            words.append(self.word(wanted, dotted=True))
        if not self.sees(")"):
            self.unexpected(wanted)
        close = self.take()
        texts = tuple(word.text for word in words)
        return Read(function.text, texts, function.start, close.end)


def _number(token: _Token) -> float:
    whole = token.text.partition(".")[0]
    if len(whole) > 1 and whole.startswith("0"):
        hint = "write it without the leading nought"
        _stop("E205", f'"{token.text}" is not a number', token.start, token.end, hint)
    value = float(token.text)
    if value > MAX_NUMBER:
        message = f"the number is larger than {MAX_NUMBER:.0f}"
        _stop("E205", message, token.start, token.end)
    return value


def _day(token: _Token) -> float:
    try:
        year, month, day = token.text.split("-")
        if len(month) != 2 or len(day) != 2:
            raise ValueError
        return float(date(int(year), int(month), int(day)).toordinal())
    except ValueError:
        hint = "year, month and day: 1994-09-17; with spaces around it, - subtracts"
        _stop("E205", f'"{token.text}" is not a date', token.start, token.end, hint)


def parse(text: str, span: Span | None = None) -> tuple[Expr | None, Findings]:
    """Read an expression. A mistake comes back as one finding with its column."""
    try:
        if len(text) > MAX_TEXT:
            message = f"the expression has {len(text)} characters; at most {MAX_TEXT} are read"
            _stop("E204", message, 0, len(text), "give a part a name of its own as a measure")
        if not text.strip(" \n\r\t"):
            _stop("E216", "the expression is empty", 0, len(text))
        parser = _Parser(text)
        node = parser.whole()
        # a tree is no higher than its tokens are many
        if len(parser.tokens) > MAX_HEIGHT and height(node) > MAX_HEIGHT:
            message = f"more than {MAX_HEIGHT} terms hang together here"
            _stop("E204", message, 0, len(text), "give a part a name of its own as a measure")
    except _Unreadable as stopped:
        where = place(text, span, stopped.start, stopped.end)
        return None, (error(stopped.code, stopped.message, where, stopped.hint),)
    return Expr(text, node, span), ()


def height(node: Node) -> int:
    """Parts on the longest way down, counted without recursion."""
    tallest, waiting = 0, [(node, 1)]
    while waiting:
        part, level = waiting.pop()
        tallest = max(tallest, level)
        waiting.extend((child, level + 1) for child in children(part))
    return tallest


# ── a tree to words ──────────────────────────────────────────────────────────────────────────


def unparse(node: Node) -> str:
    """The expression written afresh, with no bracket too many. Parsing it gives the same tree."""
    return _written(node, 0)


def _written(node: Node, level: int) -> str:
    text, own = _text_and_level(node)
    return f"({text})" if own <= level else text


def _text_and_level(node: Node) -> tuple[str, int]:
    match node:
        case Number(value, is_date):
            return (_written_date(value) if is_date else _written_number(value)), 9
        case Boolean(value):
            return ("true" if value else "false"), 9
        case Name(name):
            return name, 9
        case Is(name, word, negated):
            return f"{name} is {'not ' if negated else ''}{word}", 4
        case In(name, words, negated):
            return f"{name} {'not ' if negated else ''}in ({', '.join(words)})", 4
        case Not(operand):
            return f"not {_written(operand, _NOT_LEVEL - 1)}", 3
        case Negate(operand):
            return f"-{_written(operand, _MINUS_LEVEL - 1)}", 7
        case Compare(op, left, right):
            return f"{_written(left, 4)} {op} {_written(right, 4)}", 4
        case Binary(op, left, right) | Logic(op, left, right):
            own = _LEVEL[op]
            return f"{_written(left, own - 1)} {op} {_written(right, own)}", own
        case Divide(left, right, fallback):
            text = f"{_written(left, 5)} / {_written(right, 6)}"
            return (text if fallback is None else f"{text} else {_written(fallback, 6)}"), 6
        case Call(function, arguments):
            return f"{function}({', '.join(_written(part, 0) for part in arguments)})", 9
        case Read(function, words):
            return f"{function}({', '.join(words)})", 9


def _written_number(value: float) -> str:
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")


def _written_date(value: float) -> str:
    return date.fromordinal(int(value)).isoformat()


# ── codes ────────────────────────────────────────────────────────────────────────────────────

register(
    "E201",
    "a character or word without meaning",
    "Expressions know numbers, dates, names in small letters, `and or not`, comparisons, "
    "`+ - * /`, `is`, `in`, round brackets and a few functions. Nothing else is read.",
    "trust >= 50 && talks is open",
    "trust >= 50 and talks is open",
)
register(
    "E202",
    "the expression does not go on like this",
    "Something is missing, doubled, or in the wrong place; the caret shows where reading stopped.",
    "trust >= ",
    "trust >= 50",
)
register(
    "E204",
    "the expression is too long or too deep",
    f"An expression has at most {MAX_TEXT} characters, brackets nest at most {MAX_DEPTH} deep, "
    f"and at most {MAX_HEIGHT} terms hang together. Name a part as a measure and use its name.",
    "((((((((((((((((((((((((((((((((((trust)))))))))))))))))))))))))))))))))) > 5",
    "trust > 5",
)
register(
    "E205",
    "not a number or a date",
    "Numbers are written out in digits, at most 1000000000, with a point for decimals and without "
    "exponents, underscores or leading noughts. Dates are year-month-day, and must exist.",
    "troops > 7e3",
    "troops > 7000",
)
register(
    "E206",
    "comparisons do not chain",
    "A comparison stands between two values. For a range, write two with `and`.",
    "20 < trust < 50",
    "20 < trust and trust < 50",
)
register(
    "E216",
    "an empty expression",
    "Nothing is written where a condition or a number is wanted. Leave the whole key out if the "
    "thing is always so.",
    'when: ""',
    "when: trust >= 50",
)
