"""Editions in which every word for people has been written by somebody who means harm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from textual.app import App

from peace_sim.scenario.boards import WordingBoard
from peace_sim.scenario.edition import Edition

T = TypeVar("T")

BEFORE = "[/x][@click=app.quit]"
AFTER = (
    " [b][bold red on] \x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b2J \u202edlrow\u2066 "
    "👨‍👩‍👧 日本語 n" + "\u0301" * 40 + " \ud800 \U000e0041 {0.__class__} %s"
)
ORDERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What a terminal may obey, or what turns the reading about."""

WORDS = frozenset(
    {
        "title", "titles", "short", "text", "summary", "note", "kind_titles", "unit", "refusal",
        "said", "because", "words", "attribution", "disputes", "actors", "briefs",
        "content_notes", "venue", "host", "observers", "force", "sender", "gauge", "value",
    }
)  # fmt: skip
"""The fields that hold words for people."""


def poisoned(edition: Edition) -> Edition:
    """The edition with poison in every word that people are shown, and its ids as they were."""
    return _poisoned(edition, "")


def _poisoned(value: T, name: str) -> T:
    made: Any = value
    if is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for field in fields(value):
            if field.name in ("span", "index", "texts", "expr", "when", "of") or not field.init:
                continue
            if field.name == "words" and not isinstance(value, WordingBoard):
                continue  # ids
            before = getattr(value, field.name)
            after = _poisoned(before, field.name)
            if after is not before:
                changes[field.name] = after
        return replace(made, **changes) if changes else value
    if isinstance(value, str):
        return made if name not in WORDS else f"{BEFORE}{value}{AFTER}"  # type: ignore[return-value]
    if isinstance(value, tuple):
        after_all = tuple(_poisoned(item, name) for item in value)
        return after_all if any(a is not b for a, b in zip(after_all, value, strict=True)) else made  # type: ignore[return-value]
    if isinstance(value, Mapping) and name in WORDS:
        return {key: _poisoned(item, name) for key, item in value.items()}  # type: ignore[return-value]
    return value


def harm(app: App[Any]) -> list[str]:
    """What on the present screen a terminal or a click would obey."""
    found = []
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if ORDERS.search(segment.text):
                found.append(repr(segment.text))
            if segment.style is not None and "quit" in str(segment.style.meta):
                found.append(f"a live action: {segment.text!r}")
    return found
