"""The road to Tehran: what history's own acts bring about, and what others bring about instead."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from peace_sim.engine.facts import DecisionOpened, EventMissed
from peace_sim.engine.game import Answer, Game
from peace_sim.engine.opening import tick_of
from peace_sim.engine.state import World
from peace_sim.history.compare import Comparison, compare
from peace_sim.history.portions import simulate
from peace_sim.history.simulate import Job, Tally
from peace_sim.play.playout import Overrides, Played, playout
from peace_sim.play.policies import POLICIES
from peace_sim.scenario.edition import Edition
from peace_sim.scenario.library import open_edition

CHAPTER = "road-to-tehran"
RECORDED = World("1", "recorded")


@cache
def edition() -> Edition:
    opened, findings = open_edition("tajikistan")
    assert opened is not None, findings
    return opened


def game() -> Game:
    return edition().game


def as_history(overrides: Overrides | None = None) -> Played:
    """The chapter with every chair as history, but for what is overridden."""
    return playout(game(), RECORDED, CHAPTER, POLICIES["historical"], overrides=overrides)


@cache
def record() -> Comparison:
    return compare(edition(), as_history().journal)


def months(play: Comparison) -> dict[str, str]:
    """Each milestone passed, and its month."""
    return {m.id: date.fromordinal(m.day).strftime("%Y-%m") for m in play.milestones}


# ── the historical line ──────────────────────────────────────────────────────────────────────


def test_every_milestone_is_passed_in_its_month_and_on_its_day_where_the_day_is_a_moment() -> None:
    assert record().missed == ()
    moments = {moment.day for moment in game().moments}
    for passed in record().milestones:
        assert passed.months_off == 0.0, passed.id
        if passed.precision == "day" and passed.record_date.toordinal() in moments:
            assert passed.day == passed.record_date.toordinal(), passed.id


def test_milestones_come_in_the_order_of_the_record() -> None:
    days = [m.record_date for m in record().milestones if m.precision == "day"]
    assert days == sorted(days)


def test_it_ends_as_history_ended_with_a_truce_on_a_short_fuse_and_resolution_999() -> None:
    played = as_history()
    assert played.state.ending == "short_fuse"
    assert months(record())["resolution_999"] == "1995-06"


def test_nothing_that_history_did_was_shut_and_no_event_missed_its_guard() -> None:
    missed = [fact for _, fact in as_history().facts if isinstance(fact, EventMissed)]
    assert missed == []
    shut = [faced for faced in record().line.faced if faced.reason]
    assert [(f.decision, f.reason) for f in shut if "not open" in f.reason] == []


def test_at_least_24_milestones_of_which_three_in_five_rest_on_state_or_votes() -> None:
    milestones = record().milestones
    assert len(milestones) >= 24
    unforced = [m for m in milestones if not m.forced]
    assert len(unforced) >= 0.6 * len(milestones)


# ── one historical choice undone ─────────────────────────────────────────────────────────────


def days(play: Comparison) -> dict[str, int]:
    return {m.id: m.day for m in play.milestones}


def undone(decision: str, day: str, *answer: tuple[str, str]) -> dict[str, str]:
    """What one undone choice does to the milestones: ``never``, ``later`` or ``earlier``."""
    when = date.fromisoformat(day).toordinal()
    nth = next(f.nth for f in record().line.faced if f.decision == decision and f.day == when)
    here = days(compare(edition(), as_history({(decision, nth): answer}).journal))
    change = {}
    for id, there in days(record()).items():
        if id not in here:
            change[id] = "never"
        elif here[id] != there:
            change[id] = "later" if here[id] > there else "earlier"
    return change


def answer_of(said: str) -> Answer:
    """``field=option`` for each field, or for each thing that a plan takes."""
    pairs = (one.partition("=") for one in said.split())
    return tuple((field, option) for field, _, option in pairs)


# a decision of history's, its day, what is answered instead, and how a milestone moves for it
UNDONE = """
cis_force_drafting 1993-09-24: action=not_yet -> cis_force_made later
envoy_acts 1994-03-01: plan=call_dushanbe plan=carry_message -> first_round never
come_government 1994-04-01: answer=refuse -> first_round never
talks_answer_government 1994-09-17: answer=bracket -> tehran_agreement never
talks_sign_tehran_agreement_opposition 1994-09-17: answer=hold -> tehran_agreement later
observers_statement 1994-09-22: answer=take_note -> observers_deploy later
observers_proposal 1994-09-27: answer=full_mission_first -> in_force later
talks_answer_opposition 1994-11-01: answer=bracket -> islamabad_extension never
prisoner_list_opposition 1994-11-01: answer=wait -> exchange never
unmot_drafting 1994-12-16: action=wait strength=forty -> resolution_968 never
truce_term_opposition 1995-02-06: answer=refuse -> to_march later
meet_opposition 1995-04-26: answer=decline -> kabul later
russia_what_line 1994-03-01: answer=order_first -> moscow_talks never
russia_election_advice 1994-08-01: answer=let_them_vote -> vote_put_back never
""".strip().splitlines()


@pytest.mark.parametrize("case", UNDONE)
def test_a_choice_of_history_undone_moves_or_removes_a_milestone(case: str) -> None:
    choice, _, outcome = case.partition(" -> ")
    asked, _, said = choice.partition(": ")
    (decision, day), (milestone, how) = asked.split(), outcome.split()
    assert undone(decision, day, *answer_of(said)).get(milestone) == how


# ── nobody waits long ────────────────────────────────────────────────────────────────────────


def longest_wait(played: Played, role: str) -> int:
    """How many ticks in a row a chair had its standing acts and nothing else to decide."""
    kinds = {decision.id: decision.kind for decision in game().decisions}
    asked, last = set(), 0
    for _, fact in played.facts:
        if isinstance(fact, DecisionOpened):
            last = max(last, tick_of(game(), fact.day))
            if fact.role == role and kinds[fact.decision] not in ("acts", "deploy"):
                asked.add(tick_of(game(), fact.day))
    ticks = sorted(asked | {last})
    return max(after - before - 1 for before, after in pairwise([-1, *ticks]))


def test_no_chair_of_history_goes_more_than_two_ticks_without_a_choice_beside_its_acts() -> None:
    chairs = [role.id for role in game().roles if role.chair and not role.light]
    waits = {role: longest_wait(as_history(), role) for role in chairs}
    assert len(waits) == 6
    assert max(waits.values()) <= 2, waits


# ── thinking chairs in drawn worlds ──────────────────────────────────────────────────────────


@cache
def tallied(plays: int) -> Tally:
    """What comes of so many plays with ``character`` in every chair."""
    chairs = tuple((role.id, "character") for role in game().roles)
    job = Job(CHAPTER, "drawn", 1, (), chairs)
    return simulate(game(), edition().texts, job, plays, jobs=1).told


def shares(told: Tally) -> dict[str, float]:
    """Each ending's share of the plays."""
    return {
        ending.id: float(times) / told.plays
        for ending, times in zip(game().endings, told.endings, strict=True)
    }


def test_four_hundred_drawn_worlds_end_in_at_least_six_ways_and_break_nothing() -> None:
    told = tallied(400)
    assert sum(1 for share in shares(told).values() if share >= 0.03) >= 6
    assert not told.broken.any()


def test_no_chair_in_four_hundred_drawn_worlds_waits_three_ticks_for_a_choice() -> None:
    assert max(stretch.longest for stretch in tallied(400).dilemmas) <= 2


@pytest.mark.slow
def test_each_of_the_nine_endings_is_reached_in_3_of_100_of_2000_playouts() -> None:
    found = shares(tallied(2000))
    assert len(found) == 9
    assert min(found.values()) >= 0.03, found
