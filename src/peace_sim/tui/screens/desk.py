"""The desk: the date, the cables, what stands where in words, and what is asked now."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, OptionList, Static

from peace_sim.engine.facts import CableSent, DecisionMade, EstimateRedrawn, Fact
from peace_sim.engine.view import Asked, Reading, View
from peace_sim.report.brief import Brief, brief
from peace_sim.report.latest import is_answer, latest
from peace_sim.report.prose import CableText, cable, news, reading_text
from peace_sim.report.spending import amount_text, blocks
from peace_sim.report.words import answer_text, begun, closed, day_text, days_text
from peace_sim.tui.messages import Answer, OpenSeals
from peace_sim.tui.place import Place
from peace_sim.tui.screens.game import GameScreen, Heading, window_title
from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.paper import AdviserPaper
from peace_sim.tui.widgets.rows import Hanging, Rows

CABLES = 3
GAUGES = 5
COUNTDOWNS = 4


class Cable(Vertical):
    """A cable, as it came off the machine; a doubtful one says so."""

    def __init__(self, sent: CableText) -> None:
        super().__init__(classes="-doubtful" if sent.doubtful else "")
        self.sent = sent

    def compose(self) -> ComposeResult:
        """Sender, title and text."""
        doubt = said("DOUBTFUL", "bold $warning") if self.sent.doubtful else said("")
        head = quiet(f"CABLE from {self.sent.sender}")
        yield Static(Hanging("", head, None, doubt), markup=False)
        yield Static(said(closed(self.sent.title), "bold"), markup=False)
        yield Static(said(self.sent.text), markup=False)


class Desk(GameScreen):
    """What lies before the chair this morning. It posts Answer for a question that is taken up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("q", "app.leave", "Leave", id="desk.leave", tooltip="Leave; everything is kept"),
        Binding("pageup", "read(-1)", "Read up", show=False, tooltip="Scroll the cables up"),
        Binding("pagedown", "read(1)", "Read", show=False, tooltip="Scroll the cables down"),
    ]
    ABOUT = (
        "Read what came in, then take up what is asked: go to a question with the arrow keys and "
        "press Enter. When each has its sealed answer, open the seals (o): everybody's answers "
        "come to light together, and time goes on. Page Up and Page Down scroll the cables."
    )

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._showing: tuple[Fact, ...] | None = None

    def body(self) -> ComposeResult:
        """The tray beside what stands where, above what is asked."""
        with Horizontal(id="upper"):
            yield VerticalScroll(id="tray")
            yield VerticalScroll(id="side", can_focus=False)
        with Vertical(id="lower"):
            yield Static(id="asked-title", markup=False)
            yield Rows(id="asked")
            with Horizontal(id="desk-bar"):
                yield Button("Open the seals (o)", id="open", compact=True, variant="primary")
                yield Static("or u to take an answer back", id="desk-hint", markup=False)

    def on_mount(self) -> None:
        """Lay out what there is."""
        self.tell()

    # ------------------------------------------------------------ what it is told

    def tell(self) -> None:
        """Read the place anew and show it."""
        seen = self.place.view()
        self.query_one(Heading).tell(
            " · ".join(part for part in (day_text(seen.day), window_title(seen)) if part),
            f"{self.place.game.chapter(seen.chapter).title} · {begun(self.place.chair.title)}",
        )
        self._tell_side(seen)
        self._tell_asked(self.place.asked())
        self._tell_tray()

    def _tell_tray(self) -> None:
        facts = self.place.facts()
        fresh = latest(facts, self.place.seat.roles)
        if fresh == self._showing:
            return
        self._showing = fresh
        tray = self.query_one("#tray", VerticalScroll)
        tray.remove_children()
        roles = self.place.seat.roles
        first = not any(isinstance(fact, DecisionMade) and fact.role in roles for fact in facts)
        tray.mount_all(self._tray(fresh, first))
        tray.scroll_home(animate=False)

    def _tray(self, fresh: Sequence[Fact], first: bool) -> list[Widget]:
        edition, role = self.place.edition, self.place.role
        cables = [sent for fact in fresh if (sent := cable(edition, fact))]
        parts: list[Widget] = []
        if first:
            parts += brief_parts(brief(edition, self.place.view().chapter, role), notes=False)
        known = self.place.new_paper(fresh)
        if known is not None:
            parts.append(AdviserPaper(self.place, known))
        parts += [Cable(sent) for sent in cables[:CABLES]]
        parts += [
            Static(said(f"Also a cable from {sent.sender}: {closed(sent.title)}"), markup=False)
            for sent in cables[CABLES:]
        ]
        for title, heard in _sections(fresh):
            months = [
                (month, lines)
                for month, facts in groupby(heard, lambda fact: day_text(fact.day, "month"))
                if (lines := news(edition, facts, role))
            ]
            if months:
                parts.append(_title(title))
            for month, lines in months:
                if len(months) > 1:
                    parts.append(Static(quiet(month), markup=False))
                parts += [Static(Hanging("· ", said(line)), markup=False) for line in lines]
        return parts or [Static(quiet("Nothing new came in."), markup=False)]

    def _tell_side(self, seen: View) -> None:
        gauges = [reading for reading in seen.readings if reading.gauge][:GAUGES]
        side = self.query_one("#side", VerticalScroll)
        side.remove_children()
        told: list[Static] = []
        if gauges:
            told.append(_title("How things stand"))
        told += [Static(_gauge(reading), markup=False) for reading in gauges]
        due = sorted(seen.countdowns, key=lambda c: c.due)
        if due:
            told.append(_title("Dates to come"))
        for countdown in due[:COUNTDOWNS]:
            left = countdown.days_left
            when = "today" if not left else f"in {days_text(left)}" if left > 0 else "past"
            style = "bold $warning" if left <= 31 else ""
            row = Hanging("", said(countdown.title), None, said(when, style))
            told.append(Static(row, markup=False, classes="date"))
        if len(due) > COUNTDOWNS:
            told.append(Static(quiet(f"and {len(due) - COUNTDOWNS} more (n)")))
        side.mount_all(told)
        side.display = bool(told)

    def _tell_asked(self, asked: tuple[Asked, ...]) -> None:
        waiting = [one for one in asked if one.sealed is None]
        rows = self.query_one("#asked", Rows)
        rows.show(
            [(one.id, self._asked_row(one, len(asked) <= 3)) for one in asked],
            at=waiting[0].id if waiting else None,
        )
        title = "Asked of you now" if waiting else "All your answers are sealed"
        self.query_one("#asked-title", Static).update(said(title, "bold $primary"))
        self.query_one("#desk-bar").display = not waiting and bool(asked)
        if self.is_current:
            (rows if waiting else self.query_one("#open", Button)).focus()

    def _asked_row(self, asked: Asked, full: bool) -> Hanging:
        if asked.sealed is not None:
            decision = self.place.game.decision(asked.id)
            answer = quiet(closed(begun(answer_text(decision, asked.sealed))))
            return Hanging("[x] ", said(asked.title), answer, said("sealed", "$success"))
        budgets = [field.budget for field in asked.fields if field.budget is not None]
        end = said("")
        if budgets and budgets[0] is not None:
            have = amount_text(self.place.game, budgets[0], asked.kind)
            end = said(f"{blocks(budgets[0])} {have}".strip(), "$primary")
        text = quiet(_first_sentence(asked.text) if full else "")
        return Hanging("[ ] ", said(asked.title, "bold"), text, end)

    # ------------------------------------------------------------ what it hears

    @on(OptionList.OptionSelected, "#asked")
    def _taken_up(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(Answer(event.option_id))

    @on(Button.Pressed, "#open")
    def _open(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(OpenSeals())

    def action_read(self, way: int) -> None:
        """Scroll the tray by a page."""
        tray = self.query_one("#tray", VerticalScroll)
        (tray.scroll_page_down if way > 0 else tray.scroll_page_up)(animate=False)

    def action_nothing(self) -> None:
        """There is nothing behind the desk."""


def _sections(fresh: Sequence[Fact]) -> list[tuple[str, list[Fact]]]:
    """The news by kind: what came to be, what was answered, and what is only believed."""
    quiet_kinds = CableSent | EstimateRedrawn
    came: list[Fact] = [f for f in fresh if not is_answer(f) and not isinstance(f, quiet_kinds)]
    return [
        ("What happened", came),
        ("What they answered", [f for f in fresh if is_answer(f)]),
        ("What your people believe", [f for f in fresh if isinstance(f, EstimateRedrawn)]),
    ]


def brief_parts(told: Brief, *, notes: bool = True) -> list[Widget]:
    """A brief as widgets: the story, the chair's own, its aims, and what the scenario warns of."""
    texts = [said(text) for text in (told.story, told.text) if text]
    aims = [f"You want: {closed(aim)}" for aim in told.aims]
    aims += [f"In secret, you want: {closed(aim)}" for aim in told.secret_aims]
    parts: list[Widget] = [Static(text, markup=False, classes="paragraph") for text in texts]
    parts += [Static(Hanging("· ", said(aim)), markup=False) for aim in aims]
    if notes and told.notes:
        parts.append(_title("Take note"))
        parts += [Static(Hanging("· ", said(closed(n))), markup=False) for n in told.notes]
    return parts


def _title(text: str) -> Static:
    return Static(said(text, "bold $primary"), markup=False, classes="title")


def _gauge(reading: Reading) -> Hanging:
    """A gauge: its title, and how it stands in a word; what is a guess says so."""
    word = said(reading.word or reading_text(reading), "bold")
    if reading.estimated:
        word = word + quiet(" (a guess)")
    return Hanging("", said(reading.title), None, word)


def _first_sentence(text: str) -> str:
    first, stop, _ = text.partition(". ")
    return f"{first}{stop}".rstrip()
