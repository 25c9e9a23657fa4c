"""The chapter is over: the play beside the record, and its ledgers. Nothing is marked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static, Tab, Tabs

from peace_sim.engine.game import PUBLIC
from peace_sim.history import Comparison, compare
from peace_sim.history.compare import Row
from peace_sim.history.series import Points, course
from peace_sim.play.journal import Journal, to_lines
from peace_sim.play.store import StoreTrouble, write_file
from peace_sim.report.counterfactual import WhatIfText, whatif_text
from peace_sim.report.debrief import Debrief, DecisionRow, TimelineRow, debrief_of
from peace_sim.report.html import page
from peace_sim.report.prose import promise_text
from peace_sim.report.words import begun, closed, day_text, figure_text
from peace_sim.tui.inquiry import Inquiry
from peace_sim.tui.place import Place
from peace_sim.tui.plots import SeriesPlot
from peace_sim.tui.screens.dialogs import FileName
from peace_sim.tui.screens.game import Heading
from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.keys import Keys
from peace_sim.tui.widgets.rows import Hanging

if TYPE_CHECKING:
    from textual.worker import Worker

    from peace_sim.tui.app import PeaceApp

PAGES = (
    ("end", "The end"),
    ("timeline", "Timeline"),
    ("decisions", "Decisions"),
    ("texts", "Texts"),
    ("curves", "Curves"),
    ("ledgers", "Ledgers"),
    ("world", "World"),
)


MOST_GAUGES = 6
MODEL = "history, in this model"
"""What the other curve of a gauge is: nobody measured it."""


class DebriefScreen(Screen[None]):
    """What came of it, page by page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Pages", key_display="←→", tooltip="The page before"),
        Binding("right", "turn(1)", "Pages", show=False, tooltip="The next page"),
        *(Binding(str(n), f"page({n})", show=False) for n in range(1, len(PAGES) + 1)),
        Binding("w", "what_if", "What if", id="debrief.whatif",
                tooltip="What else could have been answered, and what that changes"),
        Binding("e", "export", "As a page", id="debrief.export",
                tooltip="Write the debrief as a web page that needs nothing else"),
        Binding("f", "foresee", "Forecast", id="debrief.forecast",
                tooltip="What would probably have come, seen from each of your windows"),
        Binding("j", "journal", "Journal", id="debrief.journal",
                tooltip="Write what was played as a file that replays elsewhere"),
        Binding("q,escape", "close", "Leave", id="debrief.leave",
                tooltip="To the start; or back to a game that is not over"),
    ]  # fmt: skip
    ABOUT = """\
Your play beside what happened. **Left and right**, or the page's number, turn the pages; the arrow
keys scroll. Nothing is marked right or wrong: where the courses have parted, situations are
compared, not answers. **w** tells what else was open to you, and what this model makes of it.
**f** what would probably have come, seen from each of your days. **e** writes all of it as a web
page, **j** the journal.
"""

    app: PeaceApp

    def __init__(self, place: Place, journal: Journal) -> None:
        super().__init__()
        self.place = place
        self.journal = journal
        self.told: Debrief | None = None
        self._compared: Comparison | None = None
        self._inquiry: Inquiry | None = None

    def compose(self) -> ComposeResult:
        """The pages' names, and one page."""
        yield Heading(id="heading")
        yield Tabs(*(Tab(f"{n} {title}", id=id) for n, (id, title) in enumerate(PAGES, 1)))
        yield VerticalScroll(Static("The papers are laid side by side…", markup=False), id="page")
        yield Keys()

    def on_mount(self) -> None:
        """Compare, beside the screen."""
        game = self.place.game
        chapter = game.chapter(self.journal.header.chapter)
        self.query_one(Heading).tell(f"Debrief · {chapter.title}", begun(self.place.chair.title))
        self.query_one("#page").focus()
        edition, role = self.place.edition, self.place.role
        self.app.listen(lambda: compare(edition, self.journal, role), self._done)

    def _done(self, worker: Worker[Any]) -> None:
        if worker.error is not None:
            self.app.fail(worker.error)
            return
        self._compared = worker.result
        assert self._compared is not None
        self.told = debrief_of(
            self.place.edition, self._compared, self.place.role, study=self.place.study
        )
        if self in self.app.screen_stack:
            self.refresh_bindings()
            self._show()

    # ------------------------------------------------------------ pages

    @on(Tabs.TabActivated)
    def _turned(self, event: Tabs.TabActivated) -> None:
        event.stop()
        self._show()

    def action_close(self) -> None:
        """To the start; or back to a game that is not over."""
        if self.place.view().ending is None:
            self.app.pop_screen()
        else:
            self.app.action_leave()

    def action_turn(self, by: int) -> None:
        """The page before, or the next."""
        ids = [id for id, _ in PAGES]
        at = ids.index(self._page)
        self.query_one(Tabs).active = ids[(at + by) % len(ids)]

    def action_page(self, number: int) -> None:
        """The page of this number."""
        self.query_one(Tabs).active = PAGES[number - 1][0]

    @property
    def _page(self) -> str:
        return self.query_one(Tabs).active or PAGES[0][0]

    def _show(self) -> None:
        if self.told is None or self._compared is None:
            return
        told = self.told
        parts: Iterable[Widget]
        match self._page:
            case "timeline":
                parts = _timeline(told)
            case "decisions":
                parts = _decisions(told)
            case "texts":
                parts = _texts(told)
            case "curves":
                parts = _curves(self.place, told, self._compared)
            case "ledgers":
                parts = _ledgers(told)
            case "world":
                parts = _world(told)
            case _:
                parts = _end(told)
        view = self.query_one("#page", VerticalScroll)
        view.remove_children()
        view.mount_all(list(parts))
        view.scroll_home(animate=False)

    # ------------------------------------------------------------ what if

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What else might have come is told of a play that is over, and of no other."""
        return action != "what_if" or (self.told is not None and self.told.ended)

    def action_what_if(self) -> None:
        """What else could have been answered; it is worked out from now on, beside the screens."""
        if self._compared is None:
            return
        from peace_sim.tui.screens.whatif import WhatIfScreen

        if self._inquiry is None:
            line, place = self._compared.line, self.place
            role = place.role if len(place.seat.roles) == 1 else None
            self._inquiry = Inquiry(place.edition, self.journal, line, role)
            self.app.listen(self._inquiry.work, self._inquired)
        self.app.push_screen(WhatIfScreen(self.place, self._inquiry, self._compared))

    def _inquired(self, worker: Worker[Any]) -> None:
        if worker.error is None:
            return
        self._inquiry = None
        if isinstance(worker.error, ModuleNotFoundError) and worker.error.name == "numpy":
            self.notify("Many plays at once need numpy, which is not installed here.")
        else:
            self.app.fail(worker.error)

    def on_unmount(self) -> None:
        """Nobody waits for the rest any more."""
        if self._inquiry is not None:
            self._inquiry.left = True

    # ------------------------------------------------------------ files

    def action_foresee(self) -> None:
        """What would probably have come; of a chapter that is not over, what may come."""
        if self.told is None or self._compared is None:
            return
        if not self.told.ended:
            self.app.action_look("forecast")
            return
        from peace_sim.tui.screens.forecast import LookingBack

        self.app.push_screen(LookingBack(self.place, self._compared.line))

    def action_export(self) -> None:
        """Write the debrief as a web page."""
        if self.told is not None:
            text = page(self.told, self._found())
            self._write("Save the debrief as a web page", f"{self._stem}.html", lambda: text)

    def _found(self) -> WhatIfText | None:
        """What has been found of what else might have come, if anybody asked."""
        found = self._inquiry.found if self._inquiry is not None else None
        return whatif_text(self.place.edition, found, self.place.role) if found else None

    def action_journal(self) -> None:
        """Write the journal."""
        texts = dict(self.place.edition.texts)
        self._write(
            "Save the journal", f"{self._stem}.jsonl", lambda: to_lines(self.journal, texts)
        )

    @property
    def _stem(self) -> str:
        return self.app.evening.name if self.app.evening and self.app.evening.name else "peace-sim"

    def _write(self, title: str, suggested: str, text: Any) -> None:
        def named(name: str | None) -> None:
            if name is None:
                return
            target = Path(name).expanduser()
            try:
                write_file(target, text())
            except (StoreTrouble, OSError, ValueError, RuntimeError) as trouble:
                self.notify(str(trouble), severity="warning", markup=False, timeout=8)
                self._write(title, name, text)
            else:
                self.notify(f"Written: {target}", markup=False)

        self.app.push_screen(FileName(title, suggested), named)


# ── the pages ────────────────────────────────────────────────────────────────────────────────


def _head(text: str) -> Static:
    return Static(said(text, "bold $primary"), markup=False, classes="title")


def _words(text: str, style: str = "") -> Static:
    return Static(said(text, style), markup=False, classes="paragraph")


def _item(head: str | Content, body: Content | None = None, mark: str = "· ") -> Static:
    first = said(head) if isinstance(head, str) else head
    return Static(Hanging(mark, first, body), markup=False)


def _listed(title: str, lines: Iterable[str]) -> list[Widget]:
    items: list[Widget] = [_item(line) for line in lines]
    return [_head(title), *items] if items else []


def _end(told: Debrief) -> list[Widget]:
    parts: list[Widget] = []
    if told.ended:
        parts += [_head(told.ending), _words(day_text(told.last_day), "$foreground-muted")]
        parts.append(_words(closed(told.epilogue)))
    else:
        parts.append(_words(f"The chapter is not over; it is {day_text(told.last_day)}."))
    parts += [_head("Where the courses part"), _words(told.divergence)]
    parts.append(_words(told.world, "$foreground-muted"))
    own = [goal for goal in told.goals if goal.role == told.chair]
    if own:
        parts.append(_head("What you wanted"))
    for goal in own:
        secret = " (in secret)" if goal.secret else ""
        mark = "[x] " if goal.reached else "[ ] "
        word = "reached" if goal.reached else "not reached"
        parts.append(_item(said(f"{goal.title}{secret}: {word}"), mark=mark))
    parts += _listed("Where the record's line broke", told.broke)
    return parts


def _timeline(told: Debrief) -> list[Widget]:
    parts: list[Widget] = [_head("Milestones, here and in the record")]
    if not told.timeline:
        parts.append(_words("None came."))
    for row in told.timeline:
        parts.append(_milestone(row))
    parts += _listed("What happened only here", told.only_here)
    parts += _listed("What happened only there", told.only_there)
    return parts


def _milestone(row: TimelineRow) -> Static:
    here = row.here or "never"
    days = Content.assemble(
        quiet("here "), said(here, "bold" if row.here else "bold $warning"),
        quiet("  record "), said(row.there), said(f"  {row.off}", "italic"),
    )  # fmt: skip
    more = []
    if row.forced:
        more.append(quiet("It rests on a date or a choice alone."))
    if row.sources:
        cited = "; ".join(source.title for source in row.sources[:2])
        more.append(quiet(f"Source: {cited}"))
    mark = "● " if row.here else "○ "
    return _item(said(row.title, "bold"), Content("\n").join([days, *more]), mark)


def _decisions(told: Debrief) -> list[Widget]:
    parts: list[Widget] = [_head("What you faced, and what they faced")]
    rows = [row for row in told.decisions if row.parted or row.kind != "acts"]
    if not rows:
        parts.append(_words("Nothing to set side by side."))
    for row in rows:
        parts += _decision(row)
    return parts


def _decision(row: DecisionRow) -> list[Widget]:
    head = Content.assemble(said(row.title, "bold"), quiet(f"  {day_text(row.day)}"))
    mark = "≠ " if row.parted else "= " if row.there else "· "
    parts: list[Widget] = [_item(head, None, mark), _pair("you", row.here, "bold")]
    if row.there:
        parts.append(_pair("history", row.there if row.parted else "the same"))
    if row.parted:
        for one in row.faced:
            told = f"{one.title}: {one.here} for you, {one.there} for them"
            parts.append(_pair("facing", told, "italic $foreground-muted"))
    return parts


def _pair(label: str, text: str, style: str = "") -> Static:
    """A label and what belongs to it, which hangs beside it."""
    return Static(Hanging(f"  {label:<9}", said(text, style)), markup=False)


def _texts(told: Debrief) -> list[Widget]:
    parts = _beside("The text, clause by clause", told.packages)
    parts += _beside("The mandates, clause by clause", told.mandates)
    return parts or [_words("Neither texts nor mandates came to stand side by side.")]


def _beside(title: str, rows: Iterable[Row]) -> list[Widget]:
    parts: list[Widget] = []
    for group, members in groupby(rows, key=lambda row: row.group):
        parts.append(_head(f"{title}: {group}" if group else title))
        for row in members:
            same = row.here == row.there
            parts.append(_item(row.title, None, "= " if same else "≠ "))
            parts.append(_pair("here", row.here, "bold"))
            parts.append(_pair("record", "the same" if same else row.there))
    return parts


def _curves(place: Place, told: Debrief, compared: Comparison) -> list[Widget]:
    """The record's measured series beside the play; then the chair's gauges, in both courses."""
    if not told.ended:
        return [_words("Curves are drawn at the chapter's end.")]
    parts: list[Widget] = []
    if compared.beside:
        parts.append(_head("Measured in the record"))
    for beside in compared.beside:
        ours, there = _dated(beside.here, told.last_day), _dated(beside.there, 0)
        parts.append(SeriesPlot(beside.series.title, beside.series.unit, ours, there))
    for row in told.figures:
        parts.append(_item(f"{row.group}, {row.title}: {row.here} here, {row.there} in the record"))
    game = place.game
    gauges = [v for v in game.variables if v.gauge_for & {place.role, PUBLIC} and not v.words]
    lines = (compared.line, compared.record)
    here, record = (course(game, line.opening, line.facts, gauges) for line in lines)
    moved = [v for v in gauges if len(here[v.id]) > 1 or len(record[v.id]) > 1][:MOST_GAUGES]
    if moved:
        parts.append(_head("Your gauges"))
    for variable in moved:
        ours, there = (_dated(line[variable.id], told.last_day) for line in (here, record))
        plot = SeriesPlot(variable.title, variable.unit, ours, there, there=MODEL)
        parts.append(plot)
    return parts or [_words("Nothing that is measured has moved.")]


def _dated(points: Points, until: int) -> list[tuple[date, float]]:
    """Points with their dates, the last level held until a day."""
    dated = [(date.fromordinal(day), value) for day, value in points]
    if dated and until > points[-1][0]:
        dated.append((date.fromordinal(until), points[-1][1]))
    return dated


def _ledgers(told: Debrief) -> list[Widget]:
    parts: list[Widget] = []
    for ledger in told.ledgers:
        parts.append(_head(ledger.title))
        for title, figure, unit in ledger.rows:
            number = said(figure_text(figure, unit), "bold")
            parts.append(Static(Hanging("· ", said(title), None, number), markup=False))
    parts += _listed("Promises", map(promise_text, told.promises))
    if parts:
        parts.append(_words("The ledgers stand side by side. Nobody adds them up.", "italic"))
    return parts or [_words("No ledger was kept.")]


def _world(told: Debrief) -> list[Widget]:
    parts: list[Widget] = [_words(told.world)]
    others = [goal for goal in told.goals if goal.role != told.chair]
    if others:
        parts.append(_head("What the others wanted"))
    for goal in others:
        secret = ", in secret" if goal.secret else ""
        mark = "[x] " if goal.reached else "[ ] "
        word = "reached" if goal.reached else "not reached"
        parts.append(_item(f"{begun(goal.role)}{secret}: {goal.title} ({word})", mark=mark))
    if told.draw:
        parts.append(_head("How this world was drawn"))
    for row in told.draw:
        body = Content.assemble(
            quiet("here "), said(row.here, "bold"),
            quiet("  in the record's world "), said(row.there),
        )  # fmt: skip
        parts.append(_item(said(row.title), body))
    return parts
