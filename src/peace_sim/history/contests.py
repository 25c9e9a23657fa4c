"""A contest of strategies cut into parts, on as many processes as asked; counted when it is cut.

The parts, their chance and the order in which they are put together are the same for any number of
processes, and so are the numbers.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import active_children, get_context

from peace_sim.engine.game import Game
from peace_sim.history.dominated import Dominated, decisions_of, dominated
from peace_sim.history.fixed_lists import NAME as FIXED
from peace_sim.history.fixed_lists import best_list
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
        with _Hands(game, texts, contest, jobs) as hands:
            for stage in (_first_parts, _last_parts):
                parts = stage(game, contest, fared)
                for part, result in hands.done(parts, lambda n: progress(float(behind + n))):  # noqa: B023
                    _enter(fared, part, result)
                behind += len(parts)
        fared.whole = True
    except KeyboardInterrupt:
        pass
    return fared


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


# ── hands: this process, or others ───────────────────────────────────────────────────────────

_READY: list[tuple[Game, Contest]] = []
"""What this process plays, once it has been told."""


def _prepare(texts: Mapping[str, str], contest: Contest) -> None:
    from peace_sim.scenario.library import edition_of_texts

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    edition, _ = edition_of_texts(texts)
    if edition is None:
        raise ValueError("the scenario's own texts do not compile")
    _READY[:] = [(edition.game, contest)]


def _elsewhere(part: Part) -> Result:
    return _result(*_READY[0], part)


class _Hands:
    """Do parts, and hand the results back in the parts' order."""

    def __init__(
        self, game: Game, texts: Mapping[str, str], contest: Contest, jobs: int
    ) -> None:
        self.game, self.contest, self.jobs = game, contest, jobs
        self.others = set(active_children())
        self.pool = (
            ProcessPoolExecutor(
                jobs, get_context("spawn"), _prepare, (dict(texts), contest)
            )
            if jobs > 1 else None
        )  # fmt: skip

    def __enter__(self) -> _Hands:
        return self

    def __exit__(self, *what: object) -> None:
        if self.pool is not None:
            self._stop()

    def _stop(self) -> None:
        assert self.pool is not None
        for process in set(active_children()) - self.others:
            process.terminate()
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.pool = None

    def done(
        self, parts: Sequence[Part], behind: Callable[[int], None]
    ) -> Iterator[tuple[Part, Result]]:
        """Each part with its result. A process that dies leaves the rest to this one."""
        given = 0
        if self.pool is not None:
            try:
                for result in self._spread(self.pool, parts, behind):
                    yield parts[given], result
                    given += 1
            except BrokenProcessPool:
                self._stop()
        for at in range(given, len(parts)):
            yield parts[at], _result(self.game, self.contest, parts[at])
            behind(at + 1)

    def _spread(
        self, pool: ProcessPoolExecutor, parts: Sequence[Part], behind: Callable[[int], None]
    ) -> Iterator[Result]:
        waiting: dict[int, Future[Result]] = {}
        started = given = 0
        while given < len(parts):
            while started < len(parts) and len(waiting) < 4 * self.jobs:
                waiting[started] = pool.submit(_elsewhere, parts[started])
                started += 1
            wait(waiting.values(), timeout=1.0, return_when=FIRST_COMPLETED)
            while given in waiting and waiting[given].done():
                result = waiting.pop(given).result()
                given += 1
                yield result
            behind(given + sum(one.done() for one in waiting.values()))
