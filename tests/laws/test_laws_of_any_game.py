"""The laws over generated small games, through the real reader and compiler."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from small_games import games

from laws import (
    Stop,
    audiences,
    bare_edition,
    facts_are_cut,
    offers_are_the_rules,
    step_is_lawful,
    tells_nothing,
    walk,
)
from peace_sim.engine import Game, State, World
from peace_sim.play import POLICIES, playout, replay
from peace_sim.play.journal import read_lines, to_lines
from peace_sim.play.policies import AT_ONCE

worlds = st.builds(World, st.sampled_from("abcdef"), st.sampled_from(["recorded", "drawn"]))
seeds = st.integers(0, 2**32)
chapters = st.sampled_from(["whole", "rest"])


@given(games(), worlds, chapters, seeds)
def test_every_step_leaves_its_input_alone_stays_in_range_gets_on_and_survives_text(
    game: Game, world: World, chapter: str, seed: int
) -> None:
    for stop in walk(game, Random(seed), world, chapter):
        step_is_lawful(game, stop)


@given(games(), worlds, seeds)
def test_every_move_offered_can_be_made_and_every_other_is_refused_with_a_reason(
    game: Game, world: World, seed: int
) -> None:
    for state in states(game, world, seed):
        offers_are_the_rules(game, state)


@given(games(), worlds, seeds)
def test_what_a_role_may_not_know_changes_nothing_that_it_is_told(
    game: Game, world: World, seed: int
) -> None:
    edition, rnd = bare_edition(game), Random(seed)
    for stop in walk(game, Random(seed), world):
        facts_are_cut(edition, stop.step.facts)
    for state in states(game, world, seed):
        for audience in audiences(game):
            tells_nothing(edition, state, audience, rnd)


@given(games(), worlds, st.sampled_from(sorted(AT_ONCE)), st.data())
def test_a_journal_leads_to_the_state_it_was_played_to_and_cut_anywhere_keeps_its_good_part(
    game: Game, world: World, policy: str, data: st.DataObject
) -> None:
    played = playout(game, world, policies=POLICIES[policy])
    text = to_lines(played.journal)
    read = read_lines(text)
    assert read.journal is not None and read.trouble is None
    steps = list(replay(game, read.journal))
    assert steps[-1].state == played.state
    assert [fact for step in steps for fact in step.facts] == [fact for _, fact in played.facts]

    lines = text.splitlines(keepends=True)
    cut = data.draw(st.integers(1, len(lines) - 1))
    part = read_lines("".join(lines[:cut]))
    assert part.journal is not None and part.trouble is not None
    assert [step.state for step in replay(game, part.journal)] == [
        step.state for step in steps[: cut - 1]
    ]


def states(game: Game, world: World, seed: int) -> list[State]:
    """A few moments of a random play, its last among them."""
    stops: list[Stop] = list(walk(game, Random(seed), world))
    some = Random(seed).sample(stops, min(3, len(stops)))
    return [stop.before for stop in some] + [stops[-1].step.state]
