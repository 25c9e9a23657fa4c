"""Why something stands as it does: its changes, newest first, each with its rule."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from peace_sim.report.prose import why
from peace_sim.tui.place import Place
from peace_sim.tui.reader import Reader
from peace_sim.tui.text import lines, said
from peace_sim.tui.widgets.keys import Keys

UNCHANGED = "It has not changed since the chapter opened, as far as you know."


class WhyScreen(ModalScreen[None]):
    """The reasons for one figure, track, countdown or list, over the screen that asked."""

    ABOUT = """\
Each change of the thing you asked about, the last on top: its date, from where to where, who or
what caused it, the rule as it is written, and what the rule read at that moment. What you may not
know is left out, and the line says so.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,w,enter", "dismiss", "Back", key_display="esc", id="why.back"),
    ]
    DEFAULT_CSS = """
    WhyScreen {
        align: center middle;
        #why {
            width: 84; max-width: 96%; height: auto; max-height: 90%;
            background: $surface; border: round $primary; padding: 0 1;
        }
        #why-title { text-style: bold; height: auto; max-height: 3; padding: 0 1; }
        Reader { height: auto; max-height: 1fr; min-height: 3; }
    }
    """

    def __init__(self, place: Place, id: str, title: str, now: str) -> None:
        super().__init__()
        self.place = place
        self.asked = id
        self.thing = title
        self.now = now

    def compose(self) -> ComposeResult:
        """The title and the reasons."""
        with Container(id="why"):
            yield Static(said(f"{self.thing}: {self.now}"), id="why-title", markup=False)
            yield Reader(why_text(self.place, self.asked))
        yield Keys()


def why_text(place: Place, id: str) -> Content:
    """The last changes of a thing, as far as the chair has come to know them."""
    changes = why(place.edition, place.facts(), id, place.role)
    if not changes:
        return said(UNCHANGED)
    told = []
    for change in reversed(changes):
        day, _, rest = change.partition(": ")
        told.append(Content.assemble(said(day, "bold"), said(f"  {rest}"), "\n"))
    return lines(told)
