"""YAML read with care: text in, nodes with places out, findings instead of exceptions.

The one place that imports yaml. It reads the *events* of PyYAML with an explicit stack, so that
nothing is constructed, nothing recurses and every node knows where it stands. Scalars are kept as
written: what ``no``, ``12:30`` or ``0123`` mean is for the schema to say, and for :func:`plain`.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, NoReturn

import yaml

from peace_sim.diagnostics import (
    Diagnostic,
    Findings,
    Severity,
    Span,
    error,
    fold,
    in_order,
    register,
)
from peace_sim.diagnostics import warning as warn

# ── what is read ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text as written. ``plain`` says that it stood without quotes."""

    text: str
    span: Span
    plain: bool
    inner: Span | None = field(default=None, compare=False)

    @property
    def content(self) -> Span:
        """Where the text itself stands: within the quotes, if it stands there letter by letter."""
        return self.inner or self.span


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list, in the order written."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class MapNode:
    """A map, in the order written; of a key written twice only the first is kept."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span
    _index: dict[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._index.update({key.text: place for place, (key, _) in enumerate(self.entries)})

    def get(self, key: str) -> Node | None:
        """What stands under the key, or None."""
        place = self._index.get(key)
        return None if place is None else self.entries[place][1]

    def key_span(self, key: str) -> Span | None:
        """Where the key itself stands, or None."""
        place = self._index.get(key)
        return None if place is None else self.entries[place][0].span


Node = Scalar | ListNode | MapNode


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its name, its text with line ends made alike, its nodes."""

    file: str
    text: str
    root: Node


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a stranger's file is read before reading stops."""

    bytes: int = 2_000_000
    nodes: int = 200_000
    depth: int = 40
    scalar: int = 100_000


DEFAULT_LIMITS = Limits()
_MOST_FINDINGS = 50  # a file with more mistakes than this is no scenario
_MOST_COUNTED = 1000  # of refused characters; counting millions of them would help nobody


# ── bytes to text ────────────────────────────────────────────────────────────────────────────

# The characters that hide, reorder or command: refused wherever they stand. By number and not by
# Unicode category, so that a file is good or bad alike under every Python version.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\xad\u115f\u1160\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
_INVISIBLE += "\ufff0-\ufffb"
_CONTROL = "\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029"
_NO_CHARACTER = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_FAR_INVISIBLE = "\U000e0000-\U000e0fff"
_FAR_NO_CHARACTER = "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
)
_NEAR = f"\t{_BIDI}{_INVISIBLE}{_CONTROL}{_NO_CHARACTER}"
_REFUSED = re.compile(f"[{_NEAR}{_FAR_INVISIBLE}{_FAR_NO_CHARACTER}]")
# ten times as fast, and all that a text without characters beyond U+FFFF needs
_REFUSED_NEAR = re.compile(f"[{_NEAR}]")
_KINDS = re.compile(
    f"(?P<tab>\t)|(?P<bidi>[{_BIDI}])|(?P<invisible>[{_INVISIBLE}{_FAR_INVISIBLE}])"
    f"|(?P<control>[{_CONTROL}])|(?P<none>[{_NO_CHARACTER}{_FAR_NO_CHARACTER}])"
)
_WHY = {
    "tab": "a tab; YAML is indented with spaces",
    "bidi": "a character that turns the direction of writing",
    "invisible": "an invisible character",
    "control": "a control character",
    "none": "not a character",
}
_HINT = {
    "tab": "put spaces in its place",
    "bidi": "delete it; it can make a text read differently from what it says",
    "invisible": "delete it; it cannot be seen, and makes equal words unequal",
    "control": "delete it",
    "none": "delete it",
}


def decode(data: bytes, name: str = "") -> tuple[str | None, Findings]:
    """UTF-8 bytes as text with ``\\n`` line ends, a byte order mark taken off."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message = "the file is written in UTF-16, not in UTF-8"
        return None, (error("Y101", message, _start_of(name), 'save it as "UTF-8"'),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        good = data[: wrong.start].decode("utf-8").removeprefix("\ufeff")
        line, column = _line_and_column(_line_ends(good), len(_line_ends(good)))
        place = Span(name, line, column, line, column + 1)
        byte = f"0x{data[wrong.start]:02X}"
        message = f"the byte {byte} is not UTF-8; the file may be in an older encoding"
        return None, (error("Y101", message, place, 'save it as "UTF-8"'),)
    return _line_ends(text.removeprefix("\ufeff")), ()


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")


def _start_of(name: str) -> Span:
    return Span(name, 1, 1, 1, 1)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _refused_characters(text: str, name: str) -> Iterator[Diagnostic]:
    """The first place of each refused character, with how many more there are."""
    far = len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)
    refused = _REFUSED if far else _REFUSED_NEAR
    places: dict[str, list[int]] = {}
    for found in islice(refused.finditer(text), _MOST_COUNTED):
        at = places.setdefault(found[0], [found.start(), 0])
        at[1] += 1
    for character, (offset, count) in islice(places.items(), _MOST_FINDINGS):
        line, column = _line_and_column(text, offset)
        what, why, hint = _about(character)
        message = f"{what} is {why}"
        if count > 1:
            message = f"{message} (and {count - 1} more in this file)"
        place = Span(name, line, column, line, column + 1)
        yield error(_code_of(character), message, place, hint)


def _kind_of(character: str) -> str:
    match = _KINDS.match(character)
    return str(match.lastgroup) if match else "none"


def _code_of(character: str) -> str:
    return "Y103" if character == "\t" else "Y102"


def _about(character: str) -> tuple[str, str, str]:
    """Its number and name, why it is refused, and what to do."""
    kind = _kind_of(character)
    title = unicodedata.name(character, "")
    number = f"U+{ord(character):04X}" + (f" {title}" if title else "")
    return number, _WHY[kind], _HINT[kind]


_NO_ESCAPE = "this escape stands for no character"
_NO_ESCAPE_HINT = "write the character itself; for a backslash use single quotes"


# ── events to nodes ──────────────────────────────────────────────────────────────────────────

# The C parser is an order of magnitude faster, and is not everywhere.
_LOADERS: dict[str, Any] = {"python": yaml.SafeLoader}
if hasattr(yaml, "CSafeLoader"):
    _LOADERS["c"] = yaml.CSafeLoader


def parse(
    text: str | bytes, name: str, limits: Limits = DEFAULT_LIMITS
) -> tuple[Document | None, Findings]:
    """Read a YAML text. Never raises for what stands in it.

    The document is None when the text cannot be read as YAML at all. After a lesser error, such as
    a key written twice, there is a document as well, so that the mistakes further down can be
    found in the same run; ask :func:`peace_sim.diagnostics.failed` before playing it.
    """
    return _parse(text, name, limits, _LOADERS.get("c", yaml.SafeLoader))


def _parse(
    text: str | bytes, name: str, limits: Limits, loader: Any
) -> tuple[Document | None, Findings]:
    # characters first: encoding a huge text only to learn its size would be work for the attacker
    size = len(text)
    if isinstance(text, str) and size <= limits.bytes:
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > limits.bytes:
        message = f"the file has {size} bytes; at most {limits.bytes} are read"
        return None, (error("Y104", message, _start_of(name), "split it into several files"),)
    if isinstance(text, bytes):
        decoded, findings = decode(text, name)
        if decoded is None:
            return None, findings
        text = decoded
    else:
        text = _line_ends(text.removeprefix("\ufeff"))
    if findings := tuple(_refused_characters(text, name)):
        return None, in_order(findings)
    if (directive := _directive(text)) is not None:
        line, written = directive
        place = Span(name, line, 1, line, len(written) + 1)
        message = "YAML directives are not supported"
        return None, (error("Y106", message, place, "delete the line"),)
    reader = _Reader(text, name, limits)
    root = reader.read(loader)
    document = None if root is None else Document(name, text, root)
    return document, in_order(reader.found)


def _directive(text: str) -> tuple[int, str] | None:
    """The line of a ``%`` directive. PyYAML passes over those that it does not know."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("%"):
            return number, line
        if line.strip() and not line.lstrip().startswith("#"):
            return None
    return None


class _Stop(Exception):
    """Nothing more can be read; the findings say why. Never leaves this module."""


@dataclass(slots=True)
class _Open:
    """A list or map being filled."""

    start: Any
    flow: bool
    mapping: bool
    items: list[Node] = field(default_factory=list)
    keys: dict[str, Scalar] = field(default_factory=dict)
    alike: dict[str, Scalar] = field(default_factory=dict)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    key: Scalar | None = None
    dropped: bool = False  # the value that comes belongs to a key that was refused


class _Mark(NamedTuple):
    """A place of PyYAML: from 0, in characters."""

    line: int
    column: int


class _Reader:
    def __init__(self, text: str, name: str, limits: Limits) -> None:
        self.text, self.name, self.limits = text, name, limits
        self.lines = text.split("\n")
        self.found: list[Diagnostic] = []
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.nodes = 0

    # ── findings ──

    def span(self, start: Any, end: Any) -> Span:
        return Span(self.name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def refuse(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        self.note(error(code, message, span, hint))

    def note(self, finding: Diagnostic) -> None:
        if len(self.found) < _MOST_FINDINGS:
            self.found.append(finding)
        elif finding.severity is Severity.ERROR:
            self.found.append(finding)
            raise _Stop

    def stop(self, code: str, message: str, span: Span, hint: str | None = None) -> NoReturn:
        self.found.append(error(code, message, span, hint))
        raise _Stop

    # ── the loop ──

    def read(self, loader_class: Any) -> Node | None:
        loader = loader_class(self.text)
        try:
            while loader.check_event():
                self.event(loader.get_event())
        except _Stop:
            return None
        except yaml.MarkedYAMLError as wrong:
            self.unreadable(wrong)
            return None
        except (ValueError, OverflowError):
            # the pure parser hands "\U00110000" to chr(); the C parser reports it as an error
            self.bad_escape(loader.get_mark())
            return None
        finally:
            loader.dispose()
        if self.root is None:
            self.refuse("Y105", "the file is empty", _start_of(self.name))
        return self.root

    def event(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self.scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self.open(event, kind is yaml.MappingStartEvent)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.close(event)
        elif kind is yaml.AliasEvent:
            span = self.span(event.start_mark, event.end_mark)
            self.refuse_anchor(span)
            self.add(Scalar("", span, True))
        elif kind is yaml.DocumentStartEvent:
            self.begin(event)

    def begin(self, event: Any) -> None:
        if self.root is not None:
            message = "a second document begins here; a file holds one"
            self.stop("Y106", message, self.span(event.start_mark, event.end_mark))

    # ── nodes ──

    def count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes or event.anchor is not None or event.tag is not None:
            self.unusual(event)

    def unusual(self, event: Any) -> None:
        """One node too many, an anchor, or a tag."""
        if self.nodes > self.limits.nodes:
            message = f"the file has more than {self.limits.nodes} values"
            place = self.span(event.start_mark, event.start_mark)
            self.stop("Y104", message, place, "split it into several files")
        if event.anchor is not None:
            self.refuse_anchor(self.first_word(event.start_mark))
        if event.tag is not None:
            span = self.first_word(event.start_mark)
            tag = self.written(span) or str(event.tag)
            message = f"the tag {tag} is not supported"
            self.refuse("Y107", message, span, "delete it; the schema knows what is meant")

    def refuse_anchor(self, span: Span) -> None:
        message = "anchors and aliases are not supported"
        self.refuse("Y108", message, span, "write the value out where it is needed")

    def first_word(self, mark: Any) -> Span:
        """From a mark to the next space, where a tag or anchor stands."""
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        word = re.compile(r"[^\s,\[\]{}]+").match(line, mark.column)
        end = word.end() if word else mark.column + 1
        return self.span(mark, _Mark(mark.line, end))

    def written(self, span: Span) -> str:
        return self.lines[span.line - 1][span.column - 1 : span.end_column - 1][:80]

    def scalar(self, event: Any) -> None:
        self.count(event)
        text: str = event.value
        style = event.style
        if not style:  # plain, as most are
            start, end = event.start_mark, event.end_mark
            span = Span(self.name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
            if len(text) <= self.limits.scalar:
                self.add(Scalar(text, span, event.tag is None))
                return
        elif style == "|" or style == ">":
            head = self.first_word(event.start_mark)
            if "#" in self.written(head):
                # the pure parser wants a space before a comment here, the C parser does not
                self.stop("Y105", _BLOCK_HEAD, head)
            span = self.span(event.start_mark, self.block_end(event))
        else:
            span = self.span(event.start_mark, event.end_mark)
        if len(text) > self.limits.scalar:
            message = f"a text of {len(text)} characters; at most {self.limits.scalar} are read"
            self.stop("Y104", message, span)
        if style == '"' and (bad := _REFUSED.search(text)):
            # an escape: the file itself was looked through before
            half = re.search("[\ud800-\udfff]", text)
            place = self.escape_in(event, (half or bad)[0])
            if half:
                # the C parser stops at half a surrogate pair, so we do with either
                self.stop("Y102", _NO_ESCAPE, place, _NO_ESCAPE_HINT)
            what, why, _ = _about(bad[0])
            self.refuse("Y102", f"this escape stands for {what}, {why.split(';')[0]}", place)
            text = _REFUSED.sub("\ufffd", text)
        quoted = style == "'" or style == '"'
        self.add(Scalar(text, span, False, self.inner(span, text) if quoted else None))

    def inner(self, span: Span, text: str) -> Span | None:
        """The span within the quotes, when each letter there stands for itself."""
        if span.line != span.end_line:
            return None
        inner = Span(span.file, span.line, span.column + 1, span.line, span.end_column - 1)
        line = self.lines[span.line - 1]
        return inner if line[span.column : span.end_column - 2] == text else None

    def escape_in(self, event: Any, character: str) -> Span:
        """Where the first escape of a character stands in a quoted text."""
        pattern = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
        short = {"0": 0, "a": 7, "b": 8, "t": 9, "\t": 9, "v": 11, "f": 12, "r": 13, "e": 27}
        short |= {"N": 0x85, "L": 0x2028, "P": 0x2029}
        for number in range(event.start_mark.line, event.end_mark.line + 1):
            first = event.start_mark.column if number == event.start_mark.line else 0
            for found in pattern.finditer(self.lines[number], first):
                digits = found[1] or found[2] or found[3]
                code = int(digits, 16) if digits else short.get(found[4], -1)
                if code == ord(character):
                    return self.span(_Mark(number, found.start()), _Mark(number, found.end()))
        return self.span(event.start_mark, event.start_mark)

    def block_end(self, event: Any) -> _Mark:
        """The end of the last written line of a ``|`` or ``>`` text; the parsers differ on it."""
        last = min(event.end_mark.line, len(self.lines) - 1)
        if event.end_mark.column == 0 or not self.lines[last].strip():
            last -= 1
        while last > event.start_mark.line and not self.lines[last].strip():
            last -= 1
        last = max(last, event.start_mark.line)
        return _Mark(last, len(self.lines[last]))

    def open(self, event: Any, mapping: bool) -> None:
        self.count(event)
        if self.stack and self.stack[-1].mapping and self.stack[-1].key is None:
            span = self.span(event.start_mark, event.end_mark)
            self.stop("Y109", "a key is a single word here, not a list or map", span)
        if len(self.stack) >= self.limits.depth:
            span = self.span(event.start_mark, event.start_mark)
            self.stop("Y104", f"nested deeper than {self.limits.depth}", span)
        self.stack.append(_Open(event.start_mark, bool(event.flow_style), mapping))

    def close(self, event: Any) -> None:
        done = self.stack.pop()
        children = [node for _, node in done.entries] if done.mapping else done.items
        span = self.span(done.start, event.end_mark)
        if not done.flow:
            # the end mark of a block is wherever the next thing begins; its last child knows better
            line, column = done.start.line + 1, done.start.column + 1
            if children:
                line, column = children[-1].span.end_line, children[-1].span.end_column
            span = Span(self.name, done.start.line + 1, done.start.column + 1, line, column)
        if done.mapping:
            self.add(MapNode(tuple(done.entries), span))
        else:
            self.add(ListNode(tuple(done.items), span))

    def add(self, node: Node) -> None:
        """Put a finished node where it belongs: the root, a list, a key or its value."""
        if not self.stack:
            self.root = node
            return
        around = self.stack[-1]
        if not around.mapping:
            around.items.append(node)
        elif around.key is None:
            assert isinstance(node, Scalar)  # open() lets nothing else be a key
            around.dropped = not self.new_key(around, node)
            around.key = node
        else:
            if not around.dropped:
                around.entries.append((around.key, node))
            around.key = None

    def new_key(self, around: _Open, key: Scalar) -> bool:
        """Whether the key may stand: not a merge, not there already."""
        if key.plain and key.text == "<<":
            message = "merge keys `<<` are not supported"
            self.refuse("Y108", message, key.span, "write the entries out")
            return False
        shown = key.text if len(key.text) <= 60 else f"{key.text[:60]}…"
        if (first := around.keys.get(key.text)) is not None:
            message = f'"{shown}" is written twice; first on line {first.span.line}'
            self.note(
                error("Y110", message, key.span, "keep one", (("first written here", first.span),))
            )
            return False
        around.keys[key.text] = key
        folded = fold(key.text)
        if (like := around.alike.setdefault(folded, key)) is not key:
            message = f'"{shown}" looks like "{like.text[:60]}" on line {like.span.line}'
            hint = "they are two different keys; keep one spelling"
            self.note(warn("Y111", message, key.span, hint, (("the other is here", like.span),)))
        return True

    # ── what the parser refuses ──

    def unreadable(self, wrong: yaml.MarkedYAMLError) -> None:
        problem, context = str(wrong.problem or ""), str(wrong.context or "")
        mark = wrong.problem_mark or wrong.context_mark or _Mark(0, 0)
        if "quoted" in context and re.search("escape|hexa?decimal", problem):
            self.bad_escape(mark)
            return
        mark = self.not_beyond(mark)
        if "nesting depth" in problem:
            # libyaml stops at a depth of its own (0.2.6: a thousand) while it looks ahead, before
            # its events tell us where ours was passed
            span = self.span(mark, _Mark(mark.line, mark.column + 1))
            self.found.append(error("Y104", f"nested deeper than {self.limits.depth}", span))
            return
        code, message, hint = _in_words(problem, context)
        related: tuple[tuple[str, Span], ...] = ()
        start = wrong.context_mark
        if start is not None and start.line < mark.line:
            related = (("what is being read begins here", self.span(start, start)),)
        self.found.append(error(code, message, self.span(mark, mark), hint, related))

    def not_beyond(self, mark: Any) -> Any:
        """The mark, or the last written character when it lies after that one."""
        last = len(self.lines) - 1
        while last > 0 and not self.lines[last].strip():
            last -= 1
        end = len(self.lines[last].rstrip())
        beyond = mark.line > last or (mark.line == last and mark.column >= end)
        return _Mark(last, max(0, end - 1)) if beyond else mark

    def bad_escape(self, mark: Any) -> None:
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        column = max(0, line.rfind("\\", 0, mark.column + 1))
        found = re.compile(r"\\[xuU]?[0-9a-fA-F]*").match(line, column)
        end = found.end() if found else column + 1
        place = self.span(_Mark(mark.line, column), _Mark(mark.line, max(end, column + 2)))
        self.found.append(error("Y102", _NO_ESCAPE, place, _NO_ESCAPE_HINT))


# Both parsers word their complaints a little differently; these are ours, by a part of theirs.
_BLOCK_HEAD = "not readable as YAML: something after | or >, which ends its line"
_TAG = "tags are not supported"
_ANCHOR = "anchors and aliases are not supported"
_CONTEXTS = (
    ("tag", "Y107", _TAG, "put the text in quotes if it begins with !"),
    ("anchor", "Y108", _ANCHOR, "put the text in quotes if it begins with &"),
    ("alias", "Y108", _ANCHOR, "put the text in quotes if it begins with *"),
    ("directive", "Y106", "YAML directives are not supported", "put the text in quotes"),
    ("block scalar", "Y105", _BLOCK_HEAD, "leave a space before a comment"),
)
_BAD_INDENT = "the indentation does not fit the lines above"
_SAME_COLUMN = "entries of one list or map start in the same column"
_UNCLOSED_LIST = "a list in brackets that is not closed, or lacks a comma"
_UNCLOSED_MAP = "a map in braces that is not closed, or lacks a comma"
_QUOTE = "put the text in quotes if the colon belongs to it; else look at the indentation"
_PROBLEMS = (
    ("undefined tag handle", _TAG, "put the text in quotes if it begins with !"),
    ("mapping values are not allowed", "a colon that is not expected here", _QUOTE),
    ("expected ':'", "a key without its colon", "write `key: value`"),
    ("expected <block end>", _BAD_INDENT, _SAME_COLUMN),
    ("did not find expected key", _BAD_INDENT, _SAME_COLUMN),
    ("did not find expected '-' indicator", _BAD_INDENT, _SAME_COLUMN),
    ("sequence entries are not allowed", "a list entry that is not expected here", _SAME_COLUMN),
    ("mapping keys are not allowed", "a key that is not expected here", _SAME_COLUMN),
    ("unexpected end of stream", "a quote that is never closed", "close it"),
    ("unexpected document", "a quote that is never closed", "close it"),
    ("expected ',' or ']'", _UNCLOSED_LIST, "close it"),
    ("expected ',' or '}'", _UNCLOSED_MAP, "close it"),
    ("cannot start any token", "a character that no text starts with", "put the text in quotes"),
    ("expected the node content", "something that is no value", "put the text in quotes"),
    ("expected node content", "something that is no value", "put the text in quotes"),
    ("document start", "something after the end of the document", "look at its indentation"),
)


def _in_words(problem: str, context: str) -> tuple[str, str, str | None]:
    """Code, message and hint for what a parser of PyYAML complains of."""
    for part, code, words, hint in _CONTEXTS:
        if part in context:
            return code, words, hint
    for part, words, hint in _PROBLEMS:
        if part in problem:
            return "Y105", f"not readable as YAML: {words}", hint
    said = f"{problem} {context}".strip()
    return "Y105", f"not readable as YAML: {said[:200]}", None


# ── nodes to values ──────────────────────────────────────────────────────────────────────────


def value_at(start: Document | Node, path: tuple[str | int, ...]) -> Node | None:
    """The node that a path of keys and indices leads to.

    Parts that lead nowhere are passed over: pydantic puts the names of union members and
    validators among the keys. None when not a single part leads anywhere.
    """
    node: Node = start.root if isinstance(start, Document) else start
    moved = not path
    for part in path:
        below = child(node, part)
        if below is not None:
            node, moved = below, True
    return node if moved else None


def child(node: Node, part: str | int) -> Node | None:
    """What stands directly under a key or at an index, or None."""
    if isinstance(node, MapNode):
        return node.get(str(part))
    if isinstance(node, ListNode) and isinstance(part, int) and -1 < part < len(node.items):
        return node.items[part]
    return None


_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,30}\Z")
_WORD: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}


def plain(node: Node) -> object:
    """The node as plain Python data.

    Only what stands without quotes and can mean nothing else is typed: ``null``, ``~`` and
    nothing; ``true`` and ``false``; whole numbers and decimals. The rest stays text: ``NO``,
    ``on``, ``0123``, ``1e3``, ``12:30``, ``1994-09-17``, ``.nan``.
    """
    # from the leaves up, with a stack of its own: depth is the author's choice
    done: dict[int, object] = {}
    waiting: list[tuple[Node, bool]] = [(node, False)]
    while waiting:
        at, ready = waiting.pop()
        if isinstance(at, Scalar):
            done[id(at)] = _typed(at)
        elif not ready:
            waiting.append((at, True))
            below = at.items if isinstance(at, ListNode) else [value for _, value in at.entries]
            waiting += [(child, False) for child in below]
        elif isinstance(at, ListNode):
            done[id(at)] = [done[id(child)] for child in at.items]
        else:
            done[id(at)] = {key.text: done[id(value)] for key, value in at.entries}
    return done[id(node)]


def _typed(scalar: Scalar) -> object:
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _WORD:
        return _WORD[text]
    if _INTEGER.match(text):
        return int(text)
    return float(text) if _DECIMAL.match(text) else text


# ── codes ────────────────────────────────────────────────────────────────────────────────────

register(
    "Y101",
    "not UTF-8",
    "Scenario files are UTF-8 text, with or without a byte order mark.",
    "a file saved as Latin-1 or UTF-16",
    "the same file saved as UTF-8",
)
register(
    "Y102",
    "a character that hides, reorders or commands",
    "Control characters, marks that turn the direction of writing, invisible characters and code "
    "points that are no characters are refused everywhere: a terminal may obey them, and a reader "
    "cannot see them.",
    'title: "Ceasefire\\u202e"',
    'title: "Ceasefire"',
)
register(
    "Y103",
    "a tab",
    "YAML is indented with spaces, and editors show tabs differently, so tabs are refused.",
    "talks:\n\topen: true",
    "talks:\n  open: true",
)
register(
    "Y104",
    "larger than what is read",
    "Files, values, texts and nesting have limits, so that no file can keep a machine busy. The "
    "message names the one that was reached.",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ 1 ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "[1]",
)
register(
    "Y105",
    "not readable as YAML",
    "The text breaks off being YAML at this place; what is wrong often stands a line above.",
    "title: Phase two: the plan",
    'title: "Phase two: the plan"',
)
register(
    "Y106",
    "one document, without directives",
    "A file holds one YAML document. Lines that begin with % and second documents are not read.",
    "%YAML 1.1\n---\ntitle: Talks",
    "title: Talks",
)
register(
    "Y107",
    "a tag",
    "Tags ask a reader to construct something. The schema knows what every value is.",
    "year: !!int 1994",
    "year: 1994",
)
register(
    "Y108",
    "an anchor, an alias or a merge key",
    "With them a small file can unfold into an endless one, and a mistake no longer has one place. "
    "Write the value out where it is needed.",
    "first: &a 5\nsecond: *a",
    "first: 5\nsecond: 5",
)
register(
    "Y109",
    "a key that is not a word",
    "Keys are single words or texts, never lists or maps.",
    "? [a, b]\n: 5",
    "a_b: 5",
)
register(
    "Y110",
    "a key written twice",
    "Of two entries with one key, one would silently be lost.",
    "trust: 40\ntrust: 50",
    "trust: 40",
)
register(
    "Y111",
    "keys that look alike",
    "Two keys differ only by case, by hyphen and underscore, or by how an accent is encoded. One "
    "of them is probably a slip.",
    "trust: 40\nTrust: 50",
    "trust: 40",
)
