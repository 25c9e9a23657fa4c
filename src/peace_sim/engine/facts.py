"""What a step caused, each with its day, its cause and who may know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar, dataclass_transform

from peace_sim.engine.game import Answer, Game, Knowers, may_know
from peace_sim.engine.state import By

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True)
def _fact(kind: type[_T]) -> type[_T]:
    """A dataclass that the type checker holds to be frozen.

    Freezing it at run time makes each one five times as dear, and a play makes thousands.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)


@_fact
class Cause:
    """The rule behind a change: which part, how it was written, and what it read."""

    kind: str
    """option, event, transition, timer, drift, ballot, chance or injection."""
    part: str
    word: str
    """``field.option`` of an option, the outcome of a ballot; else empty."""
    rule: str
    inputs: tuple[tuple[int, float], ...]
    """Cell and level of everything the rule read."""
    known_to: Knowers


@_fact
class VariableMoved:
    """A variable changed (levels; indices of words for a choice variable)."""

    day: int
    known_to: Knowers
    variable: str
    before: float
    after: float
    cause: Cause | None


@_fact
class PhaseEntered:
    """A track came to another phase."""

    day: int
    known_to: Knowers
    track: str
    before: str
    after: str
    text: str
    record: str
    guarded: bool
    """By a transition behind a guard on state, not by a bare effect."""
    cause: Cause | None


@_fact
class TimerSet:
    """A timer was started, extended or cleared (days; 0 for none)."""

    day: int
    known_to: Knowers
    timer: str
    before: int
    after: int
    cause: Cause | None


@_fact
class CaseMoved:
    """A case was opened, advanced, or found no slot (``slot`` -1)."""

    day: int
    known_to: Knowers
    cases: str
    slot: int
    kind: str
    before: str
    after: str
    cause: Cause | None


@_fact
class DecisionOpened:
    """A role is asked."""

    day: int
    known_to: Knowers
    role: str
    decision: str


@_fact
class AnswerSealed:
    """A role answered; what it answered stays sealed until the window closes."""

    day: int
    known_to: Knowers
    role: str
    decision: str
    answer: Answer


@_fact
class DecisionMade:
    """A sealed answer was opened (known whole to the role itself)."""

    day: int
    known_to: Knowers
    role: str
    decision: str
    answer: Answer
    by: By
    reason: str


@_fact
class OptionTaken:
    """One option of an opened answer, as others hear of it."""

    day: int
    known_to: Knowers
    role: str
    decision: str
    field: str
    option: str


@_fact
class BallotTallied:
    """A body voted."""

    day: int
    known_to: Knowers
    ballot: str
    outcome: str
    yes: int
    no: int
    abstain: int
    votes: tuple[tuple[str, str], ...]


@_fact
class EventStruck:
    """Chance, or the record, brought something."""

    day: int
    known_to: Knowers
    event: str
    record: str
    injected: bool


@_fact
class EventMissed:
    """In the recorded world an inside event's guard did not hold on its day: the line broke."""

    day: int
    known_to: Knowers
    event: str


@_fact
class CableSent:
    """A cable reached those who learn of a thing."""

    day: int
    known_to: Knowers
    cable: str


@_fact
class DeadlinePassed:
    """A timer's day came."""

    day: int
    known_to: Knowers
    timer: str
    due: int


@_fact
class EstimateRedrawn:
    """A role's belief about what it may not see was drawn again."""

    day: int
    known_to: Knowers
    role: str
    variable: str
    before: float
    after: float


@_fact
class Ended:
    """The chapter is over."""

    day: int
    known_to: Knowers
    ending: str


Fact = (
    VariableMoved
    | PhaseEntered
    | TimerSet
    | CaseMoved
    | DecisionOpened
    | AnswerSealed
    | DecisionMade
    | OptionTaken
    | BallotTallied
    | EventStruck
    | EventMissed
    | CableSent
    | DeadlinePassed
    | EstimateRedrawn
    | Ended
)


def seen_by(game: Game, fact: Fact, audience: str) -> Fact | None:
    """The fact as one audience may know it: whole, with its cause cut, or not at all."""
    if not may_know(fact.known_to, audience):
        return None
    if isinstance(fact, CaseMoved):
        cases = game.caselists[game.index["cases"][fact.cases]]
        if not may_know(cases.kinds_known_to, audience):
            fact = replace(fact, kind="")
    if isinstance(fact, VariableMoved | PhaseEntered | TimerSet | CaseMoved) and fact.cause:
        return replace(fact, cause=_cut(game, fact.cause, audience))
    return fact


def _cut(game: Game, cause: Cause, audience: str) -> Cause | None:
    if not may_know(cause.known_to, audience):
        return None
    inputs = tuple(
        (cell, level)
        for cell, level in cause.inputs
        if may_know(game.cell_knowers[cell], audience)
    )
    if len(inputs) == len(cause.inputs):
        return cause
    # a rule that reads what the audience may not know is told as "for reasons of its own"
    return replace(cause, rule="", inputs=inputs)
