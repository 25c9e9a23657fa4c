"""Strangers' words where one looks things up, and in a terminal's bytes: letters, no orders."""

from __future__ import annotations

import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from peace import ENVOY, LOOKUPS, Bench, place
from poison import AFTER, BEFORE, harm, poisoned
from textual import events
from valley_game import grid, valley

from peace_sim.engine.state import World
from peace_sim.play import Session, Store
from peace_sim.tui.listing import Listing
from peace_sim.tui.place import Place
from peace_sim.tui.screens.record import RecordScreen
from peace_sim.tui.screens.saved import SavedScreen
from peace_sim.tui.widgets.line import LONGEST, Line


@pytest.fixture(scope="module")
def bad_place() -> Place:
    """A played chair whose edition means harm."""
    good = place(5)
    session = good.seat.session  # type: ignore[attr-defined]
    bad = poisoned(good.edition)
    session.game = bad.game
    return replace(good, edition=bad)


@pytest.mark.parametrize("kind", LOOKUPS, ids=lambda kind: kind.__name__)
async def test_a_screen_to_look_things_up_shows_harm_as_letters(
    kind: type, bad_place: Place
) -> None:
    app = Bench(kind(bad_place))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        seen = [grid(app)]  # type: ignore[arg-type]
        found = harm(app)
        for key in ("down", "down", "end", "enter", "end", "escape", "f", "z", "home", "w"):
            await pilot.press(key)
            await pilot.pause()
            found += harm(app)
            seen.append(grid(app))  # type: ignore[arg-type]
        assert not found
        assert any(BEFORE in picture for picture in seen), "letter by letter"


async def test_kept_games_with_harmful_titles_are_listed_as_letters(tmp_path: Path) -> None:
    store = Store(tmp_path)
    Session.new(valley().game, World("1", "drawn"), None, {ENVOY: None}, store=store).close()
    with sqlite3.connect(store.path) as db:
        title = f"{BEFORE}{AFTER}".encode("utf-8", "replace").decode()
        db.execute("UPDATE games SET title = ?, updated = ?, created = ?", (title, title, title))
    app = Bench(SavedScreen(store))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        found = harm(app)
        for key in ("r", "escape", "d", "escape", "e", "escape"):
            await pilot.press(key)
            await pilot.pause()
            found += harm(app)
        assert not found
        assert BEFORE in grid(app)  # type: ignore[arg-type]
    store.close()


@pytest.mark.parametrize("key", ["slash", "r"], ids=["a search", "a name"])
async def test_what_is_pasted_is_kept_as_letters_and_within_bounds(
    key: str, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    Session.new(valley().game, World("1", "drawn"), None, {ENVOY: None}, store=store).close()
    app = Bench(RecordScreen(place(5)) if key == "slash" else SavedScreen(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(key, "ctrl+u")
        line = app.focused
        assert isinstance(line, Line)
        app.post_message(events.Paste(AFTER))
        await pilot.pause()
        assert not harm(app) and "red on" in line.value
        app.post_message(events.Paste("a word " * 150_000))
        await pilot.pause()
        assert len(line.value) <= LONGEST
    store.close()


PROGRAM = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from poison import poisoned
from valley_game import OneShelf, valley
from peace_sim.play.store import Store
from peace_sim.tui.app import PeaceApp, Wish
PeaceApp(
    Wish(scenario="a-valley", seed="7"), shelf=OneShelf(poisoned(valley())),
    open_store=lambda: Store(Path({home!r})),
).run()
"""


def at_a_terminal(program: str, keys: list[bytes], env: dict[str, str]) -> bytes:
    """All bytes that a program writes to its terminal while these keys are pressed."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=child, stdout=child, stderr=child, env=env,
        start_new_session=True,
    )  # fmt: skip
    os.close(child)
    written = bytearray()
    waiting = list(keys)
    deadline, quiet = time.monotonic() + 60, time.monotonic()
    try:
        while time.monotonic() < deadline:
            ready, _, _ = select.select([parent], [], [], 0.1)
            if ready:
                try:
                    more = os.read(parent, 65536)
                except OSError:
                    break
                if not more:
                    break
                written += more
                quiet = time.monotonic()
            elif time.monotonic() - quiet > 0.7 and len(written) > 500:
                if not waiting:
                    break
                os.write(parent, waiting.pop(0))
                quiet = time.monotonic()
    finally:
        with_term = process.poll() is None
        if with_term:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
        os.close(parent)
    return bytes(written)


def test_no_order_of_a_strangers_text_reaches_the_terminal(tmp_path: Path) -> None:
    env = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
           "COLUMNS": "100", "LINES": "30", "PEACE_SIM_HOME": str(tmp_path)}  # fmt: skip
    here = str(Path(__file__).parent)
    program = PROGRAM.format(paths=[here, str(Path(here).parent)], home=str(tmp_path))
    written = at_a_terminal(program, [b"b", b"\r", b"\x1b", b"n", b"m", b"r"], env)
    text = written.decode("utf-8", "replace")
    assert BEFORE in text, "the harm was on the screen"
    assert "\x1b]0;owned" not in text and "\x1b]52;" not in text
    assert "\x1b[2J\x9b" not in text and "\u202e" not in text and "\u2066" not in text


# ── looks: without colour, in few colours ────────────────────────────────────────────────────


async def test_without_colour_the_signs_are_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for kind in LOOKUPS:
        app = Bench(kind(place(5)))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            for strip in app.screen._compositor.render_strips():
                for segment in strip:
                    color = segment.style.color if segment.style else None
                    if color is not None and color.triplet is not None:
                        red, green, blue = color.triplet
                        assert red == green == blue, f"a colour in {kind.__name__}"
            pointed = app.screen.query_one(Listing).pointed
            assert pointed and "› " in grid(app), "the row pointed at bears a sign"  # type: ignore[arg-type]


