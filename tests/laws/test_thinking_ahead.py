"""Law 11: who thinks ahead knows no more than its view, and nothing of the world's chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_games import games

from laws import disturbed, walk
from peace_sim.diagnostics import failed, render
from peace_sim.engine import Game, State, World
from peace_sim.engine.game import Goal, Guard
from peace_sim.engine.opening import opened
from peace_sim.engine.state import Move
from peace_sim.engine.view import masked
from peace_sim.play.policies import Depth, Search, answers
from peace_sim.scenario import library

SHORT = Search("search-short", Depth(1, 64))
"""Thinks as the strengths do, in fewer playouts."""
WINDOWS = 2
"""In so many windows of a shipped scenario, spread over it, one with an aim is asked."""


@cache
def shipped(scenario: str) -> Game:
    edition, findings = library.open_edition(scenario)
    assert edition is not None and not failed(findings), render(findings)
    return edition.game


def thinks_alike(game: Game, state: State, index: int, rnd: Random) -> Move:
    """What is answered here, and wherever else the role could be."""
    other = disturbed(game, state, game.decisions[index].role, rnd)
    said = [list(answers(game, s, [index], lambda role: SHORT)) for s in (state, other)]
    assert said[0] == said[1]
    return said[0][0]


def windows(game: Game, seed: int) -> list[State]:
    """The windows of a play in which somebody is asked."""
    stops = walk(game, Random(seed), World(str(seed)))
    return [stop.before for stop in stops if opened(game, stop.before)]


@pytest.mark.parametrize("scenario", library.shipped())
def test_equal_views_of_different_truths_and_seeds_give_one_move_and_one_reason(
    scenario: str,
) -> None:
    game, rnd = shipped(scenario), Random(11)
    aims = {goal.role for goal in game.goals}
    asked = [
        (state, index)
        for state in windows(game, 5)
        for index in opened(game, state)
        if game.decisions[index].role in aims
    ]
    ahead = 0
    for number in range(WINDOWS):
        state, index = asked[number * len(asked) // WINDOWS]
        ahead += thinks_alike(game, state, index, rnd).reason.startswith("It expects")
    assert ahead, "nobody had anything to think about"


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(games(), st.sampled_from(["recorded", "drawn"]), st.integers(0, 2**32))
def test_so_it_is_in_any_game(game: Game, nature: str, seed: int) -> None:
    rnd = Random(seed)
    aimed = with_goals(game, rnd)
    world = World(str(seed), nature)  # type: ignore[arg-type]
    stops = [stop.before for stop in walk(aimed, Random(seed), world)]
    asked = [(state, index) for state in stops for index in opened(aimed, state)]
    for state, index in rnd.sample(asked, min(2, len(asked))):
        thinks_alike(aimed, state, index, rnd)


def with_goals(game: Game, rnd: Random) -> Game:
    """The game with two aims for each role, of whatever its conditions speak of."""
    guards = list(_guards(game))
    goals = [
        Goal(f"{role.id}{number}", role.id, "an aim", rnd.choice(guards), bool(number))
        for role in game.roles
        for number in range(2)
        if guards
    ]
    return replace(game, goals=tuple(goals))


def _guards(game: Game) -> Iterator[Guard]:
    for part in (*game.endings, *game.events, *game.drifts):
        if part.when is not None:
            yield part.when
    for track in game.tracks:
        yield from (way.when for way in track.transitions if way.when is not None)
    yield from (invariant.guard for invariant in game.invariants)


def test_the_session_s_draws_are_never_asked_for() -> None:
    game = shipped("last-night-in-tehran")
    state = windows(game, 5)[0]
    decision = game.decisions[opened(game, state)[0]]

    def none(name: str) -> float:
        raise AssertionError(name)

    assert SHORT.answer(game, masked(game, state, decision.role), decision, none).answer
