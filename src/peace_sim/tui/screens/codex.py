"""The codex: words, parties, people, places and documents, each with links to others."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from peace_sim.report.words import begun
from peace_sim.scenario.edition import CodexEntry
from peace_sim.tui.beside import Beside
from peace_sim.tui.listing import Column, Listing, Row
from peace_sim.tui.place import Place
from peace_sim.tui.screens.lookup import Search, Searched, found
from peace_sim.tui.screens.record import source_lines
from peace_sim.tui.text import lines, said


class CodexScreen(Searched):
    """The entries by kind, with the text of the one pointed at."""

    ABOUT = """\
What the words mean, who the parties are, where the places lie, what the documents say.

- **1** to **9**: to the entry of that number under *See also*
- **b**: back to the entry before
- **/**: search; **Enter**: read; **Esc**: back
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "before", "Entry before", id="codex.before",
                tooltip="To the entry that you came from"),
        *(Binding(str(n), f"see({n})", "See also", show=False) for n in range(1, 10)),
    ]  # fmt: skip
    TITLE_WORDS = "Codex"

    def __init__(self, place: Place, open_at: str = "") -> None:
        super().__init__(place)
        self.open_at = open_at
        """The entry that is opened first."""
        self.entries = {entry.id: entry for entry in place.edition.codex}
        self.trail: list[str] = []

    def body(self) -> ComposeResult:
        """The list, and the entry pointed at."""
        yield from self.compose_search()
        yield Beside(
            [Column("Entry"), Column("Kind", 12, least=38)],
            empty="The codex has nothing of that name.",
        )

    def on_mount(self) -> None:
        """Open at the entry that was asked for."""
        super().on_mount()
        if self.open_at:
            self.beside.listing.point(self.open_at)

    def tell_body(self) -> None:
        """All entries, or those that are searched for, by title; titles that fit come first."""
        words = self.words
        fitting = [e for e in self.entries.values() if found(words, e.title, e.text, e.kind)]
        fitting.sort(key=lambda e: (not found(words, e.title), e.title.casefold()))
        self.beside.listing.show([Row(e.id, (e.title, _kind(e))) for e in fitting])
        self.note(f"{len(fitting)} of {len(self.entries)} entries." if words else "")

    def action_see(self, number: int) -> None:
        """To the entry of that number under “See also”."""
        here = self.entries.get(self.beside.listing.pointed)
        links = [id for id in here.see if id in self.entries] if here else []
        if here and number <= len(links):
            self.trail.append(here.id)
            self._turn_to(links[number - 1])

    def action_before(self) -> None:
        """Back to the entry that one came from."""
        if self.trail:
            self._turn_to(self.trail.pop())

    def _turn_to(self, id: str) -> None:
        if self.words:
            self.query_one(Search).value = ""
            self.tell_body()
        self.beside.listing.point(id)

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        entry = self.entries.get(event.id)
        self.beside.reader.show(self._text(entry) if entry else Content(""))

    def _text(self, entry: CodexEntry) -> Content:
        told: list[str | Content] = [
            said(entry.title, "bold"), said(_kind(entry), "$text-accent"), "", entry.text,
        ]  # fmt: skip
        links = [self.entries[id] for id in entry.see if id in self.entries]
        if links:
            told += ["", said("See also", "bold")]
            told += [f"{number}  {link.title}" for number, link in enumerate(links, start=1)]
        return lines([*told, *source_lines(entry.sources)])


def _kind(entry: CodexEntry) -> str:
    return begun(entry.kind.replace("_", " "))
