"""Law 8: many plays at once are, bit for bit, what the step engine plays one by one."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as own
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_games import games

from laws import random_answer
from peace_sim.engine import (
    Advance,
    Game,
    Move,
    NotOpen,
    State,
    UnreadableMove,
    World,
    apply,
    initial,
)
from peace_sim.engine.batch import Block, Nobody, opening, play
from peace_sim.engine.batch.values import Truth
from peace_sim.engine.facts import BallotTallied, EventStruck, Fact, OptionTaken, PhaseEntered
from peace_sim.engine.game import Answer, Decision
from peace_sim.engine.opening import open_in_stage, opened, option_open
from peace_sim.engine.state import Nature
from peace_sim.play import POLICIES, playout
from peace_sim.play.batched import answering
from peace_sim.play.playout import Overrides
from peace_sim.play.policies import AT_ONCE, Choice, Draw, Policy, answers
from peace_sim.scenario import library

natures = st.sampled_from(["recorded", "drawn"])
chapters = st.sampled_from(["whole", "rest"])
policies = st.sampled_from(sorted(AT_ONCE))


def bits(cells: tuple[float, ...]) -> bytes:
    return struct.pack(f"{len(cells)}d", *cells)


def same(here: State, there: State) -> None:
    assert here == there
    assert bits(here.cells) == bits(there.cells)  # 0.0 and -0.0 are equal, and not the same


@dataclass
class Log(Nobody):
    """What a watch is told, play by play, in order."""

    told: dict[int, list[tuple[object, ...]]] = own(default_factory=dict)

    def _note(self, block: Block, where: Truth, *what: object) -> None:
        for number in block.numbers(where):
            self.told.setdefault(int(number), []).append((block.day, *what))

    def entered(self, block: Block, track: int, phase: int, where: Truth) -> None:
        of = block.game.tracks[track]
        self._note(block, where, of.id, of.phases[phase])

    def struck(self, block: Block, event: int, where: Truth) -> None:
        self._note(block, where, block.game.events[event].id)

    def tallied(self, block: Block, ballot: int, outcome: int, where: Truth) -> None:
        of = block.game.ballots[ballot]
        self._note(block, where, of.id, of.outcomes[outcome])

    def took(self, block: Block, decision: int, field: int, option: int, where: Truth) -> None:
        of = block.game.decisions[decision]
        chosen = of.fields[field]
        self._note(block, where, of.id, chosen.id, chosen.options[option].id)


def notable(facts: Iterable[Fact]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for fact in facts:
        match fact:
            case PhaseEntered():
                found.append((fact.day, fact.track, fact.after))
            case EventStruck():
                found.append((fact.day, fact.event))
            case BallotTallied():
                found.append((fact.day, fact.ballot, fact.outcome))
            case OptionTaken():
                found.append((fact.day, fact.decision, fact.field, fact.option))
    return found


def plays_alike(
    game: Game,
    worlds: list[World],
    chapter: str | None,
    minds: Mapping[str, Policy],
    overrides: Overrides | None = None,
) -> Block:
    """Every state, count of facts and thing told of a block is the step engine's."""
    block, log = opening(game, worlds, chapter), Log()
    for world, state in zip(worlds, block.last(), strict=True):
        same(state, initial(game, world, chapter))
    play(block, answering(game, minds.__getitem__, overrides), log)
    told = block.told()
    for number, (world, state) in enumerate(zip(worlds, block.last(), strict=True)):
        played = playout(game, world, chapter, minds, overrides=overrides)
        same(state, played.state)
        assert told[number] == len(played.facts)
        assert log.told.get(number, []) == notable(f for _, f in played.facts)
    return block


# ── generated games ──


@given(games(), natures, chapters, policies, policies, st.integers(0, 2**32))
def test_generated_games_play_alike(
    game: Game, nature: Nature, chapter: str, mostly: str, envoy: str, seed: int
) -> None:
    minds = {role.id: POLICIES[envoy if role.id == "envoy" else mostly] for role in game.roles}
    worlds = [World(f"{seed}/{number}", nature) for number in range(3)]
    plays_alike(game, worlds, chapter, minds)


@given(games(), natures, policies, st.integers(0, 2**32))
def test_generated_games_play_alike_with_decisions_overridden(
    game: Game, nature: Nature, policy: str, seed: int
) -> None:
    rnd, overrides = Random(seed), {}
    for decision in game.decisions:
        for key in ((decision.id, rnd.randint(0, 2)), decision.id):
            if rnd.random() < 0.5:
                overrides[key] = some_answer(decision, rnd)
    worlds = [World(f"{seed}/{number}", nature) for number in range(3)]
    plays_alike(game, worlds, None, everybody(game, policy), overrides)


@given(games(), natures, policies, st.integers(0, 2**32), st.integers(0, 6))
def test_generated_games_go_on_alike_from_any_state(
    game: Game, nature: Nature, policy: str, seed: int, windows: int
) -> None:
    rnd = Random(seed)
    overrides: dict[str | tuple[str, int], Answer] = {
        (decision.id, rnd.randint(0, 1)): some_answer(decision, rnd) for decision in game.decisions
    }
    goes_on_alike(game, World(str(seed), nature), everybody(game, policy), windows, overrides)


@pytest.mark.parametrize("scenario", library.shipped())
def test_a_window_at_which_nobody_is_asked_any_more_closes_alike(scenario: str) -> None:
    """As after an event that the facilitator makes strike, or in a world that a role imagines."""
    game = shipped(scenario)
    minds = everybody(game, "character")
    state = apply(game, initial(game, World("3")), Advance()).state
    stage = next(s for s in range(len(game.stages)) if not open_in_stage(game, state, s))
    nobody = replace(state, stage=stage, lap=0)
    block = Block(game, [nobody, nobody])
    play(block, answering(game, minds.__getitem__))
    end, facts = gone_on(game, nobody, minds, {})
    same(block.last()[0], end)
    assert block.told().tolist() == [facts, facts]


def everybody(game: Game, policy: str) -> dict[str, Policy]:
    return {role.id: POLICIES[policy] for role in game.roles}


def some_answer(decision: Decision, rnd: Random) -> Answer:
    """An answer in which any option stands, whether it can be given or not."""
    pairs: list[tuple[str, str]] = []
    for field in decision.fields:
        most = len(field.options) if field.many else 1
        for option in rnd.sample(field.options, rnd.randint(not field.many, most)):
            pairs.append((field.id, option.id))
    return tuple(pairs)


def goes_on_alike(
    game: Game,
    world: World,
    minds: Mapping[str, Policy],
    windows: int,
    overrides: Overrides | None = None,
    plays: int = 3,
) -> None:
    """From a state after so many windows, with some answers sealed, under other seeds.

    Each play has seen another number of everything, so that nothing is counted from 0.
    """
    rnd = Random(world.seed)
    state = initial(game, world)
    for _ in range(windows):
        state = apply(game, sealing(game, state, rnd), Advance()).state
        if state.ending is not None:
            return
    states = [
        sealing(game, replace(had(game, state, n), world=replace(world, seed=str(n))), rnd)
        for n in range(plays)
    ]
    block = Block(game, states)
    play(block, answering(game, minds.__getitem__, overrides))
    told = block.told()
    for number, (start, end) in enumerate(zip(states, block.last(), strict=True)):
        there, facts = gone_on(game, start, minds, overrides or {})
        same(end, there)
        assert told[number] == facts


def sealing(game: Game, state: State, rnd: Random) -> State:
    """The state with some of those who are asked having answered anything."""
    day = game.moments[state.moment].day
    for index in opened(game, state):
        decision = game.decisions[index]
        if rnd.random() < 0.4:
            answer = random_answer(decision, state, day, rnd)
            state = apply(game, state, Move(decision.role, decision.id, answer)).state
    return state


def had(game: Game, state: State, more: int) -> State:
    """The state, had every decision been made and every option been taken so many times more."""
    cells = list(state.cells)
    for decision in game.decisions:
        cells[decision.cell] += more
        for field in decision.fields:
            for option in field.options:
                cells[option.cell] += more
    return replace(state, cells=tuple(cells))


def gone_on(
    game: Game, state: State, minds: Mapping[str, Policy], overrides: Overrides
) -> tuple[State, int]:
    """Where the step engine comes to, and how many facts there were on the way."""
    facts, times = 0, dict.fromkeys((d.id for d in game.decisions), 0)
    while state.ending is None:
        sealed = {move.decision for move in state.sealed}
        left = []
        for index in opened(game, state):
            id, nth = game.decisions[index].id, times[game.decisions[index].id]
            times[id] += 1
            if id in sealed:
                continue
            for key in ((id, nth), id):
                if key in overrides:
                    try:
                        move = Move(game.decisions[index].role, id, overrides[key], "policy")
                        step = apply(game, state, move)
                    except NotOpen:
                        continue
                    state, facts = step.state, facts + len(step.facts)
                    break
            else:
                left.append(index)
        for entry in (*answers(game, state, left, minds.__getitem__), Advance()):
            step = apply(game, state, entry)
            state, facts = step.state, facts + len(step.facts)
    return state, facts


# ── shipped scenarios ──


@cache
def shipped(id: str) -> Game:
    edition, _ = library.open_edition(id)
    assert edition is not None
    return edition.game


@pytest.mark.parametrize("policy", sorted(AT_ONCE))
@pytest.mark.parametrize("scenario", library.shipped())
def test_shipped_scenarios_play_alike(scenario: str, policy: str) -> None:
    game = shipped(scenario)
    worlds = [World(str(seed)) for seed in range(2)]
    for chapter in game.chapters:
        plays_alike(game, worlds, chapter.id, everybody(game, policy))


@pytest.mark.parametrize("scenario", library.shipped())
def test_shipped_scenarios_play_alike_in_the_recorded_world(scenario: str) -> None:
    game = shipped(scenario)
    plays_alike(game, [World("7", "recorded")], None, everybody(game, "character"))


@pytest.mark.parametrize("scenario", library.shipped())
def test_shipped_scenarios_go_on_alike_from_any_state(scenario: str) -> None:
    game = shipped(scenario)
    goes_on_alike(game, World("3"), everybody(game, "character"), 15)


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("start", range(0, 10_000, 500))
@pytest.mark.parametrize("scenario", library.shipped())
def test_ten_thousand_seeds_of_a_shipped_scenario_play_alike(scenario: str, start: int) -> None:
    game, names = shipped(scenario), sorted(AT_ONCE)
    worlds = [World(str(seed)) for seed in range(start, start + 500)]
    plays_alike(game, worlds, None, everybody(game, names[start // 500 % len(names)]))


# ── a policy that has no form in arrays, and what is refused ──


@dataclass(frozen=True)
class Last:
    """Takes the last open option, and nothing where many can be taken."""

    name: str = "last"

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        day = game.moments[known.moment].day
        return Choice(
            tuple(
                (field.id, [o for o in field.options if option_open(o, known.cells, day)][-1].id)
                for field in decision.fields
                if not field.many
            )
        )


@given(games(), st.integers(0, 2**32))
def test_a_policy_without_a_form_in_arrays_is_asked_play_by_play(game: Game, seed: int) -> None:
    minds = {role.id: Last() if role.id == "envoy" else POLICIES["weights"] for role in game.roles}
    plays_alike(game, [World(f"{seed}/{n}") for n in range(3)], None, minds)


def test_a_block_holds_plays_of_one_moment_and_one_nature() -> None:
    game = shipped("last-night-in-tehran")
    with pytest.raises(ValueError, match="one nature"):
        opening(game, [World("1"), World("2", "recorded")])
    state = initial(game, World("1"))
    later = apply(game, state, Advance()).state
    with pytest.raises(ValueError, match="one moment"):
        Block(game, [state, later])


def test_an_override_that_names_what_does_not_exist_is_refused() -> None:
    game = shipped("last-night-in-tehran")
    block = opening(game, [World("1")])
    decision = next(d for d in game.decisions if d.opening.when is None)
    wrong = answering(
        game, lambda role: POLICIES["default"], {decision.id: ((decision.fields[0].id, "nought"),)}
    )
    with pytest.raises(UnreadableMove):
        play(block, wrong)
