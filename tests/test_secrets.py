"""The canary: a word of its own in every secret field, and every byte that reaches an audience.

Titles, texts and reasons of a game are marked with who may read them; then it is played, and all
that anybody is shown, told or refused is searched for the words of others.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canaries import SEED, Canaries, marked
from rule_cases import compiled as compiled_world
from rule_cases import groups

sys.path.insert(0, str(Path(__file__).parent / "laws"))
from small_games import games

from laws import Stop, audiences, bare_edition, every_option, walk
from peace_sim.cli.plain import Left, PlainGame, Talk
from peace_sim.cli.trouble import crash_text
from peace_sim.engine import Game, Move, NotOpen, State, UnreadableMove, World, apply, masked, view
from peace_sim.engine.facts import Fact, seen_by
from peace_sim.engine.game import FACILITATOR, may_know
from peace_sim.history import open_record
from peace_sim.history.forecast import forecast
from peace_sim.play import LocalSeat, Session
from peace_sim.report.brief import brief
from peace_sim.report.clauses import clause_line, table_text
from peace_sim.report.debrief import debrief, debrief_lines
from peace_sim.report.forecast import forecast_data, forecast_lines, paper, paper_lines
from peace_sim.report.latest import opened_seals
from peace_sim.report.prose import cable, news, promises, reading_text, sentence, why
from peace_sim.report.refusals import option_refusal, refusal, why_not
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

# ── all that an audience gets ──


def of_a_state(edition: Edition, state: State, audience: str) -> Iterator[str]:
    """What can be read at a moment: the view, what is refused, promises, text and record."""
    game = edition.game
    seen = view(game, state, audience)
    yield repr(seen)
    yield repr(masked(game, state, audience))
    yield from (reading_text(reading) for reading in seen.readings)
    yield repr(promises(edition, seen))
    for talks in edition.talks:
        yield from (clause_line(edition, talks, c) for c in table_text(edition, seen, talks))
    yield repr(open_record(edition, seen))
    for asked in seen.asked:
        for one in asked.fields:
            for option in one.options:
                yield option_refusal(edition, option, seen)
                yield from why_not(edition, option, seen)
    if audience in game.index["role"]:
        yield repr(brief(edition, state.chapter, audience))
        yield from refusals(edition, state, audience)


def refusals(edition: Edition, state: State, role: str) -> Iterator[str]:
    """What a role is told that tries everything: its own questions, others', and misspelt ones."""
    game = edition.game
    seen = view(game, state, role)
    moves = [Move(role, "no_such_thing", ())]
    for decision in game.decisions:
        moves.append(Move(role, decision.id[:-1] + "x", ()))
        moves.append(Move(decision.role, decision.id, (("no_field", "no_option"),)))
        if decision.role == role:
            moves += [Move(role, decision.id, answer) for answer in every_option(decision)]
        else:
            moves.append(Move(role, decision.id, ()))
    for move in moves:
        try:
            apply(game, state, replace(move, role=role))
        except (NotOpen, UnreadableMove) as refused:
            yield repr(refused)
            yield refusal(edition, refused, seen)


def of_facts(edition: Edition, facts: Iterable[Fact], audience: str) -> Iterator[str]:
    """What is told of a stretch of play, with every "why"."""
    game = edition.game
    heard = [seen for fact in facts if (seen := seen_by(game, fact, audience)) is not None]
    yield from map(repr, heard)
    yield from (said for f in heard if (said := sentence(edition, f, audience)))
    yield from news(edition, heard, audience)
    yield repr([cable(edition, fact) for fact in heard])
    yield repr(opened_seals(edition, heard, audience))
    for kind in ("variable", "track", "timer", "cases"):
        for id in game.index[kind]:
            yield from why(edition, heard, id, audience)


def search(edition: Edition, canaries: Canaries, stops: Iterable[Stop], rnd: Random) -> None:
    """Fail on the first word that reaches those who may not read it."""
    stops = list(stops)
    over = stops[-1].step.state.ending is not None
    played = stops[:-1] if over else stops
    some = rnd.sample(played, min(4, len(played)))
    for audience in audiences(edition.game):
        facts = [fact for stop in played for fact in stop.step.facts]
        texts = [*of_facts(edition, facts, audience)]
        for stop in some:
            texts += of_a_state(edition, stop.before, audience)
        for text in texts:
            assert not canaries.astray(text, audience), (audience, text)


def because(entry: Any, canaries: Canaries) -> Any:
    """A move with a reason that is its own role's alone."""
    return replace(entry, reason=canaries.word({entry.role})) if isinstance(entry, Move) else entry


def play(edition: Edition, canaries: Canaries, rnd: Random, chapter: str | None) -> list[Stop]:
    stops = []
    for stop in walk(edition.game, rnd, World(SEED), chapter):
        entry = because(stop.entry, canaries)
        stops.append(Stop(stop.before, entry, apply(edition.game, stop.before, entry)))
    return stops


# ── the tests ──


@given(games(), st.integers(0, 2**32))
def test_no_secret_word_of_any_game_reaches_others(game: Game, seed: int) -> None:
    edition, canaries = marked(bare_edition(game))
    rnd = Random(seed)
    search(edition, canaries, play(edition, canaries, rnd, "whole"), rnd)


WORLDS = {group.title: group.cases[0].world for group in groups()}


@pytest.mark.parametrize("title", WORLDS)
def test_no_secret_word_of_the_rules_worlds_reaches_others(title: str) -> None:
    edition, canaries = marked(bare_edition(compiled_world(WORLDS[title], [])))
    for seed in range(3):
        rnd = Random(seed)
        search(edition, canaries, play(edition, canaries, rnd, None), rnd)


@cache
def marked_edition(scenario: str) -> tuple[Edition, Canaries]:
    edition, findings = library.open_edition(scenario)
    assert edition is not None, findings
    return marked(edition)


@pytest.mark.parametrize("scenario", library.shipped())
def test_no_secret_word_of_a_shipped_scenario_reaches_others(scenario: str) -> None:
    edition, canaries = marked_edition(scenario)
    rnd = Random(5)
    search(edition, canaries, play(edition, canaries, rnd, None), rnd)


def chairs(edition: Edition) -> list[str]:
    asked = {decision.role for decision in edition.game.decisions}
    return [role.id for role in edition.game.roles if role.chair and role.id in asked]


class Anything(io.StringIO):
    """A player who types anything at all, and looks everything up, for so many lines."""

    def __init__(self, seed: int, lines: int) -> None:
        super().__init__()
        self.rnd, self.left = Random(seed), lines

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
        self.left -= 1
        if self.left < 0:
            return ""
        words = ["1", "2", "3", "1", "2", "1 2", "?", "why", "why 1", "why not 2", "why not 3",
                 "record", "codex", "promises", "adviser", "text", "numbers", "map", "incidents",
                 "save", "nonsense", "undo", "back", "none"]
        return f"{self.rnd.choice(words)}\n"


@pytest.mark.parametrize("scenario", library.shipped())
def test_no_secret_word_stands_in_the_plain_lines_of_a_chair(scenario: str) -> None:
    edition, canaries = marked_edition(scenario)
    for number, chair in enumerate(chairs(edition)):
        seats = {chair: None}
        session = Session.new(edition.game, World("7"), None, seats)  # type: ignore[arg-type]
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out), suppress(Left):
            PlainGame(edition, session, chair, Talk(Anything(number, 150))).play()
        told = out.getvalue().partition("\nDEBRIEF")[0].split("\n")
        assert len(told) > 50
        for said in told:
            assert not canaries.astray(said, chair), (chair, said)


def test_no_secret_word_stands_in_a_forecast_or_an_advisers_paper_while_a_game_is_on() -> None:
    """S2, law 11: what is foreseen for a chair is made of what it may know and of guesses."""
    edition, canaries = marked_edition("last-night-in-tehran")
    game = edition.game
    for number, chair in enumerate(chairs(edition)):
        session = Session.new(game, World(SEED), None, {chair: None})
        for _ in range(number):
            session.proceed()
        known = LocalSeat(session, [chair]).known()
        told = forecast(game, known, chair, 24)
        texts = [repr(told), *forecast_lines(game, told, sealed=True)]
        texts += [repr(forecast_data(game, told)), *paper_lines(paper(game, known, chair))]
        public = forecast(game, masked(game, session.state, "public"), "public", 24)
        for text in texts:
            assert not canaries.astray(text, chair), (chair, text)
        for text in [repr(public), *forecast_lines(game, public, sealed=True)]:
            assert not canaries.astray(text, "public"), text


@pytest.mark.parametrize("study", [False, True])
@pytest.mark.parametrize("scenario", library.shipped())
def test_a_debrief_before_the_end_tells_a_chair_no_secret_word(scenario: str, study: bool) -> None:
    """S2: what is read out early, for study too, is cut as the live view is."""
    edition, canaries = marked_edition(scenario)
    for chair in chairs(edition):
        session = Session.new(edition.game, World(SEED), None, {chair: None})
        for _ in range(8):
            if not session.ended:
                session.proceed()
        if session.ended:
            session = session.fork(len(session.journal.entries) // 2)
        assert not session.ended
        told = debrief(edition, session.journal, chair, study=study)
        opened = past_milestones(edition.game, chair) if study else ""
        for text in [repr(told), *debrief_lines(told)]:
            astray = {word for word in canaries.astray(text, chair) if word not in opened}
            assert not astray, (chair, text)


def past_milestones(game: Game, chair: str) -> str:
    """The titles that study may open: of what this chair sees come to pass."""
    parts = {"enters": game.track, "event": game.event, "ballot": game.ballot}
    return " ".join(
        m.title
        for m in game.milestones
        if (may_know(parts[m.kind](m.part).known_to, chair) if m.kind in parts
            else game.decision(m.part).role == chair)
    )


def test_a_branch_a_late_seat_and_an_undo_show_no_more_than_a_live_view() -> None:
    """S2: whoever comes late, or goes back, hears what their role may know, and nothing else."""
    edition, canaries = marked_edition(library.shipped()[0])
    chair, other = chairs(edition)[0], "public"
    session = Session.new(edition.game, World(SEED), None, {chair: None})
    for _ in range(3):
        session.proceed()
    branch = session.undo()
    for play_ in (session, branch, branch.fork(2)):
        for role in [role.id for role in edition.game.roles]:
            late = LocalSeat(play_, [role])
            for text in [repr(late.facts()), repr(late.view())]:
                assert not canaries.astray(text, role), role
    assert view(edition.game, branch.state, other).asked == ()


def test_who_misspells_a_question_is_not_helped_to_anothers() -> None:
    """S4: not even the name of what another is asked."""
    game = library.open_edition(library.shipped()[0])[0].game  # type: ignore[union-attr]
    state = Session.new(game, World("1"), None, {}).state
    own, others = (
        next(d for d in game.decisions if (d.role == "envoy") is envoy) for envoy in (True, False)
    )
    envoys = {d.id for d in game.decisions if d.role == "envoy"}
    for decision in (own, others):
        with pytest.raises(UnreadableMove) as refused:
            apply(game, state, Move("envoy", f"{decision.id}x", ()))
        assert refused.value.nearest in {*envoys, None}
        assert decision is others or refused.value.nearest == own.id


# ── what makes the search worth something ──


def test_the_search_finds_a_word_that_has_gone_astray() -> None:
    edition, canaries = marked_edition(library.shipped()[0])
    secret = next(v for v in edition.game.variables if not v.known_to)
    word = secret.title.rsplit(" ", 1)[1]
    assert canaries.astray(f"It is {word}.", "envoy") == {word}
    assert canaries.astray(f"It is {word}.", FACILITATOR) == set()
    assert canaries.astray(f"The seed was {SEED}.", "envoy") == {SEED}


def test_a_crash_within_a_view_writes_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """S9: the report has the places in the program, and nothing that was in hand there."""
    edition, canaries = marked_edition(library.shipped()[0])
    session = Session.new(edition.game, World(SEED), None, {chairs(edition)[0]: None})
    word = next(iter(canaries.readers))

    def breaks(game: Game, known: State, *_: object) -> Mapping[str, str]:
        hidden = f"{word} {known.cells}"
        raise ValueError(f"cannot show '{hidden}' for seed \"{SEED}\", level 37.25")

    monkeypatch.setattr(sys.modules["peace_sim.engine.view"], "_readings", breaks)
    with pytest.raises(ValueError) as raised:
        LocalSeat(session, [chairs(edition)[0]]).view()
    report = crash_text(raised.value)
    assert "in breaks" in report and "in view" in report
    assert word not in report and SEED not in report and "37.25" not in report
