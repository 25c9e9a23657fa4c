"""S1 on the screen: a word of its own in every secret text, and every row that is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static
from valley_game import ENVOY, begin, game, grid, one_step, opened, press, valley

from canaries import Canaries, marked
from peace_sim.tui.app import PeaceApp
from peace_sim.tui.screens.debrief import DebriefScreen
from peace_sim.tui.screens.desk import Desk
from peace_sim.tui.widgets import question

LOOKS = ("n", "t", "v", "r", "h", "i", "p", "c", "w", "question_mark")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEACE_SIM_HOME", str(tmp_path))
    monkeypatch.setattr(question, "BOUNCE", 0.0)
    return tmp_path


def check(app: PeaceApp, canaries: Canaries) -> None:
    drawn = [grid(app), *(str(s.content) for s in app.screen.query(Static).results(Static))]
    for text in drawn:
        assert not canaries.astray(text, ENVOY), (app.screen, canaries.astray(text, ENVOY))


async def test_no_secret_word_of_others_is_ever_drawn_before_the_end(home: Path) -> None:
    edition, canaries = marked(valley())
    app = game(home, edition=edition)
    desks = 0
    async with opened(app, (150, 60)) as pilot:
        await begin(pilot)
        for _ in range(200):
            if isinstance(app.screen, DebriefScreen):
                break
            check(app, canaries)
            if isinstance(app.screen, Desk):
                desks += 1
                assert "zq" in grid(app), "the chair's own words are marked too"
                for key in LOOKS if desks == 4 else ():
                    await press(pilot, key)
                    check(app, canaries)
                    while not isinstance(app.screen, Desk):
                        await press(pilot, "escape")
            await one_step(pilot)
        assert isinstance(app.screen, DebriefScreen) and desks >= 4
