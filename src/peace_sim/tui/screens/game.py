"""What the screens of a game have in common: the line above, the keys below, and reading anew."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from peace_sim.engine.view import View
from peace_sim.report.words import begun, day_text
from peace_sim.tui.place import Place
from peace_sim.tui.text import said
from peace_sim.tui.widgets.keys import Keys
from peace_sim.tui.widgets.rows import Hanging


class Heading(Static):
    """One line: what this is on the left, and where one sits on the right."""

    def tell(self, left: str, right: str) -> None:
        """Show these words; the right ones go first where there is no room."""
        self.update(Hanging(" ", said(left, "bold"), None, said(f"{right} ")))


class GameScreen(Screen[None]):
    """A screen of a game under way. ``tell`` reads the place anew."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="game.back", tooltip="Back to the desk"),
    ]
    ABOUT: ClassVar[str] = ""
    """What one can do here, for the help."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place

    def compose(self) -> ComposeResult:
        """The line above, the body, the keys."""
        yield Heading(id="heading")
        yield from self.body()
        yield Keys()

    def body(self) -> ComposeResult:
        """What lies between the line and the keys."""
        raise NotImplementedError

    def tell(self) -> None:
        """Read the place anew and show it."""
        raise NotImplementedError

    def head(self, title: str) -> None:
        """Show the line above: the date and this title; the chapter and the chair."""
        seen = self.place.view()
        chapter = self.place.game.chapter(seen.chapter)
        self.query_one(Heading).tell(
            f"{day_text(seen.day)} · {title}",
            f"{chapter.title} · {begun(self.place.chair.short or self.place.chair.title)}",
        )

    def action_back(self) -> None:
        """Leave this screen for the one below."""
        self.app.pop_screen()


def window_title(seen: View) -> str:
    """What the present window is: its stage, and the sitting."""
    sitting = f", sitting {seen.lap + 1}" if seen.lap else ""
    return f"{seen.stage_title}{sitting}"
