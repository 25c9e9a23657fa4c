"""Effects as their author says them: one sentence each, with an expression or two inside.

>>> read_sentence("add 5 to trust when truce is in_force").kind
'add'
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"[a-z][a-z0-9_]*"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("add", rf"add (?P<amount>.+) to (?P<target>{_NAME})"),
        ("set", rf"set (?P<target>{_NAME}) to (?P<amount>.+)"),
        ("choose", rf"choose (?P<target>{_NAME}) is (?P<word>{_NAME})"),
        ("enter", rf"enter (?P<target>{_NAME}) (?P<word>{_NAME})"),
        ("until", rf"start (?P<target>{_NAME}) until (?P<amount>.+)"),
        ("start", rf"start (?P<target>{_NAME}) for (?P<amount>.+?) days?"),
        ("extend", rf"extend (?P<target>{_NAME}) by (?P<amount>.+?) days?"),
        ("clear", rf"clear (?P<target>{_NAME})"),
        ("open", rf"open (?P<target>{_NAME}) (?P<word>{_NAME})"),
        ("advance", rf"advance (?P<target>{_NAME}) (?P<word>{_NAME}) to (?P<to>{_NAME})"),
        ("close", rf"close (?P<target>{_NAME}) (?P<word>{_NAME})"),
        ("send", rf"send (?P<target>{_NAME})"),
    )
)
_WHEN = re.compile(r"\s+when\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """An effect's words, with the offsets of the expressions in its text."""

    kind: str
    target: str
    word: str
    to_word: str
    amount: str
    amount_at: int
    when: str
    when_at: int


def read_sentence(text: str) -> Sentence | None:
    """The parts of an effect sentence; None when it is none of the forms."""
    split = _WHEN.search(text)
    body, when, when_at = text.rstrip(), "", 0
    if split:
        body, when, when_at = text[: split.start()], text[split.end() :], split.end()
    for kind, form in _FORMS:
        found = form.fullmatch(body)
        if found:
            groups = found.groupdict()
            at = found.start("amount") if "amount" in groups else 0
            return Sentence(
                kind, groups["target"], groups.get("word") or "", groups.get("to") or "",
                groups.get("amount") or "", at, when, when_at,
            )
    return None


FORMS = (
    "add … to VARIABLE, set VARIABLE to …, choose VARIABLE is WORD, enter TRACK PHASE, "
    "start TIMER for … days, start TIMER until DATE, extend TIMER by … days, clear TIMER, "
    "open CASES KIND, advance CASES STATUS to STATUS, close CASES STATUS, send CABLE"
)
"""The forms in one line, for a finding's way out."""
