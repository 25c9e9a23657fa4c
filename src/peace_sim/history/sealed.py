"""What may be told of the record while a game is on: history is never a spoiler.

During play, what history chose stays sealed until the chapter's end, and of the record only what
lies before the chapter, or came to pass in this play, is shown. In study mode a seal may be opened
once its date has passed. Nothing dated after the game's own date is ever shown.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import date

from peace_sim.engine.facts import EventStruck, Fact, PhaseEntered
from peace_sim.engine.view import View
from peace_sim.scenario.edition import Edition, RecordEntry


def last_day(entry: RecordEntry) -> int:
    """The last day on which the entry's thing may have happened, by its precision."""
    if entry.precision == "day":
        return entry.date.toordinal()
    year, month = entry.date.year, entry.date.month
    if entry.precision == "season":
        later = {12: 2, 1: 1, 2: 0}.get(month, 2 - month % 3)
        year, month = year + (month + later - 1) // 12, (month + later - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1]).toordinal()


def may_open(chosen: int, today: int, *, ended: bool, study: bool) -> bool:
    """Whether what history chose on a day may be shown."""
    return ended or (study and chosen < today)


def came_to_pass(facts: Iterable[Fact]) -> frozenset[str]:
    """The record entries whose counterpart these facts brought about."""
    marked = (fact for fact in facts if isinstance(fact, EventStruck | PhaseEntered))
    return frozenset(fact.record for fact in marked if fact.record)


def open_record(
    edition: Edition, seen: View, known: Iterable[Fact] = (), *, study: bool = False
) -> tuple[RecordEntry, ...]:
    """The entries of the record that may be shown now, by date.

    ``seen`` and ``known`` are what whoever reads may know, and the facts that they came to know.
    """
    today = seen.day
    start = edition.game.chapter(seen.chapter).start
    ended = seen.ending is not None
    passed = came_to_pass(known)
    entries = sorted(edition.record, key=lambda entry: entry.date)
    return tuple(e for e in entries if _is_open(e, start, today, passed, ended=ended, study=study))


def _is_open(
    entry: RecordEntry,
    start: int,
    today: int,
    passed: Collection[str],
    *,
    ended: bool,
    study: bool,
) -> bool:
    last = last_day(entry)
    if last < start or entry.id in passed:
        return True
    if ended:
        return entry.date.toordinal() <= today
    return study and last < today
