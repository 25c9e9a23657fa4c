"""Changes in many plays at once: what an effect, a ballot's outcome or drift does to the rows."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from peace_sim.engine.batch.block import Block
from peace_sim.engine.batch.values import (
    Rows,
    Truth,
    Value,
    both,
    choose,
    clamped,
    opposite,
    somewhere,
)
from peace_sim.engine.game import Effect, Variable


class Watch(Protocol):
    """Who is told what came to be, and in which columns: facts of many plays at once."""

    def entered(self, block: Block, track: int, phase: int, where: Truth) -> None:
        """A track came to another phase."""
        ...

    def struck(self, block: Block, event: int, where: Truth) -> None:
        """An event struck."""
        ...

    def tallied(self, block: Block, ballot: int, outcome: int, where: Truth) -> None:
        """A body voted."""
        ...

    def asked(self, block: Block, decision: int, where: Truth) -> None:
        """A role is asked, and the rows are those that it is asked on."""
        ...

    def took(self, block: Block, decision: int, field: int, option: int, where: Truth) -> None:
        """An option was taken."""
        ...

    def stands(self, block: Block, where: Truth) -> None:
        """A state: these plays stand at a window, or have come to their end."""
        ...

    def passed(self, block: Block) -> None:
        """A moment is over; those that end with it are still alive."""
        ...

    def ended(self, block: Block, ending: int, where: Truth) -> None:
        """Plays have come to an ending."""
        ...

    def leaving(self, block: Block, where: Truth) -> None:
        """The columns of plays that have ended are about to be left out, or all have ended."""
        ...


class Nobody:
    """A watch that keeps nothing."""

    def entered(self, block: Block, track: int, phase: int, where: Truth) -> None:
        """Nothing."""

    def struck(self, block: Block, event: int, where: Truth) -> None:
        """Nothing."""

    def tallied(self, block: Block, ballot: int, outcome: int, where: Truth) -> None:
        """Nothing."""

    def asked(self, block: Block, decision: int, where: Truth) -> None:
        """Nothing."""

    def took(self, block: Block, decision: int, field: int, option: int, where: Truth) -> None:
        """Nothing."""

    def stands(self, block: Block, where: Truth) -> None:
        """Nothing."""

    def passed(self, block: Block) -> None:
        """Nothing."""

    def ended(self, block: Block, ending: int, where: Truth) -> None:
        """Nothing."""

    def leaving(self, block: Block, where: Truth) -> None:
        """Nothing."""


class Changes:
    """Writes into a block's rows, in the order of ``step._Run``, and counts the facts."""

    def __init__(self, block: Block, watch: Watch) -> None:
        self.block = block
        self.watch = watch
        self.game = block.game
        self.tables = block.tables

    def write(self, cell: int, level: Value, where: Truth) -> None:
        """A new level in these plays."""
        rows = self.block.rows
        rows[cell] = choose(where, level, rows[cell])

    def more(self, cell: int, where: Truth) -> None:
        """One more in these plays."""
        self.write(cell, self.block.rows[cell] + 1.0, where)

    def apply(self, effects: tuple[Effect, ...], seen: Rows, where: Truth) -> None:
        """Effects in declared order, in the plays where their guards hold."""
        day = self.block.day
        for part in effects:
            effect, guard, amount = self.tables.effect(part)
            there = both(where, guard(seen, day))
            if somewhere(there):
                self._effect(effect, 0.0 if amount is None else amount(seen, day), there)

    def _effect(self, effect: Effect, amount: Value, where: Truth) -> None:
        kind, variables = effect.kind, self.game.variables
        if kind == "add":
            variable = variables[effect.target]
            self.put(variable, self.block.rows[variable.cell] + amount, where)
        elif kind == "set":
            self.put(variables[effect.target], amount, where)
        elif kind == "choose":
            self.put(variables[effect.target], float(effect.word), where)
        elif kind == "enter":
            self.enter(effect.target, effect.word, where)
        elif kind == "send":
            self.block.count(where)
        elif kind in ("open", "advance"):
            self._move_case(effect, where)
        else:
            self._set_timer(effect, amount, where)

    def put(self, variable: Variable, level: Value, where: Truth) -> None:
        """A variable's new level, within its range."""
        level = clamped(variable.low, variable.high, level)
        before = self.block.rows[variable.cell]
        changed: Truth = both(where, level != before)
        if somewhere(changed):
            self.write(variable.cell, level, changed)
            self.block.count(changed)

    def enter(self, index: int, phase: int, where: Truth) -> None:
        """A track's new phase, where it is not there already."""
        track, rows = self.game.tracks[index], self.block.rows
        entered: Truth = both(where, rows[track.cell] != float(phase))
        if somewhere(entered):
            self.write(track.cell, float(phase), entered)
            self.write(track.since, float(self.block.day), entered)
            self.block.count(entered)
            self.watch.entered(self.block, index, phase, entered)

    def _set_timer(self, effect: Effect, amount: Value, where: Truth) -> None:
        cell, day = self.game.timers[effect.target].cell, float(self.block.day)
        before = self.block.rows[cell]
        days = np.trunc(amount) + 0.0  # as int() cuts, and -0 is 0
        after: Value
        if effect.kind == "start":
            after = day + days
        elif effect.kind == "until":
            after = days
        elif effect.kind == "extend":
            after = choose(before == 0, day, before) + days
        else:
            after = 0.0
        changed: Truth = both(where, _plain(after != before))
        if somewhere(changed):
            self.write(cell, after if isinstance(after, np.ndarray) else float(after), changed)
            self.block.count(changed)

    def _move_case(self, effect: Effect, where: Truth) -> None:
        """Of the slots that stand as wanted, the first that has stood so longest."""
        cases, rows = self.game.caselists[effect.target], self.block.rows
        wanted = 0.0 if effect.kind == "open" else float(effect.word + 1)
        oldest: Value = float("inf")
        slots: list[Truth] = []
        for slot in range(cases.slots):
            cell = cases.slot(slot)
            there: Truth = both(_plain(rows[cell] == wanted), _plain(rows[cell + 2] < oldest))
            oldest = choose(there, rows[cell + 2], oldest)
            slots = [both(earlier, opposite(there)) for earlier in slots]
            slots.append(there)
        if effect.kind == "open":
            levels: tuple[float | None, ...] = (1.0, float(effect.word), float(self.block.day))
        elif effect.to_word < 0:
            levels = (0.0, 0.0, 0.0)
        else:
            levels = (float(effect.to_word + 1), None, float(self.block.day))
        full = where
        for slot, there in enumerate(slots):
            full = both(full, opposite(there))
            moved = both(where, there)
            if not somewhere(moved):
                continue
            self.block.count(moved)
            for offset, level in enumerate(levels):
                if level is not None:
                    self.write(cases.slot(slot) + offset, level, moved)
        if effect.kind == "open" and somewhere(full):
            self.more(cases.overflow, full)
            self.block.count(full)


def _plain(compared: object) -> Truth:
    """A comparison's outcome as ours: NumPy's own scalars are not ``True`` by identity."""
    return compared if isinstance(compared, np.ndarray | bool) else bool(compared)
