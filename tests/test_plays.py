"""Every shipped chapter played to its end from every chair in the plain face, and read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from golden_text import kept
from peace_sim.cli.app import cli
from peace_sim.engine.state import Move, World
from peace_sim.engine.view import Asked, FieldSeen
from peace_sim.play import POLICIES, LocalSeat, Session
from peace_sim.play.begin import chairs
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

PLAYS = Path(__file__).parent / "golden" / "plays"
SEED = "4"


def opened(id: str) -> Edition:
    edition, findings = library.open_edition(id)
    assert edition is not None, findings
    return edition


def every_chair() -> Iterator[tuple[str, str, str]]:
    """Each scenario, chapter and chair that a person may take."""
    for id in library.shipped():
        game = opened(id).game
        for chapter in game.chapters:
            for role in chairs(game, chapter):
                yield id, chapter.id, role.id


def varied(asked: Asked, times: int) -> list[tuple[str, list[str]]]:
    """An answer that is another one each time, within what is open and affordable."""
    return [(field.id, _turn(field, times)) for field in asked.fields]


def _turn(field: FieldSeen, times: int) -> list[str]:
    open_now = [option for option in field.options if option.open]
    turned = open_now[times % len(open_now) :] + open_now[: times % len(open_now)]
    if not field.many:
        return [turned[0].id]
    taken, spent = [], 0.0
    for option in turned:
        if field.budget is not None and spent + option.cost <= field.budget:
            taken.append(option.id)
            spent += option.cost
    return taken


@cache
def play(id: str, chapter: str, chair: str) -> str:
    """What a person in this chair reads, whose answers are piped in."""
    game = opened(id).game
    seats = {r.id: None if r.id == chair else POLICIES["character"] for r in game.roles}
    seat = LocalSeat(Session.new(game, World(SEED), chapter, seats), [chair])
    lines, times = [], Counter[str]()
    while not seat.session.ended:
        for asked in seat.view().asked:
            taken = varied(asked, times[asked.id])
            times[asked.id] += 1
            pairs = tuple((field, one) for field, options in taken for one in options)
            seat.submit(Move(chair, asked.id, pairs))
            lines += [" ".join(options) or "0" for _, options in taken]
        seat.advance()
    words = ["play", id, "--plain", "--chapter", chapter, "--chair", chair, "--seed", SEED]
    with TemporaryDirectory() as home:
        result = CliRunner().invoke(
            cli, words, input="".join(f"{line}\n" for line in lines), env={"PEACE_SIM_HOME": home}
        )
    assert result.exit_code == 0, result.output[-2000:]
    return result.stdout


@pytest.mark.parametrize(("id", "chapter", "chair"), list(every_chair()))
def test_a_chapter_is_played_to_its_debrief_from_each_chair(
    id: str, chapter: str, chair: str
) -> None:
    told = play(id, chapter, chair)
    assert any(ending.title in told for ending in opened(id).game.endings)
    assert "Who wanted what" in told and "The draw of this world" in told
    assert "no more lines" not in told


@pytest.mark.parametrize(("id", "chapter", "chair"), list(every_chair()))
def test_what_is_read_has_no_ids_and_no_slips_of_the_pen(
    id: str, chapter: str, chair: str
) -> None:
    slip = re.compile(r"\b[a-z]+_[a-z_]+\b|\.\.(?!\.)|[.!?]”\.|\b[Tt]he the\b|\S  \S")
    read = [line for line in play(id, chapter, chair).splitlines() if line[:1] != ">"]
    assert [line for line in read if slip.search(line)] == []


@pytest.mark.parametrize("id", library.shipped())
def test_a_scenario_has_a_play_that_reads_as_it_did(id: str) -> None:
    chapter, chair = next((c, r) for i, c, r in every_chair() if i == id)
    told = play(id, chapter, chair)
    assert told == kept(PLAYS / f"{id}.txt", told)
