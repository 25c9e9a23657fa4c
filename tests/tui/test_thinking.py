"""Chairs that think long: the screen lives on beside them, and nobody has to wait for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot
from valley_game import asked_for, game, kept_game, press, settle

from peace_sim.engine.game import Decision, Game
from peace_sim.engine.state import State
from peace_sim.play.policies import DEFAULT, Choice, Draw
from peace_sim.play.store import Store
from peace_sim.tui import app as application
from peace_sim.tui.app import PeaceApp
from peace_sim.tui.evening import THINKING
from peace_sim.tui.screens.help import HelpScreen
from peace_sim.tui.screens.start import Start
from peace_sim.tui.widgets import question


@dataclass
class Slow:
    """A mind that answers when it is told that it may."""

    name: str = "slow"
    asked: Event = field(default_factory=Event)
    may: Event = field(default_factory=Event)

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        self.asked.set()
        assert self.may.wait(20)
        return DEFAULT.answer(game, known, decision, draw)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(question, "BOUNCE", 0.0)
    monkeypatch.setattr(application, "A_MOMENT", 0.05)
    monkeypatch.setenv("PEACE_SIM_HOME", str(tmp_path))
    return tmp_path


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait for something while a mind is still at work."""
    for _ in range(500):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError("it never came")


async def thinking(pilot: Pilot[None], app: PeaceApp) -> Slow:
    """Answer the question at hand, open the seals, and have the others think about theirs."""
    slow = Slow()
    assert app.evening is not None
    session = app.evening.seat.session
    session.seats = {role: policy and slow for role, policy in session.seats.items()}
    await press(pilot, "enter", "1", "s")
    await pilot.press("o")
    await until(pilot, slow.asked.is_set)
    return slow


def signs(app: PeaceApp) -> list[str]:
    return [told.message for told in app._notifications]


def first_month(folder: Path) -> PeaceApp:
    return game(folder, wish=kept_game(folder, asked_for("month")))


async def test_while_the_others_think_the_screen_says_so_and_can_be_read_on(home: Path) -> None:
    app = first_month(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await settle(pilot)
        slow = await thinking(pilot, app)
        await until(pilot, lambda: THINKING in signs(app))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("escape")
        slow.may.set()
        await settle(pilot)
        assert THINKING not in signs(app)
    assert app.fault is None


async def test_who_leaves_does_not_wait_and_what_was_thought_is_dropped(home: Path) -> None:
    app = first_month(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await settle(pilot)
        slow = await thinking(pilot, app)
        app.action_leave()
        await until(pilot, lambda: isinstance(app.screen, Start))
        assert THINKING not in signs(app)
        slow.may.set()
        await until(pilot, lambda: not app.workers)
        await settle(pilot)
        assert isinstance(app.screen, Start)
    assert app.fault is None
    store = Store(home)
    (kept,) = store.games()
    journal = store.load(kept.id).journal
    store.close()
    assert journal is not None
    assert type(journal.entries[-1]).__name__ == "Move", "the window was not closed"


async def test_who_answers_at_once_is_shown_no_sign(home: Path) -> None:
    app = first_month(home)
    shown: list[str] = []
    app.notify = lambda message, **more: shown.append(message)  # type: ignore[assignment, method-assign]
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await settle(pilot)
        await press(pilot, "enter", "1", "s")
        await press(pilot, "o")
        assert THINKING not in shown
