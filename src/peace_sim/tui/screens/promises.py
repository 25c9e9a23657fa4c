"""Promises: given and owed, kept and broken, when each falls due, and which have leaked."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from peace_sim.engine.game import PUBLIC
from peace_sim.report.prose import FORMS, PromiseRow, promises
from peace_sim.report.words import begun, closed, day_text, days_text, listed, role_title
from peace_sim.scenario.boards import CommitmentBoard
from peace_sim.tui.beside import ROOMY, Beside
from peace_sim.tui.listing import Column, Listing, Row
from peace_sim.tui.place import Place
from peace_sim.tui.screens.lookup import Lookup
from peace_sim.tui.screens.why import why_text
from peace_sim.tui.text import lines, said

MARKS = {
    "given": ("○", ""), "owed": ("○", ""), "late": ("!", "warn"), "kept": ("✓", "good"),
    "broken": ("✗", "bad"), "released": ("–", "quiet"),
}  # fmt: skip
"""The sign and the tone of each standing."""

OWED = ("late", "given", "owed")


class PromisesScreen(Lookup):
    """Who owes what to whom, as far as the chair knows."""

    ABOUT = """\
Every promise that you know of: what you owe, what is owed to you, what lies between others, and
what is settled.

○ owed, ! late, ✓ kept, ✗ broken, – released. ⚑ says that it has leaked.
A promise moves the trust of everyone who learns of it. **Enter** reads it, **Esc** goes back.
"""
    TITLE_WORDS = "Promises"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.rows: dict[str, PromiseRow] = {}
        self.boards = {board.id: board for board in place.edition.commitments}

    def body(self) -> ComposeResult:
        """The list, and the promise pointed at."""
        yield Beside(
            [
                Column("", 2), Column("Promise"), Column("Standing", 10),
                Column("Due", 12, least=50), Column("By", 16, least=90),
                Column("To", 16, least=106),
            ],
            empty="No promise that you know of.",
            wide=ROOMY,
        )  # fmt: skip

    def tell_body(self) -> None:
        """All promises that the chair knows of, by whose they are."""
        known = promises(self.place.edition, self.place.view())
        self.rows = {row.id: row for row in known}
        sections: dict[str, list[PromiseRow]] = {
            "You owe": [], "Owed to you": [], "Between others": [], "Settled": [],
        }  # fmt: skip
        for row in known:
            sections[self._section(row)].append(row)
        shown: list[Row] = []
        for title, rows in sections.items():
            if rows:
                shown.append(Row("", (title,), heading=True))
                rows.sort(key=lambda row: (OWED.index(row.phase) if row.phase in OWED else 9,
                                           row.due or 10**9))  # fmt: skip
                shown += [_row(row) for row in rows]
        self.beside.listing.show(shown)
        counts = {phase: sum(row.phase == phase for row in known) for phase in MARKS}
        counts["owed"] += counts.pop("given")
        told = [f"{number} {phase}" for phase, number in counts.items() if number]
        leaked = sum(row.leaked for row in known)
        self.note(" · ".join([*told, *([f"{leaked} leaked"] if leaked else [])]))

    def _section(self, row: PromiseRow) -> str:
        board = self.boards[row.id]
        if row.phase not in OWED:
            return "Settled"
        if board.by == self.place.role:
            return "You owe"
        return "Owed to you" if self.place.role in board.to else "Between others"

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        row = self.rows.get(event.id)
        self.beside.reader.show(self._text(row) if row else Content(""))

    def _text(self, row: PromiseRow) -> Content:
        board = self.boards[row.id]
        told: list[str | Content] = [
            said(row.title, "bold"), closed(row.text), "",
            f"{begun(row.by)} to {row.to}, {FORMS.get(row.form, row.form)}.",
            f"{begun(row.standing)}{f', {_due(row)}' if row.due else ''}.",
            self._knowers(board),
        ]  # fmt: skip
        if row.leaked:
            told.append(said("⚑ It has leaked: everybody knows.", "$text-warning"))
        told += ["", said("How it came to stand so", "bold"), why_text(self.place, board.track)]
        return lines(told)

    def _knowers(self, board: CommitmentBoard) -> str:
        """Who knows of it, as whoever knows of it knows too."""
        known_to = self.place.game.track(board.track).known_to
        if PUBLIC in known_to:
            return "Everybody knows of it."
        roles = [role.title for role in self.place.game.roles if role.id in known_to]
        return f"Known to {listed(roles or [role_title(self.place.game, board.by)])}."


def _row(row: PromiseRow) -> Row:
    sign, tone = MARKS.get(row.phase, ("○", ""))
    mark = f"{sign}{'⚑' if row.leaked else ''}"
    due = _short(row.days_left) if row.due else ""
    return Row(row.id, (mark, row.title, row.standing, due, row.by, row.to), tone)


def _short(days: int) -> str:
    if days < 0:
        return f"{days_text(-days)} ago"
    return "today" if not days else f"in {days_text(days)}"


def _due(row: PromiseRow) -> str:
    return f"due {day_text(row.due)} ({_short(row.days_left)})"
