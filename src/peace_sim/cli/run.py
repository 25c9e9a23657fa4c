"""``run``: a chapter played by policies, compared with the record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import click

from peace_sim.cli.lookup import (
    Refused,
    chapter_of,
    edition_of,
    policy_named,
    role_of,
    seed_given,
    settings_of,
    unknown,
)
from peace_sim.cli.out import put_json, say, tell
from peace_sim.engine.game import Answer, Decision, Game
from peace_sim.engine.opening import NotOpen, UnreadableMove, check_answer, find_field, find_option
from peace_sim.engine.state import State, World
from peace_sim.history import compare
from peace_sim.play import POLICIES, playout
from peace_sim.play.policies import Choice, Draw, Policy
from peace_sim.report.data import answer_of, played_data
from peace_sim.report.debrief import debrief_lines, debrief_of


@dataclass
class Told:
    """A policy that gives the answers it was told to give, and otherwise another's."""

    inner: Policy
    waiting: list[tuple[str, int, Answer]]
    """Decision, first day and answer; shared by all chairs, each used once."""
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.inner.name

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """The first answer that waits for this decision and can be given now."""
        day = game.moments[known.moment].day
        for waiting in self.waiting:
            id, start, answer = waiting
            if id != decision.id or day < start:
                continue
            try:
                checked = check_answer(decision, answer, known, day)
            except NotOpen:
                continue
            self.waiting.remove(waiting)
            return Choice(checked, "As the file of moves says.")
        return self.inner.answer(game, known, decision, draw)


@click.command("run")
@click.argument("scenario")
@click.option("--chapter", help="The chapter; the first when not given.")
@click.option(
    "--policy", "policies", multiple=True, metavar="NAME|ROLE=NAME",
    help="Who plays: for all, or for one role. Default: character.",
)  # fmt: skip
@click.option(
    "--world", type=click.Choice(["recorded", "drawn"]), default="recorded", show_default=True,
    help="Whether chance is the record's or the seed's.",
)  # fmt: skip
@click.option(
    "--seed", callback=seed_given, metavar="N", default="1", show_default=True,
    help="The world's seed.",
)  # fmt: skip
@click.option("--setting", multiple=True, metavar="K=V", help="A setting's level.")
@click.option(
    "--moves", type=click.Path(path_type=Path, dir_okay=False),
    help="A file of answers to give: a journal, or JSON as “decisions” has them.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
def run_command(
    scenario: str,
    chapter: str | None,
    policies: tuple[str, ...],
    world: str,
    seed: str,
    setting: tuple[str, ...],
    moves: Path | None,
    as_json: bool,
) -> int:
    """Play a chapter without a person, and compare it with the record."""
    edition = edition_of(scenario)
    game = edition.game
    opens = chapter_of(game, chapter)
    nature = World(seed, "drawn" if world == "drawn" else "recorded", settings_of(game, setting))
    chosen = policies_of(game, policies)
    waiting = read_moves(game, moves) if moves is not None else []
    players: dict[str, Policy] = {
        role: Told(policy, waiting) if moves else policy for role, policy in chosen.items()
    }
    played = playout(game, nature, opens.id, players)
    if waiting:
        left = ", ".join(dict.fromkeys(id for id, _, _ in waiting))
        tell(f"peace-sim: {len(waiting)} of the answers in {moves} found no window: {left}.")
    compared = compare(edition, played.journal)
    if as_json:
        put_json(played_data(edition, compared))
    else:
        say(debrief_lines(debrief_of(edition, compared)))
    return 0


def policies_of(game: Game, given: Iterable[str]) -> Mapping[str, Policy]:
    """A policy for every role, from ``NAME`` and ``ROLE=NAME`` texts."""
    everybody = POLICIES["character"]
    own: dict[str, Policy] = {}
    for text in given:
        role, equals, name = text.rpartition("=")
        policy = policy_named(name)
        if equals:
            own[role_of(game, role)] = policy
        else:
            everybody = policy
    return {role.id: own.get(role.id, everybody) for role in game.roles}


def read_moves(game: Game, path: Path) -> list[tuple[str, int, Answer]]:
    """The answers in a file: a journal's moves, or JSON of decisions with their answers."""
    from peace_sim.engine.state import Move
    from peace_sim.play.journal import read_lines
    from peace_sim.play.store import StoreTrouble, read_file

    try:
        text = read_file(path).decode("utf-8", "replace")
    except StoreTrouble as trouble:
        raise Refused(str(trouble)) from None
    if text.lstrip("\ufeff").startswith('{"peace-sim"'):
        found = read_lines(text)
        if found.journal is None:
            raise Refused(f"{path}: {found.trouble}")
        entries = [entry for entry in found.journal.entries if isinstance(entry, Move)]
        return [(move.decision, 0, move.answer) for move in entries if _known(game, move.decision)]
    return [_told(game, item, number) for number, item in enumerate(_items(text, path), start=1)]


def _known(game: Game, decision: str) -> bool:
    if decision not in game.index["decision"]:
        raise unknown("decision", decision, game.index["decision"])
    return True


def _items(text: str, path: Path) -> list[object]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            raise click.UsageError(f"{path} holds neither a journal nor JSON.") from None
    if isinstance(whole, dict) and isinstance(whole.get("decisions"), list):
        whole = whole["decisions"]
    return whole if isinstance(whole, list) else [whole]


def _told(game: Game, item: object, number: int) -> tuple[str, int, Answer]:
    if not isinstance(item, dict):
        raise click.UsageError(f"Move {number} is not a decision with its answer.")
    id = str(item.get("decision", item.get("id", "")))
    _known(game, id)
    decision = game.decision(id)
    try:
        answer = answer_of(decision, item.get("answer"))
        for name, option in answer:
            find_option(find_field(decision, name), option)
        day = date.fromisoformat(str(item["date"])).toordinal() if item.get("date") else 0
    except UnreadableMove as found:
        close = f" Did you mean “{found.nearest}”?" if found.nearest else ""
        raise click.UsageError(
            f"Move {number}: {id} has no {found.what} “{found.named[:80]}”.{close}"
        ) from None
    except ValueError as wrong:
        raise click.UsageError(f"Move {number}: {wrong}.") from None
    return id, day, answer
