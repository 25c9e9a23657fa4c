"""The ledger of incidents: what was reported, how far each has come, and who looks into it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from peace_sim.engine.facts import CaseMoved
from peace_sim.engine.game import CaseList
from peace_sim.engine.view import CaseSeen, CasesSeen, View
from peace_sim.report.prose import reading_text, sentence
from peace_sim.report.words import begun, day_text, days_text, role_title
from peace_sim.scenario.boards import CeasefireBoard
from peace_sim.tui.beside import ROOMY, Beside
from peace_sim.tui.listing import Column, Listing, Row
from peace_sim.tui.place import Place
from peace_sim.tui.screens.lookup import Lookup
from peace_sim.tui.text import lines, said

NOBODY = "Nobody keeps a list of incidents here."
MARKS = ("○", "◐", "●")
"""At the first status, on the way, at the last."""
BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Kept:
    """A list of cases with the truce that it belongs to, if it belongs to one."""

    seen: CasesSeen
    cases: CaseList
    truce: CeasefireBoard | None


class IncidentsScreen(Lookup):
    """Every case on the lists that the chair may see."""

    ABOUT = """\
Alleged violations, in the slots that there are people for. What finds no slot is counted, and
nobody looks into it.

○ reported, ◐ on its way, ● at its last status. **Enter** reads how a case went, **Esc** goes back.
"""
    TITLE_WORDS = "Incidents"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.kept: dict[str, Kept] = {}

    def body(self) -> ComposeResult:
        """The ledger, and how the case pointed at went."""
        yield Beside(
            [
                Column("", 2), Column("No.", 3, right=True), Column("What"),
                Column("Status", 13), Column("Since", 17, least=66),
                Column("Open for", 9, right=True, least=84),
            ],
            empty=NOBODY,
            wide=ROOMY,
        )  # fmt: skip

    def tell_body(self) -> None:
        """All lists."""
        seen, game = self.place.view(), self.place.game
        truces = {board.cases: board for board in self.place.edition.ceasefires}
        self.kept = {
            one.id: Kept(one, game.caselists[game.index["cases"][one.id]], truces.get(one.id))
            for one in seen.caselists
        }
        rows: list[Row] = []
        for kept in self.kept.values():
            rows += _rows(kept, seen)
        self.beside.listing.show(rows)
        self.note(self._named(seen))

    def _named(self, seen: View) -> str:
        """Whom findings have named so far, in a line."""
        told = []
        for board in self.place.edition.ceasefires:
            for _, variable in board.parties:
                reading = seen.reading(variable)
                if reading is not None:
                    told.append(f"{reading.title}: {reading_text(reading)}")
        return " · ".join(told)

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        list_id, _, slot = event.id.partition(" ")
        kept = self.kept.get(list_id)
        self.beside.reader.show(self._text(kept, slot) if kept else Content(""))

    def _text(self, kept: Kept, slot: str) -> Content:
        case = next((c for c in kept.seen.cases if str(c.slot) == slot), None)
        if case is None:
            return _beyond(kept) if slot == BEYOND else _idle(kept)
        told: list[str | Content] = [
            said(f"No. {case.slot + 1}: {case.kind_title or 'a case'}", "bold"),
            f"{begun(case.status_title)} since {day_text(case.since)}.",
            "", _way(kept.cases, case), "",
        ]  # fmt: skip
        told += [said("Who looks into it", "bold"), self._who(kept, case), ""]
        told += [said("How it went", "bold"), *self._story(kept, case.slot)]
        return lines(told)

    def _who(self, kept: Kept, case: CaseSeen) -> str:
        game, statuses = self.place.game, kept.cases.statuses
        truce = kept.truce
        if truce is None or truce.naming not in game.index["decision"]:
            return "Nobody has been given the task."
        namer = role_title(game, game.decision(truce.naming).role)
        if case.status == statuses[0]:
            return begun(f"nobody yet; it waits for the inquiry of {namer}.")
        if case.status != statuses[-1]:
            return begun(f"{namer} has the paper, and may name a side or none.")
        return begun(f"{namer} has named a side or none; it is in the file.")

    def _story(self, kept: Kept, slot: int) -> list[str]:
        """What is known of the case that lies in a slot now."""
        place = self.place
        moves = [
            fact
            for fact in place.facts()
            if isinstance(fact, CaseMoved) and fact.cases == kept.seen.id and fact.slot == slot
        ]
        opened = max((i for i, move in enumerate(moves) if not move.before), default=0)
        told = []
        for move in moves[opened:]:
            line = sentence(place.edition, move, place.role) or "It was reported."
            told.append(f"{day_text(move.day)}: {line.removeprefix(f'{kept.seen.title}, ')}")
        return told or ["It lay here before the chapter opened."]


def _rows(kept: Kept, seen: View) -> list[Row]:
    one = kept.seen
    head = f"{one.title}: {len(one.cases)} of {kept.cases.slots} places taken"
    rows = [Row("", (head,), heading=True)]
    for case in one.cases:
        closed = case.status == kept.cases.statuses[-1]
        open_for = "" if closed else days_text(seen.day - case.since)
        rows.append(
            Row(
                f"{one.id} {case.slot}",
                (
                    _mark(kept.cases, case), str(case.slot + 1), begun(case.kind_title or "a case"),
                    case.status_title, day_text(case.since), open_for,
                ),
                _tone(kept.cases, case),
            )
        )  # fmt: skip
    if not one.cases:
        rows.append(Row(f"{one.id} -", ("", "", "Nothing is on the list."), "quiet"))
    if one.overflow:
        more = f"{one.overflow} more that nobody could follow"
        rows.append(Row(f"{one.id} {BEYOND}", ("!", "", more), "warn"))
    return rows


def _mark(cases: CaseList, case: CaseSeen) -> str:
    at = cases.statuses.index(case.status)
    return MARKS[0] if at == 0 else MARKS[2] if at == len(cases.statuses) - 1 else MARKS[1]


def _tone(cases: CaseList, case: CaseSeen) -> str:
    return {MARKS[0]: "warn", MARKS[1]: "", MARKS[2]: "good"}[_mark(cases, case)]


def _way(cases: CaseList, case: CaseSeen) -> Content:
    """The statuses in order, the present one in brackets."""
    steps = [
        said(f"[{title}]", "bold") if id == case.status else said(title, "$foreground-muted")
        for id, title in zip(cases.statuses, cases.titles, strict=True)
    ]
    return Content(" → ").join(steps)


def _beyond(kept: Kept) -> Content:
    return lines(
        [
            said(f"{kept.seen.overflow} more", "bold"),
            f"There are people to follow {kept.cases.slots} at a time. What was reported beyond "
            "that is counted, and goes into no file.",
        ]
    )


def _idle(kept: Kept) -> Content:
    force = kept.truce.force if kept.truce else ""
    told: list[str | Content] = [said(kept.seen.title, "bold"), "Nothing has been reported."]
    return lines([*told, "", f"In force once: {force}"] if force else told)
