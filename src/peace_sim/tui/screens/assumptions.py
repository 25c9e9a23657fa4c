"""Every number of the model with its basis: a source, a calibration or a judgement."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from peace_sim.report.words import begun
from peace_sim.scenario.edition import Assumption
from peace_sim.tui.beside import ROOMY, Beside
from peace_sim.tui.listing import Column, Listing, Row
from peace_sim.tui.place import Place
from peace_sim.tui.screens.lookup import Searched, found
from peace_sim.tui.text import lines, said

KINDS = {
    "source": "a source: somebody measured or wrote it",
    "calibrated": "calibrated: a shown script fitted it to the record",
    "judgement": "judgement: somebody weighed it, and says why",
}


class AssumptionsScreen(Searched):
    """The model's numbers, by the kind of their basis."""

    ABOUT = """\
Every number that somebody put into this model, and what it rests on:

- **source**: somebody measured or wrote it, and the text says who
- **calibrated**: a script that comes with the scenario fitted it to the record
- **judgement**: somebody weighed it; the reason stands beside it, and you may think otherwise

**f** shows one kind at a time, **/** searches, **Enter** reads, **Esc** goes back.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "Filter", id="assumptions.filter",
                tooltip="One kind of basis at a time"),
    ]
    TITLE_WORDS = "Assumptions"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.kind = ""
        self.told: dict[str, Assumption] = {}

    def body(self) -> ComposeResult:
        """The list, and the reason of what is pointed at."""
        yield from self.compose_search()
        yield Beside(
            [Column("What"), Column("Number", 16), Column("Rests on", 10, least=44)],
            empty="No number here that fits.",
            wide=ROOMY,
        )

    def tell_body(self) -> None:
        """All assumptions, or those that are asked for."""
        everything = self.place.edition.assumptions
        self.told = {str(number): one for number, one in enumerate(everything)}
        rows = [
            Row(number, (one.title, one.value, one.kind))
            for number, one in self.told.items()
            if self.kind in ("", one.kind)
            and found(self.words, one.title, one.value, one.kind, one.text, one.part)
        ]
        self.beside.listing.show(rows)
        kind = f"Only: {KINDS.get(self.kind, self.kind)}." if self.kind else "All kinds of basis."
        self.note(f"{len(rows)} of {len(everything)} numbers. {kind}")

    def action_filter(self) -> None:
        """The next kind of basis, and after the last all of them."""
        kinds = ["", *dict.fromkeys(one.kind for one in self.place.edition.assumptions)]
        at = kinds.index(self.kind) if self.kind in kinds else -1
        self.kind = kinds[(at + 1) % len(kinds)]
        self.tell_body()

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        one = self.told.get(event.id)
        self.beside.reader.show(_text(one) if one else Content(""))


def _text(one: Assumption) -> Content:
    return lines(
        [
            said(one.title, "bold"), one.value, "",
            said(begun(KINDS.get(one.kind, one.kind)), "$text-accent"), one.text, "",
            said(f"In the scenario: {one.part}", "$foreground-muted"),
        ]
    )  # fmt: skip
