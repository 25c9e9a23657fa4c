"""The calendar cut into ticks and moments: a tick's first day, the days named in it, its last."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

from peace_sim.engine.game import Moment

FIRST_YEAR, LAST_YEAR = 1900, 2100


def day_of(text: str) -> int | None:
    """The ordinal of a day written 1994-09-17; None when there is no such day in two centuries."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found.toordinal() if FIRST_YEAR <= found.year <= LAST_YEAR else None


def moments_of(start: int, end: int, tick: str, named: Iterable[int]) -> tuple[Moment, ...]:
    """The moments from ``start`` to ``end`` (ordinals, both in it); other days are passed over."""
    firsts = _firsts(start, end, tick)
    days = {first: number for number, first in enumerate(firsts)}
    lasts = {after - 1 for after in firsts[1:]} | {end}
    for day in (*lasts, *(d for d in named if start <= d <= end)):
        days.setdefault(day, bisect_right(firsts, day) - 1)
    return tuple(
        Moment(day, days[day], day == firsts[days[day]], day in lasts) for day in sorted(days)
    )


def _firsts(start: int, end: int, tick: str) -> list[int]:
    if tick == "day":
        return list(range(start, end + 1))
    if tick == "week":
        return list(range(start, end + 1, 7))
    firsts, day = [], start
    while day <= end:
        firsts.append(day)
        month = date.fromordinal(day).replace(day=28) + timedelta(days=4)
        day = month.replace(day=1).toordinal()
    return firsts
