"""Strategies measured: alike in both engines, and what is wrong with a small game is flagged."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from peace_sim.cli import main
from peace_sim.engine import World
from peace_sim.engine.batch import opening, play
from peace_sim.engine.game import Game
from peace_sim.history import contests
from peace_sim.history.contests import contested
from peace_sim.history.strategies import (
    LOOKING,
    Contest,
    Fared,
    Finding,
    best_of,
    fare,
    findings,
    paired,
)
from peace_sim.play import POLICIES, playout
from peace_sim.play.batched_strategies import many_lists, playing
from peace_sim.play.policies import Policy
from peace_sim.play.strategies import FORCE, GREEDY, YIELD, FixedList
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition
from rule_cases import game_of
from test_contract import figure, fits

SCENARIO = "last-night-in-tehran"


@cache
def edition() -> Edition:
    found, _ = library.open_edition(SCENARIO)
    assert found is not None
    return found


def test_greedy_knows_no_more_than_its_role_in_either_engine() -> None:
    # where the weather stands the envoy does not know; were it known, 30 more would often spoil it
    more = {"title": "More", "effects": ["add 30 to third"]}
    game = a_game({"less": {"title": "As it is"}, "more": more}, {"fair": FAIR_WEATHER}, "less")
    ends_alike(game, {"envoy": GREEDY}, 30)
    fared = fare(game, Contest("whole", 1, (), 30), "envoy", GREEDY, 0, 30)
    known = fare(game, Contest("whole", 1, (), 30), "envoy", FixedList("always", (
        ("call", (("answer", "more"),)),
    )), 0, 30)  # fmt: skip
    assert fared.same(known)


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


# ── small games with known answers ──


def a_world(
    options: dict[str, Any], goals: dict[str, str], usually: str = "left", endings: bool = True
) -> dict[str, Any]:
    """The envoy answers once; a coin is thrown beforehand, and the envoy sees how it fell."""
    return {
        "scenario": "a-coin", "title": "A coin", "version": "1",
        "calendar": {"start": "1994-09-01", "end": "1994-09-05", "tick": "day"},
        "chapters": {"whole": {
            "title": "All of it", "from": "1994-09-01", "to": "1994-09-05", "minutes": 5,
            "text": "A coin.",
        }},
        "roles": {"envoy": {"title": "Special Envoy"}},
        "variables": {
            "coin": {"title": "The coin", "start": 50, "range": [0, 100], "drawn": [0, 100]},
            "hand": {"title": "The hand", "start": 0, "range": [0, 100]},
            "third": {"title": "Weather", "start": 0, "range": [0, 100], "drawn": [0, 100],
                      "known_to": []},
        },
        "decisions": {"call": {
            "role": "envoy", "title": "Which?", "opens": {"on": ["1994-09-02"]},
            "options": options, "history": {"usually": usually},
        }},
        "goals": {
            id: {"role": "envoy", "title": id, "when": when} for id, when in goals.items()
        },
        "endings": {
            "low": {"title": "Low", "text": "So.", "when": "third < 40", "at_close": True},
            "middle": {"title": "Middle", "text": "So.", "when": "third < 70", "at_close": True},
            "high": {"title": "High", "text": "So.", "at_close": True},
        } if endings else {"over": {"title": "Over", "text": "So.", "at_close": True}},
    }  # fmt: skip


def a_game(
    options: dict[str, Any], goals: dict[str, str], usually: str = "left", endings: bool = True
) -> Game:
    made, wrong = game_of(a_world(options, goals, usually, endings))
    assert made is not None, wrong
    return made


def option(hand: int, **more: Any) -> dict[str, Any]:
    return {"title": f"Hand {hand}", "effects": [f"set hand to {hand}"], **more}


HANDS = {"left": option(20), "right": option(80)}


def flagged(game: Game, plays: int = 200) -> tuple[list[Finding], Fared]:
    fared = contested(game, {}, Contest("whole", 1, (), plays))
    assert fared.whole
    return findings(game, fared), fared


def codes(game: Game) -> set[str]:
    return {one.code for one in flagged(game)[0]}


FAIR_WEATHER = "third >= 20 and third < 50"
MATCHES = "coin < 50 and hand < 50 or coin >= 50 and hand >= 50"


def test_a_game_that_answers_to_who_looks_is_not_flagged() -> None:
    # a plain call wins half of the worlds; a second goal that chance gives makes it a quarter
    game = a_game(HANDS, {"match": MATCHES, "luck": "third >= 40"})
    found, fared = flagged(game, 400)
    assert not found
    assert best_of(game, fared, "envoy", LOOKING) == "greedy"
    greedy, listed = fared.of("envoy", "greedy"), fared.of("envoy", "fixed-list")
    assert greedy is not None and listed is not None
    goals, won = paired(game, "envoy", greedy, listed)
    assert goals.low < 0.25 < goals.high
    assert won.low > 0.2
    each = greedy.goals_of(game, "envoy").mean(axis=1)
    assert each[0] == 1.0
    assert 0.5 < each[1] < 0.7


def test_a_game_that_one_list_wins_is_a_puzzle() -> None:
    game = a_game(HANDS, {"right": "hand >= 50"})
    puzzle = next(one for one in flagged(game)[0] if one.code == "puzzle")
    assert (puzzle.role, puzzle.figures["strategy"]) == ("envoy", "fixed-list")
    assert puzzle.figures["won"] == 1.0


def test_the_best_list_is_found_without_looking_at_the_judged_worlds() -> None:
    options = {f"hand_{number}": option(number * 10) for number in range(10)}
    game = a_game(options, {"seven": "hand == 70"}, usually="hand_0")
    _, fared = flagged(game, 20)
    assert fared.lists["envoy"].answers == (("call", (("answer", "hand_7"),)),)
    assert flagged(game, 30)[1].lists == fared.lists


def test_a_chair_that_moves_nothing_is_idle() -> None:
    alike = {"left": option(20), "right": option(20)}
    assert "idle" in codes(a_game(alike, {"luck": "third >= 60"}))
    assert "idle" not in codes(a_game(HANDS, {"match": MATCHES}))


def test_an_option_that_is_always_worse_is_dominated_and_no_other() -> None:
    game = a_game(
        {**HANDS, "neither": option(50, weight="0.2")},
        {"match": "coin < 50 and hand == 20 or coin >= 50 and hand == 80", "luck": "third >= 40"},
    )
    worse = [one.figures for one in flagged(game)[0] if one.code == "dominated"]
    assert [(one["decision"], one["option"]) for one in worse] == [("call", "neither")]
    assert 0.3 < float(worse[0]["loss"]) < 0.7


def test_where_copying_history_is_best_it_is_a_quiz() -> None:
    options = {"left": option(20, weight="1"), "right": option(80, weight="0.1")}
    game = a_game(options, {"right": "hand == 80", "luck": "third >= 40"}, usually="right")
    quiz = next(one for one in flagged(game)[0] if one.code == "quiz")
    assert quiz.role == "envoy"
    assert "quiz" not in codes(a_game(HANDS, {"match": MATCHES, "luck": "third >= 40"}))


def test_a_chapter_with_one_ending_is_told() -> None:
    few = [one for one in flagged(a_game(HANDS, {"match": MATCHES}, endings=False))[0]
           if one.code == "few-endings"]  # fmt: skip
    assert [one.figures["endings"] for one in few] == ["over"]


# ── the command ──

FAIR = a_world(HANDS, {"match": MATCHES, "luck": "third >= 40"})
SOLVED = a_world(HANDS, {"right": "hand >= 50"})
QUICK = ("--strategies", "-n", "60", "--search-plays", "0", "--jobs", "1")


def told(world: dict[str, Any], folder: Path, *options: str) -> int:
    file = folder / "scenario.yaml"
    file.write_text(json.dumps(world), "utf-8")
    return main(["simulate", str(file), *options])


def test_the_exit_code_says_whether_anything_is_flagged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(FAIR, tmp_path, *QUICK) == 0
    assert "- Nothing." in capsys.readouterr().out
    assert told(SOLVED, tmp_path, *QUICK) == 1
    said = capsys.readouterr().out
    assert "a fixed list wins 100.0 % (94.0–100.0) of 60 playouts" in said
    assert "more than 40 % solves the chair" in said


def test_the_bytes_are_the_same_for_any_jobs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = []
    for jobs in ("1", "2"):
        assert told(SOLVED, tmp_path, *QUICK[:-1], jobs, "--json") == 1
        found.append(capsys.readouterr().out)
    assert found[0] == found[1]


INTERVAL = {"value": figure, "low": figure, "high": figure}
SHAPE = {
    "n": int, "seed": int, "chapter": str, "whole": bool,
    "chairs": {"envoy": {
        "goals": [str], "endings_above": [str], "best_list": {"call": str},
        "lead": {"strategy": str, "n": int, "goals": INTERVAL, "won": INTERVAL},
        "strategies": {name: {
            "n": int, "goals": INTERVAL, "won": INTERVAL, "each": {"right": INTERVAL},
            "endings": {"low": INTERVAL, "middle": INTERVAL, "high": INTERVAL},
        } for name in ("character", "random", "greedy", "always-force", "always-yield",
                       "copy-history", "fixed-list")},
    }},
    "findings": [{"code": str, "role": str, "plays": int}],
}  # fmt: skip


def test_json_has_the_promised_shape(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(SOLVED, tmp_path, *QUICK, "--json") == 1
    data = json.loads(capsys.readouterr().out)
    assert fits(data, SHAPE)
    assert data["whole"]
    assert [one["code"] for one in data["findings"]] == ["puzzle", "dominated"]


def test_csv_is_one_table_with_a_figure_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(SOLVED, tmp_path, *QUICK, "--csv") == 1
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == "chair,strategy,figure,id,n,value,low,high"
    cells = [row.split(",") for row in rows]
    won = next(row for row in cells if row[:4] == ["envoy", "fixed-list", "won", ""])
    assert [float(cell) for cell in won[4:]] == [60, 1, pytest.approx(0.94, abs=0.01), 1]
    assert "envoy,,puzzle,fixed-list,60,,," in rows


def test_search_plays_in_as_many_worlds_as_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = a_world(HANDS, {"match": MATCHES, "luck": "third >= 40"})
    options = ("--strategies", "-n", "60", "--search-plays", "3", "--jobs", "1", "--json")
    assert told(world, tmp_path, *options) == 0
    fared = json.loads(capsys.readouterr().out)["chairs"]["envoy"]["strategies"]
    assert fared["search-quick"]["n"] == 3
    assert fared["search-quick"]["each"]["match"]["value"] == 1.0
    assert fared["greedy"]["n"] == 60


def test_interrupted_it_tells_what_was_played_and_how_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(game: Game, *rest: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(contests, "best_list", stop)
    world = a_world(HANDS, {"right": "hand >= 50"}, usually="right")
    assert told(world, tmp_path, *QUICK) == 130
    out, err = capsys.readouterr()
    assert "interrupted; what follows rests on the 360 playouts that were done" in err
    assert "copy-history" in out
    assert "fixed-list" not in out
    assert "quiz" not in out, "what was not played might have been better"
    monkeypatch.setattr(contests, "fare", stop)
    assert told(SOLVED, tmp_path, *QUICK) == 130
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--strategies", "--policy", "random"), "leave --policy out"),
        (("--strategies", "--world", "recorded"), "leave --world out"),
        (("--strategies", "--cluster", "tcp://127.0.0.1:1"), "leave --cluster out"),
        (("--strategies", "-n", "100001"), "at most 100,000"),
        (("--strategies", "--search", "serch"), "There is no search “serch”"),
        (("--strategies", "--search-plays", "-1"), "-1"),
        (("--search-plays", "3"), "belong to --strategies"),
    ],
)
def test_bad_input_is_a_usage_error_in_words(
    options: tuple[str, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(FAIR, tmp_path, *options) == 2
    out, err = capsys.readouterr()
    assert words in err
    assert not out
