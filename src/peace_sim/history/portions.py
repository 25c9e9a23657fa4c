"""A simulation cut into portions and spread over processes: the same numbers however it is cut.

Portions are counted in the order of their seeds. Whatever stops the work, what is returned is the
first so many plays, as if no more had been asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import accumulate

from peace_sim.engine.game import Game
from peace_sim.history.hands import Hands
from peace_sim.history.simulate import BLOCK, Job, Lists, Tally, blank, tally

ALONE = 256
"""So many plays are done sooner by one process than others are started."""

SOON = 256
"""The size of the first portions."""

Progress = Callable[[float], None]
"""Told, now and then, how many plays lie behind."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was asked for, and what came of the plays that were played."""

    job: Job
    lists: Lists
    told: Tally
    wanted: int
    lost: bool = False
    """A process died, and its portion was played by another."""
    stopped: str = ""
    """Why no more could be played, where nobody interrupted it."""

    @property
    def whole(self) -> bool:
        """Whether all plays were played."""
        return self.told.plays == self.wanted


class Stopped(Exception):
    """No more can be played: why, in a sentence."""


def processes() -> int:
    """How many processes this machine has room for."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def simulate(
    game: Game,
    texts: Mapping[str, str],
    job: Job,
    plays: int,
    jobs: int | None = None,
    progress: Progress = lambda done: None,
) -> Simulation:
    """Play so many plays, and count. Interrupted, it returns what was counted so far.

    ``texts`` are the scenario's files: each process compiles them for itself.
    """
    if jobs is None:
        jobs = 1 if plays <= ALONE else processes()
    parts = portions(plays, jobs)
    jobs = min(jobs, len(parts))
    others = _spread(texts, job, parts, jobs, progress) if jobs > 1 else ()
    return counted(game, job, parts, others, progress)


def counted(
    game: Game,
    job: Job,
    parts: list[tuple[int, int]],
    others: Iterable[Tally],
    progress: Progress,
) -> Simulation:
    """The portions counted in order, as others played them; what they leave is played here."""
    lists = Lists(game)
    told, lost, stopped = blank(lists), False, ""
    try:
        try:
            for part in others:
                told.add(part)
        except BrokenProcessPool:
            lost = True
        for first, size in parts:
            if first >= told.plays:
                told.add(tally(game, job, first, size, _within(progress, first, size)))
    except KeyboardInterrupt:
        pass
    except Stopped as found:
        stopped = str(found)
    return Simulation(job, lists, told, sum(size for _, size in parts), lost, stopped)


def portions(plays: int, jobs: int) -> list[tuple[int, int]]:
    """The first play and the size of each portion.

    Small ones come first, so that something is counted soon; then as many for each process, and as
    large, as a block allows.
    """
    soon = [min(SOON, BLOCK)] * (jobs if plays > 2 * jobs * SOON else 0)
    left = plays - sum(soon)
    many = jobs * -(-left // (jobs * BLOCK))
    sizes = soon + [left // many + (at < left % many) for at in range(many)]
    firsts = accumulate(sizes, initial=0)
    return [(first, size) for first, size in zip(firsts, sizes, strict=False) if size]


def _within(progress: Progress, first: int, size: int) -> Progress:
    return lambda share: progress(first + share * size)


# ── other processes ──────────────────────────────────────────────────────────────────────────


def _portion(game: Game, job: Job, part: tuple[int, int]) -> Tally:
    return tally(game, job, *part)


def _spread(
    texts: Mapping[str, str],
    job: Job,
    parts: list[tuple[int, int]],
    jobs: int,
    progress: Progress,
) -> Iterator[Tally]:
    """The portions' counts in order, played by so many processes."""
    with Hands(texts, job, jobs) as hands:
        yield from hands.done(
            _portion, parts, lambda done: progress(float(sum(parts[at][1] for at in done)))
        )
