"""Words on their way to the screen: strangers' text is shown letter by letter, and never obeyed.

A widget is given ``Content`` or text that came through here. Markup is never read, and nothing is
left that a terminal might take for an order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from textual.content import Content

_ORDERS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls, marks of direction, lone surrogates and tags; a new line is kept."""

MAX_MARKS = 4
"""Marks on one letter; a tower of them would cover the lines above."""


def shown(text: str) -> str:
    """The text without what a terminal might obey, and without towers of marks."""
    if text.isascii() and text.isprintable():
        return text
    text = _ORDERS.sub("", text.replace("\t", " "))
    if text.isascii():
        return text
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MAX_MARKS:
            kept.append(letter)
    return "".join(kept)


def said(text: str, style: str = "") -> Content:
    """Text for a widget, in one style."""
    words = shown(text)
    return Content.styled(words, style) if style and words else Content(words)


def quiet(text: str) -> Content:
    """Text that stands back behind the rest."""
    return said(text, "$foreground-muted")


def lines(items: Iterable[str | Content]) -> Content:
    """Several lines as one text for a widget."""
    return Content("\n").join(said(i) if isinstance(i, str) else i for i in items)


def cell(text: str, width: int, *, right: bool = False) -> str:
    """The first line of a text in exactly so many columns; what is cut off leaves a mark."""
    text = shown(text).partition("\n")[0]
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    gap = " " * (width - length)
    return gap + text if right else text + gap
