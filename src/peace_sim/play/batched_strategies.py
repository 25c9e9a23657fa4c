"""The strategies of ``play.strategies`` in many plays at once, and many lists side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch import Answering, Taken, Window
from peace_sim.engine.batch.answers import affordable
from peace_sim.engine.batch.tables import Tables, fits_of, tables_of
from peace_sim.engine.batch.values import (
    Kept,
    Rows,
    Truth,
    Value,
    Values,
    both,
    choose,
    clamped,
    either,
    most,
    opposite,
    somewhere,
)
from peace_sim.engine.game import Decision, Effect, Field, Game, Option, may_know
from peace_sim.play.batched import Drawing, Mind, answering, leaning
from peace_sim.play.nearness import Code, nearness
from peace_sim.play.policies import CHARACTER, LEAST, Policy
from peace_sim.play.strategies import (
    AT_ONCE,
    FAVOUR,
    Conceding,
    FixedList,
    Greedy,
    at_stake,
    touched,
)


def playing(game: Game, policy_of: Callable[[str], Policy]) -> Answering:
    """The policies' answers, strategies among them, each in its array form."""
    tables = tables_of(game)

    def known_form(role: str) -> Policy:
        policy = policy_of(role)
        return CHARACTER if isinstance(policy, Conceding | Greedy | FixedList) else policy

    plain = answering(game, known_form)
    own = {
        index: mind
        for index, decision in enumerate(game.decisions)
        for mind in (_mind(tables, decision, policy_of(decision.role)),)
        if mind is not None
    }
    return lambda window, index: own[index](window) if index in own else plain(window, index)


def _mind(tables: Tables, decision: Decision, policy: Policy) -> Mind | None:
    known = tables.known_to(decision.role)
    match policy:
        case Conceding():
            return _Inclined(tables, decision, known, _Conceding(policy.way, decision))
        case Greedy():
            return _Inclined(tables, decision, known, _Foreseeing(tables, decision))
        case FixedList():
            wanted = dict(policy.answers).get(decision.id, decision.default)
            return lambda window: _listed(decision, known, wanted, window)
        case _:
            return None


# ── inclined ─────────────────────────────────────────────────────────────────────────────────

Favours = Callable[[Window, int], Sequence[Value]]
"""For a window and the place of a field: how much each of its options is favoured."""


class _Inclined(Drawing):
    """``strategies.Inclined``: character's weights, as far as favour lets them stand."""

    def __init__(
        self, tables: Tables, decision: Decision, known: Values, favours: Favours
    ) -> None:
        super().__init__(tables, decision, known, leaning(tables, decision, known))
        self.favours = favours

    def weighed(self, window: Window, at: int) -> list[Value]:
        """What is disfavoured weighs nothing; what is favoured in a plan comes first."""
        weights = super().weighed(window, at)
        favours = self.favours(window, at)
        if self.decision.fields[at].many:
            return [_in_plan(w, favour) for w, favour in zip(weights, favours, strict=True)]
        offered = [guard(window.rows, window.day) for guard in self.guards[at]]
        best: Value = float("-inf")
        for favour, there in zip(favours, offered, strict=True):
            best = choose(there, most(best, favour), best)
        return [
            choose(_is(favour < best), 0.0, most(weight, LEAST))
            for weight, favour in zip(weights, favours, strict=True)
        ]


def _in_plan(weight: Value, favour: Value) -> Value:
    first = choose(_is(favour > 0.0), most(weight, LEAST) * FAVOUR, weight)
    return choose(_is(favour < 0.0), 0.0, first)


class _Conceding:
    def __init__(self, way: float, decision: Decision) -> None:
        self.favours = [[way * o.concedes for o in f.options] for f in decision.fields]

    def __call__(self, window: Window, at: int) -> Sequence[Value]:
        return self.favours[at]


class _Foreseeing:
    """``Greedy.favour``, on the rows as the role would be shown them: what is hidden reads as 0."""

    def __init__(self, tables: Tables, decision: Decision) -> None:
        game = self.game = tables.game
        self.decision = decision
        self.hidden = [
            cell
            for cell, knowers in enumerate(game.cell_knowers)
            if not may_know(knowers, decision.role)
        ]
        values = Values()  # its own, so that what the engine keeps of its rows is not pushed out
        self.stakes = [
            [at_stake(game, decision.role, option) for option in field.options]
            for field in decision.fields
        ]
        wanted = {goal for field in self.stakes for goals in field for goal in goals}
        self.near: dict[int, Code] = {
            goal: nearness(game.goals[goal].when, values.number, values.guard) for goal in wanted
        }
        self.parts = {
            id(effect): (
                values.guard(effect.when),
                None if effect.amount is None else values.number(effect.amount),
            )
            for field in decision.fields
            for option in field.options
            for effect in option.effects
            if effect.kind in AT_ONCE
        }

    def __call__(self, window: Window, at: int) -> Sequence[Value]:
        options = self.decision.fields[at].options
        stakes = self.stakes[at]
        if not any(stakes):
            return [0.0] * len(options)
        rows = list(window.rows)
        for cell in self.hidden:
            rows[cell] = 0.0
        day = window.day
        now = {goal: self.near[goal](rows, day) for goals in stakes for goal in goals}
        found: list[Value] = []
        for option, goals in zip(options, stakes, strict=True):
            gain: Value = 0.0
            if goals:
                after = self._after(rows, day, option)
                for goal in goals:
                    gain = gain + (self.near[goal](after, day) - now[goal])
            found.append(gain)
        return found

    def _after(self, rows: Rows, day: int, option: Option) -> Rows:
        after = list(rows)
        for effect in option.effects:
            if effect.kind in AT_ONCE:
                cell = touched(self.game, effect)
                guard, amount = self.parts[id(effect)]
                where = guard(rows, day)
                if somewhere(where):
                    level = self._level(effect, after[cell], amount, rows, day)
                    after[cell] = choose(where, level, after[cell])
        return after

    def _level(
        self, effect: Effect, before: Value, amount: Kept[Value] | None, rows: Rows, day: int
    ) -> Value:
        if effect.kind in ("enter", "choose"):
            return float(effect.word)
        variable = self.game.variables[effect.target]
        more: Value = 0.0 if amount is None else amount(rows, day)
        level = before + more if effect.kind == "add" else more
        return clamped(variable.low, variable.high, level)


def _is(compared: object) -> Truth:
    return compared if isinstance(compared, np.ndarray | bool) else bool(compared)


# ── fixed lists ──────────────────────────────────────────────────────────────────────────────


def _listed(
    decision: Decision, known: Values, wanted: Sequence[tuple[str, str]], window: Window
) -> Taken:
    """One list in every play: ``strategies.FixedList``."""
    found = []
    for field in decision.fields:
        ids = [option for id, option in wanted if id == field.id]
        if field.many:
            found.append(affordable(field, ids, known, window.rows, window.day))
        else:
            liked = [option.id in ids[:1] for option in field.options]
            found.append(_first_open(field, known, liked, window))
    return tuple(found)


def _first_open(
    field: Field, known: Values, liked: Sequence[Truth], window: Window
) -> tuple[Truth, ...]:
    """The liked option where it is open, else the first that is."""
    is_open = [known.guard(option.when)(window.rows, window.day) for option in field.options]
    taken = [both(like, there) for like, there in zip(liked, is_open, strict=True)]
    left: Truth = True
    for there in taken:
        left = both(left, opposite(there))
    for at, there in enumerate(is_open):
        taken[at] = either(taken[at], both(left, there))
        left = both(left, opposite(there))
    return tuple(taken)


Likes = Mapping[tuple[str, str], NDArray[np.bool_]]
"""Field and option of a decision → in which plays its list wants it, by the play's number."""


def many_lists(
    game: Game, role: str, likes: Mapping[str, Likes], others: Policy = CHARACTER
) -> Answering:
    """Each play's own list for one role (decision → likes), and a policy for everyone else.

    As ``FixedList`` of the options liked, a plan's in declared order.
    """
    tables = tables_of(game)
    known = tables.known_to(role)
    plain = answering(game, lambda role: others)

    def answer(window: Window, index: int) -> Taken:
        decision = game.decisions[index]
        if decision.role != role:
            return plain(window, index)
        number, found = window.block.number, []
        for field in decision.fields:
            liked = [likes[decision.id][field.id, o.id][number] for o in field.options]
            if field.many:
                found.append(_as_fits(field, known, liked, window))
            else:
                found.append(_first_open(field, known, liked, window))
        return tuple(found)

    return answer


def _as_fits(
    field: Field, known: Values, liked: Sequence[Truth], window: Window
) -> tuple[Truth, ...]:
    fits = fits_of(field, known)
    chosen: list[Truth] = [False for _ in field.options]
    for at, option in enumerate(field.options):
        there = both(liked[at], known.guard(option.when)(window.rows, window.day))
        if somewhere(there):
            chosen[at] = both(there, fits(chosen, at, window.rows, window.day))
    return tuple(chosen)
