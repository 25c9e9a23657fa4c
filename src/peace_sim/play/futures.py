"""What plays from given states come to when policies play on: the one door to many plays at once.

Forecasts, counterfactuals, players that look ahead and reports on strategies all ask here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch import Block, Nobody, play
from peace_sim.engine.batch.values import Value
from peace_sim.engine.game import Cells, Game, Goal
from peace_sim.engine.state import State, World
from peace_sim.engine.step import initial
from peace_sim.play import native
from peace_sim.play.batched import again, answering
from peace_sim.play.policies import CHARACTER, POLICIES

BLOCK = 1024
"""Plays side by side: enough to be quick, and few enough for memory and a processor's caches."""

PLAYING = RLock()
"""What a game's tables worked out last is kept in them, so two threads must not play it at once."""

Policies = Mapping[str, str]
"""Role → name of its policy; ``character`` for whom it does not name."""


@dataclass(frozen=True, slots=True)
class Futures:
    """What became of some plays, in the order of their states."""

    endings: NDArray[np.int64]
    """The index of each play's ending; -1 where it has not come to one."""
    closed: NDArray[np.int64]
    """The moment in which each play ended; -1 likewise."""
    cells: NDArray[np.float64]
    """Cell × play: the last cells."""
    series: NDArray[np.float64]
    """Figure × tick × play: the cells asked for, as each tick closed; NaN where a play was over."""

    def reached(self, game: Game, goal: Goal) -> NDArray[np.bool_]:
        """In which plays a goal's guard holds at the end."""
        return held_at_end(game, goal, self.cells, self.closed)


def held_at_end(
    game: Game, goal: Goal, cells: NDArray[np.float64], closed: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """In which plays a goal's guard holds, by the last cells (cell × play) and moments."""
    held = [goal.when.holds(last, day) for last, day in ends(game, goal, cells, closed)]
    return np.array(held, dtype=np.bool_)


def ends(
    game: Game, goal: Goal, cells: NDArray[np.float64], closed: NDArray[np.int64]
) -> Iterator[tuple[Cells, int]]:
    """The cells that a goal reads, in their places, and the day, as each play ended.

    The rest stand at 0: what is not read need not be put in, which is far quicker.
    """
    read = sorted(goal.when.reads)
    last = [0.0] * len(cells)
    for moment, values in zip(closed.tolist(), cells[read].T.tolist(), strict=True):
        for cell, value in zip(read, values, strict=True):
            last[cell] = value
        yield last, game.moments[moment].day


def futures(
    game: Game,
    states: Sequence[State],
    policies: Policies | None = None,
    figures: Sequence[int] = (),
    until: int = 0,
    kept: str | None = None,
) -> Futures:
    """Play on from these states, which stand at one moment of one chapter, to every play's end.

    Each goes on in the world that its state names; what is sealed in it is answered so. ``figures``
    are cells to be followed tick by tick; ``until`` is a day to stop at, 0 for none. ``kept`` is a
    decision whose sealed answer is given again whenever it is asked and can be.
    """
    keeping = -1 if kept is None else game.index["decision"][kept]
    parts = [
        _some(game, states[at : at + BLOCK], policies or {}, figures, until, keeping)
        for at in range(0, len(states), BLOCK)
    ]
    return Futures(
        np.concatenate([part.endings for part in parts]),
        np.concatenate([part.closed for part in parts]),
        np.concatenate([part.cells for part in parts], axis=1),
        np.concatenate([part.series for part in parts], axis=2),
    )


def prepare(game: Game) -> None:
    """Have the quicker engine compiled, if numba is here: for work that is longer than that."""
    native.play_on(game, [initial(game, World(""))], {}, (), 0)


def _some(
    game: Game,
    states: Sequence[State],
    policies: Policies,
    figures: Sequence[int],
    until: int,
    kept: int,
) -> Futures:
    if native.ready():
        ran = native.play_on(game, states, policies, figures, until, kept)
        if ran is not None:
            endings = ran.places[:, 3]
            closed = np.where(endings < 0, -1, ran.places[:, 0])
            return Futures(endings, closed, ran.cells.T, ran.series.transpose(1, 2, 0))
    block = Block(game, states)
    watch = _Following(block, figures)
    minds = {role.id: POLICIES[policies.get(role.id, CHARACTER.name)] for role in game.roles}
    answers = answering(game, minds.__getitem__)
    if kept in block.sealed:
        answers = again(block, kept, answers)
    with PLAYING:
        play(block, answers, watch, until)
    return Futures(block.ended, block.closed, block.cells(), watch.series)


class _Following(Nobody):
    """Notes some cells as each tick closes."""

    def __init__(self, block: Block, figures: Sequence[int]) -> None:
        self.figures = tuple(figures)
        ticks = block.game.moments[-1].tick + 1
        shape = (len(self.figures), ticks if figures else 0, len(block.states))
        self.series = np.full(shape, np.nan)

    def passed(self, block: Block) -> None:
        """A moment is over."""
        moment = block.game.moments[block.moment]
        if self.figures and moment.last:
            columns = block.columns(block.alive)
            for at, cell in enumerate(self.figures):
                row: Value = block.rows[cell]
                values = row if isinstance(row, float) else row[columns]
                self.series[at, moment.tick, block.number[columns]] = values


def elsewhere(state: State, name: str, count: int) -> tuple[State, ...]:
    """The same state in ``count`` worlds of a chance of their own, named ``name/0``, ``name/1``…

    Whatever nature played so far, these worlds are drawn: what is to come is not on record.
    """
    world = replace(state.world, nature="drawn")
    return tuple(
        replace(state, world=replace(world, seed=f"{name}/{number}")) for number in range(count)
    )
