"""The game on the screen, played by keys: what it shows, and that every answer is the player's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.widgets import Input
from valley_game import (
    answer,
    asked_for,
    begin,
    ended,
    game,
    grid,
    kept_game,
    moves,
    one_step,
    opened,
    pane,
    play_until,
    press,
    settle,
    words,
)

from golden_text import kept
from peace_sim.engine.facts import DecisionMade
from peace_sim.engine.state import Withdrawal
from peace_sim.history import compare
from peace_sim.play.journal import replay
from peace_sim.play.store import Store
from peace_sim.report.debrief import debrief_of
from peace_sim.tui.app import Wish
from peace_sim.tui.screens import debrief, reveal
from peace_sim.tui.screens.answer import AnswerScreen
from peace_sim.tui.screens.council import CouncilScreen
from peace_sim.tui.screens.debrief import DebriefScreen
from peace_sim.tui.screens.desk import Desk
from peace_sim.tui.screens.dialogs import Choice, TooSmall
from peace_sim.tui.screens.help import HelpScreen
from peace_sim.tui.screens.reveal import Reveal
from peace_sim.tui.screens.start import Start
from peace_sim.tui.screens.table import TableScreen
from peace_sim.tui.widgets import question
from peace_sim.tui.widgets.chamber import Chamber
from peace_sim.tui.widgets.rows import Rows

GOLDEN = Path(__file__).parents[1] / "golden" / "screens"
TABLE = asked_for("talks_table")
REPORT = asked_for("mission_report")


@pytest.fixture(autouse=True)
def no_bounce(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys of a test are not those of a trembling hand."""
    monkeypatch.setattr(question, "BOUNCE", 0.0)
    yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEACE_SIM_HOME", str(tmp_path))
    return tmp_path


# ── an evening ───────────────────────────────────────────────────────────────────────────────


async def test_three_keys_lead_a_newcomer_to_the_first_question(home: Path) -> None:
    app = game(home, wish=Wish())
    async with opened(app) as pilot:
        assert "New here?" in grid(app)
        await press(pilot, "enter", "enter", "enter")
        assert isinstance(app.screen, AnswerScreen)
        assert "Four weeks" in grid(app) and "■■■■ 4 of 4 weeks left" in grid(app)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 34)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_a_whole_game_is_played_by_keys_to_its_debrief(
    home: Path, size: tuple[int, int]
) -> None:
    app = game(home)
    async with opened(app, size) as pilot:
        await begin(pilot)
        while not isinstance(app.screen, DebriefScreen):
            if isinstance(app.screen, Desk):
                assert app.screen.place.asked(), "a quiet month is skipped"
            assert "history" not in grid(app).lower()
            await one_step(pilot)
        await settle(pilot)
        pages = []
        for number in range(1, 8):
            await press(pilot, str(number))
            pages.append(words(app, "#page Static"))
        assert all(page.strip() for page in pages) and len(set(pages)) == 7
        assert "The courses part on" in pages[0] and "where history chose" in pages[0]

        assert app.evening is not None
        place, session = app.evening.place, app.evening.seat.session
        made = [f for f in place.facts() if isinstance(f, DecisionMade) and f.role == place.role]
        assert all(fact.by == "person" for fact in made) and len(made) == len(moves(app)) >= 8
        kept = Store(home).load(session.id).journal
        assert kept is not None and kept.entries == session.journal.entries
        assert list(replay(session.game, kept))[-1].state == session.state


async def test_the_desk_tells_the_date_what_stands_where_and_what_is_asked(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        shown = grid(app)
        assert "1 March 1995" in shown and "Special Envoy" in shown
        assert "The cold" in shown and "mild" in shown
        assert "(a guess)" in shown  # a trust that the chair may not see
        assert "The mission, mandate expires" in shown and "in 101 days" in shown
        assert "You want: a paper with two names." in shown
        assert "[ ] Four weeks" in shown and "■■■■ 4 weeks" in shown


async def test_a_doubtful_cable_says_so_in_a_word(home: Path) -> None:
    app = game(home, wish=kept_game(home, asked_for("bridge")))
    async with opened(app):
        shown = grid(app)
        assert "CABLE from New York" in shown
        line = next(line for line in shown.split("\n") if "CABLE from the market" in line)
        assert "DOUBTFUL" in line


GRIDS = {
    "setup": (None, ()),
    "desk": (asked_for("bridge"), ()),
    "question": (asked_for("bridge"), ("enter", "down", "down", "down", "w")),
    "table": (TABLE, ("enter", "down")),
    "seals": (TABLE, ("enter", "enter", "enter", "enter", "s", "o")),
    "council": (REPORT, ("enter", "enter", "s", "o", "escape")),
    "debrief": (ended, ()),
}


@pytest.mark.parametrize("name", GRIDS)
async def test_a_screen_looks_as_it_was_read_and_found_good(home: Path, name: str) -> None:
    until, keys = GRIDS[name]
    app = game(home, wish=kept_game(home, until) if until is not None else None)
    async with opened(app) as pilot:
        await press(pilot, *keys)
        shown = grid(app) + "\n"
    assert shown == kept(GOLDEN / f"{name}.txt", shown)


# ── answering ────────────────────────────────────────────────────────────────────────────────


async def test_a_plan_takes_several_within_its_weeks_and_not_one_more(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "enter", "1", "2", "3")
        assert "□□□□ 0 of 4 weeks left" in grid(app)
        await press(pilot, "3")
        assert "■□□□ 1 of 4 weeks left" in grid(app)
        await press(pilot, "s")
        assert [option for _, option in moves(app)[-1].answer] == ["visit_upper", "visit_lower"]


async def test_an_empty_plan_is_sealed_only_when_it_is_meant(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "enter", "s")
        assert moves(app) == []
        await press(pilot, "s")
        assert [move.answer for move in moves(app)] == [()]


async def test_a_shut_option_says_who_refuses_and_one_key_says_what_is_missing(
    home: Path,
) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "enter", "down", "down", "down")
        shown = grid(app)
        assert "shut" in shown and "The Lower village: we know what your lorries carry." in shown
        assert "at least 90" not in shown
        await press(pilot, "w")
        told = " ".join(words(app, "#ask-word").split())
        assert "“The Lower village's trust” is 55, and it wants at least 90" in told
        await press(pilot, "enter", "s", "s")
        assert moves(app)[-1].answer == ()


async def test_a_sealed_answer_can_be_taken_back_until_the_seals_are_opened(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "enter", "enter", "s")
        assert pane(app).is_sealed and "Take it back" in grid(app)
        await press(pilot, "u")
        assert not pane(app).is_sealed
        assert app.evening is not None
        assert isinstance(app.evening.seat.session.journal.entries[-1], Withdrawal)
        await press(pilot, "s", "o")
        assert isinstance(app.screen, Reveal)


async def test_going_back_behind_opened_seals_asks_first_and_keeps_what_was(home: Path) -> None:
    app = game(home, wish=kept_game(home, TABLE))
    async with opened(app) as pilot:
        assert app.evening is not None
        first = app.evening.seat.session
        await press(pilot, "u")
        assert isinstance(app.screen, Choice)
        await press(pilot, "escape")
        assert app.evening.seat.session is first
        await press(pilot, "u", "down", "enter")
        branch = app.evening.seat.session
        assert branch.header.parent == (first.id, len(branch.journal.entries))
        assert isinstance(app.screen, Desk) and moves(app) == []
        assert {saved.id for saved in Store(home).games()} == {first.id, branch.id}


async def test_two_enters_make_one_decision_and_open_no_seal(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "enter", "enter")
        monkeypatch.setattr(question, "BOUNCE", 60.0)
        await pilot.press("s", "enter", "enter", "enter", "o", "o")
        await settle(pilot)
        assert len(moves(app)) == 1
        assert pane(app).is_sealed and isinstance(app.screen, AnswerScreen)
        monkeypatch.setattr(question, "BOUNCE", 0.0)
        await press(pilot, "o")
        assert isinstance(app.screen, Reveal)


async def test_an_enter_meant_for_the_seals_chooses_nothing_in_the_next_question(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = game(home, wish=kept_game(home, TABLE))
    async with opened(app) as pilot:
        await press(pilot, "enter")
        await answer(pilot)
        await press(pilot, "o")
        assert isinstance(app.screen, Reveal)
        monkeypatch.setattr(question, "BOUNCE", 60.0)
        await pilot.press("enter", "enter", "enter", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TableScreen) and pane(app).chosen == {}


# ── the table, the seals, the Council ────────────────────────────────────────────────────────


async def test_the_table_shows_each_sides_words_in_its_own_brackets(home: Path) -> None:
    app = game(home, wish=kept_game(home, TABLE))
    async with opened(app) as pilot:
        await press(pilot, "enter")
        shown = grid(app)
        assert "sitting 1" in shown and "2 sittings left" in shown
        assert "Water shall be shared [Upper: day by day] [Lower: by the number of heads]." in shown
        await answer(pilot)
        await press(pilot, "o", "escape")
        assert "sitting 2" in grid(app) and "1 sitting left" in grid(app)
        said = words(app, "#answers Static")
        assert "You: Water: Day by day" in said
        assert "The Upper village" in said and "The Lower village" in said


async def test_nobody_elses_answer_shows_before_the_seals_are_opened(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveal, "BEAT", 60.0)  # no seal opens by itself, however slow the machine
    monkeypatch.setattr(reveal, "LONGEST", 600.0)
    app = game(home, still=False)
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "enter", "1", "s")
        before = grid(app)
        await press(pilot, "o")
        assert isinstance(app.screen, Reveal)
        shut = grid(app)
        await press(pilot, "enter")
        after = grid(app)
        for told in ("cuts wood", "lets the axes rest"):
            assert told not in before and told not in shut
        assert "The Upper village" in shut and "sealed" in shut
        assert "cuts wood" in after or "lets the axes rest" in after


async def test_where_nothing_shall_move_all_seals_lie_open_at_once(home: Path) -> None:
    app = game(home, still=True)
    async with opened(app) as pilot:
        await begin(pilot)
        await play_until(pilot, Reveal)
        assert "Enter: go on" in grid(app) and "still sealed" not in grid(app)


async def test_the_council_marks_each_vote_with_a_sign_and_says_the_result(home: Path) -> None:
    app = game(home, wish=kept_game(home, REPORT))
    async with opened(app) as pilot:
        await press(pilot, "enter")
        assert isinstance(app.screen, CouncilScreen)
        assert "No vote yet" in grid(app) and "Nine of 15 carry it" in grid(app)
        await answer(pilot)
        await press(pilot, "o", "escape")
        shown = grid(app)
        assert "ADOPTED" in shown and "13 for, 1 against, 1 abstain" in shown
        chamber = str(app.screen.query_one(Chamber).content)
        assert "o  Hazel" in chamber and "−  Juniper" in chamber and "+ ◆Alder" in chamber


# ── looking, leaving, resuming ───────────────────────────────────────────────────────────────


async def test_every_screen_of_the_game_is_one_key_away_and_leads_back(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        depth = len(app.screen_stack)
        for key in ("n", "t", "v", "r", "h"):
            await press(pilot, key)
            assert not isinstance(app.screen, Desk), key
        assert len(app.screen_stack) == depth + 1, "one look replaces another"
        await press(pilot, "escape")
        assert isinstance(app.screen, Desk)
        await press(pilot, "m")
        assert isinstance(app.screen, Desk), "this scenario has no map"


async def test_help_names_the_keys_of_the_screen_it_lies_over(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        for key in ("question_mark", "f1"):
            await press(pilot, key)
            assert isinstance(app.screen, HelpScreen)
            await press(pilot, "escape")
        await begin(pilot)
        await press(pilot, "question_mark")
        told = words(app)
        assert "Open the seals; time goes on" in told and "How it is played" in told


async def test_a_game_that_was_left_goes_on_where_it_stood(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await play_until(pilot, TableScreen)
        await press(pilot, "escape")
        before = grid(app)
        await press(pilot, "q")
        assert isinstance(app.screen, Start) and "Go on" in grid(app)
        await press(pilot, "home", "enter")
        assert isinstance(app.screen, Desk) and grid(app) == before
    again = game(home, wish=Wish())
    async with opened(again) as pilot:
        await press(pilot, "home", "enter")
        assert isinstance(again.screen, Desk) and grid(again) == before


async def test_the_setup_passes_on_what_was_chosen(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        rows = app.screen.query_one(Rows)
        ids = [option.id for option in rows.options]
        for line in ("others", "world", "setting:fog", "study"):
            rows.highlighted = ids.index(line)
            await press(pilot, "right")
        await press(pilot, "b")
        assert isinstance(app.screen, Desk) and app.screen.place.study
        assert app.evening is not None
        session = app.evening.seat.session
        assert session.header.nature == "recorded"
        assert session.header.settings == (("fog", "thick"),)
        assert {policy.name for policy in session.seats.values() if policy} == {"search-quick"}


# ── the debrief ──────────────────────────────────────────────────────────────────────────────


async def test_the_debrief_is_written_as_a_page_and_never_over_a_file(home: Path) -> None:
    app = game(home, wish=kept_game(home, ended))
    async with opened(app) as pilot:
        assert isinstance(app.screen, DebriefScreen)
        target, other = home / "debrief.html", home / "other.html"
        target.write_text("mine", "utf-8")
        await press(pilot, "e")
        app.screen.query_one(Input).value = str(target)
        await press(pilot, "enter")
        assert target.read_text("utf-8") == "mine"
        app.screen.query_one(Input).value = str(other)
        await press(pilot, "enter")
        assert isinstance(app.screen, DebriefScreen)
        assert "<h1>A valley</h1>" in other.read_text("utf-8")
        await press(pilot, "q")
        assert isinstance(app.screen, Start)


async def test_a_debrief_that_is_left_before_it_is_ready_is_left(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, done = Event(), Event()

    def slow(*asked: Any) -> Any:
        ready.wait(10)
        return compare(*asked)

    def told(*asked: Any, **more: Any) -> Any:
        done.set()
        return debrief_of(*asked, **more)

    monkeypatch.setattr(debrief, "compare", slow)
    monkeypatch.setattr(debrief, "debrief_of", told)
    app = game(home, wish=kept_game(home, ended))
    async with app.run_test(size=(80, 24)) as pilot:
        while not isinstance(app.screen, DebriefScreen):
            await pilot.pause(0.02)
        await pilot.press("escape")
        while not isinstance(app.screen, Start):
            await pilot.pause(0.02)
        ready.set()
        while not done.is_set():
            await pilot.pause(0.02)
        await settle(pilot)
        assert isinstance(app.screen, Start)
    assert app.fault is None


async def test_study_shows_what_history_chose_once_it_is_past_and_nothing_else_does(
    home: Path,
) -> None:
    wish = kept_game(home, REPORT)
    for study in (True, False):
        app = game(home, wish=replace(wish, study=study))
        async with opened(app) as pilot:
            await press(pilot, "d")
            assert isinstance(app.screen, DebriefScreen) is study
            if study:
                await press(pilot, "3")
                assert "Who opens the bridge?" in grid(app) and "history" in grid(app)
                await press(pilot, "7")
                assert "How this world was drawn" not in words(app, "#page Static")
                await press(pilot, "q")
                assert isinstance(app.screen, Desk)


# ── sizes and hands ──────────────────────────────────────────────────────────────────────────


async def test_a_tiny_terminal_asks_to_be_enlarged_and_the_game_is_there_again(home: Path) -> None:
    app = game(home)
    async with opened(app, (40, 10)) as pilot:
        assert isinstance(app.screen, TooSmall) and "Please enlarge" in grid(app)
        await press(pilot, "b", "enter")
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        await begin(pilot)
        await press(pilot, "enter")
        before = grid(app)
        await pilot.resize_terminal(40, 10)
        await settle(pilot)
        await press(pilot, "1", "s", "s", "o")
        assert "40×10" in grid(app) and moves(app) == []
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert grid(app) == before


async def test_a_storm_of_sizes_leaves_the_game_as_it_was(home: Path) -> None:
    app = game(home, wish=kept_game(home, TABLE))
    async with opened(app) as pilot:
        await press(pilot, "enter")
        before = grid(app)
        for width, height in ((20, 5), (200, 60), (56, 16), (80, 10), (30, 40), (120, 30), (1, 1)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert grid(app) == before


async def test_mashed_keys_break_nothing_and_everything_sealed_is_kept(home: Path) -> None:
    keys = [
        "enter", "s", "o", "1", "2", "9", "down", "up", "left", "right", "tab", "w", "space",
        "escape", "u", "n", "t", "v", "h", "r", "question_mark", "pageup", "pagedown", "home",
        "end", "shift+tab", "x", "0", "f1", "ctrl+p", "a", "i", "p", "c",
    ]  # fmt: skip
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        state = 20260911
        for _ in range(200):
            state = (state * 1103515245 + 12345) % 2**31
            await pilot.press(keys[(state >> 16) % len(keys)])
        await settle(pilot)
        assert app.fault is None and app.evening is not None
        session = app.evening.seat.session
        kept = Store(home).load(session.id).journal
        assert kept is not None and kept.entries == session.journal.entries


async def test_a_click_takes_up_a_question_chooses_and_seals(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await pilot.click("#asked", offset=(8, 0))
        await settle(pilot)
        assert isinstance(app.screen, AnswerScreen)
        await pilot.click("#ask-options", offset=(8, 0))
        await settle(pilot)
        await pilot.click("#seal")
        await settle(pilot)
        assert [option for _, option in moves(app)[-1].answer] == ["visit_upper"]


async def test_before_anything_is_answered_there_is_nothing_to_take_back(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "u")
        assert not isinstance(app.screen, Choice), "no going back is offered where there is none"
        assert ["nothing to take back" in told.message for told in app._notifications] == [True]
