"""A list with the text of what is pointed at: side by side where there is room, else one above."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Container

from peace_sim.tui.listing import Column, Listing
from peace_sim.tui.reader import Reader

WIDE, ROOMY, SHORT = 96, 124, 14
"""Side by side from here on; where a list has many columns; and too low for both."""


class Beside(Container):
    """Holds a Listing and a Reader. While one reads, the text has more room and the keys."""

    DEFAULT_CSS = """
    Beside {
        layout: vertical; height: 1fr;
        &> Listing { height: 1fr; }
        &> Reader { height: 1fr; border-top: solid $border-blurred; }
        &.-reading > Reader { height: 4fr; }
        &.-wide { layout: horizontal; }
        &.-wide > Listing { width: 3fr; height: 1fr; }
        &.-wide > Reader {
            width: 2fr; height: 1fr; border-top: none; border-left: solid $border-blurred;
        }
        &.-wide.-reading > Listing { width: 2fr; }
        &.-wide.-reading > Reader { width: 3fr; }
        &.-short > Reader { display: none; }
        &.-short.-reading > Listing { display: none; }
        &.-short.-reading > Reader { display: block; border: none; }
    }
    """

    def __init__(
        self, columns: Sequence[Column], *, empty: str, wide: int = WIDE, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.wide = wide
        """From which width on they stand side by side."""
        self.listing = Listing(columns, empty=empty)
        self.reader = Reader()

    def compose(self) -> ComposeResult:
        """The list, then the text."""
        yield self.listing
        yield self.reader

    def on_resize(self, event: events.Resize) -> None:
        """Side by side where it is wide; the text by itself, on request, where it is low."""
        wide = event.size.width >= self.wide
        self.set_class(wide, "-wide")
        self.set_class(event.size.height < SHORT and not wide, "-short")

    def read(self) -> None:
        """Give the text more room, and the keys that scroll."""
        self.add_class("-reading")
        self.reader.focus()

    def leave_reading(self) -> bool:
        """Back to the list; whether one was reading."""
        reading = self.has_class("-reading")
        self.remove_class("-reading")
        self.listing.focus()
        return reading
