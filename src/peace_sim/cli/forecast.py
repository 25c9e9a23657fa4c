"""``forecast``: how a kept game may go, or might have gone, as far as somebody in it may know."""

from __future__ import annotations

from datetime import date

import click

from peace_sim.cli.journals import edition_for, journal_named
from peace_sim.cli.lookup import Refused, role_of
from peace_sim.cli.out import put_json, say, tell
from peace_sim.cli.tell import date_given
from peace_sim.engine.game import FACILITATOR, PUBLIC, Game
from peace_sim.engine.state import Advance, Seating, State
from peace_sim.engine.step import initial
from peace_sim.engine.view import masked
from peace_sim.play.journal import Journal, ReplayTrouble, replay
from peace_sim.report.words import day_text

MOST = 4000


@click.command("forecast")
@click.argument("game", metavar="GAME|JOURNAL")
@click.option(
    "--as", "audience", metavar="ROLE|public|facilitator",
    help="Who looks. Default: the player; without one, the public.",
)  # fmt: skip
@click.option(
    "--at", "day", callback=date_given, metavar="DATE",
    help="Seen from this date. Default: now; for a game that is over, its opening.",
)  # fmt: skip
@click.option(
    "-n", "plays", type=click.IntRange(1, MOST), default=500, show_default=True,
    help="How many playouts.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
def forecast_command(
    game: str, audience: str | None, day: date | None, plays: int, as_json: bool
) -> int:
    """Say how a game may go from a date, as far as somebody in it may know."""
    found = journal_named(game)
    if found.journal is None:
        raise Refused(str(found.trouble))
    journal = found.journal
    of = edition_for(journal, dict(found.texts)).game
    states, trouble = _windows(of, journal)
    people = _people(journal)
    over = states[-1].ending is not None
    seen = _audience(of, audience, people, over=over)
    state = _at(of, states, day)
    trouble = trouble or found.trouble
    if trouble:
        tell(f"Only a part could be followed. {trouble}")
    try:
        from peace_sim.history.forecast import forecast
        from peace_sim.report.forecast import forecast_data, forecast_lines
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        raise Refused("A forecast needs numpy, which is not installed here.") from None
    told = forecast(of, masked(of, state, seen), seen, plays)
    if as_json:
        put_json(forecast_data(of, told))
    else:
        say(forecast_lines(of, told, sealed=not over))
    return 1 if trouble else 0


def _windows(game: Game, journal: Journal) -> tuple[list[State], str | None]:
    """Each window as it opened, then the present moment; and why the journal could not be followed
    to its end."""
    header = journal.header
    try:
        state = initial(game, header.world, header.chapter)
    except KeyError as missing:
        raise Refused(f"This scenario has no {missing.args[0]!r}.") from None
    states = [state]
    try:
        steps = replay(game, journal, opening=state)
        for entry, step in zip(journal.entries, steps, strict=False):
            state = step.state
            if isinstance(entry, Advance):
                states.append(state)
    except ReplayTrouble as trouble:
        return [*states, state], trouble.message
    return [*states, state], None


def _people(journal: Journal) -> tuple[str, ...]:
    """The roles that a person held at last."""
    held: dict[str, bool] = {}
    for entry in journal.entries:
        if isinstance(entry, Seating):
            held[entry.role] = entry.by == "person"
    return tuple(role for role, person in held.items() if person)


def _audience(game: Game, named: str | None, people: tuple[str, ...], *, over: bool) -> str:
    """Who looks; while a game is on, nobody who knows more than its player."""
    if named is None:
        return people[0] if people else PUBLIC
    audience = named if named in (PUBLIC, FACILITATOR) else role_of(game, named)
    if over or audience == PUBLIC or audience in people:
        return audience
    allowed = " or ".join(("public", *people))
    raise Refused(
        f"This game is not over: a forecast as {audience} would tell what is hidden in it. "
        f"Until its end, ask --as {allowed}."
    )


def _at(game: Game, states: list[State], day: date | None) -> State:
    """The window from which to look: the last that had opened by a day."""
    first, last = (game.moments[state.moment].day for state in (states[0], states[-1]))
    if day is None:
        return states[0] if states[-1].ending is not None else states[-1]
    if not first <= day.toordinal() <= last:
        raise click.UsageError(
            f"{day.isoformat()} is not within this game: it goes from {day_text(first)} to "
            f"{day_text(last)}."
        )
    behind = [
        state
        for state in states
        if game.moments[state.moment].day <= day.toordinal() and state.ending is None
    ]
    return behind[-1] if behind else states[0]
