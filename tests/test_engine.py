"""The engine where a rule case says too little: many at once, secrets in pairs, games of before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from golden_text import REGENERATE
from peace_sim.engine import (
    Advance,
    Game,
    Move,
    NotOpen,
    State,
    UnreadableMove,
    World,
    apply,
    initial,
)
from peace_sim.engine.opening import opened
from peace_sim.engine.state import Injection, Message, Note, Seating
from peace_sim.engine.step import EndlessCascade, broken_invariants
from peace_sim.play import LocalSeat, Session, playout
from peace_sim.play.journal import read_lines, replayed, to_lines
from peace_sim.scenario import library
from peace_sim.scenario.compile import RULES
from rule_cases import changed, compiled, read_group

HERE = Path(__file__).parent
JOURNALS = HERE / "golden" / "journals"


def world_of(group: str) -> dict[str, object]:
    return read_group(HERE / "rules" / f"{group}.yaml").cases[0].world


# ── many at once ──

FORTY = [f"role{n}" for n in range(40)]


def crowd() -> Game:
    """Forty roles who are asked in one window, and all pull at one number."""
    decision = {
        "opens": {"at": "first"},
        "options": {
            "up": {"title": "Up", "effects": ["add 7 to heat"]},
            "down": {"title": "Down", "effects": ["add -11 to heat"]},
        },
    }
    return compiled(
        {
            "scenario": "crowd", "title": "A crowd", "version": "1",
            "calendar": {"start": "1994-09-01", "end": "1994-09-30", "tick": "week"},
            "chapters": {"whole": {"title": "Whole", "from": "1994-09-01", "to": "1994-09-30",
                                   "minutes": 5, "text": "A crowd."}},
            "roles": {role: {"title": role} for role in FORTY},
            "variables": {"heat": {"title": "Heat", "start": 50, "range": [0, 100]}},
            "decisions": {f"d_{role}": {"role": role, "title": "Pull", **decision}
                          for role in FORTY},
            "endings": {"close": {"title": "Close", "text": "Over.", "at_close": True}},
        },
        [],
    )  # fmt: skip


def test_forty_answers_in_one_window_come_to_the_same_in_whatever_order_they_arrive() -> None:
    game = crowd()
    opening = apply(game, initial(game, World("1")), Advance()).state
    assert len(opened(game, opening)) == 40
    moves = [
        Move(role, f"d_{role}", (("answer", Random(n).choice(["up", "down"])),))
        for n, role in enumerate(FORTY)
    ]
    outcomes = set()
    for seed in range(12):
        state = opening
        for move in Random(seed).sample(moves, len(moves)):
            state = apply(game, state, move).state
        step = apply(game, state, Advance())
        outcomes.add((step.state, step.facts))
    assert len(outcomes) == 1


def test_a_long_game_takes_each_step_from_the_state_alone() -> None:
    """No step knows how it was reached: a state read from its cells goes on as the play did."""
    game = crowd()
    played = playout(game, World("2"))
    state = initial(game, World("2"))
    for entry in played.journal.entries:
        copy = State(
            state.world, state.chapter, state.moment, state.stage, state.lap, tuple(state.cells),
            tuple(state.sealed), state.ending,
        )  # fmt: skip
        assert apply(game, copy, entry) == apply(game, state, entry)
        state = apply(game, state, entry).state
    assert state == played.state


# ── what is no move ──


def test_words_and_seatings_change_nothing() -> None:
    game = crowd()
    state = apply(game, initial(game, World("1")), Advance()).state
    words = (Message("role1", ("role2",), "Psst."), Note("role1", "Hm."))
    for entry in (*words, Seating("role1", "Ann")):
        step = apply(game, state, entry)
        assert step.state == state and step.facts == ()


def test_an_event_that_does_not_exist_is_unreadable() -> None:
    game = crowd()
    with pytest.raises(UnreadableMove) as refused:
        apply(game, initial(game, World("1")), Injection("flood"))
    assert refused.value.what == "event"


def test_a_game_that_is_over_takes_no_step() -> None:
    game = crowd()
    over = playout(game, World("1")).state
    for entry in (Advance(), Move("role1", "d_role1", (("answer", "up"),))):
        with pytest.raises(NotOpen) as refused:
            apply(game, over, entry)
        assert refused.value.reason == "ended"


def test_an_unknown_chapter_or_level_of_a_setting_is_no_game() -> None:
    game = crowd()
    with pytest.raises(KeyError):
        initial(game, World("1"), "nowhere")


def test_a_broken_invariant_is_named() -> None:
    world = world_of("f-moment")
    game = compiled({**world, "invariants": {"cool": {"holds": "heat < 40"}}}, [])
    assert broken_invariants(game, initial(game, World("1"))) == ("cool",)


def test_an_endless_cascade_leaves_the_state_as_it_was() -> None:
    """E10: an error in the midst of a step is no half step."""
    case = next(c for c in read_group(HERE / "rules" / "f-moment.yaml").cases if c.id == "O.11")
    game = compiled(case.world, [])
    session = Session.new(game, World("1", "recorded"), None, {"envoy": None})
    session.submit(Move("envoy", "watch", (("answer", "fan"),)))
    before, entries = session.state, session.journal.entries
    with pytest.raises(EndlessCascade, match="tick"):
        session.advance()
    assert session.state == before and session.journal.entries == entries
    session.withdraw("watch")
    session.advance()


# ── S3: two plays that differ in a secret alone ──


def test_a_third_seat_cannot_tell_two_plays_apart_that_differ_in_a_secret() -> None:
    """What it hears, sees and can be asked, with order, counts and window numbers."""
    world = changed(world_of("i-knowing"), {"variables": {"stock": {"start": 30}}})
    game = compiled(world, [])
    heard = {}
    for secret in ("stay", "buy"):
        seats = dict.fromkeys(("government", "opposition"))
        session = Session.new(game, World("1", "recorded"), None, seats)
        third, own = LocalSeat(session, ["opposition"]), LocalSeat(session, ["government"])
        told = []
        for _ in range(2):  # two purchases: the cellar fills, and the town does not know of it
            session.submit(Move("government", "act", (("answer", secret),)))
            session.proceed()
            told.append((repr(third.facts()), repr(third.view()), third.window, third.ready))
        heard[secret] = (told, repr(own.facts()))
    assert heard["stay"][0] == heard["buy"][0]
    assert heard["stay"][1] != heard["buy"][1]


# ── E11: games of before ──

KEPT = ("b-expiry", "c-ceasefire", "d-talks")


def texts(group: str) -> dict[str, str]:
    return {"scenario.yaml": json.dumps(world_of(group), ensure_ascii=False)}


@pytest.mark.parametrize("group", KEPT)
def test_a_game_that_was_kept_under_these_rules_replays_to_the_same_states(group: str) -> None:
    """Each journal carries its scenario and witnesses of its states; a change of rules breaks it.

    When RULES rises these stay as they are, and new ones are written beside them.
    """
    file = JOURNALS / f"rules-{RULES}-{group[2:]}.jsonl"
    if REGENERATE and not file.exists():
        edition, findings = library.edition_of_texts(texts(group))
        assert edition is not None, findings
        played = playout(edition.game, World("kept"))
        file.write_text(to_lines(played.journal, edition.texts), "utf-8")
    read = read_lines(file.read_text("utf-8"))
    assert read.journal is not None and read.trouble is None
    edition, findings = library.edition_of_texts(read.texts)
    assert edition is not None, findings
    again = replayed(edition.game, read.journal)
    assert again.trouble is None and again.state is not None and again.state.ending


@pytest.mark.parametrize("group", KEPT)
def test_a_game_of_other_rules_can_be_read_and_says_which_rules_it_wants(group: str) -> None:
    read = read_lines((JOURNALS / f"rules-1-{group[2:]}.jsonl").read_text("utf-8"))
    assert read.journal is not None
    older = replace(read.journal, header=replace(read.journal.header, rules=RULES - 1))
    edition, _ = library.edition_of_texts(read.texts)
    assert edition is not None
    again = replayed(edition.game, read_lines(to_lines(older)).journal or older)
    assert again.state is None
    assert again.trouble is not None and f"rules {RULES - 1}" in again.trouble
    branch = replayed(edition.game, older, rebase=True)
    assert branch.trouble is None and branch.state is not None
