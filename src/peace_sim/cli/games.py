"""``games``, ``export``, ``import``, ``replay`` and ``compare``: what was played, kept and told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peace_sim.cli.journals import edition_for, known, read_journal
from peace_sim.cli.lookup import Refused
from peace_sim.cli.out import put_json, say, tell
from peace_sim.history import compare
from peace_sim.play import Store
from peace_sim.report.data import played_data
from peace_sim.report.debrief import debrief_lines, debrief_of

if TYPE_CHECKING:
    from peace_sim.report.counterfactual import WhatIfText


@click.command("games")
@click.argument("what", required=False, type=click.Choice(["list"]))
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
def games_command(what: str | None, as_json: bool) -> int:
    """List the games that are kept, the last played first."""
    games = Store().games()
    if as_json:
        put_json([_game_data(game) for game in games])
        return 0
    if not games:
        say("No game is kept yet.")
    for game in games:
        branch = f", a branch of {game.parent[0]}" if game.parent else ""
        held = f"; open in {game.locked_by}" if game.locked_by else ""
        say(f"{game.id}: {game.title} ({game.scenario}, {game.chapter}{branch}), "
            f"last played {game.updated}{held}")  # fmt: skip
    return 0


def _game_data(game: Any) -> dict[str, Any]:
    return {
        "id": game.id,
        "title": game.title,
        "scenario": game.scenario,
        "chapter": game.chapter,
        "created": game.created,
        "updated": game.updated,
        "entries": game.entries,
        "parent": game.parent[0] if game.parent else None,
    }


@click.command("export")
@click.argument("id")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that exists.")
def export_command(id: str, file: Path, force: bool) -> int:
    """Write a game as a journal file, with the scenario it was played under."""
    store = Store()
    known(store, id)
    store.export(id, file, overwrite=force)
    tell(f"{id} is in {file}.")
    return 0


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_command(file: Path) -> int:
    """Keep a journal file, or its good part, as a game; its id on stdout."""
    if not file.exists():
        raise click.UsageError(f"There is no file {file}.")
    id, found = Store().take_in(file)
    if found.trouble:
        tell(f"Only a part could be read. {found.trouble}")
    say(id)
    return 1 if found.trouble else 0


@click.command("replay")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
def replay_command(file: Path, as_json: bool) -> int:
    """Follow a journal again, entry by entry, and tell what came of it."""
    return _told(file, as_json)


@click.command("compare")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the debrief as a web page.")
@click.option(
    "--what-if", "pairs", type=click.IntRange(16, 100_000), metavar="N",
    help="Also which choices mattered most, by N pairs of playouts; this takes a while.",
)  # fmt: skip
@click.option("--chair", metavar="ROLE", help="With --what-if: whose choices.")
def compare_command(
    file: Path, as_json: bool, html: Path | None, pairs: int | None, chair: str | None
) -> int:
    """Set a journal beside the record."""
    if chair is not None and pairs is None:
        raise click.UsageError("--chair goes with --what-if.")
    return _told(file, as_json, html, pairs, chair)


def _told(
    file: Path,
    as_json: bool,
    html: Path | None = None,
    pairs: int | None = None,
    chair: str | None = None,
) -> int:
    """What a journal leads to; exit code 1 when only a part of it holds."""
    found = read_journal(file)
    if found.journal is None:
        raise Refused(str(found.trouble))
    edition = edition_for(found.journal, dict(found.texts))
    compared = compare(edition, found.journal)
    trouble_told = compared.line.trouble or found.trouble
    if trouble_told:
        tell(f"Only a part could be followed. {trouble_told}")
    code, more, data = 1 if trouble_told else 0, None, {}
    if pairs is not None:
        from peace_sim.cli.whatif import alone, explored, forks_of
        from peace_sim.report.counterfactual import whatif_data, whatif_text

        what_if, whole = explored(edition, forks_of(edition, compared.line, chair), pairs)
        more = whatif_text(edition, what_if, chair or alone(compared.line))
        data = {"what_if": whatif_data(edition, what_if)}
        code = code if whole else 130
    if as_json:
        put_json({**played_data(edition, compared), **data})
    if html is not None:
        from peace_sim.play.store import write_file
        from peace_sim.report.html import page

        write_file(html, page(debrief_of(edition, compared), more))
        tell(f"The debrief is in {html}.")
    if not as_json and html is None:
        say([*debrief_lines(debrief_of(edition, compared)), *_what_if_lines(more)])
    return code


def _what_if_lines(told: WhatIfText | None) -> list[str]:
    if told is None:
        return []
    from peace_sim.report.counterfactual import whatif_lines

    return whatif_lines(told)
