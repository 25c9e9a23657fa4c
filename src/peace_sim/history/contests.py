"""A contest of strategies cut into parts, on as many processes as asked; counted when it is cut.

The parts, their chance and the order in which they are put together are the same for any number of
processes, and so are the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial

from peace_sim.engine.game import Game
from peace_sim.history.dominated import Dominated, decisions_of, dominated
from peace_sim.history.fixed_lists import NAME as FIXED
from peace_sim.history.fixed_lists import best_list
from peace_sim.history.hands import Hands
from peace_sim.history.outcomes import Outcomes, outcome
from peace_sim.history.strategies import STRATEGIES, Contest, Fared, chairs, fare
from peace_sim.play.playout import playout
from peace_sim.play.policies import CHARACTER, POLICIES
from peace_sim.play.strategies import FixedList

BLOCK = 1024
"""The most plays of a part."""

Progress = Callable[[float], None]
"""Told how many parts lie behind."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one process does at a time."""

    kind: str
    """play, list, search or options."""
    role: str = ""
    strategy: str = ""
    first: int = 0
    plays: int = 0
    decision: int = -1
    answers: FixedList | None = None


Result = Outcomes | FixedList | list[Dominated]


def contested(
    game: Game,
    texts: Mapping[str, str],
    contest: Contest,
    jobs: int = 1,
    progress: Progress = lambda done: None,
) -> Fared:
    """Play a contest. Interrupted, it returns what was played so far.

    ``texts`` are the scenario's files: each process compiles them for itself.
    """
    fared, behind = Fared(contest), 0
    try:
        with Hands(texts, contest, jobs) if jobs > 1 else nullcontext() as hands:
            for stage in (_first_parts, _last_parts):
                parts = stage(game, contest, fared)
                told = partial(_told, progress, behind)
                for part, result in _done(game, contest, parts, hands, told):
                    _enter(fared, part, result)
                behind += len(parts)
        fared.whole = True
    except KeyboardInterrupt:
        pass
    return fared


def _told(progress: Progress, before: int, done: int) -> None:
    progress(float(before + done))


def how_many(game: Game, contest: Contest) -> int:
    """How many parts a contest has."""
    empty = Fared(contest)
    return len(_first_parts(game, contest, empty)) + len(_last_parts(game, contest, empty))


def _enter(fared: Fared, part: Part, result: Result) -> None:
    match result:
        case Outcomes():
            key = (part.role, part.strategy)
            before = fared.played.get(key)
            fared.played[key] = result if before is None else before + result
        case FixedList():
            fared.lists[part.role] = result
        case _:
            fared.looked[part.decision] = result


def _portions(plays: int) -> Iterator[tuple[int, int]]:
    for first in range(0, plays, BLOCK):
        yield first, min(BLOCK, plays - first)


def _first_parts(game: Game, contest: Contest, fared: Fared) -> list[Part]:
    """Lists are looked for first, as that takes longest; then the strategies that need none."""
    seats = chairs(game)
    parts = []
    for first, plays in _portions(contest.plays):
        parts.append(Part("play", "", CHARACTER.name, first, plays))
        parts += [
            Part("play", role, name, first, plays)
            for role in seats
            for name in STRATEGIES
            if name != CHARACTER.name
        ]
    lists = [Part("list", role) for role in seats]
    return [*parts[: 1 + len(seats) * (len(STRATEGIES) - 1)], *lists,
            *parts[1 + len(seats) * (len(STRATEGIES) - 1) :]]  # fmt: skip


def _last_parts(game: Game, contest: Contest, fared: Fared) -> list[Part]:
    """What the lists come to, then options one by one, then who looks ahead."""
    seats = chairs(game)
    lists = [
        Part("play", role, FIXED, first, plays, answers=fared.lists.get(role))
        for first, plays in _portions(contest.plays)
        for role in seats
    ]
    aims = {goal.role for goal in game.goals}
    options = [
        Part("options", role, decision=index)
        for role in seats
        if role in aims
        for index in decisions_of(game, role)
    ]
    searches = [
        Part("search", role, contest.search, number, 1)
        for number in range(min(contest.searches, contest.plays) if contest.search else 0)
        for role in seats
        if role in aims
    ]
    return [*lists, *options, *searches]


def _result(game: Game, contest: Contest, part: Part) -> Result:
    if part.kind == "list":
        return best_list(game, contest.chapter, contest.settings, part.role)
    if part.kind == "options":
        return dominated(game, contest.chapter, contest.settings, part.decision)
    if part.kind == "search":
        minds = {part.role: POLICIES[part.strategy]}
        played = playout(game, contest.world(part.first), contest.chapter, minds)
        return outcome(game, played.state)
    policy = part.answers or STRATEGIES[part.strategy]
    return fare(game, contest, part.role, policy, part.first, part.plays)


# ── this process, or others ──────────────────────────────────────────────────────────────────


def _done(
    game: Game,
    contest: Contest,
    parts: Sequence[Part],
    hands: Hands | None,
    behind: Callable[[int], None],
) -> Iterator[tuple[Part, Result]]:
    """Each part with its result. What processes that die leave is done by this one."""
    given = 0
    if hands is not None:
        try:
            for result in hands.done(_result, parts, lambda done: behind(len(done))):
                yield parts[given], result
                given += 1
        except BrokenProcessPool:
            pass
    for at in range(given, len(parts)):
        yield parts[at], _result(game, contest, parts[at])
        behind(at + 1)
