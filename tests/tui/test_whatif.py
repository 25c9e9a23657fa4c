"""What else could have been answered, on the screen: found beside it, followed, left cleanly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from valley_game import asked_for, ended, game, grid, kept_game, opened, press, settle

from peace_sim.history import counterfactual
from peace_sim.history.counterfactual import explore
from peace_sim.tui.app import PeaceApp
from peace_sim.tui.plots import SeriesPlot
from peace_sim.tui.screens.debrief import DebriefScreen
from peace_sim.tui.screens.start import Start
from peace_sim.tui.screens.whatif import BranchScreen, CurvesScreen, WhatIfScreen
from peace_sim.tui.widgets import question


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEACE_SIM_HOME", str(tmp_path))
    monkeypatch.setattr(question, "BOUNCE", 0.0)
    return tmp_path


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen pairs: what is shown is under test, not how sure it is."""
    monkeypatch.setattr(counterfactual, "explore", lambda *asked: explore(*asked, 16))


async def asked(pilot: Pilot[object], app: PeaceApp) -> WhatIfScreen:
    """The screen, when all has been found."""
    await press(pilot, "w")
    screen = app.screen
    assert isinstance(screen, WhatIfScreen)
    while (found := screen.inquiry.found) is None or found.windows < found.of:
        await pilot.pause(0.05)
    await pilot.pause(0.5)  # it looks again now and then
    return screen


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 34)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_other_answers_are_listed_weighed_and_followed(
    home: Path, few: None, size: tuple[int, int]
) -> None:
    app = game(home, wish=kept_game(home, ended))
    async with opened(app, size) as pilot:
        screen = await asked(pilot, app)
        assert "changes compared, 16 pairs of playouts each" in grid(app)
        rows = [row for row in screen.beside.listing.rows if row.id]
        forks = screen.inquiry.forks
        assert {row.id for row in rows} >= {
            f"{fork.number}.{other.number}" for fork in forks for other in fork.others
        }
        assert all(fork.faced.by == "person" for fork in forks)
        await press(pilot, "end")
        assert "In 16 pairs of playouts of this model" in screen.beside.reader.text.plain
        await press(pilot, "home", "enter")
        await settle(pilot)
        branch = app.screen
        assert isinstance(branch, BranchScreen)
        assert "in the record" in branch.beside.reader.text.plain
        assert "One course of many" in branch.beside.reader.text.plain
        await press(pilot, "c")
        if branch.told.curves:
            assert isinstance(app.screen, CurvesScreen)
            assert "branch: " in grid(app) and app.screen.query(SeriesPlot)
            await press(pilot, "escape")
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, DebriefScreen)
        assert await asked(pilot, app) is not screen, "what was found is not worked out again"
    assert app.fault is None


async def test_it_is_not_told_of_a_game_that_is_not_over(home: Path) -> None:
    app = game(home, wish=replace(kept_game(home, asked_for("mission_report")), study=True))
    async with opened(app) as pilot:
        await press(pilot, "d")
        assert isinstance(app.screen, DebriefScreen)
        assert "What if" not in grid(app)
        await press(pilot, "w")
        assert isinstance(app.screen, DebriefScreen)


async def test_a_debrief_that_is_left_ends_the_work_soon(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, seen = Event(), []

    def slow(*asked: Any) -> Any:
        for told in explore(*asked, 16):
            seen.append(told.windows)
            yield told
            go.wait(10)

    monkeypatch.setattr(counterfactual, "explore", slow)
    app = game(home, wish=kept_game(home, ended))
    async with opened(app) as pilot:
        await pilot.press("w")  # not waiting for what it sets going
        while not seen:
            await pilot.pause(0.02)
        await pilot.press("escape", "q")
        while not isinstance(app.screen, Start):
            await pilot.pause(0.02)
        go.set()
        await settle(pilot)
    assert app.fault is None and len(seen) <= 2


async def test_without_arrays_it_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*asked: Any) -> Any:
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")

    monkeypatch.setattr(counterfactual, "explore", none)
    app = game(home, wish=kept_game(home, ended))
    async with opened(app) as pilot:
        await press(pilot, "w")
        await settle(pilot)
        assert "numpy" in " ".join(str(note.message) for note in app._notifications)
    assert app.fault is None
