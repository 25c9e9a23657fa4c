"""What goes wrong while one plays: said in a word, nothing acknowledged lost, a whole terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from valley_game import (
    HERE,
    answer,
    asked_for,
    begin,
    game,
    grid,
    kept_game,
    moves,
    opened,
    pane,
    press,
    settle,
    words,
)

from peace_sim.play.seat import LocalSeat
from peace_sim.play.store import Store, StoreTrouble
from peace_sim.tui.app import Wish
from peace_sim.tui.screens.desk import Desk
from peace_sim.tui.screens.dialogs import Choice
from peace_sim.tui.screens.reveal import Reveal
from peace_sim.tui.screens.start import Start
from peace_sim.tui.widgets import question


@pytest.fixture(autouse=True)
def no_bounce(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(question, "BOUNCE", 0.0)
    yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEACE_SIM_HOME", str(tmp_path))
    return tmp_path


# ── keeping ──────────────────────────────────────────────────────────────────────────────────


async def test_a_full_disk_stops_one_step_and_it_goes_on_when_there_is_room(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = game(home)
    full = True
    kept = Store.append

    def append(self: Store, id: str, seq: int, lines: list[str]) -> None:
        if full:
            raise StoreTrouble("The disk is full; the last step was not saved.", "Make room.")
        kept(self, id, seq, lines)

    async with opened(app) as pilot:
        await begin(pilot)
        monkeypatch.setattr(Store, "append", append)
        await press(pilot, "enter", "1", "s")
        assert isinstance(app.screen, Choice) and "The disk is full" in words(app)
        assert moves(app) == []
        await press(pilot, "enter")  # try again: still full
        assert isinstance(app.screen, Choice) and moves(app) == []
        full = False
        await press(pilot, "enter")
        assert len(moves(app)) == 1 and pane(app).is_sealed
        full = True
        await press(pilot, "o")
        assert isinstance(app.screen, Choice)
        full = False
        await press(pilot, "enter")
        assert isinstance(app.screen, Reveal)
        assert app.evening is not None
        journal = app.evening.seat.session.journal
        assert Store(home).load(app.evening.name).journal == journal


async def test_one_can_play_on_without_keeping(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = game(home)

    def append(self: Store, id: str, seq: int, lines: list[str]) -> None:
        raise StoreTrouble("The folder is read-only.", "Change its permissions.")

    async with opened(app) as pilot:
        await begin(pilot)
        monkeypatch.setattr(Store, "append", append)
        await press(pilot, "enter", "1", "s", "down", "enter")
        assert len(moves(app)) == 1
        await press(pilot, "o")
        assert isinstance(app.screen, Reveal)


async def test_a_store_that_cannot_be_opened_says_why_and_lets_one_play(tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("not a folder", "utf-8")
    app = game(blocked)
    async with opened(app) as pilot:
        assert isinstance(app.screen, Choice)
        told = words(app)
        assert "Your games cannot be reached" in told and str(blocked.name) in told
        await press(pilot, "down", "enter")
        await begin(pilot)
        assert app.evening is not None and app.evening.name == ""
        await press(pilot, "enter", "1", "s", "o")
        assert isinstance(app.screen, Reveal)


async def test_a_game_open_elsewhere_is_named_and_goes_on_in_a_copy(home: Path) -> None:
    wish = kept_game(home, asked_for("talks_table"))
    other = subprocess.Popen([sys.executable, "-c", _HOLD, str(home), str(wish.resume)],
                             stdout=subprocess.PIPE)  # fmt: skip
    try:
        assert other.stdout is not None and other.stdout.readline()
        app = game(home, wish=wish)
        async with opened(app) as pilot:
            assert isinstance(app.screen, Choice)
            assert f"another peace-sim (process {other.pid})" in words(app)
            await press(pilot, "enter")
            assert isinstance(app.screen, Desk)
            assert app.evening is not None and app.evening.name != wish.resume
            await press(pilot, "enter")
            await answer(pilot)
            assert len(moves(app)) == 2
    finally:
        other.kill()
        other.wait()


_HOLD = """
import sys, time
from pathlib import Path
from peace_sim.play.store import Store
store = Store(Path(sys.argv[1]))
store.lock(sys.argv[2])
print("held", flush=True)
time.sleep(60)
"""


async def test_a_damaged_game_goes_on_with_what_is_whole_of_it(home: Path) -> None:
    wish = kept_game(home, asked_for("mission_report"))
    with sqlite3.connect(home / "games.sqlite3") as db:
        last = db.execute("SELECT max(seq) FROM entries").fetchone()[0]
        db.execute("UPDATE entries SET line = '{' WHERE seq = ?", (last // 2,))
    app = game(home, wish=wish)
    async with opened(app) as pilot:
        assert isinstance(app.screen, Choice) and "cannot be opened" in words(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, Desk) and app.evening is not None
        assert app.evening.name != wish.resume
        assert len(app.evening.seat.session.journal.entries) >= last // 2


async def test_a_game_that_does_not_exist_is_a_word_and_no_crash(home: Path) -> None:
    app = game(home, wish=Wish(resume="nobody"))
    async with opened(app) as pilot:
        assert isinstance(app.screen, Choice) and "There is no game nobody" in words(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, Start) and "New here?" in grid(app)


# ── faults of ours ───────────────────────────────────────────────────────────────────────────


class Broken(Exception):
    """Something of ours is broken."""


async def test_a_fault_in_a_worker_ends_the_game_and_is_handed_to_the_caller(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = game(home)

    def advance(self: LocalSeat) -> None:
        raise Broken("secret-of-the-rebels")

    with pytest.raises(Broken):
        async with opened(app) as pilot:
            await begin(pilot)
            await press(pilot, "enter", "1", "s")
            monkeypatch.setattr(LocalSeat, "advance", advance)
            await pilot.press("o")
            await settle(pilot)
    assert isinstance(app.fault, Broken)
    (saved,) = Store(home).games()
    journal = Store(home).load(saved.id).journal
    assert journal is not None
    assert [e for e in journal.entries if getattr(e, "decision", "") == "month"]


async def test_a_fault_in_a_handler_is_handed_to_the_caller(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = game(home)

    def tell(self: Desk) -> None:
        raise Broken

    with pytest.raises(Broken):
        async with opened(app) as pilot:
            monkeypatch.setattr(Desk, "tell", tell)
            await press(pilot, "b")
    assert isinstance(app.fault, Broken)


def test_opening_the_game_loads_nothing_of_it() -> None:
    program = (
        "import sys, peace_sim.cli, peace_sim.cli.app, peace_sim.cli.screen, peace_sim.tui.app\n"
        "print(*sys.modules, sep='\\n')"
    )
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    heavy = {"pydantic", "yaml", "jinja2", "sqlite3", "peace_sim.engine", "peace_sim.report",
             "peace_sim.scenario", "peace_sim.play"}  # fmt: skip
    assert not heavy & set(loaded)


# ── a real terminal ──────────────────────────────────────────────────────────────────────────

BREAK = """
from peace_sim.play.seat import LocalSeat
def advance(self):
    secret = "the rebels' red line"
    raise RuntimeError("broken at " + secret)
LocalSeat.advance = advance
"""


class Terminal:
    """A program in a terminal of its own: keys go in, bytes come out."""

    def __init__(self, home: Path, before: str = "", size: tuple[int, int] = (80, 24)) -> None:
        code = f"{before}\nimport sys\nfrom peace_sim.cli import main\nsys.exit(main(sys.argv[1:]))"
        environment = {
            **os.environ, "PEACE_SIM_HOME": str(home), "TERM": "xterm-256color",
            "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "COLUMNS": str(size[0]), "LINES": str(size[1]),
            "TEXTUAL_ANIMATIONS": "none",
        }  # fmt: skip
        environment.pop("CI", None)
        environment.pop("NO_COLOR", None)
        arguments = [sys.executable, "-c", code, "play", str(HERE), "--seed", "7"]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, arguments, environment)
        self.seen = b""

    def until(self, words: bytes, seconds: float = 40.0) -> None:
        """Read until these words have been seen since the last time."""
        end = time.monotonic() + seconds
        start = len(self.seen)
        while words not in self.seen[start:]:
            left = end - time.monotonic()
            assert left > 0, self.seen[start:][-2000:]
            if select.select([self.fd], [], [], left)[0]:
                try:
                    self.seen += os.read(self.fd, 65536)
                except OSError:
                    break
        assert words in self.seen[start:], self.seen[start:][-2000:]

    def keys(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def end(self, seconds: float = 40.0) -> int:
        """Read to the end; the exit code."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.fd], [], [], 0.2)[0]:
                try:
                    more = os.read(self.fd, 65536)
                except OSError:
                    break
                if not more:
                    break
                self.seen += more
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def seal_an_answer(terminal: Terminal) -> None:
    """From the set-up to a sealed plan, as a hurried player does it."""
    terminal.until(b"Before you begin")
    terminal.keys("b")
    terminal.until(b"Asked of you now")
    terminal.keys("\r")
    terminal.until(b"weeks left")
    time.sleep(question.BOUNCE or 0.4)
    terminal.keys("1")
    terminal.until(b"2 of 4")
    terminal.keys("s")
    terminal.until(b"Nobody has seen it")


def kept_moves(home: Path) -> list[str]:
    (saved,) = Store(home).games()
    journal = Store(home).load(saved.id).journal
    assert journal is not None
    return [e.decision for e in journal.entries if getattr(e, "by", "") == "person"
            and hasattr(e, "decision")]  # fmt: skip


def test_a_fault_restores_the_terminal_tells_no_secret_and_exits_three(home: Path) -> None:
    terminal = Terminal(home, BREAK)
    seal_an_answer(terminal)
    time.sleep(0.5)
    terminal.keys("o")
    assert terminal.end() == 3
    after = terminal.seen[terminal.seen.rindex(b"\x1b[?1049l"):]
    assert b"something went wrong here (RuntimeError)" in after
    assert b"red line" not in after and b"Traceback" not in after
    assert kept_moves(home) == ["month"]


@pytest.mark.parametrize("how", ["ctrl-c", "SIGTERM", "SIGHUP"])
def test_an_interrupted_game_leaves_a_whole_terminal_and_is_kept(home: Path, how: str) -> None:
    terminal = Terminal(home)
    seal_an_answer(terminal)
    if how == "ctrl-c":
        terminal.keys("\x03")
    else:
        os.kill(terminal.pid, getattr(signal, how))
    assert terminal.end() == 130
    assert b"\x1b[?1049l" in terminal.seen
    after = terminal.seen[terminal.seen.rindex(b"\x1b[?1049l"):]
    assert b"The game is kept. To go on: peace-sim play --resume a-valley-1" in after
    assert kept_moves(home) == ["month"]


def test_a_terminal_that_is_closed_ends_the_game_and_loses_nothing(home: Path) -> None:
    terminal = Terminal(home)
    seal_an_answer(terminal)
    os.close(terminal.fd)
    end = time.monotonic() + 40
    while (ended := os.waitpid(terminal.pid, os.WNOHANG)) == (0, 0):
        assert time.monotonic() < end, "the game did not end with its terminal"
        time.sleep(0.1)
    assert os.waitstatus_to_exitcode(ended[1]) != 0
    assert kept_moves(home) == ["month"]


async def test_no_words_of_ours_are_lost_where_there_is_no_colour(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = game(home)
    async with opened(app) as pilot:
        await begin(pilot)
        await press(pilot, "enter", "down")
        lines = grid(app).split("\n")
        assert [line for line in lines if line.strip().startswith("›")] == [
            next(line for line in lines if "Visit the Lower village" in line)
        ]
        colours = {
            segment.style.color.triplet
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.color and segment.style.color.triplet
        }
        assert len(colours) > 1 and all(c.red == c.green == c.blue for c in colours)
