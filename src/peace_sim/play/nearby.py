"""The answers that can be given beside a given one: what a role tries when it thinks ahead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from peace_sim.engine.game import Answer, Decision, Field, Game, Option
from peace_sim.engine.opening import fits, option_open
from peace_sim.engine.state import State


def is_single(decision: Decision) -> bool:
    """Whether a decision is one choice, and neither a plan nor a package of several."""
    return len(decision.fields) == 1 and not decision.fields[0].many


def only_one(game: Game, known: State, decision: Decision) -> bool:
    """Whether nothing but one answer can be given now."""
    for field in decision.fields:
        offer = _offer(game, known, field)
        if not field.many and len(offer) > 1:
            return False
        budget = _budget(game, known, field)
        if field.many and any(fits(field, (), option, budget) for option in offer):
            return False
    return True


def one_apart(game: Game, known: State, decision: Decision, answer: Answer) -> Iterator[Answer]:
    """The answers that differ from a given one in one choice, or in one act put in, out or instead.

    They come in declared order, each in the order in which an answer is kept.
    """
    for field in decision.fields:
        taken = {option for id, option in answer if id == field.id}
        offer = _offer(game, known, field)
        if not field.many:
            others = iter([{option.id} for option in offer if option.id not in taken])
        else:
            others = _plans(field, taken, offer, _budget(game, known, field))
        for other in others:
            yield _with(decision, answer, field, other)


def _plans(
    field: Field, taken: set[str], offer: list[Option], budget: float | None
) -> Iterator[set[str]]:
    """Plans with one act more; with one instead of another, or of two; with one less."""
    more = [option for option in offer if option.id not in taken]
    acts = [option.id for option in field.options if option.id in taken]
    for option in more:
        if fits(field, taken, option, budget):
            yield taken | {option.id}
        else:
            yield from _instead(field, taken, option, budget)
    for gone in acts:
        yield taken - {gone}


def _instead(
    field: Field, taken: set[str], option: Option, budget: float | None
) -> Iterator[set[str]]:
    """Plans with an act for which there is no room, in place of one, or else of two that have to go
    for it."""
    acts = [option.id for option in field.options if option.id in taken]
    for count in (1, 2):
        room = [
            taken.difference(gone)
            for gone in combinations(acts, count)
            if fits(field, taken.difference(gone), option, budget)
        ]
        if room:
            yield from (left | {option.id} for left in room)
            return


def _with(decision: Decision, answer: Answer, changed: Field, taken: set[str]) -> Answer:
    given = set(answer)
    pairs = [(field, option.id) for field in decision.fields for option in field.options]
    return tuple(
        (field.id, id)
        for field, id in pairs
        if (id in taken if field is changed else (field.id, id) in given)
    )


def _offer(game: Game, known: State, field: Field) -> list[Option]:
    day = game.moments[known.moment].day
    return [option for option in field.options if option_open(option, known.cells, day)]


def _budget(game: Game, known: State, field: Field) -> float | None:
    day = game.moments[known.moment].day
    return None if field.budget is None else field.budget.of(known.cells, day)
