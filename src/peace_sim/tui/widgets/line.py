"""A line to write on."""

from __future__ import annotations

from textual.widgets import Input

from peace_sim.tui.text import shown

LONGEST = 1000


class Line(Input):
    """Keeps nothing that a terminal might obey, whatever is pasted, and no more than fits."""

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(shown(value), placeholder=placeholder, max_length=LONGEST, id=id)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put text in place of a part; what does not fit is left out."""
        room = LONGEST - len(self.value) + abs(end - start)
        super().replace(shown(text[: 4 * LONGEST])[: max(0, room)], start, end)
