"""Forecasts: what they say they are, and that they know no more than whoever asks."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from peace_sim.cli import main
from peace_sim.cli.plain import Left, PlainGame, Talk
from peace_sim.engine import Game, State, World, apply, masked
from peace_sim.engine.game import FACILITATOR, PUBLIC, may_know
from peace_sim.engine.state import Move
from peace_sim.history import forecast as forecasts
from peace_sim.history.forecast import NothingToCome, Outcome, forecast, refined
from peace_sim.history.simulate import figures, wilson
from peace_sim.play import LocalSeat, Session, Store, beliefs
from peace_sim.play.beliefs import imagined
from peace_sim.play.journal import to_lines
from peace_sim.report.forecast import paper, paper_of, share_text
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

NIGHT = "last-night-in-tehran"


@cache
def edition(id: str = NIGHT) -> Edition:
    made, findings = library.open_edition(id)
    assert made is not None, findings
    return made


@cache
def moment(id: str, role: str, windows: int) -> State:
    """The state at a chair's window, or its last, played so far by default answers."""
    session = Session.new(edition(id).game, World("7"), None, {role: None})
    state = session.state
    for _ in range(windows):
        session.proceed()
        if session.ended:
            break
        state = session.state
    return state


def otherwise(game: Game, state: State, role: str) -> State:
    """A state that looks the same to a role, with another truth and another seed."""
    other = imagined(game, masked(game, state, role), role, 1, "elsewhere")[0]
    hidden = [c for c, k in enumerate(game.cell_knowers) if not may_know(k, role)]
    assert any(other.cells[cell] != state.cells[cell] for cell in hidden)
    return other


def at_a_seat(game: Game, state: State, role: str) -> LocalSeat:
    """A seat at a session that stands in a state."""
    session = Session.new(game, replace(state.world, nature="drawn"), state.chapter, {role: None})
    session._state = state
    return LocalSeat(session, [role])


def same_however_it_is(id: str, role: str, windows: int) -> None:
    game, state = edition(id).game, moment(id, role, windows)
    told = []
    for truth in (state, otherwise(game, state, role)):
        if id == NIGHT:
            beliefs._prior.cache_clear()  # nothing that is kept may carry a truth over
        told.append(forecast(game, at_a_seat(game, truth, role).known(), role, 8))
    assert told[0] == told[1]
    assert told[0].plays == 8 and told[0].endings


# ── what it may know ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "windows"), [("envoy", 0), ("government", 1), ("opposition", 2), ("iran", 4)]
)
def test_two_games_that_look_alike_to_a_chair_have_the_same_forecast(
    role: str, windows: int
) -> None:
    """Law 11: whatever is true in them, and whatever their seeds."""
    same_however_it_is(NIGHT, role, windows)


def test_a_long_games_forecast_knows_no_hidden_truth_either() -> None:
    same_however_it_is("tajikistan", "envoy", 26)


@pytest.mark.slow
@pytest.mark.parametrize("role", ["envoy", "government", "opposition", "russia", "iran"])
@pytest.mark.parametrize("windows", [0, 9, 18])
def test_a_forecast_from_any_chair_at_any_time_knows_no_hidden_truth(
    role: str, windows: int
) -> None:
    same_however_it_is("tajikistan", role, windows)


def test_an_adviser_writes_the_same_paper_in_games_that_look_alike() -> None:
    game, state = edition().game, moment(NIGHT, "envoy", 0)
    papers = []
    for truth in (state, otherwise(game, state, "envoy")):
        paper.cache_clear()
        papers.append(paper(game, at_a_seat(game, truth, "envoy").known(), "envoy"))
    assert papers[0] == papers[1]


def test_fans_are_of_what_the_audience_may_know() -> None:
    game, state = edition().game, moment(NIGHT, "envoy", 0)
    for audience in (PUBLIC, "envoy", "iran"):
        told = forecast(game, masked(game, state, audience), audience, 4)
        assert told.fans
        assert all(may_know(game.variable(id).known_to, audience) for id in told.fans)
    public = forecast(game, masked(game, state, PUBLIC), PUBLIC, 4)
    assert set(public.fans) == {variable.id for variable in figures(game)}


# ── what it says ─────────────────────────────────────────────────────────────────────────────


def test_more_plays_go_on_from_the_first_ones() -> None:
    game = edition().game
    known = masked(game, moment(NIGHT, "envoy", 0), "envoy")
    few, more = refined(game, known, "envoy", (6, 16))
    assert (few.plays, more.plays) == (6, 16)
    assert few == forecast(game, known, "envoy", 6)
    assert more == forecast(game, known, "envoy", 16)


def test_plays_are_counted_alike_however_many_are_played_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    game = edition().game
    known = masked(game, moment(NIGHT, "envoy", 0), "envoy")
    whole = forecast(game, known, "envoy", 12)
    monkeypatch.setattr(forecasts, "PORTION", 5)
    assert forecast(game, known, "envoy", 12) == whole


def test_every_play_comes_to_an_ending_that_is_counted_once_with_its_interval() -> None:
    game = edition().game
    told = forecast(game, masked(game, moment(NIGHT, "iran", 0), "iran"), "iran", 40)
    assert sum(outcome.count for outcome in told.endings) == 40
    counts = [outcome.count for outcome in told.endings]
    assert counts == sorted(counts, reverse=True)
    for outcome in told.endings:
        assert outcome.share == outcome.count / 40
        assert (outcome.low, outcome.high) == wilson(outcome.count, 40)


def test_a_fan_holds_half_of_the_plays_within_nine_tenths() -> None:
    game = edition().game
    told = forecast(game, masked(game, moment(NIGHT, "envoy", 0), "envoy"), "envoy", 40)
    wide = 0
    for points in told.fans.values():
        for point in points:
            (low, high), (least, most) = point.half, point.most
            assert least <= low <= point.median <= high <= most
            assert told.day <= point.day and 0 < point.plays <= 40
            wide += least < low < high < most
    assert wide > 20


def test_a_play_that_is_over_has_nothing_to_come() -> None:
    game = edition().game
    session = Session.new(game, World("2"), None, {})
    while not session.ended:
        session.advance()
    with pytest.raises(NothingToCome):
        forecast(game, masked(game, session.state, PUBLIC), PUBLIC, 4)


def test_what_a_chair_has_sealed_is_counted_with() -> None:
    game, state = edition().game, moment(NIGHT, "envoy", 1)
    word = next(d for d in game.decisions if d.id == "envoy_word")
    told = []
    for option in (word.fields[0].options[0], word.fields[0].options[-1]):
        move = Move("envoy", word.id, ((word.fields[0].id, option.id),))
        known = masked(game, apply(game, state, move).state, "envoy")
        told.append(forecast(game, known, "envoy", 40))
    assert told[0].fans != told[1].fans


# ── the adviser's paper ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.34, 0.46, "between a third and half"),
        (0.0, 0.02, "fewer than a tenth"),
        (0.02, 0.19, "fewer than a fifth"),
        (0.93, 1.0, "more than nine tenths"),
        (0.5, 0.5, "between half and half"),
        (0.0, 1.0, "some"),
        (1 / 3, 2 / 3, "between a third and two thirds"),
    ],
)
def test_a_share_is_said_in_words_that_claim_no_more_than_its_bounds(
    low: float, high: float, said: str
) -> None:
    assert share_text(low, high) == said


def test_a_paper_has_a_range_and_a_fear_and_no_figure_but_how_many_were_played() -> None:
    game = edition().game
    for role in ("envoy", "government", "opposition", "iran"):
        known = masked(game, moment(NIGHT, role, 0), role)
        written = paper(game, known, role)
        text = " ".join((*written.range, *written.fear))
        assert "of the ways this could go" in text and "That " in text
        assert not re.search(r"[%.]\d|\d\s*%", text), text
        assert not any(ending.title in text for ending in game.endings), "titles are sealed"
        assert "256 playouts of a model" in written.basis


def test_the_fear_is_the_ending_with_a_real_chance_that_the_chair_dreads_most() -> None:
    game, state = edition("tajikistan").game, moment("tajikistan", "envoy", 0)
    seen = at_a_seat(game, state, "envoy").view()
    known = masked(edition().game, moment(NIGHT, "envoy", 0), "envoy")
    empty = forecast(edition().game, known, "envoy", 4)

    def fear(**shares: float) -> str:
        endings = tuple(
            Outcome(id, int(100 * s), s, s - 0.03, min(1.0, s + 0.03), 0.0, None)
            for id, s in sorted(shares.items(), key=lambda pair: -pair[1])
        )
        return " ".join(paper_of(game, replace(empty, endings=endings), seen).fear)

    assert "the war comes back" in fear(short_fuse=0.7, frozen=0.2, open_war=0.1)
    assert "other people's soldiers" in fear(short_fuse=0.76, frozen=0.2, open_war=0.04)
    assert "What I fear is what I expect." in fear(open_war=0.9, short_fuse=0.1)
    assert "Nothing that you would dread" in fear(short_fuse=1.0)


@pytest.mark.parametrize("id", library.shipped())
def test_every_chair_that_plans_may_ask_its_adviser_and_nobody_hears_of_it(id: str) -> None:
    game = edition(id).game
    plans = [d for d in game.decisions if d.kind == "acts" and game.role(d.role).chair]
    assert plans
    for decision in plans:
        (act,) = (o for f in decision.fields for o in f.options if o.asks == "adviser")
        assert act.cost == 1 and not act.effects
        assert act.known_to == {decision.role}
        assert act.weight is not None and act.weight.of((), 0) == 0.0, "no computer player asks"


@pytest.mark.parametrize("id", library.shipped())
def test_every_ending_is_said_in_an_advisers_words(id: str) -> None:
    for ending in edition(id).game.endings:
        assert ending.outlook and not ending.outlook.endswith(".")


def asking(session: Session) -> None:
    session.submit(Move("envoy", "envoy_evening", (("plan", "ask_adviser"),)))
    session.proceed()


def test_a_game_knows_when_its_adviser_was_asked_after_it_was_left_and_taken_back(
    tmp_path: Path,
) -> None:
    game, store = edition().game, Store(tmp_path)
    session = Session.new(game, World("7"), None, {"envoy": None}, store=store)
    assert session.consulted("envoy") == ()
    asking(session)
    (asked,) = session.consulted("envoy")
    assert asked.sealed and session.consulted("iran") == ()
    seat = LocalSeat(session, ["envoy"])
    assert seat.consulted() == (masked(game, asked, "envoy"),)
    session.close()
    resumed = Session.resume(game, store, session.id)
    assert LocalSeat(resumed, ["envoy"]).consulted() == seat.consulted()
    assert resumed.undo(["envoy"]).consulted("envoy") == ()


def plain(lines: str) -> str:
    session = Session.new(edition().game, World("7"), None, {"envoy": None})
    out = io.StringIO()
    with redirect_stdout(out), suppress(Left):
        PlainGame(edition(), session, "envoy", Talk(io.StringIO(lines))).play()
    return out.getvalue()


def test_plain_lines_hand_over_the_paper_once_and_again_when_asked() -> None:
    assert plain("1 7\nquit\n").count("YOUR ADVISER'S PAPER") == 1
    assert plain("1 7\n1\nquit\n").count("YOUR ADVISER'S PAPER") == 1
    assert plain("1 7\nadviser\nquit\n").count("YOUR ADVISER'S PAPER") == 2
    unasked = plain("1 2\nadviser\nquit\n")
    assert "PAPER" not in unasked and "takes one of your acts to ask" in unasked


# ── the command ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PEACE_SIM_HOME", str(tmp_path))
    yield tmp_path


def kept(home: Path, *, ended: bool) -> Path:
    """A journal with the Envoy in a person's hands."""
    session = Session.new(edition().game, World("7"), None, {"envoy": None})
    session.proceed()
    while ended and not session.ended:
        session.proceed()
    file = home / "game.jsonl"
    file.write_text(to_lines(session.journal, dict(edition().texts)), "utf-8")
    return file


def test_a_game_that_is_on_is_forecast_for_its_player_and_the_public_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(kept(home, ended=False))
    for audience in ((), ("--as", "envoy"), ("--as", "public")):
        assert main(("forecast", file, "-n", "4", *audience)) == 0
        said = capsys.readouterr().out
        assert "of 4 playouts of this model" in said
        assert not any(ending.title in said for ending in edition().game.endings)
    for other in ("facilitator", "government"):
        assert main(("forecast", file, "--as", other)) == 3
        said = capsys.readouterr()
        assert not said.out and "not over" in said.err and "public or envoy" in said.err


def test_a_game_that_is_over_is_forecast_for_anybody_from_any_day_of_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(kept(home, ended=True))
    for audience in ("facilitator", "government", PUBLIC):
        assert main(("forecast", file, "-n", "4", "--as", audience, "--json")) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["audience"] == audience and told["date"] == "1994-09-16"
    assert main(("forecast", file, "-n", "4", "--as", FACILITATOR, "--at", "1994-09-17")) == 0
    assert "seen by the facilitator" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (("--as", "envoi"), 2, "Did you mean “envoy”?"),
        (("--at", "1993-01-01"), 2, "is not within this game"),
        (("--at", "soon"), 2, "is no date"),
        (("-n", "0"), 2, "0 is not in the range"),
        (("-n", "-5"), 2, "-5 is not in the range"),
        (("-n", "99999999"), 2, "is not in the range"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(
    home: Path, capsys: pytest.CaptureFixture[str], wrong: tuple[str, ...], code: int, said: str
) -> None:
    assert main(("forecast", str(kept(home, ended=False)), *wrong)) == code
    heard = capsys.readouterr()
    assert said in heard.err and not heard.out


def test_there_is_no_forecast_of_a_game_that_is_not_kept(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(("forecast", "no-such-game")) == 2
    assert "There is no game “no-such-game”" in capsys.readouterr().err
    assert main(("forecast", "no-such-file.jsonl")) == 2
    assert "There is no file" in capsys.readouterr().err
    (home / "odd.jsonl").write_text("hello\n")
    assert main(("forecast", str(home / "odd.jsonl"))) == 3


def test_a_journal_of_which_a_part_is_lost_is_forecast_from_where_it_holds(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = kept(home, ended=True)
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: len(lines) // 2]) + '{"kind": "Mo', "utf-8")
    assert main(("forecast", str(file), "-n", "4")) == 1
    heard = capsys.readouterr()
    assert "Only a part" in heard.err and "of 4 playouts" in heard.out
