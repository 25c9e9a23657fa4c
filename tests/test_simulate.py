"""Many plays counted: as counting the step engine's plays would, however they are cut."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peace_sim.cli import main
from peace_sim.engine import Advance, State, World, initial
from peace_sim.engine.facts import (
    EventStruck,
    Fact,
    OptionTaken,
    PhaseEntered,
    VariableMoved,
)
from peace_sim.engine.opening import opened, option_open
from peace_sim.engine.step import broken_invariants
from peace_sim.history import portions
from peace_sim.history.compare import milestones_passed
from peace_sim.history.portions import Simulation, simulate
from peace_sim.history.simulate import Job, Lists, Tally, fans, rounded, tally, wilson
from peace_sim.play import POLICIES, playout, replay
from peace_sim.report.simulated import simulation_data
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

SCENARIO = "last-night-in-tehran"
PLAYS = 30


@cache
def edition() -> Edition:
    found, _ = library.open_edition(SCENARIO)
    assert found is not None
    return found


def job(seed: int = 1) -> Job:
    game = edition().game
    policies = tuple((role.id, "character") for role in game.roles)
    return Job(game.chapters[0].id, "drawn", seed, (), policies)


@cache
def counted() -> Tally:
    return tally(edition().game, job(), 0, PLAYS)


@cache
def played() -> list[tuple[list[State], list[Fact]]]:
    """The same plays by the step engine: the states in which a window stands open, and the end."""
    game, found = edition().game, []
    for seed in range(1, PLAYS + 1):
        play = playout(game, World(str(seed)))
        entries = play.journal.entries
        steps = replay(game, play.journal)
        states = [
            step.state
            for entry, step in zip(entries, steps, strict=True)
            if isinstance(entry, Advance)
        ]
        found.append((states, [fact for _, fact in play.facts]))
    return found


def windows() -> Iterator[tuple[int, State]]:
    for number, (states, _) in enumerate(played()):
        for state in states:
            if state.ending is None:
                yield number, state


# ── the counts are the step engine's ──


def test_endings_and_the_dates_of_milestones_are_counted() -> None:
    game, told = edition().game, counted()
    ends = Counter(states[-1].ending for states, _ in played())
    assert {e.id: n for e, n in zip(game.endings, told.endings, strict=True) if n} == ends
    passed = Counter(
        (mark.id, mark.day) for _, facts in played() for mark in milestones_passed(edition(), facts)
    )
    assert passed == {
        (milestone.id, game.moments[moment].day): when[moment]
        for milestone, when in zip(game.milestones, told.milestones, strict=True)
        for moment in np.flatnonzero(when)
    }
    assert len(passed) > 10


def test_options_are_counted_as_open_taken_and_in_how_many_plays() -> None:
    game, told, lists = edition().game, counted(), Lists(edition().game)
    was_open: Counter[tuple[int, int, int]] = Counter()
    for _, state in windows():
        day = game.moments[state.moment].day
        for d in opened(game, state):
            for f, field in enumerate(game.decisions[d].fields):
                for o, option in enumerate(field.options):
                    was_open[d, f, o] += option_open(option, state.cells, day)
    taken: Counter[tuple[str, str, str]] = Counter()
    chosen: Counter[tuple[str, str, str]] = Counter()
    for _, facts in played():
        here = Counter(
            (fact.decision, fact.field, fact.option)
            for fact in facts
            if isinstance(fact, OptionTaken)
        )
        taken += here
        chosen.update(here.keys())
    for at, key in enumerate(lists.options):
        decision = game.decisions[key[0]]
        field = decision.fields[key[1]]
        named = (decision.id, field.id, field.options[key[2]].id)
        assert told.offered[at] == was_open[key], named
        assert (told.taken[at], told.chosen[at]) == (taken[named], chosen[named]), named
    assert was_open.total() > 1000


def test_events_and_phases_are_counted() -> None:
    game, told, lists = edition().game, counted(), Lists(edition().game)
    struck: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    stood: Counter[tuple[str, str]] = Counter()
    for number, (_, facts) in enumerate(played()):
        here = Counter(fact.event for fact in facts if isinstance(fact, EventStruck))
        struck += here
        hit.update(here.keys())
        first = initial(game, World(str(number + 1)))
        places = {(t.id, t.phases[int(first.cells[t.cell])]) for t in game.tracks}
        places |= {(f.track, f.after) for f in facts if isinstance(f, PhaseEntered)}
        stood.update(places)
    for at, event in enumerate(game.events):
        assert (told.struck[at], told.hit[at]) == (struck[event.id], hit[event.id])
    for at, (track, phase) in enumerate(lists.phases):
        of = game.tracks[track]
        assert told.entered[at] == stood[of.id, of.phases[phase]]


def test_figures_are_counted_at_each_ticks_end_and_ledgers_at_the_last() -> None:
    game, told, lists = edition().game, counted(), Lists(edition().game)
    last = {moment.tick: moment.day for moment in game.moments if moment.last}
    for variable, spreads in zip(lists.figures, told.series, strict=True):
        for tick, spread in enumerate(spreads):
            levels = []
            for number, (states, facts) in enumerate(played()):
                if game.moments[states[-1].moment].day < last[tick]:
                    continue
                level = initial(game, World(str(number + 1))).cells[variable.cell]
                for fact in facts:
                    moved = isinstance(fact, VariableMoved) and fact.variable == variable.id
                    if moved and fact.day <= last[tick]:
                        level = fact.after
                levels.append(level)
            here = Counter(rounded(np.array(levels)).tolist())
            assert dict(zip(spread.levels.tolist(), spread.counts.tolist(), strict=True)) == here
    rows = [number for ledger in game.ledgers for _, number, _ in ledger.rows]
    for row, values in zip(rows, told.ledgers, strict=True):
        assert values.tolist() == [
            row.of(states[-1].cells, game.moments[states[-1].moment].day)
            for states, _ in played()
        ]


def test_a_chairs_longest_stretch_without_a_choice_is_counted_in_ticks() -> None:
    game, told, lists = edition().game, counted(), Lists(edition().game)
    last = {moment.tick: moment.day for moment in game.moments if moment.last}
    for role, choice, dilemma in zip(lists.chairs, told.choices, told.dilemmas, strict=True):
        for stretch, acts_too in ((choice, True), (dilemma, False)):
            longest = [
                longest_wait(states, role, acts_too, last) for states, _ in played()
            ]
            assert (stretch.longest, stretch.total) == (max(longest), sum(longest))
            assert stretch.seed == str(1 + longest.index(max(longest)))


def longest_wait(states: list[State], role: str, acts_too: bool, last: dict[int, int]) -> int:
    game = edition().game
    had = set()
    for state in states[:-1]:
        at = game.moments[state.moment]
        for index in opened(game, state):
            decision = game.decisions[index]
            if decision.role != role or (decision.kind == "acts" and not acts_too):
                continue
            for field in decision.fields:
                some = sum(option_open(o, state.cells, at.day) for o in field.options)
                if some > (0 if field.many else 1):
                    had.add(at.tick)
    longest = now = 0
    for tick, day in last.items():
        if day <= game.moments[states[-1].moment].day:
            now = 0 if tick in had else now + 1
            longest = max(longest, now)
    return longest


def test_a_broken_invariant_names_the_first_play_that_shows_it_and_its_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(json.dumps(FRAIL), "utf-8")
    assert main(["simulate", str(file), "-n", "40", "--policy", "weights", "--json"]) == 1
    told = capsys.readouterr()
    found = json.loads(told.out)["invariants"]["sound"]
    assert f"seed {found['seed']}" in told.err and "sound (trust <= 40)" in told.err
    made, _ = library.open_edition(file)
    assert made is not None
    game = made.game
    broke: dict[int, str] = {}
    for seed in range(1, 41):
        play = playout(game, World(str(seed)), policies=POLICIES["weights"])
        for step in replay(game, play.journal):
            if broken_invariants(game, step.state):
                day = date.fromordinal(game.moments[step.state.moment].day).isoformat()
                broke.setdefault(seed, day)
    assert 0 < len(broke) < 40
    assert found == {"broken": len(broke), "seed": min(broke), "date": broke[min(broke)]}


FRAIL = {
    "scenario": "frail", "title": "Frail", "version": "1",
    "calendar": {"start": "1994-09-01", "end": "1994-09-30", "tick": "week"},
    "chapters": {"one": {"title": "One", "from": "1994-09-01", "to": "1994-09-30", "minutes": 5,
                         "text": "A month."}},
    "roles": {"envoy": {"title": "The Envoy"}},
    "variables": {"trust": {"title": "Trust", "start": 30, "range": [0, 100],
                            "basis": {"judgement": "A test."}}},
    "decisions": {"act": {"role": "envoy", "title": "Act", "options": {
        "wait": {"title": "Wait", "weight": "4"},
        "push": {"title": "Push", "effects": ["add 11 to trust"]}}}},
    "endings": {"close": {"title": "Close", "text": "Over.", "at_close": True}},
    "invariants": {"sound": {"holds": "trust <= 40"}},
}  # fmt: skip


# ── however it is cut ──


@settings(max_examples=10)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_portions_added_up_are_the_whole(sizes: list[int]) -> None:
    game, first, whole = edition().game, 0, None
    for size in sizes:
        part = tally(game, job(), first, size)
        first += size
        if whole is None:
            whole = part
        else:
            whole.add(part)
    assert whole is not None
    assert data_of(whole) == data_of(tally(game, job(), 0, first))


def data_of(told: Tally) -> dict[str, Any]:
    simulated = Simulation(job(), Lists(edition().game), told, told.plays)
    data = simulation_data(edition(), simulated)
    data["ledgers"] = told.ledgers.tolist()
    return data


def test_the_numbers_are_the_same_for_any_jobs_and_when_a_process_dies() -> None:
    game, texts = edition().game, edition().texts
    alone = simulate(game, texts, job(), 40, jobs=1)
    shared = simulate(game, texts, job(), 40, jobs=2)
    assert (shared.lost, shared.whole) == (False, True)
    assert data_of(shared.told) == data_of(alone.told)

    others = set(active_children())

    def murder(done: float) -> None:
        for process in set(active_children()) - others:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)

    mended = simulate(game, texts, job(), 40, jobs=2, progress=murder)
    assert (mended.lost, mended.whole) == (True, True)
    assert data_of(mended.told) == data_of(alone.told)


def test_interrupted_it_returns_the_first_plays_as_if_no_more_had_been_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(portions, "BLOCK", 8)

    def stop(done: float) -> None:
        if done > 20:
            raise KeyboardInterrupt

    cut = simulate(edition().game, edition().texts, job(), 100, jobs=1, progress=stop)
    assert (cut.whole, cut.told.plays) == (False, 16)
    assert data_of(cut.told) == data_of(tally(edition().game, job(), 0, 16))


@given(st.integers(1, 100_000), st.integers(1, 16))
def test_portions_are_all_plays_once_and_none_is_larger_than_a_block(plays: int, jobs: int) -> None:
    parts = portions.portions(plays, jobs)
    assert [first for first, _ in parts] == [
        sum(size for _, size in parts[:at]) for at in range(len(parts))
    ]
    assert sum(size for _, size in parts) == plays
    assert all(0 < size <= portions.BLOCK for _, size in parts)
    assert len(parts) >= min(plays, jobs)


# ── figures ──


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    # worked out by hand from Wilson's formula
    [(0, 10, 0.0, 0.277533), (5, 10, 0.236593, 0.763407), (10, 10, 0.722467, 1.0)],
)
def test_an_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    assert wilson(count, of) == pytest.approx((low, high), abs=1e-6)


def test_levels_are_counted_to_three_figures_and_small_whole_numbers_as_they_are() -> None:
    whole = np.arange(-999.0, 1000.0)
    assert (rounded(whole) == whole).all()
    some = np.array([0.0, 53.4567, 1234.0, -0.0123456, 99_950.0, 1e-9])
    assert rounded(some).tolist() == [0.0, 53.5, 1230.0, -0.0123, 100_000.0, 0.0]


def test_a_fan_widens_from_its_median() -> None:
    for points in fans(Lists(edition().game), counted()).values():
        for point in points:
            assert point.most[0] <= point.half[0] <= point.median
            assert point.median <= point.half[1] <= point.most[1]


# ── the command ──


def test_json_has_these_fields_and_shares_that_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", SCENARIO, "-n", "25", "--seed", "7", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == [
        "n", "seed", "endings", "milestones", "series", "options", "events", "phases", "chairs",
        "invariants",
    ]  # fmt: skip
    assert (told["n"], told["seed"]) == (25, 7)
    assert sum(ending["count"] for ending in told["endings"].values()) == 25
    for ending in told["endings"].values():
        assert list(ending) == ["count", "share", "low", "high"]
        assert 0 <= ending["low"] <= ending["share"] <= ending["high"] <= 1
        assert ending["share"] == ending["count"] / 25


def test_csv_is_one_table_with_a_figure_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", SCENARIO, "-n", "10", "--csv"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == "table,id,part,date,figure,value"
    assert "run,,,,n,10" in rows
    tables = {row.split(",")[0] for row in rows}
    assert tables >= {"endings", "milestones", "series", "options", "phases", "ledgers"}


def test_text_says_what_the_figures_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", SCENARIO, "-n", "10", "--world", "recorded"]) == 0
    told = capsys.readouterr().out
    assert "10 playouts of this model, seeds 1 to 10, chance as the record has it." in told
    assert "How it ends (share of the playouts, 95 % interval)" in told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-n", "-5"], "not in the range"),
        (["-n", "0"], "not in the range"),
        (["-n", "99999999999999999999"], "not in the range"),
        (["-n", "many"], "not a valid integer"),
        (["--jobs", "0"], "not in the range"),
        (["--policy", "charcter"], "Did you mean “character”?"),
        (["--policy", "nobody=character"], "There is no role “nobody”"),
        (["--chapter", "first"], "There is no chapter “first”"),
        (["--seed", "-1"], "a seed is a whole number"),
        (["--json", "--csv"], "not both"),
    ],
)
def test_bad_input_is_a_usage_error_in_words(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert main(["simulate", SCENARIO, *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == "" and says in told.err


def test_without_numpy_it_says_what_is_missing_and_the_rest_goes_on() -> None:
    program = (
        "import sys; sys.modules['numpy'] = None\n"
        "from peace_sim.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "simulate", SCENARIO], capture_output=True, text=True
    )
    assert ran.returncode == 3 and "need numpy" in ran.stderr and ran.stdout == ""
    ran = subprocess.run(
        [sys.executable, "-c", program, "run", SCENARIO], capture_output=True, text=True
    )
    assert ran.returncode == 0 and "DEBRIEF" in ran.stdout
