"""Lists whose rows have a head and a body that hangs below it, at any width."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class Hanging(Visual):
    """A mark, a head beside it, something at the right end of the first line, and a body below."""

    def __init__(
        self, mark: str, head: Content, body: Content | None = None, end: Content | None = None
    ) -> None:
        self.mark = mark
        self.head = head
        self.body = body if body is not None and body.plain else None
        self.end = end if end is not None and end.plain else None
        self.pointed: bool | None = None
        """In a list: whether the cursor is here, which a sign shows as well as a colour."""

    def __str__(self) -> str:
        """All words of it."""
        parts = (self.head, self.end, self.body)
        return self.mark + " ".join(part.plain for part in parts if part is not None)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """As wide as it may be."""
        return container_width

    def get_minimal_width(self, rules: RulesMap) -> int:
        """It wraps at any width."""
        return 10

    def get_height(self, rules: RulesMap, width: int) -> int:
        """The number of its lines."""
        return len(self._lines(width))

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Its lines as strips."""
        strips: list[Strip] = []
        for line in self._lines(width):
            strips += line.render_strips(width, 1, style, options)
        return strips if height is None else strips[:height]

    def _lines(self, width: int) -> list[Content]:
        mark = self.mark
        if self.pointed is not None:
            mark = f"{'› ' if self.pointed else '  '}{mark}"
        indent = len(mark)
        room = max(6, width - indent)
        end = self.end
        beside = end is not None and self.head.cell_length + end.cell_length + 2 <= room
        lines = self.head.wrap(room)
        if end is not None and beside:
            gap = room - lines[0].cell_length - end.cell_length
            lines[0] = Content.assemble(lines[0], " " * gap, end)
        elif end is not None:
            lines += end.wrap(room)
        if self.body is not None:
            for paragraph in self.body.split("\n"):
                lines += paragraph.wrap(room)
        first = Content(mark)
        blank = Content(" " * indent)
        return [(first if not at else blank) + line for at, line in enumerate(lines)]


class Rows(OptionList):
    """An option list of Hanging rows. It keeps its place when told anew, and never reads markup."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Choose", show=False),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False, compact=True)

    def show(self, rows: Iterable[tuple[str, Hanging]], at: str | None = None) -> None:
        """Show these rows, each with its id; the row ``at``, or the one before, stays in hand."""
        rows = list(rows)
        for _, row in rows:
            row.pointed = False
        kept = at
        if kept is None and self.highlighted_option is not None:
            kept = self.highlighted_option.id
        top = self.scroll_y
        options = [Option(visual, id=id) for id, visual in rows]
        self.set_options(options)
        if not options:
            return
        known = [option.id for option in options]
        self.highlighted = known.index(kept) if kept in known else 0
        self.scroll_to(y=top, animate=False)

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Put the sign beside the row in hand; its style differs too, so nothing stale is drawn."""
        for at, option in enumerate(self.options):
            if isinstance(option.prompt, Hanging):
                option.prompt.pointed = at == highlighted
        super().watch_highlighted(highlighted)

    @property
    def here(self) -> str | None:
        """The id of the row in hand."""
        option = self.highlighted_option
        return option.id if option is not None else None
