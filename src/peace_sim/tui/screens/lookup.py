"""What the screens share in which one looks something up: a list, a text, a way back."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input, Static

from peace_sim.tui.beside import Beside
from peace_sim.tui.listing import Listing
from peace_sim.tui.screens.game import GameScreen, Heading
from peace_sim.tui.text import said
from peace_sim.tui.widgets.keys import Keys
from peace_sim.tui.widgets.line import Line


class Search(Line):
    """A line to search by: hidden until it is asked for, empty again when it is left by Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Clear", id="search.close"),
        Binding("enter,down", "leave", "To the list", id="search.leave"),
    ]
    DEFAULT_CSS = """
    Search {
        display: none;
        border: none; height: 1; padding: 0 1; background: $boost;
        &.-open { display: block; }
        &:focus { border: none; }
    }
    """

    class Left(Message):
        """The words stand; back to what they search."""

    def open(self) -> None:
        """Show it, to be written in."""
        self.add_class("-open")
        self.focus()

    def action_close(self) -> None:
        """Search for nothing more."""
        self.value = ""
        self.remove_class("-open")
        self.post_message(self.Left())

    def action_leave(self) -> None:
        """Keep the words, and go to what was found."""
        self.post_message(self.Left())


def found(words: str, *texts: str) -> bool:
    """Whether each word stands somewhere in the texts; accents and capitals aside."""
    within = _bare(" ".join(texts))
    return all(_bare(word) in within for word in words.split())


def _bare(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))


class Lookup(GameScreen):
    """A body, small print under it, and the keys; Esc leads back step by step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="lookup.back", tooltip="To where you came from"),
        Binding("enter", "choose", "Read", id="lookup.choose", tooltip="More room for the text"),
    ]
    AUTO_FOCUS = "Listing"
    DEFAULT_CSS = """
    Lookup {
        layout: vertical;
        #body { height: 1fr; layout: vertical; }
        #note {
            height: auto; max-height: 2; padding: 0 1; color: $text-muted;
            &.-empty { display: none; }
        }
    }
    """

    TITLE_WORDS: ClassVar[str] = ""
    """What the screen is called."""

    def compose(self) -> ComposeResult:
        """The frame of every screen of the game, with the small print above the keys."""
        yield Heading(id="heading")
        with Container(id="body"):
            yield from self.body()
        yield Static(id="note", markup=False, classes="-empty")
        yield Keys()

    def on_mount(self) -> None:
        """Fill the screen."""
        self.tell()

    def tell(self) -> None:
        """Read the place anew and show it."""
        self.head(self.TITLE_WORDS)
        self.tell_body()

    def tell_body(self) -> None:
        """Show what is there now."""
        raise NotImplementedError

    def note(self, text: str) -> None:
        """A line of small print under the body."""
        line = self.query_one("#note", Static)
        line.update(said(text))
        line.set_class(not text, "-empty")

    @property
    def beside(self) -> Beside:
        """The list and the text."""
        return self.query_one(Beside)

    def action_back(self) -> None:
        """From the text to the list, from the list to where one came from."""
        if not self.beside.leave_reading():
            super().action_back()

    @on(Listing.Chosen)
    def _chosen(self, event: Listing.Chosen) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """What Enter does: read what is pointed at, unless a screen has something better."""
        if self.beside.listing.pointed:
            self.beside.read()


class Searched(Lookup):
    """A list that can be searched, with the text of what is pointed at beside it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", id="lookup.search",
                tooltip="Search by words"),
    ]  # fmt: skip

    def compose_search(self) -> ComposeResult:
        """The line to search by."""
        yield Search(placeholder="Words to search for; Esc clears", id="search")

    @property
    def words(self) -> str:
        """What is searched for."""
        return self.query_one("#search", Search).value

    def action_search(self) -> None:
        """Open the line to search by."""
        self.query_one("#search", Search).open()

    def action_back(self) -> None:
        """End a search first, then leave."""
        search = self.query_one("#search", Search)
        if search.has_class("-open"):
            search.action_close()
        else:
            super().action_back()

    @on(Input.Changed, "#search")
    def _sought(self, event: Input.Changed) -> None:
        event.stop()
        self.tell_body()

    @on(Search.Left)
    def _left(self, event: Search.Left) -> None:
        event.stop()
        self.beside.listing.focus()
