"""``simulate --strategies``: how ways to play each chair fare, and what that flags."""

from __future__ import annotations

import click

from peace_sim.cli import FINDINGS, FINE, INTERRUPTED
from peace_sim.cli.lookup import Refused, unknown
from peace_sim.cli.out import put, put_json, say, tell
from peace_sim.cli.progress import Progress
from peace_sim.play import POLICIES
from peace_sim.scenario.edition import Edition

MOST = 100_000
"""Beyond so many playouts of each strategy nothing more is learned, and all of them are kept."""
SEARCH = "search-quick"
SEARCHES = 20


def alone(policies: tuple[str, ...], recorded: bool, cluster: str | None) -> None:
    """Refuse what does not go with ``--strategies``."""
    if policies:
        raise click.UsageError("--strategies chooses who plays; leave --policy out.")
    if recorded:
        raise click.UsageError("--strategies is played in drawn worlds; leave --world out.")
    if cluster is not None:
        raise click.UsageError("--strategies is played on this machine; leave --cluster out.")


def report_strategies(
    edition: Edition,
    chapter: str,
    settings: tuple[tuple[str, str], ...],
    seed: int,
    plays: int,
    search: str | None,
    searches: int | None,
    jobs: int | None,
    *,
    as_json: bool,
    as_csv: bool,
) -> int:
    """Play the contest, print it, and say by the exit code whether it flags anything."""
    if plays > MOST:
        raise click.UsageError(f"--strategies keeps every playout: -n is at most {MOST:,}.")
    known = [name for name in POLICIES if name.startswith("search")]
    name = search or SEARCH
    if name not in known:
        raise unknown("search", name, known)
    worlds = SEARCHES if searches is None else searches
    try:
        from peace_sim.history.contests import contested, how_many
        from peace_sim.history.portions import processes
        from peace_sim.history.strategies import Contest, findings
        from peace_sim.report.strategies import (
            strategies_data,
            strategies_lines,
            strategies_table,
        )
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        raise Refused("Many plays at once need numpy, which is not installed here.") from None
    contest = Contest(chapter, seed, settings, plays, name, worlds)
    parts = how_many(edition.game, contest)
    progress = Progress(parts, "parts")
    fared = contested(edition.game, edition.texts, contest, jobs or processes(), progress)
    progress.end()
    if not fared.whole:
        done = sum(came.plays for came in fared.played.values())
        tell(f"peace-sim: interrupted; what follows rests on the {done:,} playouts that were done.")
        if not done:
            return INTERRUPTED
    if as_json:
        put_json(strategies_data(edition, fared))
    elif as_csv:
        put(strategies_table(edition, fared))
    else:
        say(strategies_lines(edition, fared))
    if not fared.whole:
        return INTERRUPTED
    return FINDINGS if findings(edition.game, fared) else FINE
