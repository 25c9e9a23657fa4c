"""One whole moment of a game, and everything that can stand in a journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from peace_sim.engine.game import Answer

Nature = Literal["recorded", "drawn"]
By = Literal["person", "policy", "default"]


@dataclass(frozen=True, slots=True)
class World:
    """What fixes chance: a seed, who plays nature, and the settings chosen before play."""

    seed: str
    nature: Nature = "drawn"
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A role's answer to one open decision, field by field."""

    role: str
    decision: str
    answer: Answer
    by: By = "person"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A role takes back its sealed answer, while the window is still open."""

    role: str
    decision: str


@dataclass(frozen=True, slots=True)
class Advance:
    """The window closes: answers are opened together, and time runs to the next window."""


@dataclass(frozen=True, slots=True)
class Injection:
    """The facilitator makes an event strike now."""

    event: str


@dataclass(frozen=True, slots=True)
class Seating:
    """Who holds a chair from now on: a person's name, or a policy."""

    role: str
    holder: str
    by: By = "person"


@dataclass(frozen=True, slots=True)
class Message:
    """Words from one role to others; the kernel ignores them."""

    role: str
    to: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside the play; the kernel ignores it."""

    role: str
    text: str


Entry = Move | Withdrawal | Advance | Injection | Seating | Message | Note


@dataclass(frozen=True, slots=True)
class State:
    """One whole moment: where the calendar stands, every cell, the sealed answers, the ending."""

    world: World
    chapter: str
    moment: int
    stage: int
    lap: int
    cells: tuple[float, ...]
    sealed: tuple[Move, ...]
    ending: str | None
