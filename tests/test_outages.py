"""The plain game through real processes, pipes and terminals: what ends it, and what is kept.

Case numbers as in the list of faults that the project is held to: D disk and process, T terminal,
E engine and replay. The same is shown for the screen in ``tests/tui/test_faults.py``.
"""

from __future__ import annotations

import json
import os
import pty
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from peace_sim.engine.state import Move
from peace_sim.play import Store
from peace_sim.play.journal import Journal

TRUCE = Path(__file__).parent / "sayable" / "ceasefire.yaml"
"""The envoy is asked once a month, for seven months, whether to send observers."""

PLAY = ("play", str(TRUCE), "--plain", "--chair", "envoy", "--seed", "5")
ESCAPE = b"\x1b"


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "peace_sim", *words]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "PYTHONPATH") if key in os.environ}
    return {**kept, "PEACE_SIM_HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm", **more}


def run(home: Path, *words: str, lines: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), input=lines, env=environment(home, **more), text=True,
        encoding="utf-8", capture_output=True, timeout=60,
    )  # fmt: skip


def started(home: Path, *words: str, before: Callable[[], None] | None = None) -> Popen:
    return Popen(
        command(*words), env=environment(home), preexec_fn=before,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


class Popen(subprocess.Popen[bytes]):
    """A game under way, read up to its next question."""

    def up_to_a_question(self) -> str:
        """What it says until it asks again; all that is left, if it does not."""
        assert self.stdout is not None
        said = b""
        while not said.endswith(b"2. Wait for a mandate\n"):
            byte = self.stdout.read1(1)
            if not byte:
                break
            said += byte
        return said.decode()

    def type(self, line: str) -> None:
        assert self.stdin is not None
        self.stdin.write(f"{line}\n".encode())
        self.stdin.flush()

    def end(self) -> tuple[int, str, str]:
        """Its exit code, and what it still said."""
        out, err = self.communicate(timeout=30)
        return self.returncode, out.decode(), err.decode()


def kept(home: Path, id: str = "a-truce-that-waits-1") -> Journal:
    store = Store(home)
    try:
        found = store.load(id)
        assert found.trouble is None and found.journal is not None
        return found.journal
    finally:
        store.close()


def answers(journal: Journal) -> list[str]:
    """What the person answered, in order."""
    return [
        entry.answer[0][1]
        for entry in journal.entries
        if isinstance(entry, Move) and entry.by == "person"
    ]


# ── D1: killed ──


def killed_at_any_moment(home: Path, rounds: int) -> None:
    """Kill -9 while an answer goes in; whatever was followed by another question is there."""
    rnd, acknowledged = Random(rounds), 0
    for number in range(rounds):
        again = ("play", "--plain", "--resume", "a-truce-that-waits-1")
        game = started(home, *(again if number % 3 else PLAY))
        assert game.up_to_a_question(), game.end()
        game.type("2")
        if rnd.random() < 0.5 and game.up_to_a_question().endswith("mandate\n"):
            acknowledged += 1
            game.type("2")
        time.sleep(rnd.random() * 0.01)
        game.send_signal(signal.SIGKILL)
        assert game.end()[0] == -signal.SIGKILL
        found = len(answers(kept(home)))
        assert acknowledged <= found <= acknowledged + 2, f"round {number}"
        acknowledged = found
        if number % 3 == 2:  # before the seven months are over, another game
            shutil.rmtree(home)
            acknowledged = 0


def test_a_game_killed_at_odd_moments_keeps_all_that_was_acknowledged(tmp_path: Path) -> None:
    killed_at_any_moment(tmp_path / "home", 6)


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    killed_at_any_moment(tmp_path / "home", 200)


# ── D11: interrupted, terminated, closed, at an end ──


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_game_that_is_ended_from_outside_says_how_to_go_on_and_keeps_everything(
    tmp_path: Path, how: str
) -> None:
    game = started(tmp_path, *PLAY)
    game.up_to_a_question()
    game.type("1")
    game.up_to_a_question()
    game.send_signal(getattr(signal, how))
    code, _, told = game.end()
    assert code == 130
    assert "The game is kept" in told and "--resume a-truce-that-waits-1" in told
    assert "Traceback" not in told
    assert answers(kept(tmp_path)) == ["send"]


def test_when_the_lines_run_out_the_game_is_kept(tmp_path: Path) -> None:
    ran = run(tmp_path, *PLAY, lines="1\n2\n")
    assert ran.returncode == 0
    assert "There are no more lines; you have left." in ran.stdout
    assert answers(kept(tmp_path)) == ["send", "wait"]


def test_a_reader_who_hangs_up_ends_a_game_quietly(tmp_path: Path) -> None:
    """A pipe that nobody reads any more, as in ``| head``."""
    game = started(tmp_path, *PLAY)
    game.up_to_a_question()
    assert game.stdout is not None and game.stdin is not None and game.stderr is not None
    game.stdout.close()
    game.type("1")
    game.stdin.close()
    assert game.wait(timeout=30) in (0, 130)
    assert game.stderr.read() == b""
    game.stderr.close()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., tuple[int, int]]]:
    """Starts the program on a terminal of its own: its process and the terminal's other side."""
    children: list[int] = []

    def start(*words: str, **more: str) -> tuple[int, int]:
        child, side = pty.fork()
        if child == 0:
            os.execve(sys.executable, command(*words), environment(tmp_path, **more))
        children.append(child)
        return child, side

    yield start
    for child in children:
        try:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def read_until(side: int, mark: bytes, seconds: float = 30) -> bytes:
    said, end = b"", time.monotonic() + seconds
    while mark not in said and time.monotonic() < end:
        if select.select([side], [], [], 0.2)[0]:
            try:
                said += os.read(side, 65536)
            except OSError:  # the other side is gone
                break
    return said


def test_a_terminal_that_is_closed_ends_the_plain_game_and_keeps_everything(
    tmp_path: Path, terminal: Callable[..., tuple[int, int]]
) -> None:
    child, side = terminal(*PLAY)
    read_until(side, b"2. Wait for a mandate")
    os.write(side, b"1\n")
    read_until(side, b"1 October 1994")
    os.close(side)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    assert answers(kept(tmp_path)) == ["send"]


def test_ctrl_c_at_a_question_leaves_the_game_kept(
    tmp_path: Path, terminal: Callable[..., tuple[int, int]]
) -> None:
    child, side = terminal(*PLAY)
    read_until(side, b"2. Wait for a mandate")
    os.write(side, b"\x03")
    told = read_until(side, b"--resume")
    assert b"The game is kept" in told and b"Traceback" not in told
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130


# ── D2 to D5: the disk ──


def test_on_a_full_disk_the_game_says_so_and_what_was_acknowledged_is_kept(tmp_path: Path) -> None:
    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (34_000, 34_000))

    game = started(tmp_path, *PLAY, before=no_room)
    out, told = (said.decode() for said in game.communicate(b"2\n" * 6, timeout=30))
    assert game.returncode == 3
    assert "The disk is full" in told and "acknowledged" in told and "Traceback" not in told
    asked = out.count("Send the advance party?")
    assert 1 < asked < 7, "there was room for none, or for all"
    assert len(answers(kept(tmp_path))) >= asked - 1
    again = run(tmp_path, "play", "--plain", "--resume", "a-truce-that-waits-1", lines="2\n")
    assert again.returncode == 0 and len(answers(kept(tmp_path))) >= asked


def test_a_folder_that_cannot_be_made_is_a_clear_word(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ran = run(tmp_path / "file" / "home", *PLAY, lines="1\n")
    assert ran.returncode == 3
    assert "PEACE_SIM_HOME" in ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.parametrize("what", [b"no database at all", b"SQLite format 3\x00" + b"\x00" * 4096])
def test_a_file_that_is_not_ours_is_never_written_to(tmp_path: Path, what: bytes) -> None:
    file = tmp_path / "games.sqlite3"
    file.write_bytes(what)
    ran = run(tmp_path, *PLAY, lines="1\n")
    assert ran.returncode == 3
    assert str(file) in ran.stderr and "Traceback" not in ran.stderr
    assert file.read_bytes() == what


def test_a_second_program_on_one_game_is_told_who_plays_it(tmp_path: Path) -> None:
    first = started(tmp_path, *PLAY)
    first.up_to_a_question()
    second = run(tmp_path, "play", "--plain", "--resume", "a-truce-that-waits-1", lines="1\n")
    assert second.returncode == 3
    assert str(first.pid) in second.stderr
    first.type("1")
    first.up_to_a_question()
    first.type("quit")
    assert first.end()[0] == 0
    assert answers(kept(tmp_path)) == ["send"]
    third = run(tmp_path, "play", "--plain", "--resume", "a-truce-that-waits-1", lines="2\n")
    assert third.returncode == 0


# ── D7: clocks ──


def test_a_game_does_not_depend_on_the_clock_or_the_zone(tmp_path: Path) -> None:
    """A day back, another zone: entries are ordered by number, and no day of play expires."""
    run(tmp_path, *PLAY, lines="1\n", TZ="Pacific/Kiritimati")
    run(tmp_path, "play", "--plain", "--resume", "a-truce-that-waits-1", lines="2\n",
        TZ="Pacific/Niue")  # fmt: skip
    assert answers(kept(tmp_path)) == ["send", "wait"]
    other = tmp_path / "other"
    run(other, *PLAY, lines="1\n2\n", TZ="UTC")
    assert kept(other).entries == kept(tmp_path).entries


# ── E4, E11: edited scenarios and games of before ──


def test_a_game_plays_on_from_its_own_copy_after_the_file_was_edited(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(TRUCE.read_text("utf-8"), "utf-8")
    home = tmp_path / "home"
    words = ("play", str(file), "--plain", "--chair", "envoy", "--seed", "5")
    assert run(home, *words, lines="1\n").returncode == 0
    edited = file.read_text("utf-8").replace("set observers to 15", "set observers to 1")
    file.write_text(edited, "utf-8")
    again = run(home, "play", "--plain", "--resume", "a-truce-that-waits-1", lines="numbers\n2\n")
    assert again.returncode == 0
    assert "Observers on the ground: 15" in again.stdout
    file.unlink()
    out = tmp_path / "game.jsonl"
    assert run(home, "export", "a-truce-that-waits-1", str(out)).returncode == 0
    told = run(home, "replay", str(out), "--json")
    assert told.returncode == 0
    assert json.loads(told.stdout)["scenario"] == "a-truce-that-waits"


# ── T1: pipes, dumb terminals, other languages ──


@pytest.mark.parametrize(
    "more",
    [{}, {"TERM": "dumb"}, {"LC_ALL": "C", "LANG": "C"}, {"CI": "1"}, {"NO_COLOR": "1"},
     {"PYTHONIOENCODING": "ascii"}],
    ids=["pipe", "dumb", "LANG=C", "CI", "NO_COLOR", "ascii"],
)  # fmt: skip
def test_no_escape_reaches_a_pipe_and_a_whole_chapter_is_played(
    tmp_path: Path, more: dict[str, str]
) -> None:
    ran = subprocess.run(
        command(*PLAY), input=b"1\n" * 40, env=environment(tmp_path, **more),
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ESCAPE not in ran.stdout + ran.stderr and b"\r" not in ran.stdout
    assert b"DEBRIEF" in ran.stdout
    if more.get("LC_ALL") == "C" or "PYTHONIOENCODING" in more:
        assert ran.stdout.isascii()


def test_without_a_terminal_nobody_is_asked_and_the_way_is_told(tmp_path: Path) -> None:
    ran = run(tmp_path)
    assert ran.returncode == 2
    assert "peace-sim play SCENARIO --plain" in ran.stderr and "Traceback" not in ran.stderr


def test_a_dumb_terminal_gets_plain_lines(
    tmp_path: Path, terminal: Callable[..., tuple[int, int]]
) -> None:
    _, side = terminal("play", str(TRUCE), "--chair", "envoy", TERM="dumb")
    said = read_until(side, b"2. Wait for a mandate")
    assert b"Send the advance party?" in said and ESCAPE not in said
    os.close(side)


@pytest.mark.parametrize(
    "words",
    [("--help",), ("scenarios", "--json"), ("check", str(TRUCE)), ("explain", "C401"),
     ("expand", str(TRUCE)), ("games",)],
)  # fmt: skip
def test_every_command_speaks_plainly_where_only_ascii_is_known(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = subprocess.run(
        command(*words), env=environment(tmp_path, LC_ALL="C", LANG="C"), capture_output=True,
        timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ESCAPE not in ran.stdout + ran.stderr
    assert (ran.stdout + ran.stderr).isascii()


def test_a_closed_stdin_is_one_without_lines(tmp_path: Path) -> None:
    play = [sys.executable, "-m", "peace_sim", "play", "last-night-in-tehran", "--plain"]
    left = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *play, "--chair", "envoy"],
        env={**os.environ, "PEACE_SIM_HOME": str(tmp_path)}, timeout=60,
        capture_output=True, text=True, encoding="utf-8",
    )
    assert left.returncode == 0, left.stderr
    assert "The game is kept." in left.stdout + left.stderr


def test_plain_lines_say_that_a_month_has_weeks(tmp_path: Path) -> None:
    told = subprocess.run(
        command("play", "tajikistan", "--plain", "--chair", "council"), input="quit\n",
        env=environment(tmp_path), timeout=60, capture_output=True, encoding="utf-8",
    ).stdout
    assert "you have 4 weeks" in told and "(takes 1 week)" in told
