"""What else could have been answered: true figures, noise not ranked, nothing told too early."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest

import crossroads
from peace_sim.cli import main
from peace_sim.engine.state import Advance, Move, World
from peace_sim.history import counterfactual
from peace_sim.history.branches import branch
from peace_sim.history.compare import compare_line
from peace_sim.history.counterfactual import Change, Fork, Other, WhatIf, explore, forks, weigh
from peace_sim.history.line import Line, line_of
from peace_sim.play import POLICIES, LocalSeat, Session
from peace_sim.play.journal import Journal, to_lines
from peace_sim.report.counterfactual import SEALED, sides, whatif_lines, whatif_text
from peace_sim.scenario import library

GAME = crossroads.edition().game
SOUTH, INN = ("road", "south"), ("road", "inn")


def line(**how: Any) -> Line:
    return line_of(GAME, crossroads.played(**how))


@cache
def found(plan: tuple[str, ...] = ("rest",), name: str = "whatif") -> WhatIf:
    played = line(plan=plan)
    return list(explore(GAME, forks(GAME, played), name=name))[-1]


def others(of: tuple[Fork, ...]) -> Iterator[tuple[str, str, str]]:
    for fork in of:
        for other in fork.others:
            yield fork.faced.decision, other.kind, other.option


def at(decision: str, option: str) -> tuple[Fork, Other]:
    for fork in forks(GAME, line()):
        for other in fork.others:
            if (fork.faced.decision, other.option) == (decision, option):
                return fork, other
    raise LookupError(option)


def lost(place: tuple[str, str], pairs: int, name: str) -> Change:
    (weighed,) = weigh(GAME, [at(*place)], pairs, name)
    return weighed.endings["lost"]


# ── what else was open ───────────────────────────────────────────────────────────────────────


def test_every_open_option_is_another_answer_and_nothing_that_was_shut_or_too_dear() -> None:
    assert list(others(forks(GAME, line()))) == [
        ("plan", "also", "scout"), ("plan", "without", "rest"),
        ("road", "instead", "south"), ("road", "instead", "inn"),
    ]  # fmt: skip
    assert list(others(forks(GAME, line(plan=()))))[:3] == [
        ("plan", "also", "scout"), ("plan", "also", "rest"), ("plan", "also", "feast")
    ]  # fmt: skip


def test_people_are_asked_about_and_a_role_that_a_policy_played_only_by_name() -> None:
    assert {fork.faced.role for fork in forks(GAME, line())} == {"envoy"}
    (guard,) = forks(GAME, line(), "government")
    assert guard.faced.by == "policy" and len(guard.others) == 1


def test_what_the_others_sealed_stays_as_it_was() -> None:
    fork, other = at(*SOUTH)
    before = {m.decision: m.answer for m in fork.state.sealed}
    after = {m.decision: m.answer for m in other.state.sealed}
    assert "guard" in before and before.pop("road") != after.pop("road")
    assert before == after


# ── figures ──────────────────────────────────────────────────────────────────────────────────


def test_a_change_and_its_error_are_those_that_can_be_worked_out_by_hand() -> None:
    # an ambush in 60 plays of 100 in place of 30, and no draw but that one: 30 pairs of 100 differ
    pairs = 2000
    change = lost(SOUTH, pairs, "by-hand")
    error = sqrt(0.3 * 0.7 / pairs)
    assert abs(change.share - 0.3) < 3 * error
    assert change.error == pytest.approx(error, rel=0.05)
    assert change.unpaired == pytest.approx(sqrt((0.3 * 0.7 + 0.6 * 0.4) / pairs), rel=0.05)
    assert not change.played, "whom the ambush meets on the north road it meets on the south"


def test_the_error_is_how_far_estimates_of_other_worlds_lie_apart() -> None:
    changes = [lost(SOUTH, 64, f"apart/{number}") for number in range(60)]
    spread = stdev(change.share for change in changes)
    assert fmean(change.error for change in changes) == pytest.approx(spread, rel=0.25)
    assert abs(fmean(change.share for change in changes) - 0.3) < 3 * spread / sqrt(60)


def test_an_answer_that_changes_nothing_changes_nothing_exactly() -> None:
    change = lost(INN, 200, "nothing")
    assert 0 < change.with_played == change.with_other < 200
    assert (change.share, change.error) == (0.0, 0.0)


def test_the_aims_of_the_chair_are_weighed_and_nobody_elses() -> None:
    (weighed,) = weigh(GAME, [at(*SOUTH)], 200, "aims")
    assert set(weighed.goals) == {"arrive"}
    assert weighed.goals["arrive"].share == -weighed.endings["lost"].share


def test_an_error_is_the_deviation_of_the_differences() -> None:
    differences = [1] * 5 + [-1] * 2 + [0] * 13
    change = Change(pairs=20, both=4, played=2, other=5)
    assert change.share == pytest.approx(fmean(differences))
    assert change.error == pytest.approx(stdev(differences) / sqrt(20))


# ── what mattered most ───────────────────────────────────────────────────────────────────────


def test_the_choices_are_ranked_by_how_much_they_surely_changed() -> None:
    told = found(("feast",))
    assert [one.weighed.fork.faced.decision for one in told.mattered()] == ["road"]
    told = found(("scout", "rest"))
    ranked = told.mattered()
    assert [one.weighed.fork.faced.decision for one in ranked] == ["road", "plan"]
    assert [one.weighed.other.option for one in ranked] == ["south", "scout"]
    assert ranked[0].surely > ranked[1].surely > 0


def test_more_that_was_compared_asks_for_more_to_be_sure() -> None:
    told = found()
    assert told.compared == 2 * len(told.measured) == 4
    wide = replace(told, weighed=told.weighed * 50)
    assert wide.deviates > told.deviates > 1.95
    assert wide.mattered()[0].surely < told.mattered()[0].surely


def test_noise_is_not_ranked() -> None:
    even = Change(pairs=256, both=60, played=40, other=58)  # 18 more of 256: 1.8 errors
    one = next(weighed for weighed in found().weighed if weighed.measured)
    noise = replace(found(), weighed=(replace(one, endings={"lost": even}),))
    assert not noise.mattered()
    certain = replace(even, both=0, played=0, other=3)  # three pairs, and an error next to nothing
    assert not replace(noise, weighed=(replace(one, endings={"lost": certain}),)).mattered()


def test_a_journal_has_one_set_of_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counterfactual, "PORTION", 1)  # however it is cut
    again = list(explore(GAME, forks(GAME, line())))[-1]
    assert again.weighed == found().weighed
    assert found(name="other").weighed != found().weighed


def test_what_is_found_grows_and_the_first_is_there_soon() -> None:
    steps = list(explore(GAME, forks(GAME, line()), 64))
    grown = [(step.windows, len(step.weighed), len(step.measured)) for step in steps]
    assert grown == [(0, 0, 0), (0, 2, 0), (0, 2, 1), (1, 2, 1), (1, 4, 1), (1, 4, 2), (2, 4, 2)]
    assert steps[1].weighed[0].fork.faced.decision == "road", "dilemmas before standing acts"


def test_it_is_told_in_playouts_of_this_model_and_marks_nothing_right() -> None:
    told = "\n".join(whatif_lines(whatif_text(crossroads.edition(), found(), "envoy")))
    south, scout = found().mattered()
    change = south.weighed.endings[south.ending]
    assert "1 September 1994, “Which road?”: You answered “The north road”." in told
    assert f"“Lost on the way” in {change.with_other} of 256 playouts of this model" in told
    assert f"as it was answered in {change.with_played}" in told
    assert "History chose just that other answer." in told and "4 changes of an ending" in told
    assert scout.weighed.other.option == "scout" and "With “Scout” besides [1.1]" in told
    assert not {"wrong", "mistake", "better", "worse", "should"} & set(told.lower().split())


# ── one branch ───────────────────────────────────────────────────────────────────────────────


def test_a_branch_with_the_answer_that_was_given_is_the_play() -> None:
    for road in ("north", "south"):
        journal = crossroads.played(road=road)
        played = line_of(GAME, journal)
        for faced in played.faced[:2]:
            made = branch(GAME, journal, faced, faced.answer)
            assert line_of(GAME, made.journal).state == played.state
            assert not made.left


def test_a_branch_is_the_play_whatever_was_done_to_it_on_the_way() -> None:
    """Another seed halfway, an event that somebody made strike, another policy in a chair."""
    edition, _ = library.open_edition("last-night-in-tehran")
    assert edition is not None
    game = edition.game
    session = Session.new(game, World("3"), None, {"envoy": None})
    for chair in ("government", "opposition"):
        session.seat(chair, POLICIES["historical"])
    until(session, 3)
    session = session.fork(len(session.journal.entries), fresh=True, seed="77")
    until(session, 5)
    session.seat("iran", POLICIES["weights"])
    session.inject(game.events[0].id)
    until(session, 999)
    journal = session.journal
    assert session.ended and len(journal.header.reseeded) == 1
    played = line_of(game, journal)
    for faced in [f for f in played.faced if f.by == "person"][:6]:
        made = branch(game, journal, faced, faced.answer)
        again = line_of(game, made.journal)
        assert again.trouble is None and again.state == played.state
        assert not made.left


def until(session: Session, windows: int) -> None:
    """Answer as history did, so many windows."""
    seat = LocalSeat(session, ["envoy"])
    for _ in range(windows):
        if session.ended:
            return
        for asked in seat.view().asked:
            decision = session.game.decision(asked.id)
            chosen = POLICIES["historical"].answer(session.game, seat.known(), decision, float)
            seat.submit(Move("envoy", asked.id, chosen.answer))
        seat.advance()


def test_a_branch_keeps_world_and_later_answers_where_they_can_be() -> None:
    seed = next(
        seed for seed in map(str, range(50))
        if (line(seed=seed).state.ending, line(seed=seed, road="south").state.ending)
        == ("arrived", "lost")
    )  # fmt: skip
    journal = crossroads.played(seed=seed, road="south")
    played = line_of(GAME, journal)
    road = next(faced for faced in played.faced if faced.decision == "road")
    north = branch(GAME, journal, road, (("answer", "north"),))
    assert line_of(GAME, north.journal).state.ending == "arrived"
    assert (north.kept, north.left) == (0, 1), "nobody is thanked where nobody was met"
    plan = next(faced for faced in played.faced if faced.decision == "plan")
    idle = branch(GAME, journal, plan, ())
    assert (idle.kept, idle.left) == (1, 0)
    answers = [entry for entry in idle.journal.entries if isinstance(entry, Move)]
    assert [(m.answer, m.by) for m in answers if m.decision == "thanks"] == [
        ((("answer", "nobody"),), "person")
    ]


def test_a_branch_stands_beside_the_play_and_the_record() -> None:
    edition = crossroads.edition()
    journal = crossroads.played()
    played = line_of(GAME, journal)
    fork, other = at(*SOUTH)
    made = branch(GAME, journal, fork.faced, other.answer)
    compared = [compare_line(edition, one) for one in (played, line_of(GAME, made.journal))]
    told = sides(edition, compared[0], compared[1], fork, other, (made.kept, made.left))
    (danger,) = told.curves
    assert [points[-1][1] for points in (danger.play, danger.branch)] == [30, 60]
    assert danger.play[-1][0] == danger.branch[-1][0], "each curve goes on to its course's end"
    assert told.ending.play.startswith("It arrives (30 November 1994)")
    assert "“The south road” instead" in told.about


# ── asked for in a terminal ──────────────────────────────────────────────────────────────────


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "game.jsonl", crossroads.played())


def written(path: Path, journal: Journal) -> Path:
    path.write_text(to_lines(journal, dict(crossroads.edition().texts)), "utf-8")
    return path


def test_whatif_tells_lists_and_follows(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["whatif", str(file), "-n", "64"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("The choices that mattered most") and "[2.1]" in told
    assert main(["whatif", str(file), "--list"]) == 0
    assert "  2.1 “The south road” instead" in capsys.readouterr().out
    assert main(["whatif", str(file), "--branch", "2.1"]) == 0
    assert "as played 30; in the branch 60" in capsys.readouterr().out
    assert main(["whatif", str(file), "--branch", "2.1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ending"]["played"].startswith("It arrives")


def test_compare_adds_it_on_request(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    for more in ((), ("--json",), ("--html", str(page))):
        assert main(["compare", str(file), "--what-if", "64", *more]) == 0
        out = capsys.readouterr().out
        if not more:
            assert "mattered most" in out and "History chose just that" in out
        elif more == ("--json",):
            value = json.loads(out)["what_if"]
            assert value["mattered"][0]["mark"] == "2.1" and value["pairs"] == 64
    assert "The south road" in page.read_text("utf-8")
    assert main(["compare", str(file)]) == 0
    assert "mattered most" not in capsys.readouterr().out


@pytest.mark.parametrize("command", [("whatif",), ("compare", "--what-if", "64")])
def test_a_game_that_is_not_over_tells_nothing_of_what_else_might_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    early = written(tmp_path / "early.jsonl", crossroads.played(until=0))
    cut = crossroads.played()
    ends = [at for at, entry in enumerate(cut.entries) if isinstance(entry, Advance)]
    short = replace(cut, entries=cut.entries[: ends[0]], witnesses=cut.witnesses[:1])
    for path in (early, written(tmp_path / "short.jsonl", short)):
        assert main([command[0], str(path), *command[1:]]) == 3
        shown = capsys.readouterr()
        assert not shown.out and SEALED in shown.err


def test_a_damaged_journal_and_one_of_an_older_build_say_so(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(whole[:-1]) + "\n", "utf-8")  # only the line that ends it
    assert main(["whatif", str(file), "-n", "16"]) == 1
    assert "Only a part could be followed" in capsys.readouterr().err
    journal = crossroads.played()
    older = replace(journal, header=replace(journal.header, rules=0))
    assert main(["whatif", str(written(tmp_path / "old.jsonl", older))]) == 3
    assert "rules 0" in capsys.readouterr().err
    file.write_text("no journal", "utf-8")
    assert main(["whatif", str(file)]) == 3


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--branch", "2.9"], "other answer"), (["--chair", "envoi"], "envoy"),
        (["-n", "-5"], "16"), (["-n", "100000000"], "100000"), (["--list", "--json"], "Choose"),
        (["--branch", "2.1", "--list"], "Choose"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_a_usage_error(
    file: Path, capsys: pytest.CaptureFixture[str], options: list[str], word: str
) -> None:
    assert main(["whatif", str(file), *options]) == 2
    shown = capsys.readouterr()
    assert word in shown.err and not shown.out


def test_a_play_without_people_asks_for_a_chair(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = crossroads.played()
    moves = [replace(e, by="policy") if isinstance(e, Move) else e for e in journal.entries]
    path = written(tmp_path / "p.jsonl", replace(journal, entries=tuple(moves), witnesses=()))
    assert main(["whatif", str(path)]) == 2
    assert "--chair" in capsys.readouterr().err
    assert main(["whatif", str(path), "--chair", "envoy", "-n", "64"]) == 0
    assert main(["whatif", str(tmp_path / "none.jsonl")]) == 2
    assert main(["whatif", "no-such-game"]) == 2


def test_interrupted_it_tells_what_it_has(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(*asked: Any) -> Iterator[WhatIf]:
        for told in explore(*asked):
            yield told
            if told.windows:
                raise KeyboardInterrupt

    monkeypatch.setattr(counterfactual, "explore", short)
    assert main(["whatif", str(file), "-n", "64"]) == 130
    shown = capsys.readouterr()
    assert "1 windows of 2" in shown.err and "so far (1 of 2 windows)" in shown.out
