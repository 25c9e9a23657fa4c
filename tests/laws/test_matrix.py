"""The matrix of parts: each kernel part in each use, shown in one small scenario.

A row is a field of ``Game`` that holds parts, so that a new kind of part has a row by being there,
and fails until all its cells are filled. A cell is a check, or the reason why there is none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from golden_text import kept_section
from peace_sim.engine import (
    Advance,
    Game,
    Move,
    NotOpen,
    State,
    UnreadableMove,
    View,
    World,
    apply,
    initial,
    view,
)
from peace_sim.engine.batch import Block
from peace_sim.engine.batch import opening as open_block
from peace_sim.engine.batch import play as play_block
from peace_sim.engine.batch.tables import tables_of
from peace_sim.engine.facts import Fact, seen_by
from peace_sim.engine.state import Entry
from peace_sim.history.compare import milestones_passed
from peace_sim.history.simulate import Job, Tally, tally
from peace_sim.play.batched import answering
from peace_sim.play.journal import entry_dict, entry_of, state_from_json, state_to_json
from peace_sim.play.playout import playout
from peace_sim.play.policies import POLICIES
from peace_sim.report.brief import brief
from peace_sim.report.debrief import debrief, debrief_lines
from peace_sim.report.prose import cable, gauge_text, ledger_rows, sentence, why
from peace_sim.report.refusals import refusal, why_not
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "engine.md"
USES = ("step", "batch", "round trip", "explanation", "view")
NOT_PARTS = {"names", "start_cells", "cell_knowers", "by_stage"}


@lru_cache(maxsize=1)
def edition() -> Edition:
    texts = {file.name: file.read_text("utf-8") for file in (HERE / "everything").iterdir()}
    made, findings = library.edition_of_texts(texts)
    assert made is not None, findings
    return made


@dataclass
class Play:
    """A play of the scenario, and how a role is told of it."""

    state: State
    facts: list[Fact] = field(default_factory=list)

    @property
    def game(self) -> Game:
        return edition().game

    def take(self, entry: Entry) -> Play:
        step = apply(self.game, self.state, entry)
        self.state, self.facts = step.state, [*self.facts, *step.facts]
        return self

    def act(self, option: str) -> Play:
        return self.take(Move("envoy", "act", (("answer", option),)))

    def close(self, windows: int = 1) -> Play:
        for _ in range(windows):
            self.take(Advance())
        return self

    def told(self, role: str) -> list[Fact]:
        seen = (seen_by(self.game, fact, role) for fact in self.facts)
        return [fact for fact in seen if fact is not None]

    def kinds(self) -> set[str]:
        return {type(fact).__name__ for fact in self.facts}

    def said(self, role: str) -> str:
        return " ".join(s for f in self.told(role) if (s := sentence(edition(), f, role)))

    def why(self, id: str, role: str) -> str:
        return " ".join(why(edition(), self.told(role), id, role))

    def seen(self, role: str) -> View:
        return view(self.game, self.state, role)

    def refused(self, move: Move, role: str = "envoy") -> str:
        with pytest.raises((NotOpen, UnreadableMove)) as raised:
            apply(self.game, self.state, move)
        return refusal(edition(), raised.value, self.seen(role))


def opening(nature: str = "recorded", **settings: str) -> Play:
    world = World("1", nature, tuple(settings.items()))  # type: ignore[arg-type]
    return Play(initial(edition().game, world)).take(Advance())


def after() -> Play:
    """The envoy has gone, and the day's vote is open."""
    return opening().act("go").close()


def later() -> Play:
    """Two days on."""
    return after().close(4)


def ended() -> Play:
    play = later()
    while play.state.ending is None:
        play.close()
    return play


def survives(make: Callable[[], Play], *cells: int) -> None:
    """What a part holds is written and read back, and it holds something."""
    state, blank = make().state, initial(edition().game, World("1", "recorded"))
    read = state_from_json(state_to_json(state))
    assert read == state
    for cell in cells:
        assert read.cells[cell] != blank.cells[cell]


OVERRIDES = {("act", 0): (("answer", "go"),)}


@lru_cache(maxsize=4)
def many(**settings: str) -> Block:
    """Three plays side by side in which the envoy goes first and then waits."""
    worlds = [World(str(seed), "recorded", tuple(settings.items())) for seed in (1, 2, 3)]
    block = open_block(game(), worlds)
    play_block(block, answering(game(), lambda role: POLICIES["default"], OVERRIDES))
    return block


@lru_cache(maxsize=1)
def singly() -> tuple[Play, ...]:
    """The same plays, one by one."""
    return tuple(
        Play(played.state, [fact for _, fact in played.facts])
        for seed in (1, 2, 3)
        for played in (playout(game(), World(str(seed), "recorded"),
                               policies=POLICIES["default"], overrides=OVERRIDES),)
    )  # fmt: skip


def alike(*cells: int) -> None:
    """The plays come to the same in a block and one by one, and these cells hold something."""
    blank = initial(game(), World("1", "recorded"))
    for here, there in zip(many().last(), singly(), strict=True):
        assert here == there.state
        for cell in cells:
            assert here.cells[cell] != blank.cells[cell]


@lru_cache(maxsize=1)
def counted() -> Tally:
    """A dozen plays at random, counted."""
    players = tuple((role.id, "random") for role in game().roles)
    return tally(game(), Job("whole", "drawn", 1, (), players), 0, 12)


@lru_cache(maxsize=1)
def at_random() -> tuple[Play, ...]:
    """The same dozen, one by one."""
    return tuple(
        Play(played.state, [fact for _, fact in played.facts])
        for seed in range(1, 13)
        for played in (playout(game(), World(str(seed)), policies=POLICIES["random"]),)
    )


def check(*claims: object) -> None:
    for claim in claims:
        assert claim


def has(text: str, *parts: str) -> None:
    for part in parts:
        assert part in text, text


def last_told() -> str:
    go = Move("envoy", "act", (("answer", "go"),))
    played = playout(game(), World("1"), policies=POLICIES["random"], moves=[go])
    return "\n".join(debrief_lines(debrief(edition(), played.journal, "envoy")))


def with_own_entry() -> None:
    move = Move("envoy", "act", (("answer", "go"),), reason="It is time.")
    state = opening().act("go").state
    assert entry_of(entry_dict(move)) == move
    assert state_from_json(state_to_json(state)).sealed == state.sealed != ()


def game() -> Game:
    return edition().game


NOTHING_HELD = "holds nothing in a state"

Cell = Callable[[], object] | str
CELLS: dict[str, dict[str, Cell]] = {
    "moments": {
        "step": lambda: check(opening().state.moment == 0, after().close().state.moment == 1),
        "batch": lambda: check(many().closed.tolist() == [one.state.moment for one in singly()]),
        "round trip": lambda: check(state_from_json(state_to_json(later().state)).moment == 2),
        "explanation": lambda: has(
            " ".join(why_not(edition(), opening().seen("envoy").asked[0].fields[0].options[2],
                             opening().seen("envoy"))), "1 September", "5 September"),
        "view": lambda: check(later().seen("public").day - opening().seen("public").day == 2),
    },
    "stages": {
        "step": lambda: check(after().state.stage == 1, after().seen("east").asked),
        "batch": lambda: alike(game().ballot("poll").cell),
        "round trip": lambda: check(state_from_json(state_to_json(after().state)).stage == 1),
        "explanation": lambda: has(after().refused(Move("envoy", "act", ())), "not being asked"),
        "view": lambda: check(after().seen("public").stage_title == "The vote"),
    },
    "chapters": {
        "step": lambda: check(later().state.ending is None, ended().state.ending),
        "batch": lambda: check((many().ended >= 0).all(), many().chapter.id == "whole"),
        "round trip": lambda: check(state_from_json(state_to_json(after().state)).chapter),
        "explanation": lambda: has(
            ended().refused(Move("envoy", "act", ())), "chapter is over"),
        "view": lambda: check(after().seen("public").chapter == "whole"),
    },
    "roles": {
        "step": lambda: check([a.role for a in opening().seen("envoy").asked] == ["envoy"],
                              opening().seen("government").asked == ()),
        "batch": lambda: check(tables_of(game()).known_to("envoy").hidden
                               - tables_of(game()).known_to("government").hidden),
        "round trip": with_own_entry,
        "explanation": lambda: has(opening().refused(Move("government", "act", ())),
                                   "not for the Government", "the Special Envoy is asked"),
        "view": lambda: check(opening().seen("envoy").reading("shells").estimated,
                              not opening().seen("government").reading("shells").estimated),
    },
    "variables": {
        "step": lambda: check("VariableMoved" in after().kinds()),
        "batch": lambda: alike(game().variable("trust").cell, game().variable("mood").cell),
        "round trip": lambda: survives(later, game().variable("trust").cell,
                                       game().variable("mood").cell),
        "explanation": lambda: has(after().why("trust", "envoy"), "40 points → 60 points", "“Go”"),
        "view": lambda: has(gauge_text(after().seen("public").reading("trust")), "warm"),
    },
    "estimates": {
        "step": lambda: check("EstimateRedrawn" in opening().kinds()),
        "batch": lambda: alike(game().estimates[0].cell),
        "round trip": lambda: survives(opening, game().estimates[0].cell),
        "explanation": lambda: has(opening().why("shells", "envoy"), "Your people looked again"),
        "view": lambda: check(opening().seen("envoy").reading("shells").level != 50),
    },
    "tracks": {
        "step": lambda: check("PhaseEntered" in after().kinds()),
        "batch": lambda: alike(game().track("truce").cell),
        "round trip": lambda: survives(after, game().track("truce").cell),
        "explanation": lambda: has(after().why("truce", "public"), "“no truce” → “signed”"),
        "view": lambda: check(after().seen("public").track("truce").phase == "signed"),
    },
    "timers": {
        "step": lambda: check({"TimerSet", "DeadlinePassed"} <= later().kinds()),
        "batch": lambda: alike(game().variable("mood").cell),
        "round trip": lambda: survives(after, game().timer("expiry").cell),
        "explanation": lambda: has(later().said("public"), "It has run out."),
        "view": lambda: check(after().seen("public").countdowns[0].days_left == 1),
    },
    "decisions": {
        "step": lambda: check({"DecisionOpened", "AnswerSealed", "DecisionMade", "OptionTaken"}
                              <= after().kinds()),
        "batch": lambda: alike(game().decision("act").cell, game().decision("act").fields[0].cell),
        "round trip": lambda: survives(after, game().decision("act").cell,
                                       game().decision("act").fields[0].cell),
        "explanation": lambda: has(
            opening().refused(Move("envoy", "act", (("answer", "dear"),))), "Trust", "40", "90"),
        "view": lambda: check([o.open for o in opening().seen("envoy").asked[0].fields[0].options]
                              == [True, True, False, False]),
    },
    "ballots": {
        "step": lambda: check("BallotTallied" in after().close().kinds()),
        "batch": lambda: alike(game().ballot("poll").cell, game().ballot("poll").abstain),
        "round trip": lambda: survives(lambda: after().close(), game().ballot("poll").cell),
        "explanation": lambda: has(after().close().said("public"), "The poll", "not adopted"),
        "view": lambda: check(after().seen("east").asked[0].kind == "vote"),
    },
    "caselists": {
        "step": lambda: check("CaseMoved" in after().kinds()),
        "batch": lambda: alike(game().caselists[0].slot(0)),
        "round trip": lambda: survives(after, game().caselists[0].slot(0)),
        "explanation": lambda: has(after().why("book", "public"), "raid"),
        "view": lambda: check(after().seen("public").caselists[0].cases[0].kind == "raid"),
    },
    "events": {
        "step": lambda: check("EventStruck" in later().kinds()),
        "batch": lambda: alike(game().event("storm").cell),
        "round trip": lambda: survives(later, game().event("storm").cell),
        "explanation": lambda: has(later().why("trust", "public"), "It happened: “A storm”"),
        "view": lambda: has(later().said("public"), "A storm. Wind."),
    },
    "drifts": {
        "step": lambda: check(later().seen("government").reading("shells").level == 72),
        "batch": lambda: alike(game().variable("shells").cell),
        "round trip": NOTHING_HELD,
        "explanation": lambda: has(later().why("shells", "government"), "Lorries come by night"),
        "view": "shows in the variable that it moves",
    },
    "cables": {
        "step": lambda: check("CableSent" in after().kinds()),
        "batch": lambda: check("CableSent" in singly()[0].kinds(), many().told().tolist()
                               == [len(one.facts) for one in singly()]),
        "round trip": NOTHING_HELD,
        "explanation": lambda: check(any(c.doubtful for f in after().told("public")
                                         if (c := cable(edition(), f)))),
        "view": "is told as it comes, to those who learn of it",
    },
    "endings": {
        "step": lambda: check("Ended" in ended().kinds()),
        "batch": lambda: check([game().endings[at].id for at in many().ended] == ["signed"] * 3),
        "round trip": lambda: survives(ended),
        "explanation": lambda: has(ended().said("public"), "Signed. They signed."),
        "view": lambda: check(ended().seen("public").ending == "signed"),
    },
    "ledgers": {
        "step": lambda: check(ledger_rows(edition(), after().state)[0].rows[0][1] == 60),
        "batch": lambda: check(counted().ledgers.tolist() == [
            [ledger_rows(edition(), one.state)[0].rows[0][1] for one in at_random()]]),
        "round trip": NOTHING_HELD,
        "explanation": lambda: has(last_told(), "The count", "Trust at the end"),
        "view": "is told at the end, in the debrief",
    },
    "goals": {
        "step": lambda: check(game().goals[0].when.holds(after().state.cells, 0)),
        "batch": lambda: check(np.all(
            many().tables.values.guard(game().goals[0].when)(many().rows, 0))),
        "round trip": NOTHING_HELD,
        "explanation": lambda: has(last_told(), "A signature"),
        "view": lambda: check(brief(edition(), None, "envoy").aims == ("A signature",),
                              brief(edition(), None, "government").secret_aims == ("Shells",)),
    },
    "invariants": {
        "step": lambda: check(game().invariants[0].guard.holds(after().state.cells, 0)),
        "batch": lambda: check(counted().broken.tolist() == [0]),
        "round trip": NOTHING_HELD,
        "explanation": lambda: check(game().invariants[0].guard.unmet((101.0,) * 99, 0)[0].level
                                     == 101.0),
        "view": "is for those who test a scenario",
    },
    "milestones": {
        "step": lambda: check(milestones_passed(edition(), after().facts)[0].id == "paper"),
        "batch": lambda: check(counted().milestones.sum() == sum(
            len(milestones_passed(edition(), one.facts)) for one in at_random()) > 0),
        "round trip": NOTHING_HELD,
        "explanation": lambda: has(last_told(), "The paper"),
        "view": "stays sealed until the chapter's end",
    },
    "settings": {
        "step": lambda: check(opening(patience="short").seen("public").reading("patience").level
                              == 20),
        "batch": lambda: check(many(patience="short").rows[game().variable("patience").cell] == 20),
        "round trip": lambda: survives(lambda: opening(patience="short"),
                                       game().variable("patience").cell),
        "explanation": lambda: has(game().settings[0].text, "How long they wait."),
        "view": lambda: check(opening().seen("public").reading("patience").level == 80),
    },
}  # fmt: skip


def rows() -> list[str]:
    """The fields of ``Game`` that hold parts, in its order."""
    return [f.name for f in dataclasses.fields(Game)
            if f.type.startswith("tuple[") and f.name not in NOT_PARTS]  # fmt: skip


def test_no_cell_is_empty() -> None:
    assert list(CELLS) == rows()
    assert {row: tuple(cells) for row, cells in CELLS.items()} == dict.fromkeys(rows(), USES)


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("part", CELLS)
def test_part(part: str, use: str) -> None:
    cell = CELLS[part][use]
    if callable(cell):
        cell()
    else:
        assert cell.strip()


def test_a_measure_stands_in_full_in_what_reads_it_and_a_family_is_written_out() -> None:
    assert game().variable("trust").cell in game().track("truce").transitions[0].when.reads
    assert after().seen("public").reading("team_garm").title == "Team in Garm"


def test_changing_one_cell_changes_the_text_of_a_state() -> None:
    state = after().state
    for cell in range(len(state.cells)):
        cells = list(state.cells)
        cells[cell] += 1.0
        other = replace(state, cells=tuple(cells))
        assert state_to_json(other) != state_to_json(state)
        assert state_from_json(state_to_json(other)) == other


def test_the_page_on_the_engine_prints_the_matrix() -> None:
    lines = [f"| part | {' | '.join(USES)} |\n", "|---" * (len(USES) + 1) + "|\n"]
    for part, cells in CELLS.items():
        told = ["✓" if callable(cells[use]) else cells[use] for use in USES]
        lines.append(f"| {part} | {' | '.join(told)} |\n")
    assert kept_section(PAGE, "matrix", "".join(lines)) == "".join(lines)
