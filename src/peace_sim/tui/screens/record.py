"""What really happened, as far as it may be told at the game's date, with sources and disputes."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from peace_sim.history import open_record
from peace_sim.report.words import begun, day_text, number_text, with_unit
from peace_sim.scenario.edition import Edition, RecordEntry, Source
from peace_sim.tui.beside import Beside
from peace_sim.tui.listing import Column, Listing, Row
from peace_sim.tui.place import Place
from peace_sim.tui.screens.lookup import Searched, found
from peace_sim.tui.text import lines, said

SEALED = "What lies ahead, and what history chose, is told at the chapter's end."


class RecordScreen(Searched):
    """The record, by date."""

    ABOUT = """\
What really happened, with its sources. While you play, it holds what lies before the chapter and
what has come to pass in your play; what history chose stays sealed until the chapter's end. In
*study* mode it opens up to the game's own date.

- **f**: one track at a time; **/**: search
- **Enter**: read; **Esc**: back to the list, then to where you came from

Where witnesses or sources disagree, both are shown, and nothing is settled.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "Filter", id="record.filter", tooltip="One track at a time"),
    ]
    TITLE_WORDS = "The record"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.track = ""
        self.entries: dict[str, RecordEntry] = {}

    def body(self) -> ComposeResult:
        """The list, and the entry pointed at."""
        yield from self.compose_search()
        yield Beside(
            [Column("When", 17), Column("What"), Column("Track", 12, least=64)],
            empty="Nothing of the record may be told yet, or nothing fits.",
        )

    def on_mount(self) -> None:
        """Open at the latest entry."""
        super().on_mount()
        self.beside.listing.action_edge(-1)

    def tell_body(self) -> None:
        """What may be told, or what of it is asked for."""
        place = self.place
        entries = open_record(place.edition, place.view(), place.facts(), study=place.study)
        self.entries = {entry.id: entry for entry in entries}
        rows, year = [], 0
        for entry in entries:
            if self.track not in ("", entry.track) or not found(self.words, *_words(entry)):
                continue
            if entry.date.year != year:
                year = entry.date.year
                rows.append(Row("", (str(year),), heading=True))
            disputed = " (disputed)" if entry.disputes else ""
            when = day_text(entry.date, entry.precision).removesuffix(f" {year}")
            rows.append(Row(entry.id, (when, f"{entry.title}{disputed}", _plain(entry.track))))
        self.beside.listing.show(rows)
        count = sum(not row.heading for row in rows)
        track = f" Only: {_plain(self.track)}." if self.track else ""
        ended = place.view().ending is not None
        self.note(f"{count} of {len(entries)} entries.{track} {'' if ended else SEALED}".rstrip())

    def action_filter(self) -> None:
        """The next track, and after the last all of them."""
        tracks = ["", *sorted({entry.track for entry in self.entries.values()})]
        at = tracks.index(self.track) if self.track in tracks else -1
        self.track = tracks[(at + 1) % len(tracks)]
        self.tell_body()

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        entry = self.entries.get(event.id)
        text = entry_text(self.place.edition, entry) if entry else Content("")
        self.beside.reader.show(text)


def _words(entry: RecordEntry) -> tuple[str, ...]:
    day = day_text(entry.date, entry.precision)
    sources = " ".join(source.title for source in entry.sources)
    return entry.title, entry.summary, entry.track, day, sources, *entry.actors, *entry.disputes


def _plain(word: str) -> str:
    return word.replace("_", " ").replace("-", " ")


def entry_text(edition: Edition, entry: RecordEntry) -> Content:
    """An entry of the record as one reads it."""
    told: list[str | Content] = [
        said(day_text(entry.date, entry.precision), "$text-accent"), said(entry.title, "bold"),
    ]  # fmt: skip
    if entry.summary:
        told += ["", entry.summary]
    if entry.numbers:
        told.append("")
    for figure in entry.numbers:
        value = number_text(figure.value) if figure.value is not None else "not known"
        told.append(f"• {figure.title}: {with_unit(value, figure.unit)}")
    if entry.disputes:
        told += ["", said("Disputed", "bold $text-warning"), *(f"• {d}" for d in entry.disputes)]
    if entry.confidence:
        told += ["", f"Confidence: {entry.confidence}"]
    return lines([*told, *source_lines(entry.sources)])


def source_lines(sources: tuple[Source, ...]) -> list[str | Content]:
    """Where it comes from, as lines."""
    if not sources:
        return []
    told: list[str | Content] = ["", said("Sources" if len(sources) > 1 else "Source", "bold")]
    for source in sources:
        year = f" ({source.year})" if source.year else ""
        told.append(f"• {begun(source.title)}{year}")
        if source.url:
            told.append(said(f"  {source.url}", "$foreground-muted"))
    return told
