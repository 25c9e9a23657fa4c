"""A list in columns, of any length: only the rows in sight are drawn.

The row pointed at is marked by a sign as well as a colour. Cells are words, never markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from peace_sim.tui.text import cell, shown

_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, and how wide it is."""

    title: str
    width: int = 0
    """In characters; 0 for a share of what the others leave."""
    share: int = 1
    """How many parts of what is left."""
    right: bool = False
    least: int = 0
    """Left out where the list is narrower than this."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row, or the heading over some."""

    id: str
    cells: tuple[str, ...]
    tone: str = ""
    """``good``, ``bad`` or ``warn`` for its first cell, ``quiet`` for all of it."""
    heading: bool = False


class Listing(ScrollView, can_focus=True):
    """Rows to move through. It posts Pointed and Chosen, and changes nothing itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("home", "edge(0)", "First", show=False, id="list.first"),
        Binding("end", "edge(-1)", "Last", show=False, id="list.last"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"listing--{part}"
        for part in ("title", "heading", "cursor", "good", "bad", "warn", "quiet")
    }
    DEFAULT_CSS = """
    Listing {
        height: 1fr;
        scrollbar-size-horizontal: 0;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        &> .listing--title { color: $text-muted; text-style: underline; }
        &> .listing--heading { color: $text-accent; text-style: bold; }
        &> .listing--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        &:focus > .listing--cursor {
            color: $block-cursor-foreground; background: $block-cursor-background;
            text-style: bold;
        }
        &> .listing--good { color: $text-success; }
        &> .listing--bad { color: $text-error; }
        &> .listing--warn { color: $text-warning; }
        &> .listing--quiet { color: $text-muted; }
    }
    """

    @dataclass
    class Pointed(Message):
        """The cursor came to another row."""

        listing: Listing
        id: str

        @property
        def control(self) -> Listing:
            """The list it came from, for ``@on`` selectors."""
            return self.listing

    @dataclass
    class Chosen(Message):
        """A click on the row that was pointed at already."""

        listing: Listing
        id: str

        @property
        def control(self) -> Listing:
            """The list it came from, for ``@on`` selectors."""
            return self.listing

    def __init__(
        self, columns: Sequence[Column], *, empty: str = "Nothing here.", id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.empty = empty
        self.rows: tuple[Row, ...] = ()
        self._at = -1

    # ------------------------------------------------------------ what it is told

    def show(self, rows: Sequence[Row], *, point: str = "") -> None:
        """Show other rows. The cursor stays on its row where that is still there."""
        before = point or self.pointed
        self.rows = tuple(rows)
        ids = [row.id for row in self.rows if not row.heading]
        self._at = self._index(before if before in ids else ids[0]) if ids else -1
        self._measure()
        self._keep_in_sight()
        self.refresh()
        self.post_message(self.Pointed(self, self.pointed))

    def point(self, id: str) -> None:
        """Bring the cursor to a row."""
        at = self._index(id)
        if at >= 0 and at != self._at:
            self._go(at)

    @property
    def pointed(self) -> str:
        """The id of the row under the cursor, empty for none."""
        return self.rows[self._at].id if 0 <= self._at < len(self.rows) else ""

    # ------------------------------------------------------------ moving

    def action_move(self, by: int) -> None:
        """To the next row up or down that is no heading."""
        at = self._at + by
        while 0 <= at < len(self.rows) and self.rows[at].heading:
            at += by
        if 0 <= at < len(self.rows):
            self._go(at)
        elif by < 0:
            self.scroll_to(y=0, animate=False)  # to see the headings on top

    def action_page(self, pages: int) -> None:
        """A page up or down."""
        self._go_near(self._at + pages * max(1, self._room - 1), 1 if pages > 0 else -1)

    def action_edge(self, edge: int) -> None:
        """To the first row, or the last."""
        self._go_near(0 if edge == 0 else len(self.rows) - 1, -1 if edge else 1)

    def on_click(self, event: events.Click) -> None:
        """A click points; a click on what is pointed at chooses."""
        at = event.y - 1 + self.scroll_offset.y
        if event.y >= 1 and 0 <= at < len(self.rows) and not self.rows[at].heading:
            event.stop()
            if at == self._at:
                self.post_message(self.Chosen(self, self.pointed))
            else:
                self._go(at)

    def _go_near(self, at: int, by: int) -> None:
        if not self.pointed:
            return
        at = max(0, min(len(self.rows) - 1, at))
        for step in (by, -by):
            near = at
            while 0 <= near < len(self.rows) and self.rows[near].heading:
                near += step
            if 0 <= near < len(self.rows):
                self._go(near)
                return

    def _go(self, at: int) -> None:
        if at == self._at:
            return
        for line in (self._at, at):
            self.refresh(Region(0, line + 1 - self.scroll_offset.y, self._width, 1))
        self._at = at
        self._keep_in_sight()
        self.post_message(self.Pointed(self, self.pointed))

    def _keep_in_sight(self) -> None:
        room, top = self._room, self.scroll_offset.y
        first = self._at
        while first > 0 and self.rows[first - 1].heading:
            first -= 1  # the heading is seen with its first row
        if self._at >= 0 and (first < top or self._at >= top + room):
            wanted = first if first < top else self._at - room + 1
            self.scroll_to(y=wanted, animate=False, immediate=True)

    @property
    def _room(self) -> int:
        """How many rows are seen under the titles."""
        return max(1, self.scrollable_content_region.height - 1)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    def _index(self, id: str) -> int:
        return next((i for i, row in enumerate(self.rows) if row.id == id and not row.heading), -1)

    def _measure(self) -> None:
        self.virtual_size = Size(self._width, len(self.rows) + 1)

    def on_resize(self) -> None:
        """Another width, other columns; the cursor stays in sight."""
        self._measure()
        self._keep_in_sight()

    # ------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        """The titles, or a row."""
        width = self._width
        base = self.visual_style.rich_style
        shown_columns = self._shown(width)
        if y == 0:
            titles = tuple(column.title for column in self.columns)
            if not any(titles):
                return Strip.blank(width, base)
            title = self._look("title")
            text = "  " + "  ".join(part for part, _ in self._parts(titles, shown_columns))
            return Strip([Segment(cell(text, width), title)], width)
        at = y - 1 + self.scroll_offset.y
        if not self.rows and at == 0:
            return Strip([Segment(cell(self.empty, width), self._look("quiet"))], width)
        if at >= len(self.rows):
            return Strip.blank(width, base)
        row = self.rows[at]
        if row.heading:
            words = cell(shown(" ".join(row.cells)), width)
            return Strip([Segment(words, self._look("heading"))], width)
        return self._row(row, at == self._at, base, shown_columns).adjust_cell_length(width, base)

    def _row(
        self, row: Row, pointed: bool, base: Style, columns: Sequence[tuple[int, int]]
    ) -> Strip:
        if pointed:
            style = first = self._look("cursor")
        elif row.tone == "quiet":
            style = first = self._look("quiet")
        else:
            style = base
            first = self._look(row.tone) if row.tone else base
        segments = [Segment("› " if pointed else "  ", style)]
        for number, (text, index) in enumerate(self._parts(row.cells, columns)):
            if number:
                segments.append(Segment(" " * _GAP, style))
            segments.append(Segment(text, first if index == 0 else style))
        if pointed:
            used = sum(segment.cell_length for segment in segments)
            segments.append(Segment(" " * max(0, self._width - used), style))
        return Strip(segments)

    def _parts(
        self, cells: Sequence[str], columns: Sequence[tuple[int, int]]
    ) -> list[tuple[str, int]]:
        parts = []
        for index, wide in columns:
            text = cells[index] if index < len(cells) else ""
            parts.append((cell(text, wide, right=self.columns[index].right), index))
        return parts

    def _shown(self, width: int) -> list[tuple[int, int]]:
        """The columns that there is room for, each with its width."""
        kept = [(i, c) for i, c in enumerate(self.columns) if width >= c.least]
        fixed = sum(c.width for _, c in kept) + _GAP * max(0, len(kept) - 1) + 2
        parts = sum(c.share for _, c in kept if not c.width)
        left = max(0, width - fixed)
        sized = []
        for index, column in kept:
            wide = column.width
            if not wide:
                wide = left * column.share // parts
                left, parts = left - wide, parts - column.share
            sized.append((index, max(wide, 1)))
        return sized

    def _look(self, part: str) -> Style:
        return self.get_visual_style(f"listing--{part}").rich_style
