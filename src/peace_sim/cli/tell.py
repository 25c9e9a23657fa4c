"""``scenarios`` and ``record``: what there is to play, and what really happened."""

from __future__ import annotations

from datetime import date

import click

from peace_sim.cli.lookup import edition_of, unknown
from peace_sim.cli.out import put_json, say, tell
from peace_sim.diagnostics import failed
from peace_sim.report.data import record_data, scenario_data
from peace_sim.report.words import day_text, number_text, with_unit
from peace_sim.scenario.edition import Edition, RecordEntry


@click.command("scenarios")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
def scenarios_command(as_json: bool) -> int:
    """Say which scenarios, chapters and roles there are."""
    from peace_sim.scenario import library

    editions, code = [], 0
    for id in library.shipped():
        edition, findings = library.open_edition(id)
        if edition is None or failed(findings):
            tell(f"peace-sim: {id} has findings; see “peace-sim check {id}”.")
            code = 1
        else:
            editions.append(edition)
    if as_json:
        put_json([scenario_data(edition) for edition in editions])
    else:
        say(line for edition in editions for line in _lines(edition))
    return code


def _lines(edition: Edition) -> list[str]:
    lines = [f"{edition.id}: {edition.title}", f"  {edition.summary}"]
    for chapter in edition.game.chapters:
        lines.append(
            f"  chapter {chapter.id}: {chapter.title}, {day_text(chapter.start)} to "
            f"{day_text(chapter.end)}, about {chapter.minutes} minutes"
        )
    held = [f"{role.id} ({role.title})" for role in edition.game.roles if role.chair]
    lines.append(f"  chairs: {', '.join(held)}")
    return lines


def date_given(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """A date as an option gives it."""
    try:
        return date.fromisoformat(value) if value is not None else None
    except ValueError:
        told = f"{value[:40]!r} is no date: write 1994-09-17." if value else "A date is missing."
        raise click.BadParameter(told, ctx, param) from None


@click.command("record")
@click.argument("scenario")
@click.option("--from", "start", callback=date_given, metavar="DATE", help="From this date on.")
@click.option("--to", "end", callback=date_given, metavar="DATE", help="Up to this date.")
@click.option("--track", help="Of this track alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
def record_command(
    scenario: str, start: date | None, end: date | None, track: str | None, as_json: bool
) -> int:
    """Show what really happened, with its sources."""
    edition = edition_of(scenario)
    tracks = dict.fromkeys(entry.track for entry in edition.record)
    if track is not None and track not in tracks:
        raise unknown("track", track, tracks)
    entries = [
        entry
        for entry in sorted(edition.record, key=lambda e: e.date)
        if (start is None or entry.date >= start)
        and (end is None or entry.date <= end)
        and track in (None, entry.track)
    ]
    if as_json:
        put_json([record_data(entry) for entry in entries])
    else:
        say("\n\n".join("\n".join(record_lines(entry)) for entry in entries) or "Nothing there.")
    return 0


def record_lines(entry: RecordEntry) -> list[str]:
    """An entry of the record as lines."""
    lines = [f"{day_text(entry.date, entry.precision)}: {entry.title}"]
    if entry.summary:
        lines.append(entry.summary)
    for figure in entry.numbers:
        value = number_text(figure.value) if figure.value is not None else "not known"
        lines.append(f"- {figure.title}: {with_unit(value, figure.unit)}")
    lines += [f"- Disputed: {dispute}" for dispute in entry.disputes]
    for source in entry.sources:
        year = f" ({source.year})" if source.year else ""
        lines.append(f"- Source: {source.title}{year}{f' {source.url}' if source.url else ''}")
    return lines
