"""Law 8 once more: the compiled machine plays, bit for bit, what the step engine plays."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_games import games
from test_batch import bits, chapters, gone_on, had, natures, policies, sealing, shipped

from peace_sim.engine import Advance, Game, Move, State, World, apply, initial
from peace_sim.engine.opening import opened, option_open
from peace_sim.engine.step import EndlessCascade
from peace_sim.play import POLICIES, native
from peace_sim.play import futures as many
from peace_sim.play.policies import AT_ONCE, answers
from peace_sim.scenario import library
from rule_cases import compiled, read_group

KNOWN = sorted(AT_ONCE)


@pytest.fixture(scope="session", autouse=True)
def machine() -> None:
    """Compiled once, by one of those who run tests side by side; the others wait for it."""
    game = shipped("last-night-in-tehran")
    lock = native.kept_at().with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 240
    while not native.ready() and time.monotonic() < until:
        try:
            lock.mkdir()
        except FileExistsError:
            time.sleep(0.5)
            continue
        try:
            many.prepare(game)
        finally:
            lock.rmdir()
    many.prepare(game)
    assert native.ready()


def played_alike(game: Game, states: Sequence[State], policy: str, envoy: str) -> None:
    names = {role.id: envoy if role.id == "envoy" else policy for role in game.roles}
    figures = [variable.cell for variable in game.variables]
    ran = native.play_on(game, states, names, figures, 0)
    assert ran is not None
    for at, state in enumerate(states):
        minds = {role: POLICIES[name] for role, name in names.items()}
        end, facts = gone_on(game, state, minds, {})
        assert bits(tuple(ran.cells[at].tolist())) == bits(end.cells)
        moment, stage, lap, ending = ran.places[at].tolist()
        assert (moment, stage, lap) == (end.moment, end.stage, end.lap)
        assert game.endings[ending].id == end.ending
        assert ran.facts[at] == facts
        closing = ran.series[at, :, game.moments[moment].tick]
        if game.moments[moment].last:
            assert closing.tolist() == [end.cells[cell] for cell in figures]


@given(games(), natures, chapters, policies, policies, st.integers(0, 2**32))
def test_generated_games_play_alike(
    game: Game, nature: str, chapter: str, mostly: str, envoy: str, seed: int
) -> None:
    worlds = [World(f"{seed}/{n}", "drawn" if nature == "drawn" else "recorded") for n in range(3)]
    played_alike(game, [initial(game, world, chapter) for world in worlds], mostly, envoy)


@given(games(), natures, policies, st.integers(0, 2**32), st.integers(0, 6))
def test_generated_games_go_on_alike_from_any_state(
    game: Game, nature: str, policy: str, seed: int, windows: int
) -> None:
    rnd = Random(seed)
    state = initial(game, World(str(seed), "drawn" if nature == "drawn" else "recorded"))
    for _ in range(windows):
        state = apply(game, sealing(game, state, rnd), Advance()).state
        if state.ending is not None:
            return
    states = [
        sealing(game, replace(had(game, state, n), world=replace(state.world, seed=str(n))), rnd)
        for n in range(3)
    ]
    played_alike(game, states, policy, policy)


@pytest.mark.parametrize("policy", KNOWN)
@pytest.mark.parametrize("scenario", library.shipped())
def test_shipped_scenarios_play_alike(scenario: str, policy: str) -> None:
    game = shipped(scenario)
    for chapter in game.chapters:
        states = [
            initial(game, World("1"), chapter.id),
            initial(game, World("2", "recorded"), chapter.id),
        ]
        for state in states:
            played_alike(game, [state], policy, policy)


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("start", range(0, 10_000, 500))
@pytest.mark.parametrize("scenario", library.shipped())
def test_ten_thousand_seeds_of_a_shipped_scenario_play_alike(scenario: str, start: int) -> None:
    """Against the block engine, which the slow suite holds to the step engine seed by seed."""
    game, policy = shipped(scenario), KNOWN[start // 500 % len(KNOWN)]
    names = {role.id: policy for role in game.roles}
    states = [initial(game, World(str(seed))) for seed in range(start, start + 500)]
    compared(game, states, names, 0)


@pytest.mark.parametrize("scenario", library.shipped())
def test_futures_are_the_same_with_and_without_the_machine(scenario: str) -> None:
    game = shipped(scenario)
    state = initial(game, World("4"))
    for _ in range(6):
        for move in answers(game, state, opened(game, state), lambda role: POLICIES["character"]):
            state = apply(game, state, move).state
        state = apply(game, state, Advance()).state
        assert state.ending is None
    states = many.elsewhere(state, "test", 40)
    later = game.moments[state.moment].day + 20
    for until in (0, later):
        compared(game, states, {}, until)


def test_an_answer_that_is_kept_is_given_whenever_it_can_be() -> None:
    game = shipped("last-night-in-tehran")
    state, week = initial(game, World("2")), game.decision("envoy_week")
    while week not in [game.decisions[index] for index in opened(game, state)]:
        for move in answers(game, state, opened(game, state), lambda role: POLICIES["character"]):
            state = apply(game, state, move).state
        state = apply(game, state, Advance()).state
    (plan,) = week.fields
    acts = [option for option in plan.options if option_open(option, state.cells, 0)]
    states = [
        apply(game, world, Move("envoy", week.id, ((plan.id, act.id),))).state
        for act in acts
        for world in many.elsewhere(state, "test", 8)
    ]
    own, kept = compared(game, states, {}, 0), compared(game, states, {}, 0, week.id)
    taken = [act.cell for act in acts for _ in range(8)]
    plays = range(len(states))
    more = kept.cells[taken, plays] - own.cells[taken, plays]
    assert (more >= 0.0).all() and (more > 0.0).any()


def compared(
    game: Game,
    states: Sequence[State],
    names: dict[str, str],
    until: int,
    kept: str | None = None,
) -> many.Futures:
    """The same with and without the machine."""
    figures = [variable.cell for variable in game.variables[:6]]
    here = many.futures(game, states, names, figures, until, kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "ready", lambda: False)
        there = many.futures(game, states, names, figures, until, kept)
    assert here.cells.tobytes() == there.cells.tobytes()
    assert here.endings.tolist() == there.endings.tolist()
    assert here.closed.tolist() == there.closed.tolist()
    np.testing.assert_array_equal(here.series, there.series)
    return here


def test_a_policy_without_a_program_is_left_to_the_block_engine() -> None:
    game = shipped("last-night-in-tehran")
    others = set(POLICIES) - set(AT_ONCE)
    states = [initial(game, World("1"))]
    assert others
    for name in others:
        assert native.play_on(game, states, {"envoy": name}, (), 0) is None


def test_transitions_without_end_are_told_by_name_and_seed() -> None:
    group = read_group(Path(__file__).parent.parent / "rules" / "f-moment.yaml")
    case = next(case for case in group.cases if case.id == "O.11")
    game = compiled(case.world, [])
    state = initial(game, World("9", "recorded"))
    state = apply(game, state, Advance()).state
    watch = apply(game, state, Move("envoy", "watch", (("answer", "fan"),))).state
    with pytest.raises(EndlessCascade, match=r"set each other off.*seed 9"):
        many.futures(game, [watch])
