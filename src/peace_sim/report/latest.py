"""What is new since a chair was last asked, and the opened answers, one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from peace_sim.engine.facts import (
    AnswerSealed,
    BallotTallied,
    DecisionMade,
    DecisionOpened,
    Fact,
    OptionTaken,
)
from peace_sim.report.prose import sentence
from peace_sim.report.words import answer_text, begun, role_title
from peace_sim.scenario.edition import Edition


@dataclass(frozen=True, slots=True)
class Opened:
    """A seal that was opened: whose it was, and what was in it."""

    day: int
    who: str
    about: str
    lines: tuple[str, ...]
    own: bool = False
    ballot: str = ""
    """The vote that this tells, if it is one."""


def latest(facts: Sequence[Fact], roles: Collection[str]) -> tuple[Fact, ...]:
    """The facts since these roles were asked before: what the present window finds on the desk.

    It follows from the facts alone, so that it is the same after a game was left and resumed.
    """
    end = len(facts)
    while end and _of_the_window(facts[end - 1], roles):
        end -= 1
    start = end
    while start and not _asks(facts[start - 1], roles):
        start -= 1
    return tuple(fact for fact in facts[start:end] if not isinstance(fact, AnswerSealed))


def _asks(fact: Fact, roles: Collection[str]) -> bool:
    return isinstance(fact, DecisionOpened) and fact.role in roles


def _of_the_window(fact: Fact, roles: Collection[str]) -> bool:
    return _asks(fact, roles) or (isinstance(fact, AnswerSealed) and fact.role in roles)


def opened_seals(edition: Edition, facts: Sequence[Fact], audience: str) -> tuple[Opened, ...]:
    """The answers and votes that these facts opened, in their order, one's own among them."""
    game = edition.game
    opened: list[Opened] = []
    told: dict[tuple[int, str, str], int] = {}
    for fact in facts:
        match fact:
            case DecisionMade() if fact.role == audience:
                decision = game.decision(fact.decision)
                line = begun(answer_text(decision, fact.answer))
                opened.append(Opened(fact.day, "You", decision.title, (line,), own=True))
            case DecisionMade() | OptionTaken():
                said = sentence(edition, fact, audience)
                if said is None:
                    continue
                key = (fact.day, fact.role, fact.decision)
                if key in told:
                    before = opened[told[key]]
                    lines = tuple(dict.fromkeys((*before.lines, said)))
                    opened[told[key]] = Opened(before.day, before.who, before.about, lines)
                    continue
                told[key] = len(opened)
                title = game.decision(fact.decision).title
                who = begun(role_title(game, fact.role))
                opened.append(Opened(fact.day, who, title, (said,)))
            case BallotTallied():
                said = sentence(edition, fact, audience)
                ballot = game.ballot(fact.ballot)
                opened.append(
                    Opened(fact.day, "The vote", ballot.title, (said or "",), ballot=fact.ballot)
                )
    return tuple(opened)


def is_answer(fact: Fact) -> bool:
    """Whether a fact opens an answer or a vote, and so is told where seals are opened."""
    return isinstance(fact, DecisionMade | OptionTaken | BallotTallied)
