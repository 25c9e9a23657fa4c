"""The policies in many plays at once: the same answers as ``play.policies``, draw for draw.

Imported only where many plays are wanted, since it needs arrays. A policy without a form here is
asked play by play, so that no answer is ever another than its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch import Answering, Taken, Window
from peace_sim.engine.batch.answers import declared, given, open_and_fitting, recorded
from peace_sim.engine.batch.block import Block
from peace_sim.engine.batch.run import in_place
from peace_sim.engine.batch.tables import Tables, fits_of, tables_of
from peace_sim.engine.batch.values import (
    Array,
    Kept,
    Mask,
    Rows,
    Truth,
    Value,
    Values,
    always,
    both,
    either,
    least,
    most,
    opposite,
    somewhere,
)
from peace_sim.engine.game import Answer, Character, Decision, Field, Game, Option, Role
from peace_sim.engine.state import State
from peace_sim.play.playout import Overrides
from peace_sim.play.policies import (
    CHARACTER,
    COVERING,
    DEFAULT,
    EVEN,
    GIVING,
    HISTORICAL,
    LEAST,
    RANDOM,
    WEIGHTS,
    Policy,
    answers,
)

Mind = Callable[[Window], Taken]
"""What answers one decision."""


def answering(
    game: Game, policy_of: Callable[[str], Policy], overrides: Overrides | None = None
) -> Answering:
    """The policies' answers, with ``overrides`` in place of them where those can be given."""
    tables = tables_of(game)
    minds = {i: _mind(tables, i, policy_of(d.role)) for i, d in enumerate(game.decisions)}
    wanted = {i: _wanted(d.id, overrides or {}) for i, d in enumerate(game.decisions)}

    def answer(window: Window, index: int) -> Taken:
        taken = minds[index](window)
        for nth, instead in reversed(wanted[index]):
            taken = _overridden(window, index, nth, instead, taken)
        return taken

    return answer


def again(block: Block, kept: int, answer: Answering) -> Answering:
    """The answers that are sealed in a block to one decision, whenever they can be given."""
    where, sealed = block.sealed[kept]
    tables, decision = block.tables, block.game.decisions[kept]

    def answered(window: Window, index: int) -> Taken:
        own = answer(window, index)
        if index != kept:
            return own
        columns = window.block.number
        wanted = tuple(tuple(_of(option, columns) for option in field) for field in sealed)
        can = open_and_fitting(tables, decision, wanted, window.rows, window.day)
        return in_place(both(_of(where, columns), can), wanted, own)

    return answered


def _of(where: Truth, columns: NDArray[np.intp]) -> Truth:
    return where if isinstance(where, bool) else where[columns]


def _wanted(id: str, overrides: Overrides) -> list[tuple[int | None, Answer]]:
    """The overrides of a decision, those for one time of it before that for each time."""
    found: list[tuple[int | None, Answer]] = []
    for key, answer in overrides.items():
        if key == id:
            found.append((None, answer))
        elif isinstance(key, tuple) and key[0] == id:
            found.insert(0, (key[1], answer))
    return found


def _overridden(
    window: Window, index: int, nth: int | None, answer: Answer, taken: Taken
) -> Taken:
    block = window.block
    decision = block.game.decisions[index]
    can, instead = given(block.tables, decision, answer, window.rows, window.day)
    if nth is not None:
        before: Truth = window.rows[decision.cell] - block.start[decision.cell] == nth
        can = both(can, before)
    if not somewhere(can):
        return taken
    return in_place(can, instead, taken)


def _mind(tables: Tables, index: int, policy: Policy) -> Mind:
    decision = tables.game.decisions[index]
    known = tables.known_to(decision.role)
    if policy == CHARACTER:
        return Drawing(tables, decision, known, leaning(tables, decision, known))
    if policy == WEIGHTS:
        return Drawing(tables, decision, known, lambda option: _weight(known, option))
    if policy == RANDOM:
        return _Tossing(tables, decision, known)
    if policy == DEFAULT:
        return lambda window: declared(tables, index, known, window.rows, window.day)
    if policy == HISTORICAL:
        return lambda window: recorded(
            tables, index, known, window.rows, window.block.moment, window.lap
        )
    return lambda window: _one_by_one(window, index, policy)


def leaning(
    tables: Tables, decision: Decision, known: Values
) -> Callable[[Option], Kept[Value]]:
    """How strongly each option draws a role: ``policies.leaning``."""
    character = tables.game.role(decision.role).character
    if character is None:
        return lambda option: _weight(known, option)
    return _scores(tables.game, known, decision, character)


def _stem(decision: Decision, window: Window) -> str:
    return f"policy/{decision.role}/{decision.id}/{window.lap}/"


# ── weights, and the scores of a character ───────────────────────────────────────────────────


def _weight(known: Values, option: Option) -> Kept[Value]:
    if option.weight is None:
        return always(1.0)
    number = known.number(option.weight)
    return Kept(number.reads, number.daily, lambda rows, day: most(0.0, number(rows, day)))


class _Temper:
    """How a role stands: ``policies.temper``, each part kept as long as what it reads stands."""

    def __init__(self, known: Values, character: Character) -> None:
        parts = (character.hope, character.pain, character.way_out, character.face)
        hope, pain, way_out, face = (known.number(part) for part in parts)
        self.trust = {
            role: Kept(n.reads, n.daily, lambda rows, day, n=n: _share(n(rows, day)))  # type: ignore[misc]
            for role, number in character.trust.items()
            for n in (known.number(number),)
        }
        self.face = Kept(face.reads, face.daily, lambda rows, day: _share(face(rows, day)))
        trusts = tuple(self.trust.values())

        def worry(rows: Rows, day: int) -> Value:
            total: Value = 0.0
            for level in trusts:
                total = total + level(rows, day)
            return 1.0 - total / len(trusts) if trusts else 0.5

        def lean(rows: Rows, day: int) -> Value:
            hopes, pains, ways = (_share(n(rows, day)) for n in (hope, pain, way_out))
            ready = least(1.0, EVEN * (1.0 - hopes) * pains * ways)
            weak = most(0.0, 1.0 - 2.0 * self.face(rows, day))
            return most(-1.0, 2.0 * ready - 1.0 - weak)

        self.worry = _kept(trusts, worry)
        self.lean = _kept((hope, pain, way_out, face), lean)


def _kept(parts: tuple[Kept[Value], ...], code: Callable[[Rows, int], Value]) -> Kept[Value]:
    reads = {cell for part in parts for cell in part.reads}
    return Kept(reads, any(part.daily for part in parts), code)


def _share(level: Value) -> Value:
    return least(100.0, most(0.0, level)) / 100.0


def _scores(
    game: Game, known: Values, decision: Decision, character: Character
) -> Callable[[Option], Kept[Value]]:
    """``CharacterPolicy``'s score of an option: weight times what moves the role, squared."""
    stands, role = _Temper(known, character), game.role(decision.role)

    def score_of(option: Option) -> Kept[Value]:
        weight = _weight(known, option)
        counts = _counts(stands, role, option)

        def score(rows: Rows, day: int) -> Value:
            value = weight(rows, day)
            for count in counts:
                value = value * count(rows, day)
            return value * value

        return _kept((weight, *counts), score)

    return score_of


def _counts(stands: _Temper, role: Role, option: Option) -> tuple[Kept[Value], ...]:
    """What giving way, its fears and the addressee multiply a weight by; 1 changes nothing."""
    found = []
    if option.concedes:
        lean, giving = stands.lean, GIVING * option.concedes
        found.append(_kept((lean,), lambda rows, day: most(LEAST, 1.0 + giving * lean(rows, day))))
    if option.eases == "face":
        face = stands.face
        found.append(_kept((face,), lambda rows, day: 1.0 + COVERING * (1.0 - face(rows, day))))
    elif option.eases and option.toward in stands.trust:
        trust = stands.trust[option.toward]
        found.append(_kept((trust,), lambda rows, day: 1.0 + COVERING * (1.0 - trust(rows, day))))
    elif option.eases:
        worry = stands.worry
        found.append(_kept((worry,), lambda rows, day: 1.0 + COVERING * worry(rows, day)))
    if option.toward and option.toward != role.id and option.toward in stands.trust:
        toward = stands.trust[option.toward]
        found.append(_kept((toward,), lambda rows, day: 0.5 + toward(rows, day)))
    return tuple(found)


# ── drawing answers ──────────────────────────────────────────────────────────────────────────


class _Lots:
    """The open options of a field with their weights, in every play: one row for each option."""

    def __init__(self, weights: Array, offered: Mask) -> None:
        self.weights = weights
        self.offered = offered
        self.reached: Array = weights * offered
        for before, row in zip(self.reached, self.reached[1:], strict=False):
            row += before
        self.total: Array = self.reached[-1]

    def one(self, share: Array, where: Truth = True) -> NDArray[np.int64]:
        """The option drawn in each of these plays: ``policies._one``."""
        target = share * self.total
        at = _how_many(self.reached <= target)
        past = (at == len(self.weights)) & where
        if past.any():
            positive = self.offered & (self.weights > 0.0)
            last = len(positive) - 1 - positive[::-1].argmax(axis=0)
            at = np.where(past, last, at)
            even = ~(self.total > 0.0)
            if even.any():
                at = np.where(even, self.nth(share), at)
        return at

    def nth(self, share: Array) -> NDArray[np.int64]:
        """Any of the open options, each as likely as the next."""
        counted = np.add.accumulate(self.offered, axis=0, dtype=np.int64)
        return _how_many(counted <= (share * counted[-1]).astype(np.int64))


def _how_many(holds: Mask) -> NDArray[np.int64]:
    """How many rows of a matrix hold, for each play."""
    found = np.zeros(holds.shape[1], dtype=np.int64)
    for row in holds:
        found += row
    return found


def _matrix(values: list[Value] | list[Truth], width: int, dtype: type) -> NDArray[np.generic]:
    made: NDArray[np.generic] = np.empty((len(values), width), dtype=dtype)
    for row, value in enumerate(values):
        made[row] = value
    return made


class Drawing:
    """Draws by weights, field by field: ``policies.drawn``."""

    def __init__(
        self,
        tables: Tables,
        decision: Decision,
        known: Values,
        weigh: Callable[[Option], Kept[Value]],
    ) -> None:
        self.decision = decision
        self.known = known
        self.guards = [[known.guard(o.when) for o in f.options] for f in decision.fields]
        self.weights = [[weigh(o) for o in f.options] for f in decision.fields]

    def __call__(self, window: Window) -> Taken:
        """The answer in each play."""
        stem = _stem(self.decision, window)
        return tuple(
            (self._plan if field.many else self._single)(window, stem, at, field)
            for at, field in enumerate(self.decision.fields)
        )

    def weighed(self, window: Window, at: int) -> list[Value]:
        """The weights of a field's options, as the window opened."""
        return [weight(window.rows, window.day) for weight in self.weights[at]]

    def _lots(self, window: Window, at: int) -> _Lots:
        width, rows, day = window.block.width, window.rows, window.day
        weights = self.weighed(window, at)
        offered = [guard(rows, day) for guard in self.guards[at]]
        return _Lots(_matrix(weights, width, np.float64), _matrix(offered, width, np.bool_))  # type: ignore[arg-type]

    def _single(self, window: Window, stem: str, at: int, field: Field) -> tuple[Truth, ...]:
        if len(field.options) == 1:
            return (True,)
        lots = self._lots(window, at)
        drawn = lots.one(window.draw(stem, field.id))
        return tuple([drawn == number for number in range(len(field.options))])

    def _plan(self, window: Window, stem: str, at: int, field: Field) -> tuple[Truth, ...]:
        rows, day, width = window.rows, window.day, window.block.width
        fits = fits_of(field, self.known)
        weights = self.weighed(window, at)
        chosen: list[Truth] = [False for _ in field.options]
        left: list[Truth] = [
            both(guard(rows, day), _positive(weight))
            for guard, weight in zip(self.guards[at], weights, strict=True)
        ]
        matrix = _matrix(weights, width, np.float64)
        for count in range(len(field.options)):
            left = [
                both(both(some, opposite(chosen[i])), fits(chosen, i, rows, day))
                for i, some in enumerate(left)
            ]
            offered = _matrix(left, width, np.bool_)
            active: Mask = np.asarray(offered.any(axis=0))
            if not active.any():
                break
            lots = _Lots(matrix, offered)  # type: ignore[arg-type]
            drawn = lots.one(window.draw(stem, f"{field.id}/{count}"), active)
            chosen = [
                either(some, active & (drawn == number)) for number, some in enumerate(chosen)
            ]
        return tuple(chosen)


def _positive(weight: Value) -> Truth:
    truth: Truth = weight > 0.0
    return truth


class _Tossing:
    """Any open answer: ``policies.Random``."""

    def __init__(self, tables: Tables, decision: Decision, known: Values) -> None:
        self.decision = decision
        self.known = known
        self.guards = [[known.guard(o.when) for o in f.options] for f in decision.fields]

    def __call__(self, window: Window) -> Taken:
        rows, day, stem = window.rows, window.day, _stem(self.decision, window)
        found: list[tuple[Truth, ...]] = []
        for field, guards in zip(self.decision.fields, self.guards, strict=True):
            offered = [guard(rows, day) for guard in guards]
            if field.many:
                found.append(self._plan(window, stem, field, offered))
                continue
            mask = _matrix(offered, window.block.width, np.bool_)
            lots = _Lots(np.zeros(mask.shape), mask)  # type: ignore[arg-type]
            drawn = lots.nth(window.draw(stem, field.id))
            found.append(tuple([drawn == number for number in range(len(offered))]))
        return tuple(found)

    def _plan(
        self, window: Window, stem: str, field: Field, offered: list[Truth]
    ) -> tuple[Truth, ...]:
        fits = fits_of(field, self.known)
        chosen: list[Truth] = [False for _ in field.options]
        for number, option in enumerate(field.options):
            if not somewhere(offered[number]):
                continue
            tossed: Truth = window.draw(stem, f"{field.id}/{option.id}") < 0.5
            there = both(offered[number], tossed)
            chosen[number] = both(there, fits(chosen, number, window.rows, window.day))
        return tuple(chosen)


# ── a policy that has no form here ───────────────────────────────────────────────────────────


def _one_by_one(window: Window, index: int, policy: Policy) -> Taken:
    """A policy asked in each play by itself."""
    block = window.block
    decision = block.game.decisions[index]
    taken = [
        [np.zeros(block.width, dtype=bool) for _ in field.options] for field in decision.fields
    ]
    places = {
        (field.id, option.id): (at, number)
        for at, field in enumerate(decision.fields)
        for number, option in enumerate(field.options)
    }
    for column in block.columns(window.asked[index]):
        state = state_at(window, int(column))
        for move in answers(block.game, state, (index,), lambda role: policy):
            for pair in move.answer:
                at, number = places[pair]
                taken[at][number][column] = True
    return tuple(tuple(options) for options in taken)


def state_at(window: Window, column: int) -> State:
    """One play's state, as its window opened."""
    block: Block = window.block
    cells = tuple(
        row if isinstance(row, float) else float(row[column]) for row in window.rows
    )
    opened: State = replace(
        block.states[block.number[column]], moment=block.moment, stage=window.stage,
        lap=window.lap, cells=cells, sealed=(), ending=None,
    )  # fmt: skip
    return opened
