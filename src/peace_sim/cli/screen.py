"""Whether there is a screen, and the game on it. Loads nothing of the game by itself."""

from __future__ import annotations

import os
import sys

from peace_sim.cli.out import speaks_unicode


def has_screen() -> bool:
    """Whether a person sits before a terminal that can be drawn on."""
    try:
        seated = sys.stdin.isatty() and sys.stdout.isatty()
    except (AttributeError, ValueError):  # closed; a closed stdin may be none at all
        return False
    dumb = os.environ.get("TERM", "" if os.name != "nt" else "windows") in ("", "dumb", "unknown")
    return seated and not dumb and speaks_unicode() and not os.environ.get("CI")


def begin() -> int:
    """The game without a command."""
    from peace_sim.tui import run

    run()
    return 0
