"""Which decisions are open, and what may be answered: one place for the offer and the refusal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from peace_sim.engine.game import Answer, Cells, Decision, Field, Game, Moment, Option
from peace_sim.engine.plan import plan_of
from peace_sim.engine.state import Move, State


@dataclass(unsafe_hash=True)  # frozen, it could not pass through a context manager
class NotOpen(Exception):
    """A move that cannot be made now, with data for a screen to put into words."""

    reason: str
    """ended, not-asked, withdrawn, no-answer, twice, option, or budget."""
    decision: str
    option: str = ""
    spent: float = 0.0
    budget: float = 0.0


@dataclass(unsafe_hash=True)  # frozen, it could not pass through a context manager
class UnreadableMove(Exception):
    """A move that names what does not exist here."""

    what: str
    """decision, role, field or option."""
    named: str
    nearest: str | None


def opened(game: Game, state: State) -> tuple[int, ...]:
    """The indices of the decisions open in the present window, in declared order."""
    if state.ending is not None or state.stage < 0:
        return ()
    return open_in_stage(game, state, state.stage)


def open_in_stage(game: Game, state: State, stage: int) -> tuple[int, ...]:
    """The indices of the decisions that would be open were the window ``stage``'s."""
    return asked_at(game, state.moment, state.cells, stage)


def asked_at(game: Game, moment: int, cells: Cells, stage: int) -> tuple[int, ...]:
    """The indices of the decisions of a stage that are asked at a moment, in declared order."""
    plan = plan_of(game)
    at = game.moments[moment]
    return tuple([
        index
        for index in plan.askable(stage, moment)
        if _is_asked(at, cells, game.decisions[index], plan.unsure[index])
    ])


def _is_asked(
    moment: Moment, cells: Cells, decision: Decision, unsure: tuple[Field, ...]
) -> bool:
    """Whether what was answered before, the guard and the options let a decision open."""
    opening = decision.opening
    if opening.once and cells[decision.cell]:
        return False
    made = cells[decision.last]
    if opening.rest and made and moment.tick - (made - 1) < opening.rest:
        return False
    if opening.when is not None and not opening.when.holds(cells, moment.day):
        return False
    return all(
        any(option_open(option, cells, moment.day) for option in field.options)
        for field in unsure
    )


def option_open(option: Option, cells: Cells, day: int) -> bool:
    """Whether an option's guard holds."""
    return option.when is None or option.when.holds(cells, day)


def find_field(decision: Decision, id: str) -> Field:
    """The field of this id. Raises UnreadableMove."""
    for field in decision.fields:
        if field.id == id:
            return field
    raise UnreadableMove("field", id, _nearest(id, [f.id for f in decision.fields]))


def find_option(field: Field, id: str) -> Option:
    """The option of this id. Raises UnreadableMove."""
    for option in field.options:
        if option.id == id:
            return option
    raise UnreadableMove("option", id, _nearest(id, [o.id for o in field.options]))


def readable(game: Game, move: Move) -> Decision:
    """The decision that a move answers. Raises UnreadableMove."""
    index = game.index["decision"].get(move.decision)
    if index is None:
        # only the role's own: what others are asked is not for it to learn by misspelling
        known = [d.id for d in game.decisions if d.role == move.role]
        raise UnreadableMove("decision", move.decision, _nearest(move.decision, known))
    decision = game.decisions[index]
    if move.role != decision.role:
        raise UnreadableMove("role", move.role, decision.role)
    for field_id, option_id in move.answer:
        find_option(find_field(decision, field_id), option_id)
    return decision


def check_answer(decision: Decision, answer: Answer, state: State, day: int) -> Answer:
    """The answer in declared order, if it can be given now. Raises NotOpen."""
    ordered: list[tuple[str, str]] = []
    for field in decision.fields:
        chosen = [option for id, option in answer if id == field.id]
        if len(set(chosen)) != len(chosen) or (not field.many and len(chosen) > 1):
            raise NotOpen("twice", decision.id, chosen[0])
        if not field.many and not chosen:
            raise NotOpen("no-answer", decision.id, field.id)
        spent = 0.0
        for option in field.options:
            if option.id in chosen:
                if not option_open(option, state.cells, day):
                    raise NotOpen("option", decision.id, option.id)
                spent = spent + option.cost
                ordered.append((field.id, option.id))
        if field.budget is not None:
            budget = field.budget.of(state.cells, day)
            if chosen and spent > budget:  # an empty plan can always be made
                raise NotOpen("budget", decision.id, chosen[-1], spent, budget)
    return tuple(ordered)


def default_answer(decision: Decision, state: State, day: int) -> Answer:
    """What is answered for a chair that says nothing: the declared default, where it is open."""
    answer: list[tuple[str, str]] = []
    for field in decision.fields:
        wanted = [option for id, option in decision.default if id == field.id]
        open_ids = [o.id for o in field.options if option_open(o, state.cells, day)]
        if field.many:
            answer += affordable(field, wanted, state, day)
        elif wanted and wanted[0] in open_ids:
            answer.append((field.id, wanted[0]))
        elif open_ids:
            answer.append((field.id, open_ids[0]))
    return tuple(answer)


def affordable(
    field: Field, wanted: list[str], state: State, day: int
) -> list[tuple[str, str]]:
    """The wanted options of a plan that are open and fit the budget, the first wanted first served.

    They come back in declared order, as ``check_answer`` gives a person's.
    """
    budget = field.budget.of(state.cells, day) if field.budget is not None else None
    taken: list[str] = []
    options = {option.id: option for option in field.options}
    for id in wanted:
        option = options.get(id)
        if option is None or id in taken or not option_open(option, state.cells, day):
            continue
        if fits(field, taken, option, budget):
            taken.append(id)
    return [(field.id, option.id) for option in field.options if option.id in taken]


def fits(field: Field, taken: Collection[str], more: Option, budget: float | None) -> bool:
    """Whether a plan with one option more is within the budget, added as ``check_answer`` adds."""
    if budget is None:
        return True
    spent = 0.0
    for option in field.options:
        if option is more or option.id in taken:
            spent = spent + option.cost
    return spent <= budget


def historical_answer(game: Game, decision: Decision, state: State) -> Answer | None:
    """What history chose at this window: dated answers, sitting by sitting; else the usual one.

    A date counts for its whole tick; but where a decision can open at each moment, and the date is
    a moment, for that moment alone.
    """
    moment = game.moments[state.moment]
    exact = decision.opening.at == "each" or bool(decision.opening.days)
    dated = [
        answer
        for day, answer in decision.dated
        if (day == moment.day if exact and is_moment(game, day) else
            tick_of(game, day) == moment.tick)
    ]
    if dated:
        return dated[min(state.lap, len(dated) - 1)]
    return decision.usually


def as_recorded(
    game: Game, decision: Decision, state: State
) -> tuple[Answer, tuple[str, ...]] | None:
    """History's answer as far as it can be given, the default in place of the rest; and the rest.

    None where nothing is recorded.
    """
    wanted = historical_answer(game, decision, state)
    if wanted is None:
        return None
    day = game.moments[state.moment].day
    fallen = default_answer(decision, state, day)
    given: list[tuple[str, str]] = []
    shut: list[str] = []
    for field in decision.fields:
        ids = [option for id, option in wanted if id == field.id]
        if field.many:
            pairs = affordable(field, ids, state, day)
            shut += [id for id in ids if (field.id, id) not in pairs]
            given += pairs
            continue
        open_ids = {o.id for o in field.options if option_open(o, state.cells, day)}
        if ids and ids[0] in open_ids:
            given.append((field.id, ids[0]))
        else:
            shut += ids[:1]
            given += [pair for pair in fallen if pair[0] == field.id]
    return tuple(given), tuple(shut)


@lru_cache(maxsize=8192)
def tick_of(game: Game, day: int) -> int:
    """The tick that holds a day (-1 before the calendar)."""
    found = -1
    for moment in game.moments:
        if moment.day > day and not (moment.first is False and found == moment.tick):
            break
        found = moment.tick
    return found


@lru_cache(maxsize=8192)
def is_moment(game: Game, day: int) -> bool:
    """Whether things are decided on a day."""
    return any(moment.day == day for moment in game.moments)


def _nearest(word: str, known: list[str]) -> str | None:
    close = get_close_matches(word, known, n=1)
    return close[0] if close else None
