"""Curves of what was played beside what the record measured, to be told apart without colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, log10
from typing import ClassVar

from rich.cells import cell_len

from peace_sim.report.words import day_text, number_text
from peace_sim.tui.canvas import Drawing, Sheet

Point = tuple[date, float]
Points = Sequence[Point]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_TICKS = 5
_APART = 6
"""Columns from one ring to the next, at least."""


@dataclass(frozen=True, slots=True)
class Band:
    """A day of a fan: the middle, between what half of the plays lie, and nine tenths."""

    day: date
    median: float
    half: tuple[float, float]
    most: tuple[float, float]


class SeriesPlot(Drawing):
    """One figure by date: this play's line whole, the record's dotted with rings.

    A branch of the play, where there is one, is dashed.
    """

    INKS: ClassVar[tuple[str, ...]] = ("axis", "ours", "branch", "record", "words", "title")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"drawing--{ink}" for ink in INKS}
    DEFAULT_CSS = """
    SeriesPlot {
        height: 12; min-height: 7; margin-bottom: 1;
        &> .drawing--axis { color: $text-muted; }
        &> .drawing--words { color: $text-muted; }
        &> .drawing--title { color: $foreground; text-style: bold; }
        &> .drawing--ours { color: $text-primary; text-style: bold; }
        &> .drawing--branch { color: $text-accent; text-style: bold; }
        &> .drawing--record { color: $text-secondary; }
    }
    """

    def __init__(
        self,
        title: str,
        unit: str,
        ours: Points,
        record: Points,
        *,
        there: str = "in the record",
        branch: Points = (),
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.there = there
        """What the other curve is."""
        self.heading = f"{title} ({unit})" if unit else title
        self.ours = tuple(sorted(ours))
        self.record = tuple(sorted(record))
        self.branch = tuple(sorted(branch))

    def draw(self, sheet: Sheet) -> None:
        """Title, legend, axes, curves."""
        sheet.pens = {"ours": "*", "branch": "+", "record": "."}
        ring = "o" if sheet.ascii else "○"
        sheet.write(0, 0, self.heading, "title")
        if not (self.ours or self.record):
            sheet.write(0, 1, "Nothing was measured.", "words")
            return
        self._legend(sheet, ring)
        every = (*self.ours, *self.branch, *self.record)
        values = [value for _, value in every]
        days = [day.toordinal() for day, _ in every]
        ticks = _ticks(min(values), max(values), min(_MOST_TICKS, max(2, (sheet.height - 3) // 2)))
        gutter = max(cell_len(number_text(tick)) for tick in ticks) + 1
        frame = _Frame(sheet, gutter, min(days), max(max(days), min(days) + 1), ticks[0], ticks[-1])
        _axes(sheet, frame, ticks)
        sheet.path(
            [frame.at(day, value) for day, value in self.record], "record", dash=(1, 2)
        )
        sheet.path(_steps(frame, self.branch), "branch", dash=(4, 2))
        sheet.path(_steps(frame, self.ours), "ours")
        free = 0
        for day, value in self.record:
            x, y = (int(at) for at in frame.at(day, value))
            if x // 2 >= free:  # rings in a row would hide both curves
                sheet.write(x // 2, y // 4, ring, "record")
                free = x // 2 + _APART

    def _legend(self, sheet: Sheet, ring: str) -> None:
        line, dashes = ("***", ".o.") if sheet.ascii else ("━━━", f"┄{ring}┄")
        parts = []
        if self.ours:
            day, value = self.ours[-1]
            ours = "as played" if self.branch else "in this play"
            parts.append((f"{line} {ours}: {number_text(value)}", "ours"))
        if self.branch:
            bars = "+ +" if sheet.ascii else "╍╍╍"
            parts.append((f"{bars} branch: {number_text(self.branch[-1][1])}", "branch"))
        if self.record:
            day, value = self.record[-1]
            when = "" if self.branch else f" ({day_text(day, 'month')})"  # three fill the line
            parts.append((f"{dashes} {self.there}: {number_text(value)}{when}", "record"))
        column = 0
        for text, ink in parts:
            sheet.write(column, 1, text, ink)
            column += cell_len(text) + 3


class FanPlot(Drawing):
    """How a figure may go: a tint for half of the plays within the edges of nine tenths of them."""

    INKS: ClassVar[tuple[str, ...]] = ("axis", "middle", "half", "most", "ours", "words", "title")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"drawing--{ink}" for ink in INKS}
    DEFAULT_CSS = """
    FanPlot {
        height: 12; min-height: 7; margin-bottom: 1;
        &> .drawing--axis { color: $text-muted; }
        &> .drawing--words { color: $text-muted; }
        &> .drawing--title { color: $foreground; text-style: bold; }
        &> .drawing--middle { color: $text-primary; text-style: bold; }
        &> .drawing--half { color: $text-primary; background: $primary 25%; }
        &> .drawing--most { color: $text-muted; }
        &> .drawing--ours { color: $text-secondary; text-style: bold; }
    }
    """

    def __init__(
        self, title: str, unit: str, start: Point, fan: Sequence[Band], ours: Points = ()
    ) -> None:
        super().__init__()
        self.heading = f"{title} ({unit})" if unit else title
        self.start = start
        """Today, and how the figure stands."""
        self.fan = tuple(fan)
        self.ours = tuple(sorted(ours))
        """How it went then; empty where nobody knows yet."""

    def draw(self, sheet: Sheet) -> None:
        """Title, legend, axes; the tint, the edges, the middle, and what came."""
        sheet.pens = {"middle": "*", "most": ".", "half": ":", "ours": "o"}
        sheet.write(0, 0, self.heading, "title")
        today, now = self.start
        here = Band(today, now, (now, now), (now, now))
        bands = [here, *self.fan]
        levels = [level for band in bands for level in band.most]
        levels += [level for _, level in self.ours]
        most = min(_MOST_TICKS, max(2, (sheet.height - 3) // 2))
        ticks = _ticks(min(levels), max(levels), most)
        gutter = max(cell_len(number_text(tick)) for tick in ticks) + 1
        days = [day.toordinal() for day, _ in self.ours] + [b.day.toordinal() for b in bands]
        frame = _Frame(sheet, gutter, min(days), max(max(days), min(days) + 1), ticks[0], ticks[-1])
        _axes(sheet, frame, ticks)
        self._legend(sheet)

        def edge(of: Callable[[Band], float]) -> list[tuple[float, float]]:
            return [frame.at(band.day, of(band)) for band in bands]

        low, high = edge(lambda b: b.half[0]), edge(lambda b: b.half[1])
        if not sheet.ascii:
            sheet.fill([[*high, *reversed(low)]], "half")
        for side in (low, high):
            sheet.path(side, "half", dash=(1, 1))
        for side in (edge(lambda b: b.most[0]), edge(lambda b: b.most[1])):
            sheet.path(side, "most", dash=(1, 2))
        sheet.path(edge(lambda b: b.median), "middle")
        sheet.path(_steps(frame, self.ours), "ours")

    def _legend(self, sheet: Sheet) -> None:
        last = self.fan[-1] if self.fan else None
        line, dots, tint = ("***", "...", ":::") if sheet.ascii else ("━━━", "┄┄┄", "┈┈┈")
        parts = [(f"{line} the middle", "middle"), (f"{tint} half", "half")]
        parts += [(f"{dots} nine tenths", "most")]
        if self.ours:
            parts.append((f"{'ooo' if sheet.ascii else '━━━'} what came", "ours"))
        elif last is not None:
            low, high = (number_text(level) for level in last.most)
            parts.append((f"at the end {low} to {high}", "words"))
        column = 0
        for text, ink in parts:
            sheet.write(column, 1, text, ink)
            column += cell_len(text) + 3


def _axes(sheet: Sheet, frame: _Frame, ticks: Sequence[float]) -> None:
    """Levels on the left, dates below."""
    corner, up, along = ("+", "|", "-") if sheet.ascii else ("└", "│", "─")
    for row in range(frame.top, frame.bottom + 1):
        sheet.write(frame.left - 1, row, up, "axis")
    sheet.write(frame.left - 1, frame.bottom + 1, corner, "axis")
    sheet.write(frame.left, frame.bottom + 1, along * (sheet.width - frame.left), "axis")
    for tick in ticks:
        _, y = frame.at(None, tick)
        label = number_text(tick)
        sheet.write(frame.left - 1 - cell_len(label), int(y) // 4, label, "words")
    end = 0
    for day, label in _dates(frame.first, frame.last):
        column = int(frame.at(date.fromordinal(day), ticks[0])[0]) // 2
        column = min(column, sheet.width - len(label))
        if column >= end:
            sheet.write(column, frame.bottom + 2, label, "words")
            end = column + len(label) + 1


class _Frame:
    """Where days and values lie on a sheet: right of the labels, under the legend."""

    def __init__(
        self, sheet: Sheet, left: int, first: int, last: int, low: float, high: float
    ) -> None:
        self.left, self.top, self.bottom = left, 2, max(2, sheet.height - 3)
        self.first, self.last, self.low, self.high = first, last, low, high
        self.wide = max(1, (sheet.width - left) * 2 - 2)
        self.tall = max(1, (self.bottom - self.top + 1) * 4 - 1)

    def at(self, day: date | None, value: float) -> tuple[float, float]:
        across = (day.toordinal() - self.first) / (self.last - self.first) if day else 0.0
        up = (value - self.low) / (self.high - self.low)
        return self.left * 2 + across * self.wide, self.top * 4 + (1 - up) * self.tall


def _steps(frame: _Frame, points: Points) -> list[tuple[float, float]]:
    """A level stands until the day it changes."""
    path: list[tuple[float, float]] = []
    for day, value in points:
        x, y = frame.at(day, value)
        if path:
            path.append((x, path[-1][1]))
        path.append((x, y))
    return path


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round values that hold the range between them."""
    if low == high:
        low, high = (0.0, high) if high > 0 else (low, low + 1)
    if low > 0 and low < (high - low):
        low = 0.0
    rough = (high - low) / max(1, most - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10, 20) if s * power >= rough)
    first, last = floor(low / step), -floor(-high / step)
    return [number * step for number in range(first, last + 1)]


def _dates(first: int, last: int) -> list[tuple[int, str]]:
    """Labels for the axis of dates: years, or months where there are few."""
    start, end = date.fromordinal(first), date.fromordinal(last)
    months = (end.year - start.year) * 12 + end.month - start.month
    every = next((n for n in (1, 2, 3, 6, 12) if months / n <= 8), 12 * -(-months // 96))
    found: list[tuple[int, str]] = []
    for number in range(months + 1):
        at = start.month - 1 + number
        year, month = start.year + at // 12, at % 12
        if (month % every if every <= 12 else number % every) or (number == 0 and start.day > 15):
            continue
        day = max(first, date(year, month + 1, 1).toordinal())
        if every >= 12:
            label = str(year)
        else:
            label = _MONTHS[month] if found and month else f"{_MONTHS[month]} {year}"
        found.append((day, label))
    return found
