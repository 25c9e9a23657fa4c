"""Keys typed into the game in a terminal of 100×30: how long until it has been drawn anew."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROWS, COLUMNS = 30, 100
MONTHS = 12
MOVES = 15
SILENCE = 0.15
"""Seconds without a byte after which a screen counts as drawn."""

DOWN, ENTER, ESCAPE, OPEN, BEGIN = b"\x1b[B", b"\r", b"\x1b", b"o", b"b"


class Terminal:
    """The game in a terminal of its own."""

    def __init__(self, home: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        words = ("play", "tajikistan", "--chair", "envoy", "--world", "recorded", "--seed", "1")
        self.running = subprocess.Popen(
            [sys.executable, "-m", "peace_sim", *words], stdin=slave, stdout=slave, stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", "CI": "", "PEACE_SIM_HOME": home,
                 "TEXTUAL_ANIMATIONS": "none"},
        )
        os.close(slave)

    def drawn(self, key: bytes = b"", silence: float = SILENCE) -> tuple[float, bytes]:
        """Type a key; seconds from it to the last byte drawn, and what was drawn."""
        start = last = time.perf_counter()
        if key:
            os.write(self.master, key)
        seen = b""
        while select.select([self.master], [], [], silence if seen else 5.0)[0]:
            seen += os.read(self.master, 1 << 20)
            last = time.perf_counter()
        return last - start, seen

    def until(self, words: bytes, key: bytes = b"") -> None:
        """Type a key, perhaps again, until these words are drawn."""
        for _ in range(60):
            if words in self.drawn(key)[1]:
                return
        raise AssertionError(f"{words!r} was never drawn")

    def close(self) -> None:
        """End the game."""
        self.running.kill()
        self.running.wait()
        os.close(self.master)


def cursor_and_month() -> tuple[list[float], list[float]]:
    """Seconds for cursor moves in a list of acts, and for what comes when a month is opened."""
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal(home)
        try:
            return _play(terminal)
        finally:
            terminal.close()


def _play(terminal: Terminal) -> tuple[list[float], list[float]]:
    terminal.until(b"Begin")
    terminal.drawn(BEGIN, silence=1.0)
    cursor: list[float] = []
    month: list[float] = []
    for _ in range(MONTHS):
        terminal.drawn(ENTER)
        cursor += [terminal.drawn(DOWN)[0] for _ in range(MOVES)]
        terminal.drawn(ESCAPE)
        month.append(terminal.drawn(OPEN)[0])
        terminal.drawn(ESCAPE, silence=0.4)  # seals are shown one by one, or all at once
    return cursor, month
