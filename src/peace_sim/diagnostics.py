"""Places, findings, and the register of their codes.

An author's mistake is data: a code that is never reused, a place, what was found and a way out.
Every other room makes findings through :func:`error` and :func:`warning`; only :func:`render` and
:func:`as_json` know how they look. Nothing here reads a file.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A stretch of a file. Lines and columns count characters from 1; the end is exclusive.

    A tuple and no dataclass, since every node of every file has one.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class Severity(StrEnum):
    """How bad a finding is: an error stops the scenario from being played."""

    ERROR = "error"
    WARNING = "warning"


Related = tuple[tuple[str, Span], ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: what is wrong, where, and what would help."""

    code: str
    severity: Severity
    message: str
    span: Span | None
    hint: str | None = None
    related: Related = ()


Findings = tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """What ``peace-sim explain CODE`` tells: the rule, its reason, and an example each way."""

    code: str
    title: str
    explanation: str
    wrong: str = ""
    right: str = ""


CODES: dict[str, CodeInfo] = {}


def register(code: str, title: str, explanation: str, wrong: str = "", right: str = "") -> CodeInfo:
    """Enter a code into the register. A code means one thing for ever, so twice is a bug."""
    if code in CODES:
        raise ValueError(f"code {code} is registered twice: {CODES[code].title!r} and {title!r}")
    if not re.fullmatch(r"[A-Z][0-9]{3}", code):
        raise ValueError(f"{code!r} is not a code: a capital letter and three digits")
    CODES[code] = CodeInfo(code, title, explanation, wrong, right)
    return CODES[code]


def error(
    code: str, message: str, span: Span | None, hint: str | None = None, related: Related = ()
) -> Diagnostic:
    """Make a finding that must be mended before the scenario can be played."""
    return _finding(Severity.ERROR, code, message, span, hint, related)


def warning(
    code: str, message: str, span: Span | None, hint: str | None = None, related: Related = ()
) -> Diagnostic:
    """Make a finding that is probably a mistake, and that the scenario can be played with."""
    return _finding(Severity.WARNING, code, message, span, hint, related)


def _finding(
    severity: Severity,
    code: str,
    message: str,
    span: Span | None,
    hint: str | None,
    related: Related,
) -> Diagnostic:
    if code not in CODES:
        raise KeyError(f"code {code} is not registered")
    return Diagnostic(code, severity, message, span, hint, tuple(related))


def failed(findings: Iterable[Diagnostic]) -> bool:
    """Whether any of the findings is an error."""
    return any(found.severity is Severity.ERROR for found in findings)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None when nothing is close.

    Case and Unicode form are looked through first: "Trust" is nearer to "trust" than any typo.
    """
    known = tuple(dict.fromkeys(candidates))
    folded = fold(word[:200])
    for candidate in known:
        if fold(candidate) == folded:
            return candidate
    by_fold: dict[str, str] = {}
    for candidate in known:
        by_fold.setdefault(fold(candidate), candidate)
    close = difflib.get_close_matches(folded, by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def fold(word: str) -> str:
    """A word with case, Unicode form and the choice of hyphen, space or underscore taken away."""
    if _FOLDED.fullmatch(word):
        return word  # as nearly every key is
    return re.sub(r"[-\s]+", "_", unicodedata.normalize("NFC", word).casefold())


_FOLDED = re.compile("[a-z0-9_]*")


def in_order(findings: Iterable[Diagnostic]) -> Findings:
    """The findings by place and code, each once. Findings without a place come first."""
    return tuple(sorted(dict.fromkeys(findings), key=_place))


def _place(found: Diagnostic) -> tuple[str, int, int, str]:
    if found.span is None:
        return ("", 0, 0, found.code)
    return (found.span.file, found.span.line, found.span.column, found.code)


# ── for people ───────────────────────────────────────────────────────────────────────────────

_WIDE = 100  # cells of a source line that are shown; the rest is cut off around the place
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# Controls, directions, zero-width characters, separators, tags, surrogates, noncharacters. Fixed
# here by number, as Python versions disagree about which code points are assigned.
_UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """The text with every character that a terminal might obey or hide written as its number."""
    return _UNSHOWN.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def render(findings: Iterable[Diagnostic], sources: Mapping[str, str]) -> str:
    """The findings as text: place, message, the source line and a caret under what is meant."""
    lines_of: dict[str, list[str]] = {}

    def source_line(span: Span) -> str | None:
        if span.file not in lines_of:
            lines_of[span.file] = _LINE_BREAK.split(sources.get(span.file, ""))
        lines = lines_of[span.file]
        known = span.file in sources and 1 <= span.line <= len(lines)
        return lines[span.line - 1].removeprefix("\ufeff") if known else None

    out: list[str] = []
    for found in findings:
        where = f"{_where(found.span)}: " if found.span is not None else ""
        out.append(f"{where}{found.severity.value} {found.code}: {visible(found.message)}")
        if found.span is not None:
            out += _excerpt(found.span, source_line(found.span))
        for note, span in found.related:
            out.append(f"    {_where(span)}: {visible(note)}")
            out += _excerpt(span, source_line(span))
        if found.hint:
            out.append(f"    help: {visible(found.hint)}")
    return "".join(f"{line}\n" for line in out)


def _where(span: Span) -> str:
    return f"{visible(span.file)}:{span.line}:{span.column}"


def _excerpt(span: Span, line: str | None) -> list[str]:
    """The line with its number, and the caret line under it."""
    if line is None:
        return []
    start = min(max(span.column - 1, 0), len(line))
    end = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line)
    end = max(end, start)
    # a window of characters first, so that a line of two million costs nothing
    low = max(0, start - _WIDE // 3)
    high = min(len(line), low + _WIDE)
    before = ("…" if low else "") + visible(line[low:start])
    marked = visible(line[start : min(end, high)])
    after = visible(line[max(start, min(end, high)) : high]) + ("…" if high < len(line) else "")
    number = str(span.line)
    caret = "^" + "~" * max(0, _cells(marked) - 1)
    return [
        f"    {number} | {before}{marked}{after}".rstrip(),
        f"    {' ' * len(number)} | {' ' * _cells(before)}{caret}",
    ]


def _cells(text: str) -> int:
    """How many terminal cells the text takes, so that the caret stands under wide scripts too."""
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


# ── for programs ─────────────────────────────────────────────────────────────────────────────


def as_json(findings: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """The findings as plain data for ``json.dumps``. A finding without a place has nulls there."""
    return [
        {
            "code": found.code,
            "severity": found.severity.value,
            "message": found.message,
            **_place_as_json(found.span),
            "hint": found.hint,
            "related": [{"message": note, **_place_as_json(span)} for note, span in found.related],
        }
        for found in findings
    ]


def _place_as_json(span: Span | None) -> dict[str, Any]:
    names = ("file", "line", "column", "end_line", "end_column")
    return {name: None if span is None else getattr(span, name) for name in names}
