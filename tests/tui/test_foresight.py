"""The adviser's paper on the desk, forecasts on a screen: beside the game, never in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from valley_game import (
    ENVOY,
    HERE,
    SEED,
    begin,
    ended,
    game,
    kept_game,
    one_step,
    opened,
    press,
    settle,
    valley,
    words,
)

from peace_sim.history import forecast as forecasts
from peace_sim.history.forecast import Forecast
from peace_sim.report import forecast as papers
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition
from peace_sim.tui.app import Wish
from peace_sim.tui.canvas import Sheet
from peace_sim.tui.plots import Band, FanPlot
from peace_sim.tui.screens.debrief import DebriefScreen
from peace_sim.tui.screens.desk import Desk
from peace_sim.tui.screens.forecast import ForecastScreen, LookingBack
from peace_sim.tui.screens.heard import HeardScreen
from peace_sim.tui.screens.reveal import Reveal
from peace_sim.tui.widgets import question
from peace_sim.tui.widgets.paper import WRITING

ADVISER = """\
      adviser: {title: Ask the adviser, text: A paper., cost: 1, weight: "0", asks: adviser}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEACE_SIM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(question, "BOUNCE", 0.0)
    return tmp_path


@pytest.fixture(scope="module")
def advised(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The valley, where the first act of the Envoy is to ask the adviser."""
    folder = tmp_path_factory.mktemp("valley")
    for file in HERE.glob("*.yaml"):
        text = file.read_text("utf-8")
        first = "      visit_upper: {title: Visit the Upper village"
        (folder / file.name).write_text(text.replace(first, ADVISER + first), "utf-8")
    made, findings = library.open_edition(folder)
    assert made is not None, findings
    return made


async def waited(pilot: Pilot[None]) -> None:
    """Until a forecast that was begun has been told."""
    await pilot.pause(0.4)
    await settle(pilot)
    await settle(pilot)


# ── the adviser ──────────────────────────────────────────────────────────────────────────────


async def until_the_desk(pilot: Pilot[None]) -> None:
    """Ask the adviser, open the seals, and come back to the desk."""
    await begin(pilot)
    while not isinstance(pilot.app.screen, Reveal):
        await one_step(pilot)
    await one_step(pilot)
    assert isinstance(pilot.app.screen, Desk), pilot.app.screen


async def test_the_paper_lies_on_the_desk_after_the_adviser_was_asked(
    home: Path, advised: Edition
) -> None:
    app = game(home, edition=advised)
    async with opened(app) as pilot:
        await until_the_desk(pilot)
        await settle(pilot)
        told = words(app)
        assert "Your adviser's paper" in told and "The range." in told and "The fear." in told
        assert "256 playouts of a model" in told and "%" not in told
        await press(pilot, "h")
        await settle(pilot)
        assert isinstance(app.screen, HeardScreen)
        assert "Your adviser's paper" in str(app.screen.query_one("#heard").text)  # type: ignore[attr-defined]


async def test_who_did_not_ask_gets_no_paper(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        while not isinstance(app.screen, Reveal):
            await one_step(pilot)
        await one_step(pilot)
        assert "adviser" not in words(app)


async def test_the_desk_can_be_used_while_the_adviser_writes(
    home: Path, advised: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = Event()
    write = papers.paper_of

    def slow(*given: Any) -> Any:
        assert may_go_on.wait(20)
        return write(*given)

    monkeypatch.setattr(papers, "paper_of", slow)
    papers.paper.cache_clear()
    app = game(home, edition=advised)
    async with opened(app) as pilot:
        await begin(pilot)
        while not isinstance(app.screen, Reveal):
            await one_step(pilot)
        await pilot.press("escape")
        try:
            for _ in range(50):
                await pilot.pause(0.1)
                if isinstance(app.screen, Desk) and WRITING in words(app):
                    break
            assert isinstance(app.screen, Desk) and WRITING in words(app)
            await pilot.press("n")
            await pilot.pause(0.2)
            assert type(app.screen).__name__ == "NumbersScreen"
        finally:
            may_go_on.set()
        await pilot.press("escape")
        await settle(pilot)
        assert "The fear." in words(app)


# ── forecasts in full ────────────────────────────────────────────────────────────────────────


async def test_a_player_has_no_forecast_unless_it_is_switched_on(home: Path) -> None:
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "f")
        assert isinstance(app.screen, Desk)
        app.toggle_forecasts()
        await press(pilot, "f")
        assert isinstance(app.screen, ForecastScreen)
        await waited(pilot)
        assert "of 256 playouts of this model" in words(app)
    assert game(home).preferences.forecasts, "it is remembered"


async def test_study_has_forecasts(home: Path) -> None:
    app = game(home, wish=Wish(seed=SEED, scenario="a-valley", study=True))
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "f")
        assert isinstance(app.screen, ForecastScreen)


async def test_first_few_are_shown_and_then_more_and_who_leaves_drops_the_rest(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, dropped = Event(), Event()
    honest = forecasts.refined

    def slow(*given: Any) -> Iterator[Forecast]:
        first, last = honest(*given)
        try:
            yield first
            assert may_go_on.wait(20)
            yield last
        finally:
            dropped.set()

    monkeypatch.setattr(forecasts, "refined", slow)
    app = game(home)
    app.preferences.forecasts = True
    async with opened(app) as pilot:
        await begin(pilot)
        await pilot.press("f")
        for _ in range(60):
            await pilot.pause(0.1)
            if ": 64 playouts." in words(app):
                break
        assert "64 playouts. More are being played…" in words(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, Desk)
        may_go_on.set()
        await settle(pilot)
        assert dropped.is_set() and isinstance(app.screen, Desk)


async def test_what_was_begun_for_another_moment_is_not_shown(home: Path) -> None:
    app = game(home)
    app.preferences.forecasts = True
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "f")
        await waited(pilot)
        screen = app.screen
        assert isinstance(screen, ForecastScreen)
        before = words(app)
        told = forecasts.forecast(valley().game, screen.place.seat.known(), ENVOY, 3)
        screen.post_message(screen.Told(screen._number - 1, told))
        await pilot.pause()
        assert words(app) == before


async def test_a_debrief_looks_back_from_each_window_and_with_all_that_was_hidden(
    home: Path,
) -> None:
    app = game(home, wish=kept_game(home, ended))
    async with opened(app) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, DebriefScreen)
        await press(pilot, "f")
        assert isinstance(app.screen, LookingBack)
        await waited(pilot)
        first = words(app)
        assert "seen by Special Envoy on 1 March 1995" in first
        assert app.screen.query(FanPlot) and "of 256 playouts of this model" in first
        await press(pilot, "right")
        await waited(pilot)
        assert "day 2 of your" in words(app) and "1 March 1995" not in words(app)
        await press(pilot, "w")
        await waited(pilot)
        assert "seen by the facilitator" in words(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, DebriefScreen)


def drawn(plot: FanPlot, *, ascii: bool) -> str:
    sheet = Sheet(70, 12, ascii=ascii)
    plot.draw(sheet)
    return str(sheet)


def test_a_fan_can_be_read_without_colour() -> None:
    start = (date(1994, 1, 1), 40.0)
    bands = [
        Band(date(1994, month, 28), 40.0 + month, (35.0, 42.0 + 2 * month), (20.0, 60.0 + month))
        for month in range(1, 7)
    ]
    ours = [(date(1994, 1, 1), 30.0), (date(1994, 6, 28), 70.0)]
    plot = FanPlot("The cold", "of 100", start, bands, ours)
    told = drawn(plot, ascii=True)
    assert "The cold (of 100)" in told and "what came" in told
    for pen in "*.:o":
        assert told.split("\n", 2)[2].count(pen) > 4, pen
    still = replace(bands[0], median=40.0, half=(40.0, 40.0), most=(40.0, 40.0))
    assert "the middle" in drawn(FanPlot("Flat", "", start, [still]), ascii=False)
