"""Many plays of one game side by side, at the same moment: their rows, their seeds, their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch.chance import Chance, words_of
from peace_sim.engine.batch.tables import Tables, tables_of
from peace_sim.engine.batch.values import Taken, Truth, Value
from peace_sim.engine.game import Game
from peace_sim.engine.state import State

Indices = NDArray[np.intp]


class Block:
    """Plays that stand at one moment, in one chapter and under one nature; each in a column.

    Plays that have ended keep their columns, and nothing writes there any more, until ``narrow``
    leaves them out. What became of each play is kept by its number, the place of its state in
    ``states``.
    """

    def __init__(self, game: Game, states: Sequence[State]) -> None:
        first = states[0]
        for state in states:
            if (_place(state), state.ending) != (_place(first), None):
                raise ValueError("plays in one block stand at one moment of one chapter, unended")
        self.game = game
        self.tables: Tables = tables_of(game)
        self.states = tuple(states)
        self.chapter = game.chapter(first.chapter)
        self.nature = first.world.nature
        self.moment, self.stage, self.lap = first.moment, first.stage, first.lap
        self.number: Indices = np.arange(len(states))
        """The play in each column."""
        self.alive: Truth = True
        self.words = words_of(state.world.seed for state in states)
        self.chance = Chance(self.words)
        self.rows: list[Value] = _rows_of(states)
        self.start = tuple(self.rows)
        """The rows as the block was opened, in the present columns."""
        self.facts: NDArray[np.int64] = np.zeros(len(states), dtype=np.int64)
        """Facts so far, by column."""
        self.ended: NDArray[np.int64] = np.full(len(states), -1)
        """The index of each play's ending, by number; -1 for none yet."""
        self.closed: NDArray[np.int64] = np.full(len(states), -1)
        """The moment in which each play ended, by number."""
        self.sealed = _sealed(game, states)
        """Answers that were sealed already in the window at which the plays stand."""
        self._told: NDArray[np.int64] = np.zeros(len(states), dtype=np.int64)
        self._kept: NDArray[np.float64] | None = None

    @property
    def day(self) -> int:
        """The day at which the plays stand."""
        return self.game.moments[self.moment].day

    @property
    def tick(self) -> int:
        """The tick of that day."""
        return self.game.moments[self.moment].tick

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.number)

    def columns(self, where: Truth) -> Indices:
        """The columns in which something holds."""
        if isinstance(where, bool):
            return np.arange(self.width if where else 0)
        return np.flatnonzero(where)

    def numbers(self, where: Truth) -> Indices:
        """The plays in which something holds, by number."""
        return self.number[self.columns(where)]

    def count(self, where: Truth) -> None:
        """One more fact in these plays."""
        self.facts += where

    def narrow(self) -> None:
        """Leave out the columns of the plays that have ended; what they came to is kept."""
        if isinstance(self.alive, bool):
            return
        self._keep(np.flatnonzero(~self.alive))
        left = np.flatnonzero(self.alive)
        taken: dict[int, Value] = {}
        for row in (*self.rows, *self.start):
            if isinstance(row, np.ndarray) and id(row) not in taken:
                taken[id(row)] = row[left]
        start = self.start
        self.rows = [taken.get(id(row), row) for row in self.rows]
        self.start = tuple([taken.get(id(row), row) for row in start])
        self.number, self.words, self.facts = self.number[left], self.words[left], self.facts[left]
        self.chance = Chance(self.words)
        self.alive = True

    def _keep(self, columns: Indices) -> None:
        numbers = self.number[columns]
        self._told[numbers] = self.facts[columns]
        if self._kept is None:
            self._kept = np.zeros((len(self.rows), len(self.states)))
        for cell, row in enumerate(self.rows):
            self._kept[cell, numbers] = row if isinstance(row, float) else row[columns]

    def told(self) -> NDArray[np.int64]:
        """How many facts there were in each play, by number."""
        told = self._told.copy()
        told[self.number] = self.facts
        return told

    def cells(self) -> NDArray[np.float64]:
        """Cell × play: the cells that each play has come to."""
        self._keep(np.arange(self.width))
        assert self._kept is not None
        return self._kept

    def last(self) -> tuple[State, ...]:
        """The state that each play has come to."""
        cells = self.cells().T.tolist()
        game, found = self.game, []
        for number, state in enumerate(self.states):
            ending, moment = int(self.ended[number]), int(self.closed[number])
            at = (moment, -1, 0) if ending >= 0 else (self.moment, self.stage, self.lap)
            ended = game.endings[ending].id if ending >= 0 else None
            found.append(
                replace(
                    state, moment=at[0], stage=at[1], lap=at[2], cells=tuple(cells[number]),
                    sealed=(), ending=ended,
                )
            )  # fmt: skip
        return tuple(found)


def _sealed(game: Game, states: Sequence[State]) -> dict[int, tuple[Truth, Taken]]:
    """For each decision answered in some plays: in which, and what, option by option."""
    found: dict[int, tuple[Truth, Taken]] = {}
    for column, state in enumerate(states):
        for move in state.sealed:
            index = game.index["decision"][move.decision]
            fields = game.decisions[index].fields
            if index not in found:
                made = [np.zeros(len(states), dtype=bool) for f in fields for _ in f.options]
                parts = iter(made)
                taken: Taken = tuple(
                    tuple(next(parts) for _ in field.options) for field in fields
                )
                found[index] = np.zeros(len(states), dtype=bool), taken
            where, taken = found[index]
            _mark(where, column)
            for field, options in zip(fields, taken, strict=True):
                for option, there in zip(field.options, options, strict=True):
                    if (field.id, option.id) in move.answer:
                        _mark(there, column)
    return found


def _mark(where: Truth, column: int) -> None:
    assert isinstance(where, np.ndarray)
    where[column] = True


def _place(state: State) -> tuple[object, ...]:
    return state.world.nature, state.chapter, state.moment, state.stage, state.lap


def _rows_of(states: Sequence[State]) -> list[Value]:
    """A row for each cell: one float where all agree, to the bit."""
    first = states[0].cells
    if all(state.cells is first for state in states):
        return list(first)
    matrix = np.array([state.cells for state in states], dtype=np.float64).T.copy()
    bits = matrix.view(np.int64)
    same = (bits == bits[:, :1]).all(axis=1)
    return [first[cell] if same[cell] else matrix[cell] for cell in range(len(first))]
