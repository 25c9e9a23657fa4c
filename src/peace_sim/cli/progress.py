"""How far long work has come, said on stderr."""

from __future__ import annotations

import sys
import time

from peace_sim.cli.out import tell

QUIET = 2.0
"""So many seconds pass before progress is told, and between two lines of it in a file."""


class Progress:
    """Says on stderr how far long work has come: one line drawn anew where someone watches."""

    def __init__(self, plays: int, what: str = "playouts") -> None:
        self.plays, self.what = plays, what
        self.began = self.told = time.monotonic()
        self.watched = sys.stderr.isatty()
        self.drawn = False
        self.last = -1

    def __call__(self, done: float) -> None:
        """So many lie behind."""
        now = time.monotonic()
        often = 0.5 if self.drawn and self.watched else QUIET
        if now - self.told < often or int(done) == self.last:
            return
        self.told, self.last = now, int(done)
        left = ""
        if 1 <= done < self.plays:
            seconds = (now - self.began) * (self.plays - done) / done
            left = f", about {_lasting(seconds)} left"
        line = f"{int(done):,} of {self.plays:,} {self.what}{left}"
        if self.watched:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
            self.drawn = True
        else:
            tell(line)

    def note(self, line: str) -> None:
        """Something besides that the person who waits should know."""
        self.end()
        tell(f"peace-sim: {line}")

    def end(self) -> None:
        """Nothing more is to come."""
        if self.drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _lasting(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"
