"""The seals are opened: what each had sealed comes to light one by one."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static

from peace_sim.report.latest import Opened
from peace_sim.report.words import day_text
from peace_sim.tui.screens.game import Heading
from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.keys import Keys
from peace_sim.tui.widgets.rows import Hanging

BEAT = 0.7
"""Seconds from one seal to the next."""
LONGEST = 6.0
"""Seconds in which all of them are open, however many."""


class Seal(Static):
    """One answer: shut at first, then open."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(markup=False, classes="seal -own" if opened.own else "seal")
        self.opened = opened
        self.shut()

    def shut(self) -> None:
        """Show whose it is, and nothing of what is in it."""
        self.update(Hanging("■ ", said(self.opened.who, "bold"), None, quiet("sealed")))

    def open(self) -> None:
        """Show what was in it."""
        one = self.opened
        if one.own:
            body = Content("\n").join(said(line) for line in one.lines)
            about = quiet(one.about)
            self.update(Hanging("□ ", said(one.who, "bold"), body, about))
        else:
            told = [_named(one.who, line) for line in one.lines]
            if not all(line.startswith(one.who) for line in one.lines):
                told.insert(0, said(one.who, "bold"))
            self.update(Hanging("□ ", told[0], Content("\n").join(told[1:])))
        self.add_class("-open")


def _named(who: str, line: str) -> Content:
    """A sentence with the name that it begins with made bold."""
    if not line.startswith(who):
        return said(line)
    return Content.assemble(said(who, "bold"), said(line[len(who) :]))


class Reveal(ModalScreen[None]):
    """Opens seal after seal; a key opens the next, another all of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "next", "Next", id="reveal.next", key_display="↵",
                tooltip="Open the next seal, or go on"),
        Binding("escape,s,q", "all", "All", id="reveal.all", key_display="esc",
                tooltip="Open all seals, and go on"),
        Binding("question_mark,f1", "app.help", "Help", key_display="?"),
    ]  # fmt: skip
    ABOUT = """\
Everybody answered without knowing what the others would say. Now the seals are opened. **Enter**
opens the next one at once; **Escape** opens them all.
"""

    def __init__(self, opened: tuple[Opened, ...]) -> None:
        super().__init__()
        self.opened = opened
        self._shown = 0
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The seals, in their order."""
        yield Heading(id="heading")
        with VerticalScroll(id="seals"):
            day = 0
            for one in self.opened:
                if one.day != day:
                    day = one.day
                    yield Static(quiet(day_text(day)), markup=False, classes="day")
                yield Seal(one)
        yield Static(id="reveal-word", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Begin with what is known; go on by itself where things may move."""
        self.query_one(Heading).tell("The seals are opened", "")
        self.query_one("#seals").focus()
        if self.app.animation_level == "none":
            self._open_all()
        else:
            self._open_own()
            self._timer = self.set_interval(min(BEAT, LONGEST / len(self.opened)), self._open_next)

    def _open_own(self) -> None:
        """One's own answer is no secret to oneself."""
        while self._shown < len(self.opened) and self.opened[self._shown].own:
            self._open_one()
        self._tell()

    def _open_one(self) -> None:
        seal = list(self.query(Seal))[self._shown]
        seal.open()
        self._shown += 1
        self.query_one("#seals", VerticalScroll).scroll_to_widget(seal, animate=False)

    def _open_next(self) -> None:
        if self._shown < len(self.opened):
            self._open_one()
        self._open_own()
        if self.is_done and self._timer is not None:
            self._timer.stop()

    def _open_all(self) -> None:
        while not self.is_done:
            self._open_one()
        self._tell()

    @property
    def is_done(self) -> bool:
        """Whether all is open."""
        return self._shown >= len(self.opened)

    def _tell(self) -> None:
        left = len(self.opened) - self._shown
        word = "Enter: go on" if not left else f"{left} still sealed"
        self.query_one("#reveal-word", Static).update(quiet(word))

    def action_next(self) -> None:
        """Open the next; when all is open, go on."""
        if self.is_done:
            self.dismiss()
        else:
            self._open_next()
            if self._timer is not None and not self.is_done:
                self._timer.reset()

    def action_all(self) -> None:
        """Open all; when all is open, go on."""
        if self.is_done:
            self.dismiss()
        else:
            if self._timer is not None:
                self._timer.stop()
            self._open_all()
