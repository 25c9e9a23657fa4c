"""The order of a moment in many plays at once, as ``engine.step`` has it for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from peace_sim.engine.batch.answers import recorded
from peace_sim.engine.batch.block import Block
from peace_sim.engine.batch.effects import Changes, Nobody, Watch
from peace_sim.engine.batch.values import (
    Array,
    Rows,
    Taken,
    Truth,
    Value,
    any_of,
    both,
    choose,
    clamped,
    either,
    opposite,
    somewhere,
)
from peace_sim.engine.chance import word
from peace_sim.engine.game import Ballot, Event, Game, Vote
from peace_sim.engine.plan import is_fixed
from peace_sim.engine.state import Nature, State, World
from peace_sim.engine.step import MAX_PASSES, EndlessCascade

NARROW = 0.5
"""Below this share of living plays the ended ones' columns are left out."""


@dataclass(frozen=True, slots=True)
class Window:
    """An open window in many plays: what those who are asked can go by."""

    block: Block
    rows: Rows
    """The rows as the window opened."""
    stage: int
    lap: int
    asked: Mapping[int, Truth]
    """The decisions that are open, each with the plays in which it is."""

    @property
    def day(self) -> int:
        """The window's day."""
        return self.block.day

    def draw(self, stem: str, name: str) -> Array:
        """A number in [0, 1) for each play."""
        return self.block.chance.draw(self.block.day, _word(stem + name))


_WORDS: dict[str, int] = {}


def _word(text: str) -> int:
    if text not in _WORDS:
        if len(_WORDS) > 100_000:
            _WORDS.clear()
        _WORDS[text] = word(text)
    return _WORDS[text]


def in_place(where: Truth, one: Taken, other: Taken) -> Taken:
    """One answer in these plays, the other elsewhere."""
    return tuple(
        tuple(
            either(both(where, own), both(opposite(where), instead))
            for own, instead in zip(owns, others, strict=True)
        )
        for owns, others in zip(one, other, strict=True)
    )


Answering = Callable[[Window, int], Taken]
"""What is answered to an open decision: for each of its options the plays that take it."""


def opening(game: Game, worlds: Sequence[World], chapter: str | None = None) -> Block:
    """The plays of a chapter in these worlds, as ``step.initial`` opens each.

    They have one nature and the same settings. Raises KeyError for an unknown chapter or level.
    """
    wanted = game.chapter(chapter)
    first = worlds[0]
    if any((w.nature, w.settings) != (first.nature, first.settings) for w in worlds):
        raise ValueError("worlds in one block have one nature and the same settings")
    cells = list(game.start_cells)
    chosen = dict(first.settings)
    for setting in game.settings:
        level = dict(setting.levels)[chosen.get(setting.id, setting.default)]
        cells[game.variables[setting.variable].cell] = level
    start = tuple(cells)
    states = [State(world, wanted.id, 0, -1, 0, start, (), None) for world in worlds]
    block = Block(game, states)
    if game.moments[0].day < wanted.start:
        with np.errstate(all="ignore"):
            _Run(block, _as_recorded, Nobody(), "recorded").until(wanted.start)
        block.facts[:] = 0
    if first.nature == "drawn":
        _draw_hidden(block, wanted.start)
    block.start = tuple(block.rows)
    return block


def _as_recorded(window: Window, index: int) -> Taken:
    tables = window.block.tables
    return recorded(tables, index, tables.values, window.rows, window.block.moment, window.lap)


def play(
    block: Block, answering: Answering, watch: Watch | None = None, until: int = 0
) -> None:
    """Play a block on until every play has ended, or to the first moment on or after a day.

    Raises EndlessCascade.
    """
    with np.errstate(all="ignore"):
        _Run(block, answering, watch or Nobody(), block.nature).until(until)


def _draw_hidden(block: Block, day: int) -> None:
    for variable in block.game.variables:
        if not variable.drawn:
            continue
        share = block.chance.draw(day, variable.word)
        if not variable.words:
            low, high = variable.drawn
            block.rows[variable.cell] = low + (high - low) * share
            continue
        total = 0.0
        for weight in variable.drawn:
            total = total + weight
        target, reached = share * total, 0.0
        level, waiting = block.rows[variable.cell], np.ones(block.width, dtype=bool)
        for index, weight in enumerate(variable.drawn):
            reached = reached + weight
            hit = waiting & (target < reached)
            level = choose(hit, float(index), level)
            waiting &= ~hit
        block.rows[variable.cell] = level


@dataclass
class _Run:
    """Plays under way."""

    block: Block
    answering: Answering
    watch: Watch
    nature: Nature
    changes: Changes = field(init=False)

    def __post_init__(self) -> None:
        self.changes = Changes(self.block, self.watch)

    # ------------------------------------------------------------ the order

    def until(self, end: int) -> None:
        """On to the moment of a day (0 for none), or until every play has ended."""
        block, game = self.block, self.block.game
        waiting: dict[tuple[int, int], Truth] = {(0, 0): block.alive}
        if block.stage < 0:
            self.open_moment()
        else:
            stage, lap = block.stage, block.lap
            waiting = self.window(stage, lap, block.alive, opened=True)
        while True:
            while waiting:
                stage, lap = min(waiting)
                here = waiting.pop((stage, lap))
                for place, some in self.window(stage, lap, here).items():
                    waiting[place] = either(waiting.get(place, False), some)
            self.close_moment()
            if not somewhere(block.alive):
                self.watch.leaving(block, True)
                block.stage, block.lap = -1, 0
                return
            if np.count_nonzero(block.alive) < NARROW * block.width:
                self.watch.leaving(block, opposite(block.alive))
                block.narrow()
            block.moment += 1
            block.stage, block.lap = -1, 0
            if end and game.moments[block.moment].day >= end:
                return
            self.open_moment()
            waiting = {(0, 0): block.alive}

    def open_at(self, stage: int, where: Truth) -> dict[int, Truth]:
        """The decisions of a stage that are asked in some of these plays."""
        block = self.block
        asked = {}
        for index in block.tables.plan.askable(stage, block.moment):
            there = both(where, block.tables.asked[index](block.rows, block.day))
            if somewhere(there):
                asked[index] = there
        return asked

    def window(
        self, stage: int, lap: int, here: Truth, opened: bool = False
    ) -> dict[tuple[int, int], Truth]:
        """One window, where anybody is asked; where the plays are to be looked at next."""
        block = self.block
        if not block.tables.plan.asks or stage >= len(block.game.stages) or not somewhere(here):
            return {}
        asked = self.open_at(stage, here)
        if asked:
            if not opened:
                for there in asked.values():
                    block.count(there)
            self.watch.stands(block, any_of(asked.values()))
            self.close_window(Window(block, list(block.rows), stage, lap, asked))
        if opened:  # a window closes also where, by now, nobody is asked any more
            block.sealed = {}
            self.transitions(both(here, opposite(any_of(asked.values()))))
        return self.onward(stage, lap, here)

    def onward(self, stage: int, lap: int, here: Truth) -> dict[tuple[int, int], Truth]:
        """Where to look after a stage: back for another sitting, or on."""
        declared = self.block.game.stages[stage]
        back = declared.again_from
        if back is None:
            return {(stage + 1, lap): here}
        if lap + 1 >= declared.laps:
            return {(stage + 1, 0): here}
        more = any_of(
            there for at in range(back, stage + 1) for there in self.open_at(at, here).values()
        )
        return {(back, lap + 1): more, (stage + 1, 0): both(here, opposite(more))}

    # ------------------------------------------------------------ a moment

    def open_moment(self) -> None:
        block = self.block
        moment = block.game.moments[block.moment]
        if moment.first:
            self.redraw_estimates(moment.tick)
        for event in block.tables.plan.considered(self.nature, block.moment):
            self.consider(event)

    def close_moment(self) -> None:
        """Drift, transitions, deadlines, endings."""
        if self.block.game.moments[self.block.moment].last:
            self.drift()
        self.transitions(self.block.alive)
        self.deadlines()
        self.watch.passed(self.block)
        self.endings()

    def redraw_estimates(self, tick: int) -> None:
        block, day = self.block, self.block.day
        seen = list(block.rows)
        for estimate, number in zip(block.game.estimates, block.tables.errors, strict=True):
            if tick % estimate.every:
                continue
            variable = block.game.variables[estimate.variable]
            share = block.chance.draw(day, estimate.word)
            error = number(seen, day) * (2.0 * share - 1.0)
            level = clamped(variable.low, variable.high, seen[variable.cell] + error)
            before = block.rows[estimate.cell]
            self.changes.write(estimate.cell, level, block.alive)
            block.count(both(block.alive, level != before))

    def consider(self, event: Event) -> None:
        """Let an event strike in the plays where it might strike now."""
        block, rows, day = self.block, self.block.rows, self.block.day
        may: Truth = block.alive
        if not event.repeat:
            may = both(may, rows[event.cell] == 0)
        if event.rest:
            last = rows[event.last]
            may = both(may, either(last == 0, self.rested(last) >= event.rest))
        if not somewhere(may):
            return
        when, _ = block.tables.events[event.id]
        holds = when(rows, day)
        if self.nature == "recorded" or is_fixed(event):
            if event.outside:
                self.strike(event, may)
            else:
                block.count(both(may, opposite(holds)))
                self.strike(event, both(may, holds))
            return
        may = both(may, holds)
        if somewhere(may):
            self.strike(event, both(may, self.drawn_now(event)))

    def rested(self, last: Value) -> Value:
        """Whole ticks since an event last struck."""
        moments = self.block.game.moments[: self.block.moment + 1]
        at = np.searchsorted([m.day for m in moments], last, side="right") - 1
        ticks = np.array([m.tick for m in moments], dtype=np.float64)
        found: Array = ticks[-1] - ticks[np.maximum(at, 0)]
        return found if found.ndim else float(found)

    def drawn_now(self, event: Event) -> Truth:
        block, day = self.block, self.block.day
        if not event.window[0]:
            _, hazard = block.tables.events[event.id]
            assert hazard is not None
            struck: Truth = block.chance.draw(day, event.word) < hazard(block.rows, day)
            return struck
        days = block.tables.plan.window_days[event.id]
        if day not in days or not event.likely:
            return False
        share = block.chance.draw(event.window[0], event.word)
        at = np.trunc(share / event.likely * len(days))
        return both(share < event.likely, at == days.index(day))

    def strike(self, event: Event, where: Truth) -> None:
        if not somewhere(where):
            return
        block = self.block
        self.changes.more(event.cell, where)
        self.changes.write(event.last, float(block.day), where)
        block.count(where)
        self.watch.struck(block, block.game.index["event"][event.id], where)
        self.changes.apply(event.effects, list(block.rows), where)

    def drift(self) -> None:
        block, day = self.block, self.block.day
        seen = list(block.rows)
        for drift, guard, number in block.tables.drifts:
            there = both(block.alive, guard(seen, day))
            if somewhere(there):
                variable = block.game.variables[drift.variable]
                amount = number(seen, day)
                self.changes.put(variable, block.rows[variable.cell] + amount, there)

    def transitions(self, where: Truth) -> None:
        """Passes until nothing moves in any of these plays."""
        block, changes = self.block, self.changes
        moving = where
        moved: list[str] = []
        for _ in range(MAX_PASSES):
            seen, day = list(block.rows), block.day
            still: Truth = False
            moved = []
            for index, ways in enumerate(block.tables.ways):
                for way in ways(seen, day):
                    there = both(moving, way.fires)
                    if not somewhere(there):
                        continue
                    changes.enter(index, way.transition.target, there)
                    changes.apply(way.transition.effects, seen, there)
                    still = either(still, there)
                    if block.game.tracks[index].id not in moved:
                        moved.append(block.game.tracks[index].id)
            if not somewhere(still):
                return
            moving = still
        seed = block.states[block.numbers(moving)[0]].world.seed
        raise EndlessCascade(f"tracks that set each other off: {', '.join(moved)} (seed {seed})")

    def deadlines(self) -> None:
        block = self.block
        for timer in block.game.timers:
            due = block.rows[timer.cell]
            passed: Truth = both(due > 0, due <= float(block.day))
            passed = both(block.alive, passed)
            if somewhere(passed):
                self.changes.write(timer.cell, 0.0, passed)
                block.count(passed)
                self.changes.apply(timer.effects, list(block.rows), passed)

    def endings(self) -> None:
        block, game, day = self.block, self.block.game, self.block.day
        if day < block.chapter.start:
            return
        later = block.moment + 1
        close = later >= len(game.moments) or game.moments[later].day > block.chapter.end
        left: Truth = block.alive
        for index, ending in enumerate(game.endings):
            if ending.chapters and block.chapter.id not in ending.chapters:
                continue
            if (ending.at_close or ending.when is None) and not close:
                continue
            guard = block.tables.endings.get(ending.id)
            ends = left if guard is None else both(left, guard(block.rows, day))
            if somewhere(ends):
                numbers = block.numbers(ends)
                block.ended[numbers] = index
                block.closed[numbers] = block.moment
                block.count(ends)
                self.watch.stands(block, ends)
                self.watch.ended(block, index, ends)
                left = both(left, opposite(ends))
        if close and somewhere(left):
            raise RuntimeError(f"chapter {block.chapter.id} closes without an ending")
        block.alive = left

    # ------------------------------------------------------------ a window

    def close_window(self, window: Window) -> None:
        """Answer, open the answers together, tally, and let the tracks follow."""
        block, game = self.block, self.block.game
        made: dict[int, Taken] = {}
        for index, there in window.asked.items():
            self.watch.asked(block, index, there)
            already, sealed = block.sealed.get(index, (False, ()))
            taken = self.answering(window, index)
            if sealed:
                taken = in_place(already, sealed, taken)
            block.count(both(there, opposite(already)))
            made[index] = tuple(
                tuple(both(there, option) for option in options) for options in taken
            )
        block.sealed = {}
        for index, there in window.asked.items():
            self.make(window, index, made[index], there)
        for number, ballot in enumerate(game.ballots):
            if ballot.stage == window.stage:
                self.tally(window, number, ballot, made)
        self.transitions(any_of(window.asked.values()))

    def make(self, window: Window, index: int, taken: Taken, where: Truth) -> None:
        block, changes = self.block, self.changes
        decision = block.game.decisions[index]
        changes.more(decision.cell, where)
        changes.write(decision.last, float(block.tick + 1), where)
        block.count(where)
        for at, (field_, options) in enumerate(zip(decision.fields, taken, strict=True)):
            for number, there in enumerate(options):
                if not somewhere(there):
                    continue
                option = field_.options[number]
                changes.write(field_.cell, float(number + 1), there)
                changes.more(option.cell, there)
                block.count(there)
                self.watch.took(block, index, at, number, there)
                changes.apply(option.effects, window.rows, there)

    def tally(
        self, window: Window, number: int, ballot: Ballot, made: Mapping[int, Taken]
    ) -> None:
        block, changes = self.block, self.changes
        zero = np.zeros(block.width)
        votes, counts = zero, dict.fromkeys(Vote, zero)
        vetoed: Truth = False
        for role, index in ballot.members:
            if index not in made:
                continue
            votes = votes + window.asked[index]
            options = block.game.decisions[index].fields[0].options
            for option, there in zip(options, made[index][0], strict=True):
                counts[Vote(option.id)] = counts[Vote(option.id)] + there
                if option.id == Vote.NO and role in ballot.vetoes:
                    vetoed = either(vetoed, there)
        voted: Truth = votes > 0
        if not somewhere(voted):
            return
        failed: Truth = either(votes < ballot.quorum, counts[Vote.YES] < ballot.majority)
        vetoed = both(vetoed, opposite(failed))
        adopted = both(opposite(failed), opposite(vetoed))
        for cell, vote in (
            (ballot.yes, Vote.YES), (ballot.no, Vote.NO), (ballot.abstain, Vote.ABSTAIN),
        ):  # fmt: skip
            changes.write(cell, counts[vote], voted)
        block.count(voted)
        outcomes = [both(voted, some) for some in (adopted, failed, vetoed)]
        for outcome, there in enumerate(outcomes):
            if somewhere(there):
                changes.write(ballot.cell, float(outcome + 1), there)
                self.watch.tallied(block, number, outcome, there)
                changes.apply(ballot.effects[outcome], window.rows, there)
