"""Sentences: what each fact is told as, to whom, and that nothing is told beyond the fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peace_sim.engine.facts import (
    AnswerSealed,
    BallotTallied,
    CableSent,
    CaseMoved,
    Cause,
    DeadlinePassed,
    DecisionMade,
    DecisionOpened,
    Ended,
    EstimateRedrawn,
    EventMissed,
    EventStruck,
    Fact,
    OptionTaken,
    PhaseEntered,
    TimerSet,
    VariableMoved,
    seen_by,
)
from peace_sim.engine.game import (
    EVERYBODY,
    FACILITATOR,
    Ballot,
    Cable,
    CaseList,
    Event,
    Game,
    Goal,
    Ledger,
    Milestone,
    Option,
    Timer,
    Track,
    Transition,
    Variable,
)
from peace_sim.engine.opening import NotOpen, UnreadableMove
from peace_sim.engine.step import initial
from peace_sim.engine.view import View, view
from peace_sim.expressions import Unmet
from peace_sim.report import prose
from peace_sim.report.debrief import debrief
from peace_sim.report.html import page
from peace_sim.report.prose import (
    cable,
    clause_line,
    clause_text,
    gauge_text,
    news,
    promise_text,
    promises,
    refusal,
    sentence,
    table_text,
    unmet_text,
    why,
    why_not,
)
from peace_sim.report.tables import csv_text, json_text, safe_cell
from peace_sim.report.words import day_text, figure_text, number_text, rule_text, with_unit
from peace_sim.scenario.boards import CommitmentBoard, IssueBoard, TalksBoard, WordingBoard
from peace_sim.scenario.edition import Edition, RecordEntry, Source
from play_world import (
    ENVOY,
    GOVERNMENT,
    MEMBER,
    REBELS,
    WORLD,
    at_least,
    day,
    fixed,
    number,
    small_game,
)

DAY = day(1994, 9, 17)
FIRST = day(1995, 1)

# ── a world with one part of each kind ───────────────────────────────────────────────────────


class More:
    """The small game of ``play_world``, and more parts with cells of their own."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.names = list(game.names)
        self.knowers = list(game.cell_knowers)
        self.start = list(game.start_cells)
        self.variables = list(game.variables)
        self.tracks = list(game.tracks)

    def cell(self, name: str, known: frozenset[str] = EVERYBODY, start: float = 0.0) -> int:
        self.names.append(name)
        self.knowers.append(known)
        self.start.append(start)
        return len(self.names) - 1

    def choice(self, id: str, title: str, words: Mapping[str, str], start: int) -> Variable:
        made = Variable(
            id, title, self.cell(id, EVERYBODY, float(start)), 0.0, len(words) - 1.0, float(start),
            tuple(words), tuple(words.values()), "", EVERYBODY, (), None, (), frozenset(), 1,
        )
        self.variables.append(made)
        return made

    def track(
        self, id: str, title: str, phases: Mapping[str, str], known: frozenset[str] = EVERYBODY
    ) -> Track:
        made = Track(
            id, title, self.cell(id, known), self.cell(f"{id} since", known), tuple(phases),
            tuple(phases.values()), 0, (), known,
        )
        self.tracks.append(made)
        return made


def the_edition() -> Edition:
    """A small war with a table, a promise, incidents, a cable, a timer and a milestone."""
    more = More(small_game())
    game = more.game
    words = {"three": "Three months", "six": "Six months"}
    more.choice("talks_length_government", "How long: the government", words, 1)
    more.choice("talks_length_rebels", "How long: the rebels", words, 0)
    more.choice("talks_length_words", "How long", {"open": "in brackets", **words}, 0)
    phases = {"bracketed": "in brackets", "agreed": "agreed", "ambiguous": "agreed, and vague",
              "parked": "set aside"}
    more.track("talks_length", "How long", phases)
    both = frozenset({GOVERNMENT, REBELS})
    standing = {"open": "not given", "given": "just given", "owed": "owed", "kept": "kept",
                "late": "late", "broken": "broken", "released": "released"}
    promise = more.track("exchange", "Exchange of prisoners", standing, both)
    leak = more.track("exchange_leak", "A secret", {"secret": "kept", "leaked": "known to all"})
    fatigue = Variable(
        "fatigue", "Council fatigue", more.cell("fatigue", EVERYBODY, 20.0), 0.0, 100.0, 20.0, (),
        (), "", EVERYBODY, (), None, ((0.0, "patient"), (50.0, "restless")), frozenset({ENVOY}), 2,
    )
    secret = Variable(
        "secret", "The canary", more.cell("secret", frozenset({REBELS}), 5.0), 0.0, 100.0, 5.0, (),
        (), "people", frozenset({REBELS}), (), None, (), frozenset(), 3,
    )
    more.variables += [fatigue, secret]
    expiry = Timer("expiry", "The mandate expires", more.cell("expiry"), 0, (), "", EVERYBODY)
    due = Timer("exchange_due", "Exchange: due", more.cell("due", both), 0, (), "", both)
    at = more.cell("slot status")
    more.cell("slot kind")
    more.cell("slot since")
    more.cell("overflow")
    cases = CaseList(
        "incidents", "Incidents", 1, ("reported", "found"), ("reported", "named"),
        ("ambush", "shelling"), ("an ambush", "shelling"), at, EVERYBODY, both,
    )
    council = Ballot(
        "council", "The vote on the mission", 2, (), 9, frozenset({REBELS}), 0,
        ("adopted", "failed", "vetoed"), ((), (), ()), *(more.cell(f"b{i}") for i in range(4)),
        EVERYBODY,
    )
    events = (*game.events, Event(
        "coup", "A coup", "Shots at the palace.", True, None, None, (0, 0), 1.0, (), False, 0, (),
        EVERYBODY, "coup_entry", more.cell("coups"), more.cell("couped"), 9,
    ))
    tracks = [
        replace(track, transitions=(
            *track.transitions, Transition("cool", frozenset({1}), 0, None, 40, (), "", ""),
        )) if track.id == "war" else track
        for track in more.tracks
    ]
    decisions = list(game.decisions)
    decisions[1] = replace(decisions[1], fields=tuple(
        replace(field, options=tuple(_said(option) for option in field.options))
        for field in decisions[1].fields
    ))
    index = dict(game.index)
    index["variable"] = {v.id: i for i, v in enumerate(more.variables)}
    index["track"] = {t.id: i for i, t in enumerate(tracks)}
    index["timer"] = {"expiry": 0, "exchange_due": 1}
    index["cases"] = {"incidents": 0}
    index["ballot"] = {"poll": 0, "council": 1}
    index["cable"] = {"dawn": 0}
    index["event"] = {e.id: i for i, e in enumerate(events)}
    built = replace(
        game, variables=tuple(more.variables), tracks=tuple(tracks), timers=(expiry, due),
        caselists=(cases,), ballots=(*game.ballots, council), events=events,
        cables=(
            Cable("dawn", "Field office", "Dust on the road", "Forty lorries.", EVERYBODY, True),
        ),
        decisions=tuple(decisions), names=tuple(more.names), cell_knowers=tuple(more.knowers),
        start_cells=tuple(more.start), index=index,
        ledgers=(Ledger("lives", "Lives", (("Trust at the end", _trust(game), "points"),)),),
        goals=(Goal("quiet", ENVOY, "Quiet by summer", at_least(game.variables[0], 90.0), False),
               Goal("gain", REBELS, "A road of their own", at_least(game.variables[0], 0.0), True)),
        milestones=(
            Milestone(
                "vote_1", "The first vote", "vote_entry", "ballot", "poll", "adopted", 1, False
            ),
            Milestone("coup", "The coup", "coup_entry", "event", "coup", "", 1, True),
        ),
    )
    wordings = (WordingBoard("three", "Three months", "three months"),
                WordingBoard("six", "Six months", "six months"))
    issue = IssueBoard(
        "length", "How long", "It shall last {words}.", "talks_length", "talks_length_words",
        ((GOVERNMENT, "talks_length_government"), (REBELS, "talks_length_rebels")), wordings,
        ((GOVERNMENT, "six", "A long truce is a quiet one."),
         (REBELS, "three", "It must not fade.")),
    )
    talks = TalksBoard(
        "talks", "The talks", ENVOY, ((GOVERNMENT, "the Government"), (REBELS, "rebels")),
        "round", (), "sittings", "clause", "wording", "form", "device", "table", (), (issue,), (),
    )
    commitment = CommitmentBoard(
        "exchange", "Exchange of prisoners", "Twenty-seven for twenty-seven", GOVERNMENT, (REBELS,),
        "side_letter", promise.id, due.id, leak.id,
    )
    entries = tuple(
        RecordEntry(id, on, precision, title, "", "war", (), (),
                    (Source("S/1994/1102", "https://example.org/s", 1994),), "high", (), ())
        for id, on, precision, title in (
            ("vote_entry", date(1995, 1, 20), "day", "The record's vote"),
            ("coup_entry", date(1995, 4, 2), "day", "The record's coup"),
            ("old", date(1994, 5, 1), "month", "Before it all"),
        )
    )  # fmt: skip
    return Edition(
        "small", "A small war", "1", built.digest, "A war.", built, (talks,), (), (), (commitment,),
        entries, (), (), None, (), (), {},
    )


def _said(option: Option) -> Option:
    if option.id == "yield":
        return replace(option, said="gives way", because="Our winter will be long.")
    if option.id == "sign":
        return replace(option, refusal="The Government will not sign: not with this pen")
    return option


def _trust(game: Game):  # type: ignore[no-untyped-def]
    at = game.variables[0].cell
    return number("trust", (at,), lambda cells, day: cells[at])


EDITION = the_edition()
GAME = EDITION.game


def seen(role: str = ENVOY, **cells: float) -> View:
    state = initial(GAME, WORLD)
    changed = list(state.cells)
    for name, level in cells.items():
        changed[GAME.names.index(name)] = level
    return view(GAME, replace(state, cells=tuple(changed)), role)


def because(rule: str = "add 4 to trust", inputs: tuple[tuple[int, float], ...] = ()) -> Cause:
    return Cause("option", "offer", "yield", rule, inputs, EVERYBODY)


def votes(yes: int, no: int, abstain: int, *named: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return named or (("m", "yes"),) * yes + (("m", "no"),) * no + (("m", "abstain"),) * abstain


EVERY: list[tuple[Fact, str, str | None]] = [
    (VariableMoved(DAY, EVERYBODY, "fatigue", 40.0, 60.0, None), ENVOY,
     "Council fatigue: patient before, restless now."),
    (VariableMoved(DAY, EVERYBODY, "fatigue", 40.0, 45.0, None), ENVOY, None),
    (VariableMoved(DAY, EVERYBODY, "fatigue", 40.0, 60.0, None), MEMBER, None),
    (VariableMoved(DAY, EVERYBODY, "talks_length_government", 1.0, 0.0, None), ENVOY,
     "The Government has new words for “How long”: [three months]."),
    (VariableMoved(DAY, EVERYBODY, "talks_length_government", 1.0, 0.0, because()), ENVOY, None),
    (PhaseEntered(DAY, EVERYBODY, "war", "fighting", "truce", "It is quiet", "", True, None), ENVOY,
     "It is quiet."),
    (PhaseEntered(DAY, EVERYBODY, "war", "fighting", "truce", "", "", False, None), ENVOY,
     "War: Truce."),
    (PhaseEntered(DAY, EVERYBODY, "exchange_leak", "secret", "leaked", "", "", False, None), ENVOY,
     None),
    (PhaseEntered(DAY, EVERYBODY, "exchange", "open", "given", "", "", True, None), REBELS,
     "The government promises the rebels, by side letter: Twenty-seven for twenty-seven."),
    (PhaseEntered(DAY, EVERYBODY, "exchange", "given", "owed", "", "", False, None), REBELS, None),
    (PhaseEntered(DAY, EVERYBODY, "exchange", "owed", "kept", "", "", True, None), REBELS,
     "A promise is kept: “Exchange of prisoners”. The rebels takes note."),
    (PhaseEntered(DAY, EVERYBODY, "exchange", "late", "kept", "", "", True, None), REBELS,
     "Late, but kept: “Exchange of prisoners”. The rebels will remember both."),
    (PhaseEntered(DAY, EVERYBODY, "exchange", "owed", "late", "", "", True, None), REBELS,
     "A promise is late: “Exchange of prisoners”. The government owes it to the rebels."),
    (PhaseEntered(DAY, EVERYBODY, "exchange", "late", "broken", "", "", True, None), REBELS,
     "A promise is broken: “Exchange of prisoners”. The rebels will not forget it."),
    (PhaseEntered(DAY, EVERYBODY, "exchange", "late", "released", "", "", True, None), REBELS,
     "The rebels lets go of a promise: “Exchange of prisoners”."),
    (TimerSet(DAY, EVERYBODY, "expiry", 0, DAY + 1, None), ENVOY,
     "The mandate expires: 18 September 1994."),
    (TimerSet(DAY, EVERYBODY, "expiry", DAY, DAY + 1, None), ENVOY,
     "The mandate expires: now 18 September 1994, not 17 September 1994."),
    (TimerSet(DAY, EVERYBODY, "expiry", DAY, 0, None), ENVOY, None),
    (CaseMoved(DAY, EVERYBODY, "incidents", 0, "ambush", "", "reported", None), GOVERNMENT,
     "Incidents: an ambush is on the list, as no. 1."),
    (CaseMoved(DAY, EVERYBODY, "incidents", 0, "", "reported", "found", None), ENVOY,
     "Incidents, no. 1: named."),
    (CaseMoved(DAY, EVERYBODY, "incidents", 0, "ambush", "found", "", None), GOVERNMENT,
     "Incidents, no. 1 (an ambush): closed."),
    (CaseMoved(DAY, EVERYBODY, "incidents", -1, "ambush", "", "", None), ENVOY,
     "Incidents: there are more than anybody can follow; another goes unrecorded."),
    (DecisionOpened(DAY, EVERYBODY, ENVOY, "acts"), ENVOY, None),
    (AnswerSealed(DAY, EVERYBODY, ENVOY, "acts", (("plan", "visit"), ("plan", "probe"))), ENVOY,
     "Sealed: Acts: Visit; Probe."),
    (DecisionMade(DAY, EVERYBODY, ENVOY, "acts", (), "person", ""), ENVOY,
     "Your answer: Acts: nothing."),
    (DecisionMade(DAY, EVERYBODY, ENVOY, "acts", (), "default", ""), ENVOY,
     "You gave no answer, and it was taken as: Acts: nothing."),
    (DecisionMade(DAY, EVERYBODY, REBELS, "reply", (("tone", "warm"),), "policy", "They are tired"),
     FACILITATOR, "The rebels, on “Reply”: Warm. Why: They are tired."),
    (DecisionMade(DAY, EVERYBODY, REBELS, "reply", (("tone", "warm"),), "policy", ""), FACILITATOR,
     None),
    (OptionTaken(DAY, EVERYBODY, GOVERNMENT, "offer", "word", "yield"), ENVOY,
     "The government gives way: “Our winter will be long.”"),
    (OptionTaken(DAY, EVERYBODY, GOVERNMENT, "offer", "word", "refuse"), ENVOY,
     "The government, on “Offer”: Refuse."),
    (OptionTaken(DAY, EVERYBODY, GOVERNMENT, "offer", "word", "refuse"), GOVERNMENT, None),
    (OptionTaken(DAY, EVERYBODY, MEMBER, "vote", "ballot", "no"), ENVOY, None),
    (BallotTallied(DAY, EVERYBODY, "council", "adopted", 15, 0, 0, votes(15, 0, 0)), ENVOY,
     "The vote on the mission: adopted by 15 votes to none."),
    (BallotTallied(DAY, EVERYBODY, "council", "failed", 8, 0, 7, ()), ENVOY,
     "The vote on the mission: 8 in favour, 0 against, 7 abstaining: not adopted, "
     "nine are needed."),
    (BallotTallied(DAY, EVERYBODY, "council", "vetoed", 14, 1, 0, votes(14, 1, 0, (REBELS, "no"))),
     ENVOY, "The vote on the mission: 14 in favour, 1 against, 0 abstaining: vetoed by the rebels. "
     "Against: the rebels."),
    (EventStruck(DAY, EVERYBODY, "coup", "coup_entry", False), ENVOY,
     "A coup. Shots at the palace."),
    (EventStruck(DAY, EVERYBODY, "coup", "", True), FACILITATOR,
     "A coup. Shots at the palace. (by the facilitator's hand)"),
    (EventMissed(DAY, frozenset({FACILITATOR}), "coup"), FACILITATOR,
     "The line breaks here: in the record this is the day of “A coup”, and in this play its "
     "condition does not hold."),
    (CableSent(DAY, EVERYBODY, "dawn"), ENVOY, None),
    (DeadlinePassed(DAY, EVERYBODY, "expiry", DAY), ENVOY,
     "The day has come: The mandate expires."),
    (DeadlinePassed(DAY, EVERYBODY, "exchange_due", DAY), ENVOY, None),
    (EstimateRedrawn(DAY, EVERYBODY, GOVERNMENT, "resolve", 20.0, 45.2), GOVERNMENT,
     "Your people now put “Resolve” at about 45; they said about 20 before."),
    (EstimateRedrawn(DAY, EVERYBODY, GOVERNMENT, "resolve", 44.0, 45.2), GOVERNMENT, None),
    (Ended(DAY, EVERYBODY, "peace"), ENVOY, "Peace."),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "audience", "said"), EVERY)
def test_a_fact_is_told_as(fact: Fact, audience: str, said: str | None) -> None:
    assert sentence(EDITION, fact, audience) == said


def test_every_kind_of_fact_has_a_sentence_on_trial() -> None:
    tried = {type(fact) for fact, _, _ in EVERY}
    assert tried == set(get_args(Fact))


@pytest.mark.parametrize(("fact", "audience", "said"), EVERY)
def test_a_sentence_ends_and_shows_no_id(fact: Fact, audience: str, said: str | None) -> None:
    told = sentence(EDITION, fact, audience)
    if told is not None:
        assert told[-1] in ".!?”)"
        assert "_" not in told


def test_a_cable_is_read_with_its_doubt() -> None:
    found = cable(EDITION, CableSent(DAY, EVERYBODY, "dawn"))
    assert found == prose.CableText("Field office", "Dust on the road", "Forty lorries.", True)
    assert cable(EDITION, EventStruck(DAY, EVERYBODY, "coup", "", False)) is None


def test_news_leaves_out_what_one_did_oneself_and_says_a_thing_once() -> None:
    raid = EventStruck(DAY, EVERYBODY, "raid", "", False)
    own = DecisionMade(DAY, EVERYBODY, ENVOY, "acts", (), "person", "")
    assert news(EDITION, [own, raid, raid], ENVOY) == ["A raid. (2 times)"]


# ── days and numbers ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("precision", "said"),
    [("day", "17 September 1994"), ("month", "September 1994"), ("season", "autumn 1994")],
)
def test_a_day_is_told_as_precisely_as_it_is_known(precision: str, said: str) -> None:
    assert day_text(DAY, precision) == day_text(date(1994, 9, 17), precision) == said


def test_a_winter_has_two_years() -> None:
    assert day_text(date(1994, 12, 1), "season") == day_text(date(1995, 2, 1), "season")


@given(st.floats(-1e9, 1e9))
def test_a_number_is_told_without_noise(value: float) -> None:
    assert re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d{1,2})?", number_text(value))


# ── why ──────────────────────────────────────────────────────────────────────────────────────


def test_why_names_the_day_the_change_the_rule_and_what_it_read() -> None:
    trust = GAME.variable("trust").cell
    moved = VariableMoved(DAY, EVERYBODY, "trust", 30.0, 34.0, because(inputs=((trust, 30.0),)))
    assert why(EDITION, [moved], "trust", ENVOY) == [
        "17 September 1994: 30 → 34. The government chose “Yield”: add 4 to “Trust” "
        "(then: “Trust” 30)."
    ]


def test_why_says_so_where_the_cause_is_not_known() -> None:
    moved = VariableMoved(DAY, EVERYBODY, "trust", 30.0, 34.0, None)
    (line,) = why(EDITION, [moved], "trust", ENVOY)
    assert line.endswith("For reasons not known to you.")


def test_why_keeps_a_secret_input() -> None:
    secret = GAME.variable("secret").cell
    cause = because("add secret to trust", ((secret, 77.0),))
    moved = VariableMoved(DAY, EVERYBODY, "trust", 30.0, 34.0, cause)
    cut = seen_by(GAME, moved, ENVOY)
    assert cut is not None
    (line,) = why(EDITION, [cut], "trust", ENVOY)
    assert "77" not in line and "canary" not in line.lower() and "not all known" in line
    (whole,) = why(EDITION, [moved], "trust", REBELS)
    assert "“The canary” 77 people" in whole


def test_why_tells_a_track_and_the_last_changes_only() -> None:
    cause = Cause("transition", "cool", "", "", (), EVERYBODY)
    entered = PhaseEntered(DAY, EVERYBODY, "war", "truce", "fighting", "", "", False, cause)
    lines = why(EDITION, [entered] * 20, "war", ENVOY, most=3)
    assert lines == [
        "17 September 1994: “Truce” → “Fighting”. “War” came to “Fighting”: after 40 days."
    ] * 3


# ── refusals ─────────────────────────────────────────────────────────────────────────────────


def test_the_person_refuses_before_the_number() -> None:
    state = replace(initial(GAME, WORLD), stage=1)
    shown = view(GAME, state, GOVERNMENT)
    told = refusal(EDITION, NotOpen("option", "offer", "sign"), shown)
    assert told == "The Government will not sign: not with this pen."


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (NotOpen("ended", ""), "The chapter is over; nothing more can be decided in it."),
        (NotOpen("not-asked", "offer"), "“Offer” is not being asked now."),
        (NotOpen("budget", "acts", "press", 7.0, 4.0), "it takes 7, and you have 4"),
        (NotOpen("twice", "acts", "visit"), "“Visit” is one too many"),
        (NotOpen("withdrawn", "acts"), "no sealed answer to take back"),
        (NotOpen("no-answer", "offer", "word"), "still without an answer"),
        (NotOpen("option", "offer", "sign"), "“Sign” is not open now."),
        (UnreadableMove("option", "vist", "visit"), "Did you mean “visit”?"),
        (UnreadableMove("option", "xyz", None), "There is no option “xyz” here."),
        (UnreadableMove("role", ENVOY, REBELS), "not for the envoy to answer; the rebels is asked"),
    ],
)
def test_a_refusal_says(refused: NotOpen | UnreadableMove, said: str) -> None:
    assert said in refusal(EDITION, refused, seen())


def unmet(text: str, level: object, needed: object, op: str, cell: str = "trust") -> Unmet:
    cells = frozenset({GAME.names.index(cell)})
    return Unmet(text, cells, level, needed, op)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (unmet("trust >= 50", 35.0, 50.0, ">="), "“Trust” is 35, and it wants at least 50"),
        (unmet("trust < 10", 35.0, 10.0, "<"), "“Trust” is 35, and it wants less than 10"),
        (unmet("trust + 5 >= patience", 35.0, 80.0, ">="),
         "“Trust” plus 5 is 35, and it wants at least 80 (“Patience”)"),
        (unmet("war is truce", "fighting", "truce", "is"),
         "“War” is “Fighting”, and it wants “Truce”"),
        (unmet("war in (truce, fighting)", "fighting", "truce, fighting", "in"),
         "“War” is “Fighting”, and it wants “Truce” or “Fighting”"),
        (unmet("war is not truce", "truce", "truce", "is not"),
         "“War” is “Truce”, and it must not be"),
        (unmet("running(expiry)", None, None, "holds"),
         "it waits for this: “The mandate expires” is running"),
        (unmet("not running(expiry)", None, None, "does not hold"),
         "“The mandate expires” is running, and that must not be so"),
        (unmet("days_left(expiry) <= 31", 40.0, 31.0, "<="),
         "what is left of “The mandate expires”, in days, is 40, and it wants at most 31"),
        (unmet("today >= 1994-09-17", DAY - 1.0, float(DAY), ">="),
         "it is 16 September 1994, and this can be done not before 17 September 1994"),
    ],
)  # fmt: skip
def test_a_condition_is_told_in_numbers(missing: Unmet, said: str) -> None:
    assert unmet_text(EDITION, missing, seen()) == said


def test_a_condition_that_reads_a_secret_is_not_told() -> None:
    missing = unmet("secret >= 50", 35.0, 50.0, ">=", "secret")
    told = unmet_text(EDITION, missing, seen(ENVOY))
    assert told == "for a reason that is not known to you"
    assert unmet_text(EDITION, missing, seen(REBELS)).startswith("“The canary” is 35 people")


def test_why_not_lists_each_condition_once() -> None:
    state = replace(initial(GAME, WORLD), stage=1)
    shown = view(GAME, state, GOVERNMENT)
    sign = next(o for o in shown.asked[0].fields[0].options if o.id == "sign")
    sign = replace(sign, unmet=(unmet("trust >= 50", 35.0, 50.0, ">="),) * 2)
    assert why_not(EDITION, sign, shown) == ["“Trust” is 35, and it wants at least 50."]


# ── the text on the table ────────────────────────────────────────────────────────────────────

TALKS = EDITION.talks[0]


def test_brackets_carry_each_sides_words() -> None:
    (clause,) = table_text(EDITION, seen(), TALKS)
    assert clause.title == "How long" and clause.status == "bracketed"
    assert clause.segments == (
        ("It shall last ", None), ("[six months] ", GOVERNMENT), ("[three months]", REBELS),
        (".", None),
    )  # fmt: skip
    assert clause.reasons == (
        (GOVERNMENT, "A long truce is a quiet one."), (REBELS, "It must not fade."),
    )  # fmt: skip
    assert clause_line(EDITION, TALKS, clause) == (
        "It shall last [the Government: six months] [the rebels: three months]."
    )


def test_parties_who_say_the_same_share_a_bracket() -> None:
    clause = clause_text(EDITION, seen(talks_length_government=0.0), TALKS, TALKS.issues[0])
    assert clause.segments[1] == ("[three months]", "government+rebels")


def test_agreed_words_are_plain() -> None:
    clause = clause_text(
        EDITION, seen(talks_length=1.0, talks_length_words=2.0), TALKS, TALKS.issues[0]
    )
    assert clause.text == "It shall last six months." and clause.status == "agreed"
    assert all(label is None for _, label in clause.segments) and not clause.reasons


def test_vague_words_are_both_readings() -> None:
    clause = clause_text(EDITION, seen(talks_length=2.0), TALKS, TALKS.issues[0])
    assert clause.text == "It shall last “six months” or “three months”."


# ── gauges, promises ─────────────────────────────────────────────────────────────────────────


def test_a_gauge_is_told_in_a_word() -> None:
    reading = seen(fatigue=60.0).reading("fatigue")
    assert reading is not None and gauge_text(reading) == "Council fatigue: restless"


def test_a_guess_says_that_it_is_one() -> None:
    reading = seen(GOVERNMENT).reading("resolve")
    assert reading is not None and gauge_text(reading) == "Resolve: about 0 (an estimate)"


def test_promises_are_told_to_those_who_know() -> None:
    cells = {"exchange": 2.0, "due": float(FIRST + 10)}
    assert promises(EDITION, seen(ENVOY, **cells)) == []
    (row,) = promises(EDITION, seen(REBELS, **cells))
    assert promise_text(row) == (
        "Exchange of prisoners: the government to the rebels, by side letter. "
        "Owed, due 11 January 1995 (in 10 days)."
    )
    assert promises(EDITION, seen(REBELS)) == []


# ── non-interference ─────────────────────────────────────────────────────────────────────────


@given(st.floats(0, 100), st.floats(0, 100))
def test_what_is_hidden_changes_no_sentence(one: float, other: float) -> None:
    def told(level: float) -> object:
        shown = seen(ENVOY, secret=level)
        cause = because("add secret to trust", ((GAME.names.index("secret"), level),))
        moved = VariableMoved(DAY, EVERYBODY, "trust", 30.0, 34.0, cause)
        facts = [fact for f in (
            moved, VariableMoved(DAY, frozenset({REBELS}), "secret", 0.0, level, None)
        ) if (fact := seen_by(GAME, f, ENVOY)) is not None]
        missing = unmet("secret >= 50", level, 50.0, ">=", "secret")
        return (
            news(EDITION, facts, ENVOY), why(EDITION, facts, "trust", ENVOY),
            why(EDITION, facts, "secret", ENVOY), unmet_text(EDITION, missing, shown),
            [gauge_text(reading) for reading in shown.readings], promises(EDITION, shown),
        )  # fmt: skip

    assert told(one) == told(other)


# ── tables and pages ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "\n=1"])
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert str(safe_cell(text)).startswith("'")
    assert csv_text(["a"], [[text]]).splitlines()[1].lstrip('"').startswith("'")


def test_numbers_and_quotes_in_tables_stay_what_they_are() -> None:
    assert csv_text(["a", "b"], [[-3, 'say "no", twice']]) == 'a,b\r\n-3,"say ""no"", twice"\r\n'


def test_json_has_no_nan() -> None:
    text = json_text({"a": float("nan"), "b": [float("inf"), 1.5]})
    assert "NaN" not in text and "Infinity" not in text and "1.5" in text


NASTY = "<script>alert(1)</script> {{7*7}} </style><img src=x onerror=alert(1)>"


def test_a_page_shows_nasty_text_as_text() -> None:
    from peace_sim.engine.state import World
    from peace_sim.play import playout

    ending = replace(GAME.endings[1], title=NASTY, text=NASTY)
    game = replace(GAME, endings=(GAME.endings[0], ending), title=NASTY)
    entry = replace(EDITION.record[0], sources=(Source(NASTY, "javascript:alert(1)", 1994),))
    edition = replace(
        EDITION, game=game, title=NASTY, record=(entry, *EDITION.record[1:])
    )
    played = playout(game, World("3"))
    made = page(debrief(edition, played.journal))
    assert "<script>alert" not in made and "<img" not in made and "javascript:" not in made
    assert "{{7*7}}" in made and "&lt;script&gt;" in made and ">49<" not in made
    assert made.count("</style>") == 1
    assert not re.search(r"""(src|@import|url\()\s*=?""", made.split("</head>")[1].replace(
        "&lt;img src", ""))
    assert "default-src &#39;none&#39;" in made or "default-src 'none'" in made


assert fixed is not None


def test_a_number_has_no_zeros_behind_its_point() -> None:
    shown = [number_text(value) for value in (63.96, 0.7, 12300.04, -0.001, 34.5, 0.25)]
    assert shown == ["64", "0.7", "12,300", "0", "34.5", "0.25"]


def test_a_rule_that_asks_what_was_answered_names_question_and_answer_by_their_titles() -> None:
    decision = GAME.decisions[0]
    option = decision.fields[0].options[0]
    told = rule_text(GAME, f"answered({decision.id}, {option.id}) and {GAME.variables[0].id} >= 5")
    assert f"“{decision.title}” was answered “{option.title}”" in told
    assert f"“{GAME.variables[0].title}” >= 5" in told
    assert "_" not in told and "(" not in told


def test_one_of_something_is_not_told_in_the_plural() -> None:
    units = ("weeks", "people", "glass", "%", "")
    assert [with_unit("1", unit) for unit in units] == [
        "1 week", "1 person", "1 glass", "1%", "1",
    ]
    assert with_unit("2", "people") == "2 people"


def test_people_are_counted_whole() -> None:
    assert figure_text(3015.6, "people") == "3,016 people"
    assert figure_text(21.9, "thousand people") == "21.9 thousand people"
