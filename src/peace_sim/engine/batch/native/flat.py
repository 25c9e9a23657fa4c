"""A game laid out flat for the machine: parts become rows, guards and numbers programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from peace_sim.engine.batch.answers import chosen_by_history
from peace_sim.engine.batch.native.program import Assembler
from peace_sim.engine.batch.native.shape import (
    KINDS,
    MODES,
    Bits,
    Programs,
    Real,
    Rules,
    Shape,
    Whole,
)
from peace_sim.engine.game import Decision, Effect, Event, Field, Game, Vote, may_know
from peace_sim.engine.plan import is_fixed, plan_of
from peace_sim.engine.state import Nature


@dataclass(frozen=True, slots=True)
class Mind:
    """How a decision is answered: by what is declared, by the record, by weights or by coins."""

    mode: Literal["default", "historical", "weighed", "tossed"]
    before: tuple[tuple[int, int], ...] = ()
    """What is worked out first: a scratch cell, and the program of what it holds."""
    weights: tuple[tuple[int, ...], ...] = ()
    """For each field the programs of its options' weights; -1 for 1."""
    draws: tuple[tuple[tuple[int, ...], ...], ...] = ()
    """For each field and sitting the words of its draws, as many for each sitting."""


Minds = Callable[[Assembler, Decision, frozenset[int]], Mind]
"""How each decision is answered by a role from whom some cells are hidden."""


class Lists:
    """Rows of lists of rows, with the places where each list begins."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, ...]] = []
        self.starts: list[int] = [0]

    def add(self, rows: Iterable[Sequence[int]]) -> None:
        """One list more."""
        self.rows += [tuple(row) for row in rows]
        self.starts.append(len(self.rows))

    def table(self, width: int) -> Whole:
        """All rows."""
        return _table(self.rows, width)

    def flat(self) -> Whole:
        """All rows of a list of single numbers."""
        return _table(self.rows, 1)[:, 0].copy()

    def begins(self) -> Whole:
        """Where each list begins, and where the last ends."""
        return np.array(self.starts, dtype=np.int64)


def flattened(game: Game, minds: Minds, nature: Nature, chapter: str) -> Shape:
    """The tables of a game as these minds play a chapter of it."""
    return _Flattening(game, minds, nature, chapter).shape()


class _Flattening:
    def __init__(self, game: Game, minds: Minds, nature: Nature, chapter: str) -> None:
        self.game, self.minds, self.nature = game, minds, nature
        self.chapter = game.chapter(chapter)
        self.plan = plan_of(game)
        self.made = Assembler(len(game.names))
        self.effect_rows: list[tuple[int, ...]] = []
        self.effect_bounds: list[tuple[float, float]] = []
        self.laps = max([1, *(stage.laps for stage in game.stages)])
        self.first_option: list[int] = []
        self.first_field: list[int] = []
        fields = options = 0
        for decision in game.decisions:
            self.first_field.append(fields)
            for field in decision.fields:
                self.first_option.append(options)
                options += len(field.options)
                fields += 1
        self.options = options

    def shape(self) -> Shape:
        """All tables."""
        game, made = self.game, self.made
        moments = [(m.day, m.tick, m.first, m.last) for m in game.moments]
        stages = [(-1 if s.again_from is None else s.again_from, s.laps) for s in game.stages]
        estimates = [
            (e.cell, game.variables[e.variable].cell, e.every, made.number(e.error))
            for e in game.estimates
        ]
        drifts = [
            (game.variables[d.variable].cell, made.guard(d.when), made.number(d.amount))
            for d in game.drifts
        ]
        phase_from, tracks, ways = self.tracks()
        timers = [(t.cell, *self.effects(t.effects)) for t in game.timers]
        endings = [
            (i, made.guard(e.when), e.at_close or e.when is None)
            for i, e in enumerate(game.endings)
            if not e.chapters or self.chapter.id in e.chapters
        ]
        events = [self.event(event) for event in game.events]
        considered, askable = self.considered(), self.askable()
        ballots, members = self.ballots()
        asks = _Asking(self)
        windows = asks.tables()
        return Shape(
            rules=Rules(
                Programs(
                    np.array([*made.code, 0], dtype=np.int64), np.array([*made.constants, 0.0])
                ),
                _table(self.effect_rows, 7), _reals(self.effect_bounds),
            ),
            moments=_table(moments, 4), stages=_table(stages, 2),
            estimates=_table(estimates, 4),
            estimate_bounds=_reals(
                [(v.low, v.high) for v in (game.variables[e.variable] for e in game.estimates)]
            ),
            estimate_words=_words([e.word for e in game.estimates]),
            drifts=_table(drifts, 3),
            drift_bounds=_reals(
                [(v.low, v.high) for v in (game.variables[d.variable] for d in game.drifts)]
            ),
            tracks=_table(tracks, 3), phase_from=phase_from, ways=_table(ways, 5),
            timers=_table(timers, 3), endings=_table(endings, 3), events=_table(events, 12),
            event_likely=np.array([e.likely for e in game.events], dtype=np.float64),
            event_words=_words([e.word for e in game.events]),
            considered_from=considered.begins(), considered=considered.table(2),
            askable_from=askable.begins(), askable=askable.flat(),
            **windows,
            ballots=_table(ballots, 13), member_from=members.begins(), members=members.table(5),
            sizes=np.array(
                [
                    len(game.names), made.scratch, self.options, self.laps,
                    self.chapter.start, self.chapter.end,
                ],
                dtype=np.int64,
            ),
        )  # fmt: skip

    # ── effects and machines ──

    def effects(self, effects: Sequence[Effect]) -> tuple[int, int]:
        """The first row of these effects, and the one past the last."""
        first = len(self.effect_rows)
        for effect in effects:
            kind, operands, bounds = self.effect(effect)
            amount = self.made.number(effect.amount)
            if effect.kind == "choose":
                with self.made.program() as amount:
                    self.made.constant(float(effect.word))
            row = (KINDS.index(kind), self.made.guard(effect.when), amount, *operands)
            self.effect_rows.append((*row, *(0,) * (7 - len(row))))
            self.effect_bounds.append(bounds)
        return first, len(self.effect_rows)

    def effect(self, effect: Effect) -> tuple[str, tuple[int, ...], tuple[float, float]]:
        """Its kind for the machine, its operands, and the bounds of its variable."""
        game, kind = self.game, effect.kind
        if kind in ("add", "set", "choose"):
            variable = game.variables[effect.target]
            bounds = (variable.low, variable.high)
            return "add" if kind == "add" else "set", (variable.cell,), bounds
        if kind == "enter":
            track = game.tracks[effect.target]
            return kind, (track.cell, track.since, effect.word), (0.0, 0.0)
        if kind in ("open", "advance"):
            cases = game.caselists[effect.target]
            return kind, (cases.cell, cases.slots, effect.word, effect.to_word), (0.0, 0.0)
        if kind == "send":
            return kind, (), (0.0, 0.0)
        return kind, (game.timers[effect.target].cell,), (0.0, 0.0)

    def tracks(self) -> tuple[Whole, list[tuple[int, ...]], list[tuple[int, ...]]]:
        """Where the ways out of each phase begin, the tracks, and the ways."""
        ways = Lists()
        tracks: list[tuple[int, ...]] = []
        for cell, track, by_phase in self.plan.ways:
            tracks.append((cell, track.since, len(ways.starts) - 1))
            for out in by_phase:
                ways.add(
                    (self.made.guard(w.when), w.after, w.target, *self.effects(w.effects))
                    for w in out
                )
        return ways.begins(), tracks, ways.rows

    def event(self, event: Event) -> tuple[int, ...]:
        """An event's row."""
        on_dates = self.nature == "recorded" or is_fixed(event)
        chance = 0 if on_dates else 2 if event.window[0] else 1
        days = len(self.plan.window_days.get(event.id, ()))
        return (
            event.cell, event.last, event.repeat, event.rest, self.made.guard(event.when),
            self.made.number(event.chance), event.outside, chance, event.window[0], days,
            *self.effects(event.effects),
        )  # fmt: skip

    def considered(self) -> Lists:
        """For each moment the events that might strike, and the day of a window that it is."""
        found, index = Lists(), self.game.index["event"]
        for at, moment in enumerate(self.game.moments):
            rows = []
            for event in self.plan.considered(self.nature, at):
                days = self.plan.window_days.get(event.id, ())
                place = days.index(moment.day) if moment.day in days and event.likely else -1
                rows.append((index[event.id], place))
            found.add(rows)
        return found

    def askable(self) -> Lists:
        """For each stage and moment the decisions that the calendar allows."""
        found = Lists()
        for stage in range(len(self.game.stages)):
            for moment in range(len(self.game.moments)):
                found.add((i,) for i in self.plan.askable(stage, moment))
        return found

    def ballots(self) -> tuple[list[tuple[int, ...]], Lists]:
        """The ballots, and their members."""
        rows, members = [], Lists()
        for ballot in self.game.ballots:
            outcomes = [at for effects in ballot.effects for at in self.effects(effects)]
            rows.append((
                ballot.stage, ballot.majority, ballot.quorum, ballot.cell, ballot.yes, ballot.no,
                ballot.abstain, *outcomes,
            ))  # fmt: skip
            members.add(
                (index, role in ballot.vetoes, *self._votes(index))
                for role, index in ballot.members
            )
        return rows, members

    def _votes(self, index: int) -> list[int]:
        field = self.game.decisions[index].fields[0]
        first = self.first_option[self.first_field[index]]
        ids = [option.id for option in field.options]
        return [first + ids.index(vote) if vote in ids else self.options for vote in Vote]


class _Asking:
    """The tables of decisions, of who answers them, and of what is known to them."""

    def __init__(self, whole: _Flattening) -> None:
        self.whole, self.game, self.made = whole, whole.game, whole.made
        self.decisions: list[tuple[int, ...]] = []
        self.fields: list[tuple[int, ...]] = []
        self.options: list[tuple[int, ...]] = []
        self.costs: list[float] = []
        self.before: list[tuple[int, ...]] = []
        self.draws: list[int] = []
        self.draws_each: list[int] = []
        self.defaults, self.recorded = Lists(), Lists()
        self.recorded_at: list[int] = []

    def tables(self) -> dict[str, Any]:  # whole numbers, reals and words of chance
        """The tables, by their names in ``Shape``."""
        for index, decision in enumerate(self.game.decisions):
            self._decision(index, decision)
        fields = [*self.whole.first_field, len(self.fields)]
        options = [*self.whole.first_option, len(self.options)]
        return {
            "decisions": _table(self.decisions, 8),
            "field_from": np.array(fields, dtype=np.int64),
            "fields": _table(self.fields, 6),
            "option_from": np.array(options, dtype=np.int64),
            "options": _table(self.options, 6),
            "costs": np.array(self.costs, dtype=np.float64),
            "before": _table(self.before, 2),
            "draws": _words(self.draws),
            "draws_each": np.array(self.draws_each, dtype=np.int64),
            "default_from": self.defaults.begins(), "defaults": self.defaults.flat(),
            "recorded_from": self.recorded.begins(), "recorded": self.recorded.flat(),
            "recorded_at": np.array(self.recorded_at, dtype=np.int64),
        }  # fmt: skip

    def _decision(self, index: int, decision: Decision) -> None:
        hidden = frozenset(
            cell
            for cell, knowers in enumerate(self.game.cell_knowers)
            if not may_know(knowers, decision.role)
        )
        mind = self.whole.minds(self.made, decision, hidden)
        first = len(self.before)
        self.before += mind.before
        opening = decision.opening
        self.decisions.append((
            decision.cell, decision.last, self.made.guard(opening.when), opening.once,
            opening.rest, MODES.index(mind.mode), first, len(self.before),
        ))  # fmt: skip
        unsure = self.whole.plan.unsure[index]
        for at, field in enumerate(decision.fields):
            self._field(decision, field, mind, at, field in unsure, hidden)
        self._record(index, decision, mind)

    def _field(
        self, decision: Decision, field: Field, mind: Mind, at: int, unsure: bool,
        hidden: frozenset[int],
    ) -> None:  # fmt: skip
        first_draw, first = len(self.draws), len(self.options)
        sittings = mind.draws[at] if mind.draws else ()
        for words in sittings:
            self.draws += words
        self.draws_each.append(len(sittings[0]) if sittings else 0)
        self.fields.append((
            field.cell, field.many, self.made.number(field.budget), unsure,
            self.made.number(field.budget, hidden), first_draw,
        ))  # fmt: skip
        for number, option in enumerate(field.options):
            weight = mind.weights[at][number] if mind.weights else -1
            self.options.append((
                option.cell, self.made.guard(option.when), *self.whole.effects(option.effects),
                self.made.guard(option.when, hidden), weight,
            ))  # fmt: skip
            self.costs.append(option.cost)
        self.defaults.add(self._places(field, first, decision.default))

    def _places(
        self, field: Field, first: int, answer: Sequence[tuple[str, str]]
    ) -> list[tuple[int]]:
        """The options of an answer to a field, each once, in the order in which they are named."""
        ids = [option.id for option in field.options]
        wanted = dict.fromkeys(o for f, o in answer if f == field.id and o in ids)
        return [(first + ids.index(id),) for id in wanted]

    def _record(self, index: int, decision: Decision, mind: Mind) -> None:
        moments, laps = len(self.game.moments), self.whole.laps
        if mind.mode != "historical":
            self.recorded_at += [-1] * (moments * laps)
            return
        rows: dict[tuple[tuple[str, str], ...], int] = {}
        for moment in range(moments):
            for lap in range(laps):
                answer = chosen_by_history(self.game, index, moment, lap)
                if answer is None:
                    self.recorded_at.append(-1)
                    continue
                if answer not in rows:
                    rows[answer] = len(self.recorded.starts) - 1
                    for at, field in enumerate(decision.fields):
                        first = self.whole.first_option[self.whole.first_field[index] + at]
                        self.recorded.add(self._places(field, first, answer))
                self.recorded_at.append(rows[answer])


def _table(rows: Sequence[Sequence[int]], width: int) -> Whole:
    return np.array([[int(x) for x in row] for row in rows], dtype=np.int64).reshape(-1, width)


def _reals(rows: Sequence[tuple[float, float]]) -> Real:
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _words(words: Sequence[int]) -> Bits:
    return np.array([*words, 0], dtype=np.uint64)
