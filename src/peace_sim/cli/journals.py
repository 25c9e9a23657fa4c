"""Kept games and journals as commands name them, and the editions that they were played in."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from peace_sim.cli.lookup import Refused, unknown
from peace_sim.play import Store
from peace_sim.play.journal import Journal, ReadJournal, read_lines
from peace_sim.play.store import StoreTrouble, read_file
from peace_sim.scenario.edition import Edition


def known(store: Store, id: str) -> None:
    """Exits 2, with the nearest, for a game that is not kept."""
    ids = [game.id for game in store.games()]
    if id not in ids:
        raise unknown("game", id, ids)


def journal_named(named: str) -> ReadJournal:
    """The journal in a file, or that of a kept game. Exits as ``known`` and ``read_journal`` do."""
    file = Path(named)
    if file.exists() or file.suffix:
        return read_journal(file)
    with closing(Store()) as store:
        known(store, named)
        return store.load(named)


def read_journal(file: Path) -> ReadJournal:
    """What a journal's file holds. Exits 2 for no such file, 3 for one that cannot be read."""
    if not file.exists():
        raise click.UsageError(f"There is no file {file}.")
    try:
        return read_lines(read_file(file))
    except StoreTrouble as trouble:
        raise Refused(str(trouble)) from None


def edition_for(journal: Journal, texts: dict[str, str]) -> Edition:
    """The edition that a journal was played in: the shipped one, or the copy that it carries."""
    from peace_sim.scenario import library

    header = journal.header
    edition, findings = library.edition_played(header.scenario, header.digest, texts)
    if edition is None and not texts:
        raise unknown("scenario", header.scenario, library.shipped())
    if edition is None:
        raise Refused(
            f"The copy of {header.scenario} that this journal carries cannot be read: "
            f"{findings[0].message if findings else 'nothing is in it'}."
        )
    return edition
