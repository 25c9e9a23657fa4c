"""What came of plays, as strategies are measured by it: who reached which goals, and the ending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch import Block
from peace_sim.engine.game import Game
from peace_sim.engine.state import State

Masks = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of some plays in order: which of the game's goals each reached, and how it ended."""

    goals: Masks
    """Goal × play."""
    endings: NDArray[np.int16]

    def __add__(self, other: Outcomes) -> Outcomes:
        """Those plays, and then the others."""
        return Outcomes(
            np.concatenate((self.goals, other.goals), axis=1),
            np.concatenate((self.endings, other.endings)),
        )

    @property
    def plays(self) -> int:
        """How many plays."""
        return len(self.endings)

    def first(self, plays: int) -> Outcomes:
        """The first so many."""
        return Outcomes(self.goals[:, :plays], self.endings[:plays])

    def same(self, other: Outcomes) -> bool:
        """Whether every play of one came to what the other's came to."""
        return np.array_equal(self.goals, other.goals) and np.array_equal(
            self.endings, other.endings
        )

    def goals_of(self, game: Game, role: str) -> Masks:
        """A role's own goals × play."""
        return self.goals[[goal.role == role for goal in game.goals]]

    def share(self, game: Game, role: str) -> Floats:
        """For each play the share of the role's own goals that it reached."""
        own = self.goals_of(game, role)
        return own.mean(axis=0) if len(own) else np.zeros(self.plays)

    def won(self, game: Game, role: str) -> Masks:
        """The plays in which the role reached all of its goals; none for a role without any."""
        own = self.goals_of(game, role)
        every: Masks = own.min(axis=0) if len(own) else np.zeros(self.plays, dtype=np.bool_)
        return every

    def ended(self, game: Game) -> NDArray[np.int64]:
        """How many plays came to each ending."""
        return np.bincount(self.endings, minlength=len(game.endings))


def outcomes(game: Game, block: Block) -> Outcomes:
    """What came of a block that has been played to its end."""
    cells = block.cells().T.tolist()
    days = [game.moments[int(moment)].day for moment in block.closed]
    return Outcomes(_held(game, cells, days), block.ended.astype(np.int16))


def outcome(game: Game, state: State) -> Outcomes:
    """What came of one play."""
    held = _held(game, [state.cells], [game.moments[state.moment].day])
    at = [ending.id for ending in game.endings].index(state.ending or "")
    return Outcomes(held, np.array([at], dtype=np.int16))


def _held(game: Game, cells: Sequence[Sequence[float]], days: Sequence[int]) -> Masks:
    held = [
        [goal.when.holds(values, day) for values, day in zip(cells, days, strict=True)]
        for goal in game.goals
    ]
    return np.array(held, dtype=np.bool_).reshape(len(game.goals), len(cells))
