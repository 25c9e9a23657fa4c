"""The laws, each as a function that takes a game and fails where it does not keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest

from peace_sim.engine import (
    Advance,
    Game,
    Move,
    NotOpen,
    State,
    Step,
    View,
    World,
    apply,
    initial,
    masked,
    view,
)
from peace_sim.engine.facts import Fact, PhaseEntered, VariableMoved, seen_by
from peace_sim.engine.game import FACILITATOR, PUBLIC, Answer, Decision, may_know
from peace_sim.engine.opening import fits, opened, option_open
from peace_sim.engine.state import Entry
from peace_sim.engine.step import broken_invariants
from peace_sim.engine.view import Asked
from peace_sim.play.journal import entry_dict, entry_of, state_from_json, state_to_json
from peace_sim.report.prose import news, why
from peace_sim.report.refusals import option_refusal, refusal
from peace_sim.scenario.edition import Edition


def bare_edition(game: Game) -> Edition:
    """A game as an edition without boards, record or map."""
    return Edition(
        game.id, game.title, game.version, game.digest, "", game, (), (), (), (), (), (), (), None,
        (), (), {},
    )  # fmt: skip


def audiences(game: Game) -> list[str]:
    return [role.id for role in game.roles] + [PUBLIC, FACILITATOR]


# ── a random play ──


def random_answer(decision: Decision, state: State, day: int, rnd: Random) -> Answer:
    """Any answer that can be given."""
    pairs = []
    for field in decision.fields:
        options = [option for option in field.options if option_open(option, state.cells, day)]
        if not field.many:
            pairs.append((field.id, rnd.choice(options).id))
            continue
        budget = field.budget.of(state.cells, day) if field.budget is not None else None
        taken: list[str] = []
        for option in rnd.sample(options, len(options)):
            if rnd.random() < 0.6 and fits(field, taken, option, budget):
                taken.append(option.id)
        pairs += [(field.id, id) for id in taken]
    return tuple(pairs)


@dataclass(frozen=True)
class Stop:
    """A state on the way, the entry made there, and what it led to."""

    before: State
    entry: Entry
    step: Step


def walk(game: Game, rnd: Random, world: World, chapter: str | None = None) -> Iterator[Stop]:
    """A play in which most of those who are asked answer anything, and some say nothing."""
    state = initial(game, world, chapter)
    while state.ending is None:
        day = game.moments[state.moment].day
        for index in opened(game, state):
            if rnd.random() < 0.8:
                decision = game.decisions[index]
                answer = random_answer(decision, state, day, rnd)
                move = Move(decision.role, decision.id, answer)
                step = apply(game, state, move)
                yield Stop(state, move, step)
                state = step.state
        step = apply(game, state, Advance())
        yield Stop(state, Advance(), step)
        state = step.state


# ── law 1: what is offered can be made, and what is not is refused ──


def offers_are_the_rules(game: Game, state: State) -> None:
    """Every option a role is offered can be taken, every other is refused, with the reason."""
    asked_now = set()
    for role in game.roles:
        seen = view(game, state, role.id)
        for asked in seen.asked:
            asked_now.add(asked.id)
            for field, option, answer, costs in answers_with_each(asked):
                move = Move(role.id, asked.id, answer)
                if option.open and costs:
                    assert apply(game, state, move).state.sealed[-1].decision == asked.id
                else:
                    with pytest.raises(NotOpen) as refused:
                        apply(game, state, move)
                    wanted = "budget" if option.open else "option"
                    assert refused.value.reason == wanted, (asked.id, field, option.id)
                    assert refused.value.option == option.id
    for decision in game.decisions:
        if decision.id not in asked_now:
            with pytest.raises(NotOpen) as refused:
                apply(game, state, Move(decision.role, decision.id, ()))
            assert refused.value.reason == ("ended" if state.ending else "not-asked")


def answers_with_each(asked: Asked) -> Iterator[tuple[str, Any, Answer, bool]]:
    """For each option an answer that takes it, and whether it fits the budget."""
    for field in asked.fields:
        for option in field.options:
            pairs = []
            for other in asked.fields:
                if other is field:
                    pairs.append((field.id, option.id))
                elif not other.many:
                    pairs.append((other.id, next(o.id for o in other.options if o.open)))
            yield field.id, option, tuple(pairs), (
                field.budget is None or option.cost <= field.budget
            )


# ── laws 2 to 5: one step ──


def step_is_lawful(game: Game, stop: Stop) -> None:
    """A step leaves its input alone, is the same again, stays in range and survives text."""
    before, step = stop.before, stop.step
    kept = (before.cells, before.sealed, before.moment, before.stage, before.ending)
    # by way of text: what a saved game is read back as
    again = apply(
        game, state_from_json(state_to_json(before)), entry_of(entry_dict(stop.entry))
    )
    assert again == step
    assert kept == (before.cells, before.sealed, before.moment, before.stage, before.ending)
    in_range(game, step.state)
    assert broken_invariants(game, step.state) == ()
    if isinstance(stop.entry, Advance):
        gets_on(game, before, step.state)


def in_range(game: Game, state: State) -> None:
    cells = state.cells
    for variable in game.variables:
        assert variable.low <= cells[variable.cell] <= variable.high, variable.id
        assert not variable.words or cells[variable.cell].is_integer(), variable.id
    for estimate in game.estimates:
        of = game.variables[estimate.variable]
        assert of.low <= cells[estimate.cell] <= of.high, estimate.id
    for track in game.tracks:
        assert cells[track.cell] in range(len(track.phases)), track.id
        assert cells[track.since] <= game.moments[state.moment].day
    for cases in game.caselists:
        for slot in range(cases.slots):
            status, kind, since = cells[cases.slot(slot) : cases.slot(slot) + 3]
            assert status in range(len(cases.statuses) + 1) and kind in range(len(cases.kinds))
            assert bool(status) == bool(since)
    assert all(cell == cell and abs(cell) != float("inf") for cell in cells)


def gets_on(game: Game, before: State, after: State) -> None:
    """A closed window leads to a later one in which somebody is asked, or to an ending."""
    if after.ending is not None:
        assert after.ending in {ending.id for ending in game.endings}
        return
    assert opened(game, after), "a window in which nobody is asked"
    assert (before.moment, before.lap, before.stage) < (after.moment, after.lap, after.stage) or (
        before.moment == after.moment and before.stage < after.stage
    )


# ── law 6: what a role may not know changes nothing that it is told ──


def values(game: Game) -> dict[int, Callable[[Random, int], float]]:
    """What each cell may stand at, given the day."""

    def whole(most: int) -> Callable[[Random, int], float]:
        return lambda rnd, day: float(rnd.randint(0, most))

    def past(rnd: Random, day: int) -> float:
        return float(day - rnd.randint(0, 40))

    can: dict[int, Callable[[Random, int], float]] = {}
    for variable in game.variables:
        low, high = variable.low, variable.high
        can[variable.cell] = (
            whole(len(variable.words) - 1)
            if variable.words
            else lambda rnd, day, low=low, high=high: rnd.uniform(low, high)  # type: ignore[misc]
        )
    for estimate in game.estimates:
        can[estimate.cell] = can[game.variables[estimate.variable].cell]
    for track in game.tracks:
        can[track.cell], can[track.since] = whole(len(track.phases) - 1), past
    for timer in game.timers:
        can[timer.cell] = lambda rnd, day: rnd.choice([0.0, float(day + rnd.randint(0, 40))])
    for cases in game.caselists:
        for slot in range(cases.slots):
            first = cases.slot(slot)
            can[first], can[first + 1] = whole(len(cases.statuses)), whole(len(cases.kinds) - 1)
            can[first + 2] = past
        can[cases.overflow] = whole(5)
    for decision in game.decisions:
        can[decision.cell] = can[decision.last] = whole(3)
        for field in decision.fields:
            can[field.cell] = whole(len(field.options))
            can |= {option.cell: whole(3) for option in field.options}
    for ballot in game.ballots:
        can[ballot.cell] = whole(3)
        can |= {cell: whole(5) for cell in (ballot.yes, ballot.no, ballot.abstain)}
    for event in game.events:
        can[event.cell], can[event.last] = whole(3), past
    return can


def disturbed(game: Game, state: State, role: str, rnd: Random) -> State:
    """The same moment with all that the role may not know changed."""
    can, day = values(game), game.moments[state.moment].day
    cells = [
        level if may_know(knowers, role) else can[cell](rnd, day)
        for cell, (level, knowers) in enumerate(zip(state.cells, game.cell_knowers, strict=True))
    ]
    sealed = tuple(move for move in state.sealed if move.role == role)
    world = replace(state.world, seed=str(rnd.random()))
    return replace(state, cells=tuple(cells), sealed=sealed, world=world)


def tells_nothing(edition: Edition, state: State, role: str, rnd: Random) -> None:
    """A view, a refusal and an answer's facts do not depend on what the role may not know."""
    game = edition.game
    other = disturbed(game, state, role, rnd)
    assert masked(game, state, role) == masked(game, other, role)
    seen = view(game, state, role)
    assert seen == view(game, other, role)
    day = game.moments[state.moment].day
    for decision in game.decisions:
        if decision.role != role:
            continue
        some = random_answer(decision, state, day, rnd) if decision.id in ids(seen) else ()
        for answer in [some, *every_option(decision)]:
            move = Move(role, decision.id, answer)
            here, there = (told(edition, at, move, seen) for at in (state, other))
            assert here == there, move
    for asked in seen.asked:
        for field in asked.fields:
            for option in field.options:
                assert option.open or option_refusal(edition, option, seen)


def ids(seen: View) -> set[str]:
    return {asked.id for asked in seen.asked}


def every_option(decision: Decision) -> Iterator[Answer]:
    for field in decision.fields:
        for option in field.options:
            yield ((field.id, option.id),)


def told(edition: Edition, state: State, move: Move, seen: View) -> object:
    """What the mover is told of a move: its facts in words, or the refusal in words."""
    game = edition.game
    try:
        step = apply(game, state, move)
    except NotOpen as refused:
        return refused, refusal(edition, refused, seen)
    facts = [fact for f in step.facts if (fact := seen_by(game, f, move.role)) is not None]
    return facts, news(edition, facts, move.role)


def facts_are_cut(edition: Edition, facts: tuple[Fact, ...]) -> None:
    """Nobody is told of a rule's inputs that they may not know, nor the rule that reads them."""
    game = edition.game
    for fact in facts:
        for audience in audiences(game):
            seen = seen_by(game, fact, audience)
            if seen is None:
                assert not may_know(fact.known_to, audience)
                continue
            cause = getattr(seen, "cause", None)
            if cause is None:
                continue
            assert may_know(cause.known_to, audience)
            for cell, _ in cause.inputs:
                assert may_know(game.cell_knowers[cell], audience)
            read = {cell for cell, _ in fact.cause.inputs}  # type: ignore[union-attr]
            if cause.rule:
                assert all(may_know(game.cell_knowers[cell], audience) for cell in read)
            if isinstance(seen, VariableMoved | PhaseEntered):
                id = seen.variable if isinstance(seen, VariableMoved) else seen.track
                assert why(edition, (seen,), id, audience)
