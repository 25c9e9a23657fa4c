"""argv to rooms to an exit code; the only place where the parts are wired together.

0 fine, 1 findings, 2 usage, 3 could not run, 130 interrupted. stdout carries data, stderr words.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

__all__ = ["main"]

FINE, FINDINGS, USAGE, COULD_NOT, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Never raises."""
    try:
        _catch_signals()
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click answers a broken pipe with an exit of its own
        _mute()
        return FINE
    except Exception as found:  # a mistake of ours: it is told, and the journal is safe
        if isinstance(found, OSError) and found.errno == errno.EIO:  # the terminal is gone
            _mute()
            return INTERRUPTED
        from peace_sim.cli.trouble import report

        return report(found)


def _run(argv: Sequence[str] | None) -> int:
    if not (sys.argv[1:] if argv is None else argv):
        from peace_sim.cli import screen

        if screen.has_screen():  # the shortest way to the first picture reads no commands
            return screen.begin()
    import click

    from peace_sim.cli.app import cli

    try:
        code = cli.main(None if argv is None else list(argv), "peace-sim", standalone_mode=False)
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.UsageError as found:
        found.show()
        return USAGE
    except click.ClickException as found:
        found.show()
        return COULD_NOT
    return code if isinstance(code, int) else FINE


def _catch_signals() -> None:
    """A closed terminal and a polite kill end a game as Ctrl-C does: nothing kept is lost."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def _mute() -> None:
    """Let nothing more be written to a pipe that nobody reads, or to a terminal that is gone."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            os.dup2(quiet, stream.fileno())
    os.close(quiet)
