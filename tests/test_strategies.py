"""Strategies measured: alike in both engines, and what is wrong with a small game is flagged."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random

import numpy as np
import pytest

from peace_sim.engine import World
from peace_sim.engine.batch import opening, play
from peace_sim.engine.game import Game
from peace_sim.play import POLICIES, playout
from peace_sim.play.batched_strategies import many_lists, playing
from peace_sim.play.policies import Policy
from peace_sim.play.strategies import FORCE, GREEDY, YIELD, FixedList
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

SCENARIO = "last-night-in-tehran"


@cache
def edition() -> Edition:
    found, _ = library.open_edition(SCENARIO)
    assert found is not None
    return found


def a_list(game: Game, role: str, seed: int) -> FixedList:
    rnd, answers = Random(seed), []
    for decision in game.decisions:
        pairs: list[tuple[str, str]] = []
        for field in decision.fields:
            many = rnd.randint(0, len(field.options)) if field.many else 1
            pairs += [(field.id, o.id) for o in rnd.sample(field.options, many)]
        if decision.role == role:
            answers.append((decision.id, tuple(pairs)))
    return FixedList("fixed-list", tuple(answers))


def ends_alike(game: Game, minds: dict[str, Policy], plays: int) -> None:
    worlds = [World(str(number)) for number in range(plays)]
    block = opening(game, worlds)
    play(block, playing(game, minds.__getitem__))
    for world, state in zip(worlds, block.last(), strict=True):
        assert state == playout(game, world, None, minds).state


@pytest.mark.parametrize("policy", [FORCE, YIELD, GREEDY], ids=lambda policy: policy.name)
def test_strategies_play_alike_in_both_engines(policy: Policy) -> None:
    game = edition().game
    ends_alike(game, {role.id: policy for role in game.roles}, 6)


def test_a_fixed_list_plays_alike_in_both_engines_and_beside_other_lists() -> None:
    game = edition().game
    for role in ("envoy", "government"):
        lists = [a_list(game, role, seed) for seed in range(4)]
        ends_alike(game, {r.id: POLICIES["character"] for r in game.roles} | {role: lists[0]}, 4)
        ordered = [in_declared_order(game, one) for one in lists]
        worlds = [World(str(number)) for number in range(len(lists))]
        likes = {
            decision.id: {
                (field.id, option.id): np.array(
                    [(field.id, option.id) in dict(one.answers)[decision.id] for one in ordered]
                )
                for field in decision.fields
                for option in field.options
            }
            for decision in game.decisions
            if decision.role == role
        }
        block = opening(game, worlds)
        play(block, many_lists(game, role, likes))
        for world, one, state in zip(worlds, ordered, block.last(), strict=True):
            assert state == playout(game, world, None, {role: one}).state


def in_declared_order(game: Game, one: FixedList) -> FixedList:
    answers = tuple(
        (id, tuple((f.id, o.id) for f in game.decision(id).fields for o in f.options
                   if (f.id, o.id) in answer))
        for id, answer in one.answers
    )  # fmt: skip
    return replace(one, answers=answers)
