"""A play walked through again: its facts, and every decision with the state it was made in.

The historical line is walked the same way, so that a play and the record compare like with like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from peace_sim.engine.facts import DecisionMade, Fact
from peace_sim.engine.game import Answer, Game
from peace_sim.engine.opening import as_recorded, historical_answer, opened
from peace_sim.engine.state import Advance, By, Entry, Move, State, World
from peace_sim.engine.step import Step, apply, initial
from peace_sim.play.journal import Journal, ReplayTrouble, replay


@dataclass(frozen=True, slots=True)
class Faced:
    """A decision that was made: what was answered, what history chose, and the moment itself."""

    decision: str
    role: str
    day: int
    answer: Answer
    by: By
    reason: str
    historical: Answer | None
    """What history chose at this window; None where nothing is recorded."""
    state: State
    """The window as it stood before the answers were opened."""
    nth: int
    """How often this decision had been made before, in this play."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One course of a chapter, from its opening to where it came."""

    opening: State
    state: State
    facts: tuple[Fact, ...]
    faced: tuple[Faced, ...]
    trouble: str | None = None
    """Why the journal could not be followed to its end."""


def line_of(game: Game, journal: Journal, *, rebase: bool = False) -> Line:
    """The course that a journal tells, as far as it can be followed.

    Raises ReplayTrouble when not even its opening can be had.
    """
    header = journal.header
    try:
        opening = initial(game, header.world, header.chapter)
    except KeyError as missing:
        raise ReplayTrouble(f"This scenario has no {missing.args[0]!r}.", 0) from None
    steps = replay(game, journal, rebase=rebase, opening=opening)
    return _walked(game, opening, zip(journal.entries, steps, strict=False))




@lru_cache(maxsize=16)
def historical_line(
    game: Game, chapter: str, settings: tuple[tuple[str, str], ...] = ()
) -> Line:
    """The record's own course of a chapter: nature as recorded, every role as history."""
    world = World("history", "recorded", settings)
    opening = initial(game, world, chapter)
    return _walked(game, opening, _history(game, opening))


@lru_cache(maxsize=16)
def before(
    game: Game, chapter: str, settings: tuple[tuple[str, str], ...] = ()
) -> tuple[Fact, ...]:
    """What the record brought from the calendar's first day to the chapter's opening."""
    start = game.chapter(chapter).start
    if game.moments[0].day >= start:
        return ()
    world = World("history", "recorded", settings)
    cells, chosen = list(game.start_cells), dict(settings)
    for setting in game.settings:
        level = dict(setting.levels)[chosen.get(setting.id, setting.default)]
        cells[game.variables[setting.variable].cell] = level
    first = State(world, chapter, 0, -1, 0, tuple(cells), (), None)
    facts: list[Fact] = []
    for _, step in _history(game, first, until=start):
        facts += [fact for fact in step.facts if fact.day < start]
    return tuple(facts)


def _history(game: Game, state: State, until: int = 0) -> Iterator[tuple[Entry, Step]]:
    while state.ending is None and not (until and game.moments[state.moment].day >= until):
        for index in opened(game, state):
            decision = game.decisions[index]
            recorded = as_recorded(game, decision, state)
            if recorded is not None:
                move = Move(decision.role, decision.id, recorded[0], "policy")
                step = apply(game, state, move)
                yield move, step
                state = step.state
        step = apply(game, state, Advance())
        yield Advance(), step
        state = step.state


def _walked(game: Game, opening: State, steps: Iterator[tuple[Entry, Step]]) -> Line:
    state, trouble = opening, None
    facts: list[Fact] = []
    faced: list[Faced] = []
    times: dict[str, int] = {}
    try:
        for entry, step in steps:
            if isinstance(entry, Advance):
                for fact in step.facts:
                    if isinstance(fact, DecisionMade):
                        nth = times.get(fact.decision, 0)
                        times[fact.decision] = nth + 1
                        faced.append(_faced(game, fact, state, nth))
            facts += step.facts
            state = step.state
    except ReplayTrouble as found:
        trouble = found.message
    return Line(opening, state, tuple(facts), tuple(faced), trouble)


def _faced(game: Game, fact: DecisionMade, state: State, nth: int) -> Faced:
    chosen = historical_answer(game, game.decision(fact.decision), state)
    return Faced(
        fact.decision, fact.role, fact.day, fact.answer, fact.by, fact.reason, chosen, state, nth
    )
