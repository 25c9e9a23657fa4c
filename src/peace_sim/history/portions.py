"""A simulation cut into portions and spread over processes: the same numbers however it is cut.

Portions are counted in the order of their seeds. Whatever stops the work, what is returned is the
first so many plays, as if no more had been asked for.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing import active_children, get_context

from peace_sim.engine.game import Game
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

_READY: list[tuple[Game, Job]] = []
"""What this process plays, once it has been told."""


def _prepare(texts: Mapping[str, str], job: Job) -> None:
    from peace_sim.scenario.library import edition_of_texts

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    edition, _ = edition_of_texts(texts)
    if edition is None:
        raise ValueError("the scenario's own texts do not compile")
    _READY[:] = [(edition.game, job)]


def _portion(first: int, size: int) -> Tally:
    game, job = _READY[0]
    return tally(game, job, first, size)


def _spread(
    texts: Mapping[str, str],
    job: Job,
    parts: list[tuple[int, int]],
    jobs: int,
    progress: Progress,
) -> Iterator[Tally]:
    """The portions' counts in order, played by so many processes."""
    others = set(active_children())
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _prepare, (dict(texts), job))
    waiting: dict[int, Future[Tally]] = {}
    started = given = behind = 0
    try:
        while given < len(parts):
            while started < len(parts) and len(waiting) < 2 * jobs:
                waiting[started] = pool.submit(_portion, *parts[started])
                started += 1
            going = [one for one in waiting.values() if not one.done()]
            wait(going, timeout=1.0, return_when=FIRST_COMPLETED)
            while given in waiting and waiting[given].done():
                told = waiting.pop(given).result()
                given, behind = given + 1, behind + told.plays
                yield told
            ahead = sum(parts[at][1] for at, one in waiting.items() if one.done())
            progress(float(behind + ahead))
        pool.shutdown()
    finally:
        for process in set(active_children()) - others:
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
