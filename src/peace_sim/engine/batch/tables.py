"""A game compiled for many plays at once: each part with what it reads, ready for rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from peace_sim.engine.batch.values import (
    Code,
    Kept,
    Rows,
    Truth,
    Value,
    Values,
    always,
    any_of,
    both,
    either,
    kept_truth,
    opposite,
    somewhere,
)
from peace_sim.engine.game import Decision, Effect, Field, Game, Track, Transition, Vote, may_know
from peace_sim.engine.plan import Plan, plan_of


@dataclass(frozen=True, slots=True)
class Way:
    """A transition, and the games in which it would fire were it looked at now."""

    transition: Transition
    fires: Truth


class Tables:
    """What a game's parts come to in many plays at once. What is made is kept for the next block.

    ``values`` sees every cell; ``known_to`` gives what one role may read, as a masked state would.
    """

    def __init__(self, game: Game) -> None:
        self.game = game
        self.plan: Plan = plan_of(game)
        self.values = Values()
        self.tick = {moment.day: moment.tick for moment in game.moments}
        self.asked = tuple(self._asked(index) for index in range(len(game.decisions)))
        self.ways = tuple(self._ways(track) for track in game.tracks)
        self.drifts = tuple(
            (drift, self.values.guard(drift.when), self.values.number(drift.amount))
            for drift in game.drifts
        )
        self.errors = tuple(self.values.number(e.error) for e in game.estimates)
        self.events = {
            event.id: (
                self.values.guard(event.when),
                None if event.chance is None else self.values.number(event.chance),
            )
            for event in game.events
        }
        self.endings = {e.id: self.values.guard(e.when) for e in game.endings if e.when}
        self._known: dict[str, Values] = {}
        self._effects: dict[int, tuple[Effect, Kept[Truth], Kept[Value] | None]] = {}
        for ballot in game.ballots:
            for _, index in ballot.members:
                _is_a_vote(game.decisions[index])

    def known_to(self, role: str) -> Values:
        """What a role may read: hidden cells read as 0."""
        if role not in self._known:
            hidden = frozenset(
                cell
                for cell, knowers in enumerate(self.game.cell_knowers)
                if not may_know(knowers, role)
            )
            self._known[role] = Values(hidden, self.values)
        return self._known[role]

    def effect(self, effect: Effect) -> tuple[Effect, Kept[Truth], Kept[Value] | None]:
        """An effect with its guard and amount."""
        if id(effect) not in self._effects:
            amount = None if effect.amount is None else self.values.number(effect.amount)
            self._effects[id(effect)] = (effect, self.values.guard(effect.when), amount)
        return self._effects[id(effect)]

    def _asked(self, index: int) -> Kept[Truth]:
        """Where a decision that the calendar allows is asked: see ``opening._is_asked``."""
        decision = self.game.decisions[index]
        opening, made, last = decision.opening, decision.cell, decision.last
        when = self.values.guard(opening.when)
        unsure = [
            [self.values.guard(option.when) for option in field.options]
            for field in self.plan.unsure[index]
        ]
        tick = self.tick

        def asked(rows: Rows, day: int) -> Truth:
            truth = when(rows, day)
            if opening.once:
                truth = both(truth, _is(rows[made] == 0))
            if opening.rest:
                then = rows[last]
                rested = tick[day] - (then - 1) >= opening.rest
                truth = both(truth, either(_is(then == 0), _is(rested)))
            for options in unsure:
                if truth is False:
                    return False
                truth = both(truth, any_of(guard(rows, day) for guard in options))
            return truth

        reads = {*when.reads, *(cell for options in unsure for o in options for cell in o.reads)}
        reads |= ({made} if opening.once else set()) | ({last} if opening.rest else set())
        daily = bool(opening.rest) or when.daily or any(o.daily for fs in unsure for o in fs)
        return kept_truth(reads, daily, asked)

    def _ways(self, track: Track) -> Kept[list[Way]]:
        """The transitions of a track that would fire somewhere, at most one in each game."""
        cell, since, stands_at = track.cell, track.since, self.values.stands_at
        parts: list[tuple[Transition, list[Code[Truth]], Kept[Truth]]] = []
        for way in track.transitions:
            sources = [stands_at(cell, float(s)) for s in sorted(way.sources) if s != way.target]
            if sources:
                parts.append((way, sources, self.values.guard(way.when)))
        if not parts:
            return always([])

        def leaving(rows: Rows, day: int) -> list[tuple[Transition, Truth, Kept[Truth]]]:
            found: list[tuple[Transition, Truth, Kept[Truth]]] = []
            for way, sources, guard in parts:
                there = any_of(source(rows, day) for source in sources)
                if there is not False:
                    found.append((way, there, guard))
            return found

        stands = Kept((cell,), False, leaving)

        def ways(rows: Rows, day: int) -> list[Way]:
            left: Truth = True
            found = []
            for way, there, guard in stands(rows, day):
                fires = both(both(there, left), guard(rows, day))
                if fires is not False and way.after:
                    fires = both(fires, _is(day - rows[since] >= way.after))
                if somewhere(fires):
                    found.append(Way(way, fires))
                    left = both(left, opposite(fires))
            return found

        timed = any(way.after for way, _, _ in parts)
        reads = {cell, *(c for _, _, guard in parts for c in guard.reads)}
        daily = timed or any(guard.daily for _, _, guard in parts)
        return Kept(reads | ({since} if timed else set()), daily, ways)


def _is(compared: object) -> Truth:
    truth: Truth = compared  # type: ignore[assignment]
    return truth


def _is_a_vote(decision: Decision) -> None:
    field = decision.fields[0]
    if field.many or {option.id for option in field.options} - set(Vote):
        raise ValueError(f"{decision.id} is no vote: a ballot's members say yes, no or abstain")


@lru_cache(maxsize=8)
def tables_of(game: Game) -> Tables:
    """The tables of a game, made once."""
    return Tables(game)


Fits = Callable[[Sequence[Truth], int, Rows, int], Truth]


def fits_of(field: Field, values: Values) -> Fits:
    """Where a plan with one option more is within the budget, added as ``opening.fits`` adds."""
    if field.budget is None:
        return lambda taken, more, rows, day: True
    budget = values.number(field.budget)
    costs = [option.cost for option in field.options]

    def fits(taken: Sequence[Truth], more: int, rows: Rows, day: int) -> Truth:
        spent: Value = 0.0
        for index, cost in enumerate(costs):
            if index == more or taken[index] is True:
                spent = spent + cost
            elif taken[index] is not False:
                spent = spent + np.where(taken[index], cost, 0.0)
        return _is(spent <= budget(rows, day))

    return fits
