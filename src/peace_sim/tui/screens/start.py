"""The start: go on, begin, look at what is kept. Drawn before anything of the game is loaded."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static

from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.keys import Keys
from peace_sim.tui.widgets.rows import Hanging, Rows

if TYPE_CHECKING:
    from textual.worker import Worker

    from peace_sim.play.store import Saved
    from peace_sim.scenario.edition import Edition
    from peace_sim.tui.app import PeaceApp

TEXT = (
    ("The Parties agree on a ", ""),
    ("[lasting]", "$party-1"),
    (" ", ""),
    ("[temporary]", "$party-2"),
    (" cessation of hostilities.", ""),
)
"""The one text of every table: what is not agreed stands in brackets, each side's in its own."""


@dataclass
class Found(Message):
    """Something was found, while looking beside the screen."""

    kept: tuple[Saved, ...] | None = None
    edition: Edition | None = None
    trouble: str = ""


class Start(Screen[None]):
    """The first screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "nothing", "Choose", key_display="↵", tooltip="Take the line in hand"),
        Binding("q", "app.quit", "Quit", id="start.quit", tooltip="Close the game"),
    ]
    ABOUT = """\
Arrow keys and Enter, or the mouse. If you are new here, begin with **The last night in Tehran**:
it takes ten minutes, and teaches the desk, the table and the seals by playing.

Every move is safe at once. Leave when you like; the first line here brings you back.
"""

    app: PeaceApp

    def __init__(self) -> None:
        super().__init__()
        self._kept: tuple[Saved, ...] = ()
        self._editions: dict[str, Edition] = {}
        self._looking = True

    def compose(self) -> ComposeResult:
        """The name, the text with its brackets, and what one can do."""
        with Vertical(id="start"):
            yield Static(said("PEACE SIM", "bold $primary"), id="start-name", markup=False)
            yield Static(Content.assemble(*TEXT), id="start-text", markup=False)
            yield Rows(id="start-rows")
        yield Static(id="start-about", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Show what is known without looking."""
        self._show()
        self.query_one(Rows).focus()

    # ------------------------------------------------------------ what it is told

    def load(self) -> None:
        """Look what is kept and what is shipped, beside the screen; each is shown when found."""
        self.app.listen(self._look, self._looked)

    def _look(self) -> None:
        from peace_sim.play.store import StoreTrouble
        from peace_sim.tui.shelf import Unreadable

        app = self.app
        if app.store is not None:
            with suppress(StoreTrouble):  # it is told when a game is begun or opened
                self.post_message(Found(kept=app.store.games()))
        for id in app.shelf.ids():
            try:
                self.post_message(Found(edition=app.shelf.edition(id)))
            except Unreadable as trouble:
                self.post_message(Found(trouble=str(trouble)))

    def on_found(self, message: Found) -> None:
        """Show what was found."""
        message.stop()
        if message.kept is not None:
            self._kept = message.kept
        if message.edition is not None:
            self._editions[message.edition.id] = message.edition
        if message.trouble:
            self.notify(message.trouble, severity="error", markup=False)
        self._show(top=self.query_one(Rows).here == "looking")

    def _looked(self, worker: Worker[Any]) -> None:
        if worker.error is not None:
            self.app.fail(worker.error)
            return
        self._looking = False
        if self in self.app.screen_stack:
            self._show(top=self.query_one(Rows).here == "looking")

    def _show(self, top: bool = False) -> None:
        rows: list[tuple[str, Hanging]] = []
        if self._kept:
            last = self._kept[0]
            rows.append((f"resume:{last.id}", Hanging("", _line("Go on", last.title))))
        for edition in self._editions.values():
            minutes = sum(chapter.minutes for chapter in edition.game.chapters)
            new = self.app.shelf.is_first(edition.id)
            word = "New here?" if new else "Play"
            end = quiet(f"{minutes} minutes")
            rows.append((f"play:{edition.id}", Hanging("", _line(word, edition.title), None, end)))
        if self._looking:
            rows.append(("looking", Hanging("", said("Looking what is on the shelf…", "italic"))))
        if self._kept:
            count = len(self._kept)
            games = "1 game" if count == 1 else f"{count} games"
            rows.append(("saved", Hanging("", _line("Kept", games))))
        rows += [
            ("look", Hanging("", _line("Look", self.app.theme.replace("-", " ")))),
            ("help", Hanging("", _line("Help", "what this is, and which keys there are"))),
            ("quit", Hanging("", _line("Quit", ""))),
        ]
        self.query_one(Rows).show(rows, at=rows[0][0] if top else None)
        self._tell()

    def _tell(self) -> None:
        """Below: a word on the line in hand."""
        here = self.query_one(Rows).here or ""
        kind, _, id = here.partition(":")
        told = ""
        if kind == "play":
            edition = self._editions.get(id)
            told = edition.summary if edition is not None else ""
        elif kind == "resume" and self._kept:
            told = f"Last played {self._kept[0].updated[:10]}. Kept as {self._kept[0].id}."
        elif kind == "look":
            told = "Enter changes the colours. Nothing in the game is told by a colour alone."
        self.query_one("#start-about", Static).update(quiet(told))

    # ------------------------------------------------------------ what it hears

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._tell()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        kind, _, id = (event.option_id or "").partition(":")
        if kind == "resume":
            self.app.resume(id)
        elif kind == "play":
            self.app.set_up(id)
        elif kind == "saved":
            self.app.show_saved()
        elif kind == "look":
            self.app.next_theme()
            self._show()
        elif kind == "help":
            self.app.action_help()
        elif kind == "quit":
            self.app.exit()

    def action_nothing(self) -> None:
        """The list takes Enter itself; this is for the line of keys."""


def _line(word: str, what: str) -> Content:
    return Content.assemble(quiet(f"{word:<10}"), said(what, "bold"))
