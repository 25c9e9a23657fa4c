"""``whatif``: what else could have been answered in a play that is over, and what came of that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from peace_sim.cli.journals import edition_for, journal_named
from peace_sim.cli.lookup import Refused, role_of, unknown
from peace_sim.cli.out import put_json, say, tell
from peace_sim.cli.progress import Progress
from peace_sim.history.compare import Comparison, compare_line
from peace_sim.history.line import Line, line_of
from peace_sim.play.journal import Journal
from peace_sim.report.counterfactual import (
    SEALED,
    fork_lines,
    side_lines,
    sides,
    sides_data,
    whatif_data,
    whatif_lines,
    whatif_text,
)
from peace_sim.scenario.edition import Edition

if TYPE_CHECKING:
    from peace_sim.history.counterfactual import Fork, Other, WhatIf

FEWEST, MOST = 16, 100_000
LONG = 40
"""So many windows take longer than having the quicker engine compiled."""


@click.command("whatif")
@click.argument("game_or_journal", metavar="GAME|JOURNAL")
@click.option("--chair", metavar="ROLE", help="The role whose answers are looked at.")
@click.option(
    "-n", "pairs", type=click.IntRange(FEWEST, MOST), default=256, show_default=True,
    help="How many pairs of playouts measure an answer that may matter.",
)  # fmt: skip
@click.option("--list", "only_list", is_flag=True, help="Only say what else was open.")
@click.option("--branch", metavar="MARK", help="Follow one other answer, by its mark: 12.3.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
def whatif_command(
    game_or_journal: str,
    chair: str | None,
    pairs: int,
    only_list: bool,
    branch: str | None,
    as_json: bool,
) -> int:
    """Say which choices of a play mattered most, or follow one that was not made."""
    if sum((only_list, branch is not None)) + (only_list and as_json) > 1:
        raise click.UsageError("Choose --list, --branch or --json.")
    found = journal_named(game_or_journal)
    if found.journal is None:
        raise Refused(str(found.trouble))
    edition, journal = edition_for(found.journal, dict(found.texts)), found.journal
    line = line_of(edition.game, journal)
    trouble = line.trouble or found.trouble
    if trouble:
        tell(f"Only a part could be followed. {trouble}")
    open_forks = forks_of(edition, line, chair)
    code = 1 if trouble else 0
    if only_list:
        say(fork_lines(edition.game, open_forks))
    elif branch is not None:
        _branch(edition, journal, line, open_forks, branch, chair, as_json)
    else:
        told, whole = explored(edition, open_forks, pairs)
        if as_json:
            put_json(whatif_data(edition, told))
        else:
            say(whatif_lines(whatif_text(edition, told, chair or alone(line)))[1:])
            tell("--branch with a mark, as in [12.3], follows that other answer.")
        code = code if whole else 130
    return code


def forks_of(edition: Edition, line: Line, chair: str | None) -> tuple[Fork, ...]:
    """What else was open in a play that is over. Refuses where that cannot be told."""
    if line.state.ending is None:
        raise Refused(SEALED)
    if chair is not None:
        role_of(edition.game, chair)
    try:
        from peace_sim.history.counterfactual import forks
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        raise Refused("Many plays at once need numpy, which is not installed here.") from None
    if chair is None and not any(faced.by == "person" for faced in line.faced):
        roles = ", ".join(role.id for role in edition.game.roles)
        raise click.UsageError(f"No person played here: say whose answers, with --chair: {roles}.")
    return forks(edition.game, line, chair)


def alone(line: Line) -> str | None:
    """The one role that people played; None for several."""
    played = {faced.role for faced in line.faced if faced.by == "person"}
    return played.pop() if len(played) == 1 else None


def explored(edition: Edition, open_forks: tuple[Fork, ...], pairs: int) -> tuple[WhatIf, bool]:
    """What came of playing on, and whether all of it was done; how far it is goes to stderr."""
    from peace_sim.history.counterfactual import explore
    from peace_sim.play.futures import prepare

    steps = explore(edition.game, open_forks, pairs)
    told = next(steps)
    if told.of >= LONG:
        prepare(edition.game)
    progress = Progress(told.of, "windows")
    whole = False
    try:
        for told in steps:
            progress(told.windows)
        whole = True
    except KeyboardInterrupt:
        pass
    finally:
        progress.end()
    if not whole:
        tell(
            f"peace-sim: interrupted; what follows is of {told.windows} windows of {told.of}."
        )
    return told, whole


def _branch(
    edition: Edition,
    journal: Journal,
    line: Line,
    open_forks: Iterable[Fork],
    mark: str,
    chair: str | None,
    as_json: bool,
) -> None:
    from peace_sim.history.branches import branch

    fork, other = _marked(open_forks, mark)
    made = branch(edition.game, journal, fork.faced, other.answer, chair)
    compared: list[Comparison] = [
        compare_line(edition, one) for one in (line, line_of(edition.game, made.journal))
    ]
    told = sides(edition, compared[0], compared[1], fork, other, (made.kept, made.left))
    if as_json:
        put_json(sides_data(told))
    else:
        say(side_lines(told))


def _marked(open_forks: Iterable[Fork], mark: str) -> tuple[Fork, Other]:
    marks = {f"{fork.number}.{other.number}": (fork, other)
             for fork in open_forks for other in fork.others}  # fmt: skip
    if mark not in marks:
        raise unknown("other answer", mark, marks)
    return marks[mark]
