"""A crash of ours, told in a line and kept in a file that holds no secret of the game.

The file has the places in the program and the kind of the error: no local variables, no words
that were quoted in its message, no arguments, no path to the user's home.
"""

from __future__ import annotations

import platform
import re
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from peace_sim.cli import COULD_NOT


def report(found: Exception) -> int:
    """Write the report, say where it is, and return the exit code. Also tells what is no crash."""
    told = _no_crash(found)
    if told is not None:
        _say(told)
        return COULD_NOT
    try:
        place = _write(crash_text(found))
    except OSError:
        place = None
    what = type(found).__name__
    where = f"a report without your game's content is in {place}" if place else what
    _say(f"peace-sim: something went wrong here ({what}); {where}. Games that are kept are safe.")
    return COULD_NOT


def _no_crash(found: Exception) -> str | None:
    """Trouble that a person can mend, in words."""
    from peace_sim.engine.step import EndlessCascade
    from peace_sim.play.journal import ReplayTrouble
    from peace_sim.play.store import StoreTrouble

    if isinstance(found, StoreTrouble):
        return f"peace-sim: {found.message} {found.what_to_do}"
    if isinstance(found, ReplayTrouble):
        return f"peace-sim: {found.message}"
    if isinstance(found, EndlessCascade):
        return f"peace-sim: the scenario cannot go on: {found}. Its author can mend this."
    return None


def crash_text(found: BaseException) -> str:
    """What a report holds."""
    from peace_sim import __version__

    lines = [
        f"peace-sim {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"{type(found).__module__}.{type(found).__name__}: {_masked(str(found))}",
        "",
    ]
    seen: set[int] = set()
    cause: BaseException | None = found
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines.append(f"{type(cause).__name__}, in the order of the calls:")
        for frame in traceback.extract_tb(cause.__traceback__):
            lines.append(f"  {_homeless(frame.filename)}:{frame.lineno} in {frame.name}")
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines) + "\n"


def _masked(message: str) -> str:
    """A message without what it quotes, and without long numbers."""
    # quotes before the cut: one whose end is cut off would be none, and what it held would stay
    message = re.sub(r"""'[^']*('|$)|"[^"]*("|$)|“[^”]*(”|$)""", "'…'", message[:100_000])
    message = re.sub(r"\d{3,}|\d+\.\d+", "…", message)[:500]
    return _homeless("".join(c if c.isprintable() else " " for c in message))


def _homeless(text: str) -> str:
    return text.replace(str(Path.home()), "~")


def _write(text: str) -> Path:
    from peace_sim.play.store import data_folder

    name = f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    try:
        folder = data_folder() / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / name
        target.write_text(text, "utf-8")
    except OSError:
        target = Path(tempfile.mkdtemp(prefix="peace-sim-")) / name
        target.write_text(text, "utf-8")
    return target


def _say(line: str) -> None:
    try:
        sys.stderr.write(f"{line}\n")
    except UnicodeEncodeError:
        sys.stderr.write(line.encode("ascii", "replace").decode() + "\n")
