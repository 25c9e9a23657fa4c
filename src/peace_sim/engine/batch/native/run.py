"""Plays handed to the machine, and what came of them handed back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from peace_sim.engine.batch.chance import words_of
from peace_sim.engine.batch.native.program import DEPTH
from peace_sim.engine.batch.native.shape import Real, Scratch, Shape, Whole
from peace_sim.engine.game import Game
from peace_sim.engine.state import State


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of some plays."""

    cells: Real
    """Play × cell."""
    places: Whole
    """Play × (moment, stage, lap, ending or -1)."""
    facts: Whole
    """How many facts there were in each; below 0 where the step engine would raise."""
    series: Real
    """Play × figure × tick."""


def run(
    game: Game,
    shape: Shape,
    states: Sequence[State],
    figures: Sequence[int],
    until: int = 0,
    kept: int = -1,
) -> Ran:
    """Play each state on to its end, or to a day. They may stand at different moments.

    ``kept`` is a decision that is sealed in each: that answer is given whenever it can be.
    """
    from peace_sim.engine.batch.native.windows import played_each

    plays, ticks = len(states), game.moments[-1].tick + 1
    cells = np.zeros((plays, int(shape.sizes[1])))
    cells[:, : len(game.names)] = [state.cells for state in states]
    places = np.array([(s.moment, s.stage, s.lap, -1) for s in states], dtype=np.int64)
    seeds = words_of(state.world.seed for state in states)
    sealed_from, sealed, options = _sealed(game, shape, states)
    series = np.full((plays, len(figures), ticks if figures else 0), np.nan)
    facts = np.zeros(plays, dtype=np.int64)
    played_each(
        shape, _scratch(shape), cells, places, seeds, until, sealed_from, sealed, options,
        kept, np.array(figures, dtype=np.int64), series, facts,
    )  # fmt: skip
    return Ran(cells[:, : len(game.names)], places, facts, series)


def joined(parts: Sequence[Ran]) -> Ran:
    """What became of plays that were run in parts."""
    if len(parts) == 1:
        return parts[0]
    return Ran(
        np.concatenate([part.cells for part in parts]),
        np.concatenate([part.places for part in parts]),
        np.concatenate([part.facts for part in parts]),
        np.concatenate([part.series for part in parts]),
    )


def _scratch(shape: Shape) -> Scratch:
    decisions, options = len(shape.decisions) + 1, int(shape.sizes[2]) + 1
    each = [np.zeros(size, dtype=np.int64) for size in (decisions,) * 3 + (options,) * 2]
    return Scratch(
        np.zeros(DEPTH + 1), np.zeros(int(shape.sizes[1])), np.zeros(options), *each
    )


def _sealed(
    game: Game, shape: Shape, states: Sequence[State]
) -> tuple[Whole, Whole, Whole]:
    """Where each play's sealed decisions begin, the decisions, and what was answered."""
    starts, decisions = [0], []
    some = any(state.sealed for state in states)
    options = np.zeros((len(states), int(shape.sizes[2]) if some else 0), dtype=np.int64)
    for at, state in enumerate(states):
        for move in state.sealed:
            index = game.index["decision"][move.decision]
            decisions.append(index)
            field_at = int(shape.field_from[index])
            for number, field in enumerate(game.decisions[index].fields):
                first = int(shape.option_from[field_at + number])
                for nth, option in enumerate(field.options):
                    options[at, first + nth] = (field.id, option.id) in move.answer
        starts.append(len(decisions))
    return np.array(starts, dtype=np.int64), np.array(decisions, dtype=np.int64), options
