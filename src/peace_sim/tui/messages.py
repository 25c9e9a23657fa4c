"""What screens ask of the game. They decide nothing: whoever runs the evening hears and does it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from peace_sim.engine.state import Move


@dataclass
class Seal(Message):
    """An answer is to be sealed."""

    move: Move


@dataclass
class TakeBack(Message):
    """A sealed answer is to be taken back while the window is open."""

    decision: str


class OpenSeals(Message):
    """The window is to be closed, and all seals opened."""


@dataclass
class Answer(Message):
    """A question on the desk is to be answered."""

    decision: str


@dataclass
class Considered(Message):
    """An option is under the cursor; empty when nothing is."""

    option: str
