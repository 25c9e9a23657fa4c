"""Players that think ahead: what they find, how long they look, and how they say it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from peace_sim.cli import main
from peace_sim.diagnostics import failed, render
from peace_sim.engine import Advance, Game, State, World, apply, initial, masked
from peace_sim.engine.facts import seen_by
from peace_sim.engine.state import Seating
from peace_sim.play import POLICIES, Session, Store, playout, search
from peace_sim.play.futures import Futures, futures
from peace_sim.play.policies import CHARACTER, SEARCHES, Choice, Depth, Policy, Search
from peace_sim.report.words import stranger_text
from peace_sim.scenario import library
from rule_cases import game_of

NIGHT = "last-night-in-tehran"
SHORT = Search("search-short", Depth(2, 128))

WORLD: Mapping[str, Any] = {
    "scenario": "paths",
    "title": "Paths",
    "version": "1",
    "calendar": {"start": "1994-09-01", "end": "1994-09-30", "tick": "week"},
    "chapters": {
        "all": {
            "title": "All", "from": "1994-09-01", "to": "1994-09-30", "minutes": 5, "text": "Paths."
        },
    },
    "roles": {"envoy": {"title": "The Envoy"}, "rebels": {"title": "The Rebels"}},
    "variables": {
        "near": {"title": "Near", "start": 0, "range": [0, 100]},
        "far": {"title": "Far", "start": 0, "range": [0, 100]},
        "luck": {"title": "Luck", "start": 50, "range": [0, 100], "drawn": [0, 100],
                 "known_to": []},
    },
    "goals": {
        "there": {"role": "envoy", "title": "to be there", "when": "far >= 50"},
        "lucky": {"role": "envoy", "title": "to be lucky", "when": "near >= luck", "secret": True},
    },
    "endings": {"over": {"title": "Over", "text": "Over.", "at_close": True}},
}  # fmt: skip
ROADS = {
    "high": {"title": "The high road", "weight": "1", "effects": ["add 60 to far"]},
    "low": {"title": "The low road", "weight": "9"},
    "shut": {"title": "The pass", "when": "near >= 99", "refusal": "Snow.",
             "effects": ["add 90 to far"]},
}  # fmt: skip


def asking(**decision: Any) -> tuple[Game, State]:
    """A world in which the envoy is asked one thing, on its first day."""
    base = {"role": "envoy", "title": "Which way?", "opens": {"on": "1994-09-01"}}
    game, findings = game_of({**WORLD, "decisions": {"way": {**base, **decision}}})
    assert game is not None, render(findings)
    return game, apply(game, initial(game, World("1")), Advance()).state


def think(game: Game, state: State, by: Policy = SHORT) -> Choice:
    decision = game.decision("way")

    def none(name: str) -> float:
        raise AssertionError(f"the session's chance was asked for {name}")

    return by.answer(game, masked(game, state, decision.role), decision, none)


@cache
def shipped(scenario: str) -> Game:
    edition, findings = library.open_edition(scenario)
    assert edition is not None and not failed(findings), render(findings)
    return edition.game


# ── what it finds ────────────────────────────────────────────────────────────────────────────


def test_it_takes_the_way_to_its_aim_however_little_its_character_leans_to_it() -> None:
    choice = think(*asking(options=ROADS))
    assert choice.answer == (("answer", "high"),)
    assert choice.reason == (
        "It expects this to reach its aim, “to be there”, in all of the courses that it can "
        "imagine, against none with “The low road”."
    )


def test_where_nothing_is_at_stake_it_acts_and_speaks_as_its_character() -> None:
    game, state = asking(options={"tea": {"title": "Tea"}, "rain": {"title": "Look at the rain"}})
    choice = think(game, state)
    known = masked(game, state, "envoy")
    own = [
        CHARACTER.answer(game, known, game.decision("way"), lambda name, s=share: s)  # type: ignore[misc]
        for share in (0.1, 0.9)
    ]
    assert choice in own


def test_a_role_without_an_aim_acts_as_its_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "futures", never)
    assert not think(*asking(role="rebels", options=ROADS)).reason.startswith("It expects")


def test_who_has_but_one_answer_gives_it_without_a_thought(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "futures", never)
    only = {"low": ROADS["low"], "shut": ROADS["shut"]}
    assert think(*asking(options=only)).answer == (("answer", "low"),)
    acts = {"walk": {"title": "Walk", "cost": 3}}
    assert think(*asking(kind="acts", budget="2", options=acts)).answer == ()


def never(*_: object, **__: object) -> Futures:
    raise AssertionError("nobody needed to think")


def test_a_plan_is_put_together_act_by_act_within_its_budget() -> None:
    acts = {
        f"idle{n}": {"title": f"Idle {n}", "cost": 1, "weight": "9"} for n in range(6)
    } | {
        "walk": {"title": "Walk", "cost": 2, "weight": "0", "effects": ["add 30 to far"]},
        "ride": {"title": "Ride", "cost": 1, "weight": "0", "effects": ["add 25 to far"]},
    }  # fmt: skip
    # neither act alone is enough: the way over one that helps nothing yet has to be found
    acts["walk"]["effects"].append("add 20 to near")
    acts["ride"]["effects"].append("add 20 to near")
    game, state = asking(kind="acts", budget="3", options=acts)
    taken = {option for _, option in think(game, state, Search("deep", Depth(4, 1024))).answer}
    assert taken == {"walk", "ride"}


def test_a_package_is_put_together_field_by_field() -> None:
    fields = {
        "road": {"title": "Road", "options": {k: ROADS[k] for k in ("low", "high")}},
        "pace": {
            "title": "Pace",
            "options": {
                "slow": {"title": "Slow", "weight": "9"},
                "fast": {"title": "Fast", "weight": "1", "effects": ["add 90 to near"]},
            },
        },
    }
    assert think(*asking(fields=fields)).answer == (("road", "high"), ("pace", "fast"))


# ── how long it looks ────────────────────────────────────────────────────────────────────────


def test_the_strengths_play_no_more_than_they_say_in_one_go_for_each_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone: list[int] = []

    def counting(game: Game, states: Sequence[State], kept: str) -> Futures:
        gone.append(len(states))
        return futures(game, states, kept=kept)

    monkeypatch.setattr(search, "futures", counting)
    game = shipped(NIGHT)
    state = apply(game, initial(game, World("1")), Advance()).state
    decision = game.decision("envoy_evening")
    for policy in SEARCHES:
        gone.clear()
        policy.answer(game, masked(game, state, "envoy"), decision, lambda name: 0.5)
        assert len(gone) == policy.depth.rounds
        assert all(0 < count <= policy.depth.playouts for count in gone), gone
    sizes = [policy.depth.rounds * policy.depth.playouts for policy in SEARCHES]
    assert sizes == sorted(set(sizes)), "each strength thinks longer than the one before"


def test_a_second_look_at_the_same_view_finds_the_same() -> None:
    game = shipped(NIGHT)
    state = apply(game, initial(game, World("1")), Advance()).state
    decision = game.decision("opposition_evening")
    known = masked(game, state, "opposition")
    first, again = (SHORT.answer(game, known, decision, lambda name: 0.5) for _ in range(2))
    assert first == again


# ── who learns of it ─────────────────────────────────────────────────────────────────────────


def test_its_reason_which_may_name_a_secret_aim_is_known_to_its_role_alone() -> None:
    game, _ = asking(
        options={
            "give": {"title": "Give", "weight": "1", "effects": ["add 99 to near"]},
            "keep": {"title": "Keep", "weight": "1"},
        }
    )
    session = Session.new(game, World("1"), None, {"envoy": SHORT, "rebels": CHARACTER})
    session.advance()
    told = [fact for _, fact in session.facts if "to be lucky" in repr(fact)]
    assert told
    for fact in told:
        assert seen_by(game, fact, "envoy") is not None
        assert seen_by(game, fact, "rebels") is None and seen_by(game, fact, "public") is None


# ── names that nobody knows ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["run", "simulate"])
def test_a_strength_that_there_is_not_is_refused_with_the_nearest(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, NIGHT, "--policy", "envoy=serch-deep"]) == 2
    told = capsys.readouterr()
    assert "There is no policy “serch-deep”. Did you mean “search-deep”?" in told.err
    assert told.out == ""


def test_a_game_with_a_policy_of_a_later_edition_goes_on_and_says_who_plays(
    tmp_path: Path,
) -> None:
    game, _ = asking(options=ROADS)
    later = Search("search-in-its-sleep", Depth(1, 64))
    store = Store(tmp_path)
    kept = Session.new(game, World("1"), None, {"envoy": later, "rebels": None}, store=store)
    kept.close()
    found = Session.resume(game, store, kept.id)
    assert found.strangers == {"envoy": "search-in-its-sleep"}
    assert found.seats["envoy"] == CHARACTER
    assert stranger_text(game, "envoy", found.strangers["envoy"]) == (
        "The Envoy was played by “search-in-its-sleep”, which is not known here. It is played "
        "on by a mind of its own (character)."
    )
    assert Session.resume(
        game, store, kept.id, policies={later.name: later}
    ).strangers == {}, "who knows it is not warned"
    found.seat("envoy", POLICIES["search"])
    assert found.strangers == {} and Seating("envoy", "search", "policy") in found.journal.entries


# ── that it pays ─────────────────────────────────────────────────────────────────────────────


def reached(game: Game, state: State, role: str) -> int:
    day = game.moments[state.moment].day
    return sum(goal.when.holds(state.cells, day) for goal in game.goals if goal.role == role)


def gained(scenario: str, chair: str, policy: Policy, seeds: Sequence[int]) -> tuple[float, float]:
    """How many of its aims more a chair reaches by thinking ahead than by character, with the same
    seeds; and half the width of the 95 % interval."""
    game = shipped(scenario)
    more = []
    for seed in seeds:
        world = World(str(seed))
        plain, ahead = (
            playout(game, world, policies={chair: by}).state for by in (CHARACTER, policy)
        )
        more.append(reached(game, ahead, chair) - reached(game, plain, chair))
    mean = sum(more) / len(more)
    spread = math.sqrt(sum((one - mean) ** 2 for one in more) / (len(more) - 1))
    return mean, 1.96 * spread / math.sqrt(len(more))


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    ("scenario", "chair"),
    [(id, role.id) for id in library.shipped() for role in shipped(id).roles if role.chair],
)
def test_it_reaches_more_of_its_aims_than_character_from_every_chair(
    scenario: str, chair: str
) -> None:
    plays = 40 if scenario == NIGHT else 12  # a long chapter takes a quarter of a minute
    mean, half = gained(scenario, chair, POLICIES["search-quick"], range(1000, 1000 + plays))
    print(f"{scenario} {chair}: {mean:+.2f} ± {half:.2f} aims a game")
    assert mean - half > 0.0
