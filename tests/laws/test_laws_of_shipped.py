"""The laws over every scenario that ships. A new scenario is covered by being there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from random import Random

import pytest

from laws import (
    Stop,
    audiences,
    facts_are_cut,
    offers_are_the_rules,
    step_is_lawful,
    tells_nothing,
    walk,
)
from peace_sim.diagnostics import failed, render
from peace_sim.engine import World
from peace_sim.history import historical_line
from peace_sim.history.compare import Passed, before, milestones_passed
from peace_sim.play import POLICIES, playout, replay
from peace_sim.play.journal import read_lines, to_lines
from peace_sim.play.policies import AT_ONCE
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

SHIPPED = library.shipped()
shipped = pytest.mark.parametrize("scenario", SHIPPED)


@cache
def edition_of(scenario: str) -> Edition:
    edition, findings = library.open_edition(scenario)
    assert edition is not None and not failed(findings), render(findings)
    return edition


@cache
def walked(scenario: str, chapter: str, seed: int) -> tuple[Stop, ...]:
    game = edition_of(scenario).game
    return tuple(walk(game, Random(seed), World(str(seed)), chapter))


def walks(scenario: str) -> Iterator[tuple[Stop, ...]]:
    for chapter in edition_of(scenario).game.chapters:
        yield walked(scenario, chapter.id, 1)


def test_at_least_one_scenario_ships() -> None:
    assert SHIPPED


@shipped
def test_every_step_leaves_its_input_alone_stays_in_range_gets_on_and_survives_text(
    scenario: str,
) -> None:
    game = edition_of(scenario).game
    for stops in walks(scenario):
        for stop in stops:
            step_is_lawful(game, stop)


@shipped
def test_every_move_offered_can_be_made_and_every_other_is_refused_with_a_reason(
    scenario: str,
) -> None:
    game = edition_of(scenario).game
    for stops in walks(scenario):
        for stop in Random(2).sample(stops, min(12, len(stops))):
            offers_are_the_rules(game, stop.before)
        offers_are_the_rules(game, stops[-1].step.state)


@shipped
def test_what_a_role_may_not_know_changes_nothing_that_it_is_told(scenario: str) -> None:
    edition, rnd = edition_of(scenario), Random(3)
    for stops in walks(scenario):
        for stop in stops:
            facts_are_cut(edition, stop.step.facts)
        for stop in rnd.sample(stops, min(6, len(stops))):
            for audience in audiences(edition.game):
                tells_nothing(edition, stop.before, audience, rnd)


@shipped
@pytest.mark.parametrize("policy", sorted(AT_ONCE))
def test_a_chapter_played_by_any_policy_ends_and_its_journal_leads_to_the_same_state(
    scenario: str, policy: str
) -> None:
    game = edition_of(scenario).game
    for chapter in game.chapters:
        played = playout(game, World("4"), chapter.id, POLICIES[policy])
        read = read_lines(to_lines(played.journal))
        assert read.journal == played.journal and read.trouble is None
        *_, last = replay(game, read.journal)
        assert last.state == played.state and last.state.ending is not None


# ── law 7: the historical line ──


def line_of_record(edition: Edition, chapter: str) -> tuple[Passed, ...]:
    game = edition.game
    line = historical_line(game, chapter)
    assert line.trouble is None
    return milestones_passed(edition, line.facts, before(game, chapter))


@shipped
def test_the_historical_line_passes_every_milestone_in_its_month_and_in_the_records_order(
    scenario: str,
) -> None:
    edition = edition_of(scenario)
    for chapter in edition.game.chapters:
        passed = line_of_record(edition, chapter.id)
        due = {
            milestone.id
            for milestone in edition.game.milestones
            if (entry := edition.entry(milestone.record))
            and chapter.start <= entry.date.toordinal() <= chapter.end
        }
        assert due <= {p.id for p in passed}, due - {p.id for p in passed}
        assert {p.id: p.months_off for p in passed if p.months_off} == {}
        for one, other in itertools.pairwise(passed):
            assert (one.record_date.year, one.record_date.month) <= (
                other.record_date.year, other.record_date.month
            ), f"{other.id} comes after {one.id}"  # fmt: skip


@shipped
def test_a_milestone_falls_on_its_day_where_that_day_is_a_moment(scenario: str) -> None:
    edition = edition_of(scenario)
    moments = {moment.day for moment in edition.game.moments}
    off = {}
    for chapter in edition.game.chapters:
        for p in line_of_record(edition, chapter.id):
            on = p.record_date.toordinal()
            if p.precision == "day" and on in moments and on != p.day:
                off[p.id] = p.day - on
    assert off == {}


@shipped
def test_most_milestones_rest_on_the_state_and_not_on_a_date_or_a_choice(scenario: str) -> None:
    edition = edition_of(scenario)
    for chapter in edition.game.chapters:
        passed = line_of_record(edition, chapter.id)
        free = [p for p in passed if not p.forced]
        assert len(free) >= 0.6 * len(passed), f"{len(free)} of {len(passed)}"
