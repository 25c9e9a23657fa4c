"""Options that are always worse than another: tried in sampled windows, in the same worlds.

A window is sampled from plays on ``character``; each open option is sealed there and played on, so
that options differ in nothing but themselves. A single answer is held against every other; what a
plan may hold goes with others, and is held against leaving it out. The measure is the chair's own
goals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch import Taken, Window, opening, play
from peace_sim.engine.game import Answer, Decision, Field, Game
from peace_sim.engine.opening import NotOpen, UnreadableMove, default_answer
from peace_sim.engine.state import Move, State, World
from peace_sim.engine.step import apply
from peace_sim.play.batched import answering, state_at
from peace_sim.play.futures import elsewhere, futures
from peace_sim.play.policies import CHARACTER

NOTHING = ""
"""Stands for a plan that takes nothing."""

PLAYS = 64
"""So many plays on ``character`` are looked at for windows."""
STATES = 12
"""So many states are sampled of each decision, from as many plays where it is asked but once."""
VISITS = 3
"""The most moments that they are taken from."""
KEPT = 2 * VISITS + 2
"""Moments that are held while the plays go on."""
WORLDS = 32
"""Each option is played on in so many worlds from each state."""
CLEARLY = 3.5
"""So many standard errors make an option worse: with hundreds of pairs, 2 would flag chance."""
AT_LEAST = 0.02
"""And so much of its goals it must cost, in the mean."""
FEWEST = 3
"""An option that was open in fewer sampled states is not judged."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dominated:
    """An option that was never better than another and is worse on the whole."""

    role: str
    decision: str
    field: str
    option: str
    better: str
    """The other option; ``NOTHING`` for a plan without any."""
    states: int
    """In how many sampled states both were open."""
    plays: int
    """How many plays of each."""
    loss: float
    """The mean share of the chair's goals that it costs."""
    error: float
    """The standard error of that."""
    best: float
    """The difference in the state where it did best."""


def dominated(
    game: Game, chapter: str, settings: tuple[tuple[str, str], ...], decision: int
) -> list[Dominated]:
    """The options of a decision that are dominated, each with what dominates it most clearly."""
    of = game.decisions[decision]
    found = []
    shares: dict[str, list[dict[str, Floats]]] = {}
    visits = _sampled(game, chapter, settings).get(decision, [])
    for states in [visit[: STATES // len(visits)] for visit in visits]:
        for field in of.fields:
            tried = _tried(game, of, field, states)
            shares.setdefault(field.id, []).extend(tried)
    for id, each in shares.items():
        found += _judged(of, id, each)
    return found


def _judged(of: Decision, field: str, tried: Sequence[dict[str, Floats]]) -> list[Dominated]:
    worst: dict[str, tuple[float, Dominated]] = {}
    options = list(dict.fromkeys(id for one in tried for id in one))
    pairs: Iterable[tuple[str, str]] = permutations(options, 2)
    if NOTHING in options:
        pairs = ((option, NOTHING) for option in options if option != NOTHING)
    for option, other in pairs:
        gaps = [one[option] - one[other] for one in tried if option in one and other in one]
        if len(gaps) < FEWEST:
            continue
        means = np.array([gap.mean() for gap in gaps])
        errors = np.array([gap.std(ddof=1) / np.sqrt(len(gap)) for gap in gaps])
        mean, error = float(means.mean()), float(np.sqrt((errors**2).sum()) / len(gaps))
        if (means > 1.96 * errors).any() or mean > -AT_LEAST or mean + CLEARLY * error >= 0.0:
            continue
        clear = mean / max(error, 1e-9)
        one = Dominated(
            of.role, of.id, field, option, other, len(gaps), sum(map(len, gaps)), -mean, error,
            float(means.max()),
        )  # fmt: skip
        if option not in worst or clear < worst[option][0]:
            worst[option] = clear, one
    return [one for _, one in worst.values()]


def _tried(
    game: Game, of: Decision, field: Field, states: Sequence[State]
) -> list[dict[str, Floats]]:
    """For each state the share of goals that each option brings, world by world."""
    starts: list[State] = []
    places: list[tuple[int, str]] = []
    for at, state in enumerate(states):
        day = game.moments[state.moment].day
        rest = [pair for pair in default_answer(of, state, day) if pair[0] != field.id]
        for option in ([NOTHING] if field.many else []) + [o.id for o in field.options]:
            answer = tuple(rest) + (((field.id, option),) if option else ())
            sealed = _sealed(game, state, of, answer)
            if sealed is not None:
                places.append((at, option))
                starts += elsewhere(sealed, f"dominated/{of.id}/{at}", WORLDS)
    own = [goal for goal in game.goals if goal.role == of.role]
    found: list[dict[str, Floats]] = [{} for _ in states]
    if len(places) <= len(states) or not own:
        return found
    ahead = futures(game, starts)
    share = np.mean([ahead.reached(game, goal) for goal in own], axis=0)
    for number, (at, option) in enumerate(places):
        found[at][option] = share[number * WORLDS : (number + 1) * WORLDS]
    return found


def _sealed(game: Game, state: State, of: Decision, answer: Answer) -> State | None:
    ordered = tuple(pair for f in of.fields for pair in answer if pair[0] == f.id)
    try:
        return apply(game, state, Move(of.role, of.id, ordered, "policy")).state
    except (NotOpen, UnreadableMove):
        return None


@lru_cache(maxsize=2)
def _sampled(
    game: Game, chapter: str, settings: tuple[tuple[str, str], ...]
) -> dict[int, list[list[State]]]:
    """For each decision of a chair with goals: some of its windows, each in some plays."""
    aims = {goal.role for goal in game.goals}
    seen: dict[int, list[list[State]]] = {}
    stride: dict[int, int] = {}
    visits: dict[int, int] = {}
    plain = answering(game, lambda role: CHARACTER)

    def answer(window: Window, index: int) -> Taken:
        decision = game.decisions[index]
        if decision.role in aims and game.role(decision.role).chair:
            visit = visits.get(index, 0)
            visits[index] = visit + 1
            every = stride.setdefault(index, 1)
            if visit % every == 0:
                columns = window.block.columns(window.asked[index])[:STATES]
                held = seen.setdefault(index, [])
                held.append([state_at(window, int(column)) for column in columns])
                if len(held) > KEPT:
                    del held[1::2]
                    stride[index] = 2 * every
        return plain(window, index)

    worlds = [World(f"windows/{number}", "drawn", settings) for number in range(PLAYS)]
    block = opening(game, worlds, chapter)
    play(block, answer)
    return {
        index: [held[len(held) * at // VISITS] for at in range(VISITS)]
        if len(held) > VISITS else held
        for index, held in seen.items()
    }  # fmt: skip


def decisions_of(game: Game, role: str) -> list[int]:
    """A role's decisions in which there is anything to choose."""
    return [
        index
        for index, decision in enumerate(game.decisions)
        if decision.role == role
        and any(field.many or len(field.options) > 1 for field in decision.fields)
    ]
