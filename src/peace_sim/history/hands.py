"""Other processes that help with long work: parts go out, results come back in the parts' order."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import active_children, get_context
from typing import Any, TypeVar

from peace_sim.engine.game import Game

AHEAD = 4
"""So many parts for each process lie ready or done, so that none waits for a slow one."""

Part = TypeVar("Part")
Result = TypeVar("Result")

_READY: list[tuple[Game, Any]] = []
"""What this process works on, once it has been told."""


class Hands:
    """So many processes, each with the scenario compiled for itself; none is left at the end.

    ``texts`` are the scenario's files, ``given`` is what every part of the work is about.
    """

    def __init__(self, texts: Mapping[str, str], given: object, jobs: int) -> None:
        self.jobs = jobs
        self._others = set(active_children())
        self._pool = ProcessPoolExecutor(
            jobs, get_context("spawn"), _prepare, (dict(texts), given)
        )

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, *what: object) -> None:
        for process in set(active_children()) - self._others:
            process.terminate()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def done(
        self,
        work: Callable[[Game, Any, Part], Result],
        parts: Sequence[Part],
        behind: Callable[[Sequence[int]], None],
    ) -> Iterator[Result]:
        """The results in order. ``behind`` is told, now and then, the places of the parts done.

        Raises BrokenProcessPool once a process has died.
        """
        waiting: dict[int, Future[Result]] = {}
        started = given = 0
        while given < len(parts):
            while started < len(parts) and len(waiting) < AHEAD * self.jobs:
                waiting[started] = self._pool.submit(_done, work, parts[started])
                started += 1
            going = [one for one in waiting.values() if not one.done()]
            wait(going, timeout=1.0, return_when=FIRST_COMPLETED)
            while given in waiting and waiting[given].done():
                result = waiting.pop(given).result()
                given += 1
                yield result
            behind([*range(given), *(at for at, one in waiting.items() if one.done())])


def _prepare(texts: Mapping[str, str], given: object) -> None:
    from peace_sim.scenario.library import edition_of_texts

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    edition, _ = edition_of_texts(texts)
    if edition is None:
        raise ValueError("the scenario's own texts do not compile")
    _READY[:] = [(edition.game, given)]


def _done(work: Callable[[Game, Any, Part], Result], part: Part) -> Result:
    return work(*_READY[0], part)
