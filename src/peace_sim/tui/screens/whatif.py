"""What else could have been answered: the choices that mattered, and any branch beside the play."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from peace_sim.history.compare import Comparison, compare_line
from peace_sim.history.line import line_of
from peace_sim.history.series import Points
from peace_sim.report.counterfactual import (
    TITLE,
    Curve,
    Sides,
    Third,
    brief_text,
    choice_text,
    fork_text,
    mark_of,
    other_text,
    progress_text,
    sides,
    weighed_lines,
    whatif_text,
)
from peace_sim.report.words import begun
from peace_sim.tui.beside import ROOMY, Beside
from peace_sim.tui.inquiry import Inquiry
from peace_sim.tui.listing import Column, Listing, Row
from peace_sim.tui.place import Place
from peace_sim.tui.plots import SeriesPlot
from peace_sim.tui.screens.game import GameScreen
from peace_sim.tui.screens.lookup import Lookup
from peace_sim.tui.text import lines, quiet, said

if TYPE_CHECKING:
    from textual.worker import Worker

    from peace_sim.history.counterfactual import Fork, Other, WhatIf
    from peace_sim.tui.app import PeaceApp

LOOK_AGAIN = 0.3
"""Seconds between two looks at what has been found."""
TOP = "top:"
"""Before the id of a row among those that mattered most."""


class WhatIfScreen(Lookup):
    """Every answer of the chair, with what else was open and what that changes in this model."""

    ABOUT = """\
At each decision the other answers that were open, and by how many playouts in a hundred an ending
comes more or less often with them. Pairs of playouts start in your window, in the same world and
with the same chance; all chairs then play by character. Nothing here says what was right: it is
what this model holds for likely.

- **Enter**: one course with that answer, beside your play and the record
- **→**: the text; **←** back to the list
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Follow it", id="whatif.follow",
                tooltip="One course with that answer, beside your play and the record"),
        Binding("right", "read", "Read", id="whatif.read", tooltip="More room for the text"),
        Binding("left", "unread", "List", show=False, id="whatif.unread"),
    ]  # fmt: skip
    TITLE_WORDS = "What if"

    app: PeaceApp

    def __init__(self, place: Place, inquiry: Inquiry, compared: Comparison) -> None:
        super().__init__(place)
        self.inquiry, self.compared = inquiry, compared
        self._told: WhatIf | None = None
        self._following = False

    def body(self) -> ComposeResult:
        """The other answers, and what the one pointed at changes."""
        columns = [Column("What else was open", share=3), Column("Changes", share=2)]
        yield Beside(columns, empty="The windows are looked through…", wide=ROOMY)

    def on_mount(self) -> None:
        """Look again and again, as more is found."""
        self.set_interval(LOOK_AGAIN, self._look)

    def _look(self) -> None:
        if self.inquiry.found is not self._told:
            self.tell_body()

    def tell_body(self) -> None:
        """Those that mattered most, then all by date."""
        found = self._told = self.inquiry.found
        if found is None:
            self.note("Looking for what else was open…")
            return
        if not found.forks:
            self.note("No answer of yours left anything else open.")
            return
        self.note(progress_text(found))
        self.beside.listing.show(list(_rows(self.place, found)))
        self._tell_text(keep=True)

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        event.stop()
        self._tell_text()

    def _tell_text(self, *, keep: bool = False) -> None:
        at = self._pointed_at()
        text = Content("") if at is None or self._told is None else self._text(self._told, *at)
        self.beside.reader.show(text, keep=keep)

    def _text(self, found: WhatIf, fork: Fork, other: Other) -> Content:
        game, mark = self.place.game, mark_of(fork, other)
        told: list[str | Content] = [
            said(fork_text(game, fork, self.place.role)), "",
            said(begun(other_text(game, fork, other)), "bold"),
        ]  # fmt: skip
        for choice in whatif_text(self.place.edition, found, self.place.role).choices:
            if choice.mark == mark:
                told += ["", *choice_text(choice)]
        for weighed in found.weighed:
            if (weighed.fork, weighed.other) == (fork, other):
                told += ["", *(quiet(line) for line in weighed_lines(game, weighed))]
        return lines(told)

    def _pointed_at(self) -> tuple[Fork, Other] | None:
        pointed = self.beside.listing.pointed.removeprefix(TOP)
        for fork in self.inquiry.forks:
            for other in fork.others:
                if mark_of(fork, other) == pointed:
                    return fork, other
        return None

    def action_read(self) -> None:
        """Give the text more room."""
        self.beside.read()

    def action_unread(self) -> None:
        """Back to the list."""
        self.beside.leave_reading()

    def action_choose(self) -> None:
        """Follow the answer that is pointed at."""
        at = self._pointed_at()
        if at is None or self._following:
            return
        self._following = True
        fork, other = at

        def followed() -> Sides:
            from peace_sim.history.branches import branch

            edition, inquiry = self.place.edition, self.inquiry
            made = branch(
                edition.game, inquiry.journal, fork.faced, other.answer, inquiry.role
            )
            there = compare_line(edition, line_of(edition.game, made.journal))
            return sides(edition, self.compared, there, fork, other, (made.kept, made.left))

        def heard(worker: Worker[Sides]) -> None:
            self._following = False
            if worker.error is not None:
                self.app.fail(worker.error)
            elif self is self.app.screen and worker.result is not None:
                self.app.push_screen(BranchScreen(self.place, worker.result))

        self.app.listen(followed, heard)


def _rows(place: Place, found: WhatIf) -> Iterator[Row]:
    game = place.game
    ranked = found.mattered()
    if ranked:
        yield Row("", (TITLE,), heading=True)
    for one in ranked:
        weighed = one.weighed
        title = game.decision(weighed.fork.faced.decision).title
        words = f"{title}: {other_text(game, weighed.fork, weighed.other, short=True)}"
        mark = mark_of(weighed.fork, weighed.other)
        yield Row(f"{TOP}{mark}", (words, brief_text(game, found, weighed)))
    known = {mark_of(w.fork, w.other): brief_text(game, found, w) for w in found.weighed}
    for fork in found.forks:
        yield Row("", (fork_text(game, fork, place.role),), heading=True)
        for other in fork.others:
            mark = mark_of(fork, other)
            words = begun(other_text(game, fork, other, short=True))
            yield Row(mark, (words, known.get(mark, "…")))


class BranchScreen(Lookup):
    """One branch: milestones, end and figures in three columns."""

    ABOUT = """\
One course with another answer: the same world, the same chance; your later answers where they can
still be given, and otherwise your chair by character. It is one course of many.

- **c**: the figures as curves
- **Enter**: the row in full
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "curves", "Curves", id="branch.curves", tooltip="The figures, drawn"),
    ]
    TITLE_WORDS = "One branch"

    app: PeaceApp

    def __init__(self, place: Place, told: Sides) -> None:
        super().__init__(place)
        self.told = told
        self.rows: dict[str, Third] = {}

    def body(self) -> ComposeResult:
        """The three courses in columns, and the row pointed at in full."""
        columns = [
            Column(""), Column("As played", 18), Column("In the branch", 18),
            Column("In the record", 18),
        ]  # fmt: skip
        yield Beside(columns, empty="", wide=ROOMY)

    def tell_body(self) -> None:
        """The end, the milestones, the figures."""
        told = self.told
        self.rows = {}
        rows = [Row("", ("How the chapter ends",), heading=True), self._row(told.ending)]
        if told.milestones:
            rows.append(Row("", ("Milestones",), heading=True))
            rows += [self._row(row) for row in told.milestones]
        if told.curves:
            rows.append(Row("", ("Figures at the end",), heading=True))
            rows += [self._row(curve.at_the_end()) for curve in told.curves]
        self.beside.listing.show(rows)
        self.note(told.about)

    def _row(self, row: Third) -> Row:
        id = str(len(self.rows))
        self.rows[id] = row
        cells = (row.play or "never", row.branch or "never", row.record or "never")
        return Row(id, (row.title, *cells), tone="" if row.play == row.branch else "warn")

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        event.stop()
        row = self.rows.get(event.id)
        more: list[str | Content] = ["", quiet(self.told.kept)]
        self.beside.reader.show(lines([*_third(row), *more]) if row else Content(""))

    def action_curves(self) -> None:
        """The figures, drawn."""
        if self.told.curves:
            self.app.push_screen(CurvesScreen(self.place, self.told.curves))


def _third(row: Third) -> list[str | Content]:
    return [
        said(row.title, "bold"),
        f"as played      {row.play or 'never'}",
        f"in the branch  {row.branch or 'never'}",
        f"in the record  {row.record or 'never'}",
    ]


class CurvesScreen(GameScreen):
    """The figures of a play, a branch and the record, drawn over each other."""

    ABOUT = """\
Your play in a whole line, the branch dashed, the record dotted. Where nobody measured a figure, the
third line is what this model makes of the record's course.
"""
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, place: Place, curves: tuple[Curve, ...]) -> None:
        super().__init__(place)
        self.curves = curves

    def body(self) -> ComposeResult:
        """A drawing for each."""
        with VerticalScroll():
            for curve in self.curves:
                record = "in the record" if curve.measured else "history, in this model"
                yield SeriesPlot(
                    curve.title, curve.unit, _dated(curve.play), _dated(curve.record),
                    there=record, branch=_dated(curve.branch),
                )  # fmt: skip
            if not self.curves:
                yield Static(said("No figure differs."), markup=False)

    def on_mount(self) -> None:
        """Say where one is."""
        self.tell()

    def tell(self) -> None:
        """The line above."""
        self.head("Three courses")


def _dated(points: Points) -> list[tuple[date, float]]:
    return [(date.fromordinal(day), value) for day, value in points]
