"""Answers in many plays at once: what is declared as default, and what history chose."""

from __future__ import annotations

from functools import lru_cache

from peace_sim.engine.batch.tables import Tables, fits_of
from peace_sim.engine.batch.values import (
    Rows,
    Taken,
    Truth,
    Value,
    Values,
    any_of,
    both,
    choose,
    either,
    opposite,
)
from peace_sim.engine.game import Answer, Decision, Field, Game
from peace_sim.engine.opening import find_field, find_option, historical_answer
from peace_sim.engine.state import State, World


def declared(tables: Tables, index: int, known: Values, rows: Rows, day: int) -> Taken:
    """The declared default, where it is open: see ``opening.default_answer``."""
    decision = tables.game.decisions[index]
    found = []
    for field in decision.fields:
        wanted = [option for id, option in decision.default if id == field.id]
        if field.many:
            found.append(affordable(field, wanted, known, rows, day))
        else:
            found.append(_first_open(field, wanted[:1], known, rows, day))
    return tuple(found)


def recorded(
    tables: Tables, index: int, known: Values, rows: Rows, moment: int, lap: int
) -> Taken:
    """History's answer as far as it can be given, and the default for the rest."""
    game = tables.game
    day = game.moments[moment].day
    fallen = declared(tables, index, known, rows, day)
    wanted = chosen_by_history(game, index, moment, lap)
    if wanted is None:
        return fallen
    found = []
    for field, instead in zip(game.decisions[index].fields, fallen, strict=True):
        ids = [option for id, option in wanted if id == field.id]
        if field.many:
            found.append(affordable(field, ids, known, rows, day))
            continue
        at = next((i for i, o in enumerate(field.options) if o.id in ids[:1]), None)
        if at is None:
            found.append(instead)
            continue
        given = known.guard(field.options[at].when)(rows, day)
        found.append(
            tuple(
                either(given if i == at else False, both(opposite(given), other))
                for i, other in enumerate(instead)
            )
        )
    return tuple(found)


@lru_cache(maxsize=65536)
def chosen_by_history(game: Game, index: int, moment: int, lap: int) -> Answer | None:
    """What history chose at a window, which the calendar and the sitting alone decide."""
    state = State(World(""), "", moment, 0, lap, (), (), None)
    return historical_answer(game, game.decisions[index], state)


def _first_open(
    field: Field, wanted: list[str], known: Values, rows: Rows, day: int
) -> tuple[Truth, ...]:
    """The wanted option where it is open, else the first that is."""
    is_open = [known.guard(option.when)(rows, day) for option in field.options]
    taken: list[Truth] = [False for _ in field.options]
    left: Truth = True
    first = [i for i, option in enumerate(field.options) if option.id in wanted]
    for i in (*first, *range(len(is_open))):
        taken[i] = either(taken[i], both(left, is_open[i]))
        left = both(left, opposite(is_open[i]))
    return tuple(taken)


def affordable(
    field: Field, wanted: list[str], known: Values, rows: Rows, day: int
) -> tuple[Truth, ...]:
    """The wanted options of a plan that are open and fit the budget, the first wanted first."""
    fits = fits_of(field, known)
    taken: list[Truth] = [False for _ in field.options]
    places = {option.id: i for i, option in enumerate(field.options)}
    for id in dict.fromkeys(wanted):
        at = places.get(id)
        if at is not None:
            there = known.guard(field.options[at].when)(rows, day)
            taken[at] = both(there, fits(taken, at, rows, day))
    return tuple(taken)


def given(
    tables: Tables, decision: Decision, answer: Answer, rows: Rows, day: int
) -> tuple[Truth, Taken]:
    """Where an answer can be given now, and the answer: see ``opening.check_answer``.

    Raises UnreadableMove for an answer that names what does not exist.
    """
    for id, wanted in answer:
        find_option(find_field(decision, id), wanted)
    well_formed, found = True, []
    for field in decision.fields:
        chosen = [option for id, option in answer if id == field.id]
        if len(set(chosen)) != len(chosen) or (not field.many and len(chosen) != 1):
            well_formed = False
        found.append(tuple(option.id in chosen for option in field.options))
    taken = tuple(found)
    return both(well_formed, open_and_fitting(tables, decision, taken, rows, day)), taken


def open_and_fitting(
    tables: Tables, decision: Decision, taken: Taken, rows: Rows, day: int
) -> Truth:
    """Where all that is taken is open and within the budget; an empty plan always is."""
    can: Truth = True
    for field, options in zip(decision.fields, taken, strict=True):
        spent: Value = 0.0
        for option, there in zip(field.options, options, strict=True):
            if there is not False:
                is_open = tables.values.guard(option.when)(rows, day)
                can = both(can, either(opposite(there), is_open))
                spent = spent + choose(there, option.cost, 0.0)
        if field.budget is not None:
            within: Truth = opposite(spent > tables.values.number(field.budget)(rows, day))
            can = both(can, either(opposite(any_of(options)), within))
    return can
