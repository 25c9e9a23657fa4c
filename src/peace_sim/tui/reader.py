"""Text of any length: wrapped once for a width, and only what is in sight is drawn."""

from __future__ import annotations

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style


class Reader(ScrollView, can_focus=True):
    """Shows one text and scrolls in it."""

    DEFAULT_CSS = """
    Reader {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-horizontal: 0;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        &:focus { background-tint: $foreground 5%; }
    }
    """

    def __init__(self, text: Content | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.text = text or Content("")
        self._lines: list[Content] = []

    def show(self, text: Content, *, keep: bool = False) -> None:
        """Show another text from its beginning, or from where one was."""
        self.text = text
        self._wrap()
        if not keep:
            self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh()

    def on_resize(self) -> None:
        """Another width, other lines."""
        self._wrap()

    def _wrap(self) -> None:
        width = self.scrollable_content_region.width
        self._lines = self.text.wrap(width) if width > 0 else []
        self.virtual_size = Size(width, len(self._lines))

    def render_line(self, y: int) -> Strip:
        """One line of the text."""
        width = self.scrollable_content_region.width
        base = self.visual_style
        at = y + self.scroll_offset.y
        if not 0 <= at < len(self._lines):
            return Strip.blank(width, base.rich_style)
        pieces = self._lines[at].render(base, end="", parse_style=_style)
        strip = Strip(Segment(text, style.rich_style) for text, style in pieces)
        return strip.adjust_cell_length(width, base.rich_style)


def _style(style: str | Style) -> Style:
    return Style.parse(style) if isinstance(style, str) else style
