"""Strangers' text on every screen of the game: shown letter by letter, and never obeyed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from valley_game import (
    answer,
    asked_for,
    ended,
    game,
    grid,
    kept_game,
    one_step,
    opened,
    press,
    settle,
    valley,
    words,
)

from peace_sim.engine.game import Game, Variable
from peace_sim.scenario.boards import IssueBoard
from peace_sim.scenario.edition import Edition
from peace_sim.tui.app import PeaceApp, Wish
from peace_sim.tui.screens.council import CouncilScreen
from peace_sim.tui.screens.debrief import DebriefScreen
from peace_sim.tui.screens.reveal import Reveal
from peace_sim.tui.screens.table import TableScreen
from peace_sim.tui.widgets import question
from peace_sim.tui.widgets.rows import Rows

MARKUP = "[/red][@click=app.quit]go[/][b]"
ORDERS = "\x1b]52;c;aGk=\x07\x1b[31m\u202e\x9b2J"
HOSTILE = f" {MARKUP}{ORDERS}"

WORDS = {
    "title", "text", "short", "because", "refusal", "said", "sender", "words", "summary", "note",
    "titles", "gauge", "body",
}  # fmt: skip


def spoilt(thing: Any, name: str = "") -> Any:
    """The same thing with hostile text behind every word that a person reads."""
    if isinstance(thing, str):
        return f"{thing}{HOSTILE}" if name in WORDS and thing else thing
    if isinstance(thing, tuple):
        return tuple(spoilt(item, name) for item in thing)
    if isinstance(thing, Mapping):
        if name != "briefs":
            return thing
        return {key: spoilt(item, "text") for key, item in thing.items()}
    if is_dataclass(thing) and not isinstance(thing, type):
        if type(thing).__module__.startswith("peace_sim.expressions"):
            return thing
        changed = {
            field.name: spoilt(getattr(thing, field.name), field.name)
            for field in fields(thing)
            if field.init and field.name not in ("id", "expr", "span", "basis")
        }
        if isinstance(thing, Variable | IssueBoard):
            changed["words"] = thing.words  # ids, not words to read
        return replace(thing, **changed)
    return thing


@lru_cache(maxsize=1)
def hostile() -> Edition:
    edition = valley()
    made = spoilt(edition)
    made_game: Game = spoilt(edition.game)
    return replace(made, game=made_game, id=edition.id, digest=edition.digest)


@pytest.fixture(autouse=True)
def no_bounce(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(question, "BOUNCE", 0.0)
    yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEACE_SIM_HOME", str(tmp_path))
    return tmp_path


def check(app: PeaceApp) -> None:
    """Nothing on the terminal is an order, nothing can be clicked that strangers wrote."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert segment.control is None
            assert all(letter.isprintable() for letter in segment.text), repr(segment.text)
            if segment.style is not None:
                assert "@click" not in segment.style.meta and segment.style.link is None


async def test_the_start_and_the_setup_show_strangers_text_as_text(home: Path) -> None:
    app = game(home, edition=hostile(), wish=Wish())
    async with opened(app) as pilot:
        assert MARKUP in grid(app)
        check(app)
        await press(pilot, "enter")
        for line in ("chapter", "chair", "setting:fog"):
            rows = app.screen.query_one(Rows)
            rows.highlighted = [option.id for option in rows.options].index(line)
            await settle(pilot)
            assert MARKUP in words(app, "#setup-about Static"), line
            check(app)


async def test_the_desk_and_a_question_show_strangers_text_as_text(home: Path) -> None:
    app = game(home, edition=hostile(), wish=kept_game(home, asked_for("bridge"), hostile()))
    async with opened(app, (100, 30)) as pilot:
        for within in ("#tray Static", "#side Static"):
            assert MARKUP in words(app, within)
        assert MARKUP in grid(app)
        check(app)
        await press(pilot, "enter", "down", "down", "down", "w")
        for within in ("#ask-title", "#ask-text", "#ask-word"):
            assert MARKUP in words(app, within), within
        check(app)
        await press(pilot, "question_mark")
        check(app)


async def test_the_table_and_the_seals_show_strangers_text_as_text(home: Path) -> None:
    app = game(
        home, edition=hostile(), wish=kept_game(home, asked_for("talks_table"), hostile())
    )
    async with opened(app) as pilot:
        await press(pilot, "enter")
        assert isinstance(app.screen, TableScreen) and MARKUP in words(app, "#text Static")
        check(app)
        await answer(pilot)
        check(app)
        await press(pilot, "o")
        assert isinstance(app.screen, Reveal) and MARKUP in words(app, "Seal")
        check(app)
        await press(pilot, "escape")
        check(app)


async def test_the_council_and_the_debrief_show_strangers_text_as_text(home: Path) -> None:
    app = game(
        home, edition=hostile(), wish=kept_game(home, asked_for("mission_report"), hostile())
    )
    async with opened(app) as pilot:
        await press(pilot, "enter")
        assert isinstance(app.screen, CouncilScreen) and MARKUP in words(app, "#draft Static")
        check(app)
        while not isinstance(app.screen, DebriefScreen):
            await one_step(pilot)
            check(app)
        await settle(pilot)
        for number in (1, 3, 4, 6, 7):
            await press(pilot, str(number))
            assert MARKUP in words(app, "#page Static"), number
            check(app)
        await press(pilot, "h")
        check(app)


async def test_a_refusal_and_the_names_of_games_are_text(home: Path) -> None:
    kept_game(home, ended, hostile())
    app = game(home, edition=hostile(), wish=Wish())
    async with opened(app) as pilot:
        assert "Go on" in grid(app) and MARKUP in grid(app)
        check(app)
        app.notify(f"Still asked of you: {HOSTILE}", markup=False)
        await settle(pilot)
        check(app)
