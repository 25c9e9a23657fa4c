"""What came of plays, as strategies are measured by it: who reached which goals, and the ending."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch import Block
from peace_sim.engine.game import Game
from peace_sim.engine.state import State
from peace_sim.play.futures import held_at_end

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
    return _of(game, block.cells(), block.closed, block.ended)


def outcome(game: Game, state: State) -> Outcomes:
    """What came of one play."""
    at = [ending.id for ending in game.endings].index(state.ending or "")
    cells, closed = np.array([state.cells]).T, np.array([state.moment])
    return _of(game, cells, closed, np.array([at]))


def _of(
    game: Game, cells: Floats, closed: NDArray[np.int64], ended: NDArray[np.int64]
) -> Outcomes:
    held = [held_at_end(game, goal, cells, closed) for goal in game.goals]
    shape = len(game.goals), len(closed)
    return Outcomes(np.array(held, dtype=np.bool_).reshape(shape), ended.astype(np.int16))
