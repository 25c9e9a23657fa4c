"""What a screen needs to show an instrument: which kernel parts stand for which of its things.

Boards hold ids, static words and rules alone. What stands in them now is read through a View.
"""

from __future__ import annotations

from dataclasses import dataclass

from peace_sim.engine.game import Number


@dataclass(frozen=True, slots=True)
class WordingBoard:
    """One way to write a clause."""

    id: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class IssueBoard:
    """A clause: its prose with ``{words}`` for the bracket, and where each bracket is kept."""

    id: str
    title: str
    text: str
    track: str
    """bracketed, agreed, ambiguous or parked; unopened first, for a clause that waits."""
    words: str
    """The choice variable of the agreed wording (``open`` until then)."""
    stances: tuple[tuple[str, str], ...]
    """Party and the choice variable of its bracket."""
    wordings: tuple[WordingBoard, ...]
    reasons: tuple[tuple[str, str, str], ...]
    """Party, wording and the reason it gives for it."""
    trades: tuple[tuple[str, str, str, str], ...] = ()
    """Party, the variable that is 1 while it accepts only in exchange, and for what: the other
    clause's title and words."""

    def wording(self, id: str) -> WordingBoard | None:
        """The wording of this id."""
        return next((w for w in self.wordings if w.id == id), None)


@dataclass(frozen=True, slots=True)
class ProtocolBoard:
    """What gathers clauses for signature."""

    id: str
    title: str
    track: str
    gathers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoundBoard:
    """A round of talks."""

    id: str
    title: str
    venue: str
    host: str
    observers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TalksBoard:
    """The table."""

    id: str
    title: str
    chair: str
    parties: tuple[tuple[str, str], ...]
    """Role and the delegation's title."""
    round_track: str
    rounds: tuple[RoundBoard, ...]
    sittings: str
    clause: str
    """The choice variable of the clause on the table (``none`` between sittings)."""
    wording: str
    """The choice variable of the wording on the table, ``ISSUE__WORDING``."""
    form: str
    device: str
    table: str
    """The decision in which the chair picks a clause and a form."""
    answers: tuple[tuple[str, str], ...]
    """Party and its decision."""
    issues: tuple[IssueBoard, ...]
    protocols: tuple[ProtocolBoard, ...]


@dataclass(frozen=True, slots=True)
class SiteBoard:
    """A team site, by the id that the map knows."""

    id: str
    title: str
    teams: str
    risk: Number | None = None
    """How dangerous it is to stand there, 0 to 100; known to whoever knows what it reads."""


@dataclass(frozen=True, slots=True)
class MandateBoard:
    """A mission's mandate and the body that decides it."""

    id: str
    title: str
    track: str
    timer: str
    authorised: str
    strength: str
    draft: str
    """The choice variable of the action in the draft (``none`` before)."""
    report: str
    drafting: str
    ballot: str
    body: str
    members: tuple[tuple[str, str, bool], ...]
    """Role, title, whether it has a veto."""
    majority: int
    tasks: tuple[tuple[str, str, str], ...]
    """Id, title, operative words."""
    conditions: tuple[tuple[str, str, str, str], ...]
    """Id, title, words, and the choice variable (``out``, ``in``)."""
    sites: tuple[SiteBoard, ...]


@dataclass(frozen=True, slots=True)
class CeasefireBoard:
    """A truce and its ledger of incidents."""

    id: str
    title: str
    track: str
    timer: str
    cases: str
    force: str
    """The condition for entering into force, in words."""
    parties: tuple[tuple[str, str], ...]
    """Party and the variable that counts breaches found against it."""
    naming: str
    evidence: str


@dataclass(frozen=True, slots=True)
class CommitmentBoard:
    """A promise."""

    id: str
    title: str
    text: str
    by: str
    to: tuple[str, ...]
    form: str
    track: str
    timer: str
    leak: str
