"""Law 8 for strategies: in any game, many at once answer as each does by itself."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from small_games import games

from peace_sim.engine import Game, World
from peace_sim.engine.batch import opening, play
from peace_sim.engine.game import Goal
from peace_sim.play import playout
from peace_sim.play.batched_strategies import playing
from peace_sim.play.policies import Policy
from peace_sim.play.strategies import FORCE, GREEDY, YIELD, FixedList


def with_aims(game: Game, rnd: Random) -> Game:
    """Everybody wants something, which it may not even see; and options concede more or less."""
    guards = [o.when for d in game.decisions for f in d.fields for o in f.options if o.when]
    guards += [part.when for part in (*game.endings, *game.events, *game.drifts) if part.when]
    guards += [d.opening.when for d in game.decisions if d.opening.when]
    goals = tuple(
        Goal(f"goal_{number}", rnd.choice(game.roles).id, "", guard, False)
        for number, guard in enumerate(guards)
    )
    decisions = tuple(
        replace(decision, fields=tuple(
            replace(field, options=tuple(
                replace(option, concedes=float(rnd.randint(-1, 2))) for option in field.options
            ))
            for field in decision.fields
        ))
        for decision in game.decisions
    )  # fmt: skip
    return replace(game, goals=goals, decisions=decisions)


def some_list(game: Game, rnd: Random) -> FixedList:
    answers = []
    for decision in game.decisions:
        pairs: list[tuple[str, str]] = []
        for field in decision.fields:
            many = rnd.randint(0, len(field.options)) if field.many else 1
            pairs += [(field.id, option.id) for option in rnd.sample(field.options, many)]
        answers.append((decision.id, tuple(pairs)))
    return FixedList("fixed-list", tuple(answers))


@settings(max_examples=25)
@given(games(), st.sampled_from(["greedy", "force", "yield", "list"]), st.integers(0, 2**32))
def test_strategies_play_alike_in_generated_games(made: Game, name: str, seed: int) -> None:
    rnd = Random(seed)
    game = with_aims(made, rnd)
    policies: dict[str, Policy] = {"greedy": GREEDY, "force": FORCE, "yield": YIELD}
    policy = policies.get(name) or some_list(game, rnd)
    minds = {role.id: policy for role in game.roles}
    worlds = [World(f"{seed}/{number}") for number in range(3)]
    block = opening(game, worlds)
    play(block, playing(game, minds.__getitem__))
    for world, state in zip(worlds, block.last(), strict=True):
        assert state == playout(game, world, None, minds).state
