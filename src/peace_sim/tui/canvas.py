"""A sheet of small dots for maps and curves: braille where the terminal has it, else ASCII.

A drawing is made of *inks*, names that a theme gives a style. What an ink says is always said by
shape or letters too, so that nothing is lost without colour.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import groupby
from typing import ClassVar

from rich.cells import split_graphemes
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from peace_sim.tui.text import shown

Point = tuple[float, float]

_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a braille cell, by row and column."""

_SHAPES = {
    " ": 0x00, ".": 0xC0, "'": 0x09, "-": 0x36, "_": 0xC0, "|": 0x47, "/": 0x5C, "\\": 0xA3,
    ":": 0x24, "+": 0x3E, "#": 0xFF,
}  # fmt: skip
"""The dots that an ASCII character comes near to."""


def wants_ascii() -> bool:
    """Whether the user or the terminal asks for drawings without braille."""
    asked = os.environ.get("PEACE_SIM_ASCII")
    if asked:
        return asked != "0"
    if os.environ.get("TERM") == "linux":
        return True  # the console's font has no braille
    named = next((v for n in ("LC_ALL", "LC_CTYPE", "LANG") if (v := os.environ.get(n))), "UTF-8")
    return "UTF8" not in named.upper().replace("-", "")


class Sheet:
    """Dots, two by four to a character, letters over them and tints under them."""

    def __init__(self, width: int, height: int, *, ascii: bool = False) -> None:
        self.width, self.height = max(0, width), max(0, height)
        self.ascii = ascii
        self.pens: dict[str, str] = {}
        """For ASCII: the character that an ink's dots become, whatever their shape."""
        size = self.width * self.height
        self._dots = bytearray(size)
        self._inks: list[str] = [""] * size
        self._ground: list[str] = [""] * size
        self._letters: list[tuple[str, str] | None] = [None] * size
        """A character and its ink; an empty one is covered by the wide one before it."""

    def take(self, other: Sheet) -> None:
        """Begin with what is on another sheet of the same size."""
        self._dots, self._inks = other._dots[:], other._inks[:]
        self._ground, self._letters = other._ground[:], other._letters[:]

    @property
    def dots(self) -> tuple[int, int]:
        """Width and height in dots."""
        return self.width * 2, self.height * 4

    def dot(self, x: float, y: float, ink: str) -> None:
        """One dot, if it is on the sheet."""
        across, down = round(x), round(y)
        if 0 <= across < self.width * 2 and 0 <= down < self.height * 4:
            at = (down >> 2) * self.width + (across >> 1)
            self._dots[at] |= _BITS[down & 3][across & 1]
            self._inks[at] = ink

    def line(self, start: Point, end: Point, ink: str, dash: tuple[int, int] = (1, 0)) -> None:
        """A straight line, whole or in dashes of so many dots on and off."""
        cut = _within(start, end, *self.dots)
        if cut is None:
            return
        (x, y), (to_x, to_y) = cut
        steps = max(1, round(max(abs(to_x - x), abs(to_y - y))))
        on, off = dash
        for step in range(steps + 1):
            if step % (on + off) < on:
                self.dot(x + (to_x - x) * step / steps, y + (to_y - y) * step / steps, ink)

    def path(self, points: Iterable[Point], ink: str, dash: tuple[int, int] = (1, 0)) -> None:
        """Lines from each point to the next."""
        before: Point | None = None
        for point in points:
            if before is not None:
                self.line(before, point, ink, dash)
            before = point

    def fill(self, rings: Sequence[Sequence[Point]], ink: str) -> None:
        """A tint under all cells whose middle lies within the rings (given in dots)."""
        for row in range(self.height):
            middle = row * 4 + 1.5
            crossings = sorted(
                x + (middle - y) * (to_x - x) / (to_y - y)
                for ring in rings
                for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], *ring[:1]], strict=True)
                if (y <= middle) != (to_y <= middle)
            )
            for left, right in zip(crossings[::2], crossings[1::2], strict=False):
                first, last = max(0, round(left / 2)), min(self.width, round(right / 2))
                for column in range(first, last):
                    self._ground[row * self.width + column] = ink

    def stretches(self, row: int, ink: str) -> Iterator[tuple[int, int]]:
        """Where a tint lies in a row: first column and length of each stretch."""
        start = row * self.width
        cells = [ground == ink for ground in self._ground[start : start + self.width]]
        left = 0
        for tinted, group in groupby(cells):
            length = len(list(group))
            if tinted:
                yield left, length
            left += length

    def rub_out(self, other: Sheet) -> None:
        """Take away the dots in and beside every cell that another sheet has dots in."""
        for row in range(self.height):
            for column in range(self.width):
                if other._dots[row * self.width + column]:
                    for at in range(max(0, column - 1), min(self.width, column + 2)):
                        self._dots[row * self.width + at] = 0

    def write(self, column: int, row: int, text: str, ink: str) -> None:
        """Letters, cut off where the sheet ends."""
        if not 0 <= row < self.height:
            return
        text = shown(text)
        for start, end, wide in split_graphemes(text)[0]:
            if wide and column >= 0 and column + wide <= self.width:
                at = row * self.width + column
                self._letters[at] = (text[start:end], ink)
                for more in range(1, wide):
                    self._letters[at + more] = ("", ink)
            column += wide

    def is_free(self, column: int, row: int, width: int) -> bool:
        """Whether letters could be written there without covering others or leaving the sheet."""
        if not (0 <= row < self.height and column >= 0 and column + width <= self.width):
            return False
        at = row * self.width + column
        return not any(self._letters[at : at + width])

    def runs(self, row: int) -> Iterator[tuple[str, str, str]]:
        """A row as pieces of one look: text, ink, and the tint under it."""
        text, look = "", ("", "")
        for at in range(row * self.width, (row + 1) * self.width):
            letter = self._letters[at]
            ink = letter[1] if letter else self._inks[at]
            if (ink, self._ground[at]) != look:
                if text:
                    yield text, *look
                text, look = "", (ink, self._ground[at])
            text += letter[0] if letter else self._shape(at)
        if text:
            yield text, *look

    def _shape(self, at: int) -> str:
        bits = self._dots[at]
        if not bits:
            return " "
        if not self.ascii:
            return chr(0x2800 + bits)
        return self.pens.get(self._inks[at]) or _nearest_shape(bits)

    def __str__(self) -> str:
        rows = ("".join(text for text, _, _ in self.runs(row)) for row in range(self.height))
        return "\n".join(row.rstrip() for row in rows)


@lru_cache(maxsize=256)
def _nearest_shape(bits: int) -> str:
    return min(_SHAPES, key=lambda shape: ((_SHAPES[shape] ^ bits).bit_count(), shape == " "))


def _within(start: Point, end: Point, width: float, height: float) -> tuple[Point, Point] | None:
    """The part of a line that lies on the sheet, give or take a dot (Liang and Barsky's cut)."""
    (x, y), (to_x, to_y) = start, end
    dx, dy = to_x - x, to_y - y
    first, last = 0.0, 1.0
    for step, room in ((-dx, x + 1), (dx, width - x), (-dy, y + 1), (dy, height - y)):
        if step == 0:
            if room < 0:
                return None
            continue
        share = room / step
        if step < 0:
            first = max(first, share)
        else:
            last = min(last, share)
    if first > last:
        return None
    return (x + first * dx, y + first * dy), (x + last * dx, y + last * dy)


class Drawing(Widget):
    """A widget that shows a sheet, and draws it anew when its size, matter or theme changes."""

    ascii: reactive[bool] = reactive(wants_ascii)
    """Drawn without braille."""

    INKS: ClassVar[tuple[str, ...]] = ()
    """The inks it draws with; each is styled as the component class ``drawing--INK``."""

    _strips: list[Strip] | None = None

    def draw(self, sheet: Sheet) -> None:
        """Draw everything on an empty sheet."""
        raise NotImplementedError

    def redraw(self) -> None:
        """What is drawn has changed: show the rows that are different."""
        width, height = self.content_size
        before, self._strips = self._strips, None
        if before is None or len(before) != height or before[0].cell_length != width:
            self.refresh()
            return
        self._strips = self._drawn(width, height)
        left, top = self.gutter.left, self.gutter.top
        changed = [
            Region(left, top + row, width, 1)
            for row, (old, new) in enumerate(zip(before, self._strips, strict=True))
            if old != new
        ]
        if changed:
            self.refresh(*changed)

    def watch_ascii(self) -> None:
        """Another alphabet, another drawing."""
        self.redraw()

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._strips = None

    def render_line(self, y: int) -> Strip:
        """One row of the drawing."""
        width, height = self.content_size
        strips = self._strips
        if strips is None or len(strips) != height or (strips and strips[0].cell_length != width):
            strips = self._strips = self._drawn(width, height)
        return strips[y] if y < len(strips) else Strip.blank(width, self.visual_style.rich_style)

    def _drawn(self, width: int, height: int) -> list[Strip]:
        sheet = Sheet(width, height, ascii=self.ascii)
        self.draw(sheet)
        look = self._looks()
        return [
            Strip([Segment(run, look(ink, ground)) for run, ink, ground in sheet.runs(row)], width)
            for row in range(height)
        ]

    def _looks(self) -> Callable[[str, str], RichStyle]:
        """The style of an ink over a tint; an ink with a ground of its own covers the tint."""
        base = self.visual_style
        inks = {ink: self.get_visual_style(f"drawing--{ink}") for ink in self.INKS}
        solid = {
            ink
            for ink in self.INKS
            if self.get_component_styles(f"drawing--{ink}").has_rule("background")
        }

        @cache
        def look(ink: str, ground: str) -> RichStyle:
            style = inks.get(ink, base)
            if ground and ink not in solid:
                style = replace(style, background=inks[ground].background)
            return style.rich_style

        return look


__all__ = ["Drawing", "Point", "Sheet", "wants_ascii"]
