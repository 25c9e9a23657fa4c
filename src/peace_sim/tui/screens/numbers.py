"""Every figure, track, countdown and list that the chair may know; one key away lies the why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from peace_sim.engine.view import Reading, View
from peace_sim.report.prose import reading_text
from peace_sim.report.words import begun, closed, day_text, days_text, number_text, with_unit
from peace_sim.scenario.edition import Edition
from peace_sim.tui.beside import ROOMY, Beside
from peace_sim.tui.listing import Column, Listing, Row
from peace_sim.tui.place import Place
from peace_sim.tui.screens.lookup import Searched, found
from peace_sim.tui.screens.why import WhyScreen
from peace_sim.tui.text import lines, said

_BAR = 24


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that stands somewhere."""

    id: str
    section: str
    title: str
    now: str
    more: str = ""
    reading: Reading | None = None


class NumbersScreen(Searched):
    """Readings, tracks, countdowns and lists, by section."""

    ABOUT = """\
Everything that your chair may know, now. An *estimate* is what your people believe, not what is.

- **Enter** or **w**: why it stands there: each change, its rule, and what the rule read
- **/**: search; **Esc** clears the search, then goes back
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,w", "choose", "Why", id="numbers.why",
                tooltip="The rule behind each change, and what it read"),
    ]  # fmt: skip
    TITLE_WORDS = "All figures"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.things: dict[str, Thing] = {}

    def body(self) -> ComposeResult:
        """The list, and the thing pointed at."""
        yield from self.compose_search()
        yield Beside(
            [Column("What", share=3), Column("Where it stands", share=2), Column("", 22, least=90)],
            empty="Nothing you may know has such a name.",
            wide=ROOMY,
        )

    def tell_body(self) -> None:
        """All things, or those that are searched for."""
        everything = things(self.place.view())
        self.things = {thing.id: thing for thing in everything}
        rows, section = [], ""
        for thing in everything:
            if not found(self.words, thing.title, thing.now, thing.section):
                continue
            if thing.section != section:
                section = thing.section
                rows.append(Row("", (section,), heading=True))
            rows.append(Row(thing.id, (thing.title, thing.now, thing.more)))
        self.beside.listing.show(rows)

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        thing = self.things.get(event.id)
        text = thing_text(self.place.edition, thing) if thing else Content("")
        self.beside.reader.show(text)

    def action_choose(self) -> None:
        """Why the thing pointed at stands as it does."""
        thing = self.things.get(self.beside.listing.pointed)
        if thing:
            self.app.push_screen(WhyScreen(self.place, thing.id, thing.title, thing.now))


def things(seen: View) -> list[Thing]:
    """Everything that stands somewhere, section by section."""
    gauges = [r for r in seen.readings if r.gauge]
    figures = [r for r in seen.readings if not r.gauge and not r.choice]
    choices = [r for r in seen.readings if not r.gauge and r.choice]
    found = [_reading("On your desk", reading) for reading in gauges]
    found += [_reading("Figures", reading) for reading in figures]
    found += [
        Thing(t.id, "Where things stand", t.title, begun(t.phase_title),
              f"since {day_text(t.since)}" if t.since else "")
        for t in seen.tracks
    ]  # fmt: skip
    found += [
        Thing(c.id, "Countdowns", c.title, day_text(c.due), f"{days_text(c.days_left)} left")
        for c in seen.countdowns
    ]
    found += [
        Thing(c.id, "Lists", c.title, f"{len(c.cases)} on the list",
              f"{c.overflow} more beyond it" if c.overflow else "")
        for c in seen.caselists
    ]  # fmt: skip
    return found + [_reading("Named values", reading) for reading in choices]


def _reading(section: str, reading: Reading) -> Thing:
    number = reading_text(reading)
    word = "" if reading.choice else reading.word
    now = f"{begun(word)} ({number})" if word and word != number else begun(number)
    more = "estimate" if reading.estimated else ""
    return Thing(reading.id, section, reading.title, now, more, reading)


def thing_text(edition: Edition, thing: Thing) -> Content:
    """A thing as one reads it: where it stands, its range, and what its number rests on."""
    told: list[str | Content] = [said(thing.title, "bold"), begun(thing.now)]
    reading = thing.reading
    if reading is not None and not reading.choice:
        told += ["", bar(reading)]
        if reading.estimated:
            told += ["", "An estimate: what your people believe. What is, nobody tells you."]
    elif thing.more:
        told.append(begun(thing.more))
    for assumption in edition.assumptions:
        section, _, part = assumption.part.rpartition(".")
        if part == thing.id:
            what = "How it moves by itself" if section == "drifts" else "Where it began"
            told += ["", said(f"{what}: {assumption.kind}", "bold"), closed(assumption.text)]
    told += ["", said("Enter or w: why it stands there", "$foreground-muted")]
    return lines(told)


def bar(reading: Reading) -> Content:
    """Where a level lies in its range."""
    span = reading.high - reading.low
    share = min(1.0, max(0.0, (reading.level - reading.low) / span)) if span else 0.0
    at = round(share * (_BAR - 1))
    low, high = (with_unit(number_text(x), "") for x in (reading.low, reading.high))
    return Content.assemble(
        said(f"{low} ", "$foreground-muted"), "━" * at, said("●", "bold $text-accent"),
        said("─" * (_BAR - 1 - at), "$foreground-muted"), said(f" {high}", "$foreground-muted"),
    )  # fmt: skip
