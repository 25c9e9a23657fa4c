"""The map: outlines, places and teams, with a table that says the same in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from peace_sim.engine.facts import AnswerSealed, DecisionMade, EstimateRedrawn, VariableMoved
from peace_sim.history import open_record
from peace_sim.report.prose import sentence
from peace_sim.report.words import begun, closed, day_text, number_text
from peace_sim.scenario.edition import MapData, RecordEntry
from peace_sim.tui.beside import Beside
from peace_sim.tui.canvas import wants_ascii
from peace_sim.tui.listing import Column, Listing, Row
from peace_sim.tui.place import Place
from peace_sim.tui.screens.lookup import Lookup
from peace_sim.tui.text import lines, said
from peace_sim.tui.widgets.chart import MARKS, Chart, Site, sites_of

NO_MAP = "This scenario has no map."
UNTOLD = (AnswerSealed, DecisionMade, EstimateRedrawn)
"""Facts that are of no place: answers are told by what came of them, and guesses are of figures."""


class MapScreen(Lookup):
    """The map, the table of its places, and what is known of the one pointed at."""

    ABOUT = """\
▲ a team is here, △ a team site without a team, ◆ the capital, • another place. The table says the
same in words.

- **up**, **down**: through the table; on the map, the arrows lead to the next place that way
- **Tab**: from the table to the map and on; **z**: nearer, and back
- **Enter**: read what is known of the place; **Esc**: back
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "zoom", "Nearer", id="map.zoom", tooltip="Nearer, and the whole again"),
    ]
    DEFAULT_CSS = """
    MapScreen {
        #atlas { layout: horizontal; height: 1fr; }
        #chart { width: 5fr; height: 1fr; }
        Beside { width: 4fr; min-width: 26; border-left: solid $border-blurred; }
    }
    """
    TITLE_WORDS = "Map"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.sites: dict[str, Site] = {}
        self._heard: list[tuple[int, str, str]] = []
        """Day, the variable of a team if it is about one, and what was told."""
        self._recorded: tuple[RecordEntry, ...] = ()

    def body(self) -> ComposeResult:
        """The map, the table beside it, and the place pointed at below that."""
        chart = self.place.edition.map or MapData((), (), "")
        with Container(id="atlas"):
            yield Chart(chart, id="chart")
            yield Beside([], empty=NO_MAP)

    def tell_body(self) -> None:
        """The places as they are now."""
        self._listen()
        place, chart = self.place, self.place.edition.map
        found = sites_of(chart, place.edition.mandates, place.game, place.view()) if chart else []
        self.sites = {site.spot.id: site for site in found}
        table: list[tuple[Column, Callable[[Site], str]]] = [
            (Column("", 1), _sign), (Column("Place"), lambda site: site.spot.title),
        ]  # fmt: skip
        if any(site.teams for site in found):
            table.append((Column("Team", 9), lambda site: site.team_text))
        if any(site.risk for site in found):
            table.append((Column("Risk", 8, right=True), _risk))
        table.append((Column("Kind", 14, least=50), lambda site: site.kind))
        listing = self.beside.listing
        listing.columns = tuple(column for column, _ in table)
        listing.show(
            [
                Row(
                    site.spot.id, tuple(of(site) for _, of in table),
                    "good" if site.sign == "team" else "",
                )
                for site in sorted(found, key=lambda site: list(MARKS).index(site.sign))
            ]
        )  # fmt: skip
        self.query_one(Chart).show(found, listing.pointed)
        posts, held = (
            sum(bool(site.teams) for site in found), sum(site.sign == "team" for site in found)
        )  # fmt: skip
        teams = f"{held} of {posts} team sites held." if posts else ""
        self.note(teams)

    def action_zoom(self) -> None:
        """Nearer, or the whole again."""
        self.query_one(Chart).magnify()

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        site = self.sites.get(event.id)
        self.query_one(Chart).point(event.id)
        self.beside.reader.show(self._text(site) if site else Content(""))

    @on(Chart.Touched)
    def _touched(self, event: Chart.Touched) -> None:
        event.stop()
        self.beside.listing.point(event.id)
        if event.chosen:
            self.beside.read()

    def _text(self, site: Site) -> Content:
        spot = site.spot
        told: list[str | Content] = [
            said(spot.title, "bold"), said(site.kind, "$text-accent"),
        ]  # fmt: skip
        if spot.note:
            told.append(closed(begun(spot.note)))
        if site.teams:
            told.append("")
        for mandate, _, placed in site.teams:
            held = "has a team here" if placed else "has no team here"
            told.append(f"{mandate.title} {held}.")
        if site.risk is not None:
            told.append(f"Risk to those who stand here: {_risk(site)} of 100.")
        happened = self._happened(site)
        if happened:
            told += ["", said("What happened here", "bold")]
            told += [f"{day_text(day)}: {text}" for day, text in happened]
        chart = self.place.edition.map
        if chart is not None:
            told += ["", said(f"The map: {chart.attribution}", "$foreground-muted")]
        return lines(told)

    def _happened(self, site: Site) -> list[tuple[int, str]]:
        """What the chair knows of a place, the last first."""
        found: dict[str, int] = {}
        teams = {board.teams: mandate.title for mandate, board, _ in site.teams}
        for day, variable, text in self._heard:
            if variable in teams:
                found.setdefault(f"{teams[variable]} {text}.", day)
            elif not variable and site.name in text:
                found.setdefault(text, day)
        for entry in self._recorded:
            if site.spot.id in entry.places:
                found.setdefault(f"(record) {closed(entry.title)}", entry.date.toordinal())
        return sorted(((day, text) for text, day in found.items()), key=lambda row: -row[0])

    def _listen(self) -> None:
        """Gather what may be told of places: teams that came and went, sentences, the record."""
        place = self.place
        facts = place.facts()
        posts = {site.teams for mandate in place.edition.mandates for site in mandate.sites}
        self._heard = []
        for fact in facts:
            if isinstance(fact, VariableMoved):
                if fact.variable in posts:
                    moved = "sends a team" if fact.after > fact.before else "withdraws its team"
                    self._heard.append((fact.day, fact.variable, moved))
            elif not isinstance(fact, UNTOLD):
                line = sentence(place.edition, fact, place.role)
                if line:
                    self._heard.append((fact.day, "", line))
        self._recorded = open_record(place.edition, place.view(), facts, study=place.study)


def _sign(site: Site) -> str:
    return MARKS[site.sign][1 if wants_ascii() else 0]


def _risk(site: Site) -> str:
    if site.risk is None:
        return ""
    level, guessed = site.risk
    return f"about {number_text(round(level))}" if guessed else number_text(round(level))
