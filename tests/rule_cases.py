"""Rule cases: a small world as YAML, what is played in it, and what must come of it.

A case changes its group's world (``with``), plays (``play``) and expects. The steps:

``answer: {DECISION: OPTION}``   seal answers; ``{FIELD: OPTION}`` or a list where there are several
``vote: {on: BALLOT, yes: …}``   seal members' votes: names, or ``rest``
``put: CLAUSE__WORDING``         the chair of ``talks`` puts it (``{put: …, form: …, device: …}``)
``reply: {PARTY: ANSWER}``       delegations of ``talks`` answer, and the sitting closes
``withdraw: DECISION``           take a sealed answer back
``refuse: {DECISION: OPTION, because: REASON}``  a move that cannot be made, and why
``refuse_entry: {answer | withdraw | inject: ID, role: ROLE, because: REASON}``
``inject: EVENT``                the facilitator makes an event strike
``close`` · ``go: DAY``          close the window · close windows up to the first on or after a day
``expect: CONDITION``            conditions in the scenario's own language
``happened: [LINE]`` · ``not: [LINE]``  told since the last close, in this order · not told
``heard: {ROLE: [LINE]}`` · ``unheard:``  the same, as far as a role may know
``open: [DECISION]``             what is being asked now, exactly
``sees: {ROLE: {ID: LEVEL}}``    readings and phases of a role's view; ``hidden`` for none
``alike: {ROLE: [VARIABLE]}``    whatever these stand at, the role's view is the same
``causes: {ROLE: {ID: [RULE]}}`` the rules of its changes that a role is told; ``none`` for no cause
``kinds: {CASES: {ROLE: [KIND]}}``  the cases in a role's view by kind; ``hidden`` for no cases
``titles: {VARIABLE: TITLE}``    what a variable is called
``error: WORD``                  closing the window is an error of the author's that names this
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from peace_sim.diagnostics import Findings
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
    view,
)
from peace_sim.engine.facts import (
    BallotTallied,
    CableSent,
    CaseMoved,
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
from peace_sim.engine.game import Answer, Decision
from peace_sim.engine.opening import opened
from peace_sim.engine.state import Entry, Injection, Withdrawal
from peace_sim.engine.step import EndlessCascade
from peace_sim.scenario.assemble import assemble
from peace_sim.scenario.compile import compile_scenario
from peace_sim.scenario.document import parse, plain
from peace_sim.scenario.read import read

FOLDER = Path(__file__).parent / "rules"


@dataclass(frozen=True)
class Case:
    """One numbered rule, and how it is shown."""

    id: str
    says: str
    source: str
    world: dict[str, Any]
    play: list[Any]
    finds: str
    nature: Any
    seed: str
    chapter: str | None


@dataclass(frozen=True)
class Group:
    """Cases about one thing."""

    title: str
    text: str
    cases: tuple[Case, ...]


def read_group(path: Path) -> Group:
    document, findings = parse(path.read_text("utf-8"), path.name)
    assert document is not None and not findings, findings
    data: Any = plain(document.root)
    cases = []
    for id, case in data["cases"].items():
        known = {"says", "source", "with", "play", "finds", "nature", "seed", "chapter"}
        assert case.keys() <= known, f"{id}: {case.keys() - known}"
        world = changed(data["world"], case.get("with") or {})
        cases.append(
            Case(
                id, case["says"], case["source"], world, case.get("play") or [],
                case.get("finds") or "", case.get("nature") or "recorded",
                str(case.get("seed") or "seven"), case.get("chapter"),
            )
        )
    return Group(data["group"], data["text"], tuple(cases))


def groups() -> list[Group]:
    return [read_group(path) for path in sorted(FOLDER.glob("*.yaml"))]


def changed(world: Any, by: Any) -> Any:
    """A copy of the world with some of its keys changed; a key that is nothing goes out."""
    if not isinstance(world, dict) or not isinstance(by, dict):
        return by
    made = dict(world)
    for key, value in by.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = changed(made.get(key), value)
    return made


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def conditions(play: list[Any]) -> list[str]:
    return [
        str(text)
        for step in play
        if isinstance(step, dict) and "expect" in step
        for text in as_list(step["expect"])
    ]


def compiled(world: Mapping[str, Any], expected: list[str]) -> Game:
    """The world's game, with what a case expects among its invariants."""
    asked = {f"expected_{n}": {"holds": text} for n, text in enumerate(expected)}
    game, findings = game_of({**world, "invariants": {**world.get("invariants", {}), **asked}})
    assert game is not None, "\n".join(str(finding) for finding in findings)
    return game


def found_in(world: Mapping[str, Any]) -> set[str]:
    """The codes of what is wrong with a world."""
    return {finding.code for finding in game_of(world)[1]}


def game_of(world: Mapping[str, Any]) -> tuple[Game | None, Findings]:
    """A world through reader, schema and compiler, as a file would go."""
    document, findings = parse(json.dumps(world), "scenario.yaml")
    if document is None:
        return None, findings
    root, findings = assemble({"scenario.yaml": document}, "scenario.yaml")
    if root is None or findings:
        return None, findings
    scenario, findings = read(root)
    if scenario is None:
        return None, findings
    made, findings = compile_scenario(scenario, root, digest="rules")
    return (made.game if made else None), findings


# ── facts in a line each ──


def line(game: Game, fact: Fact) -> str:
    """A fact as a rule case writes it."""
    match fact:
        case VariableMoved():
            words = game.variable(fact.variable).words
            before, after = fact.before, fact.after
            if words:
                return f"{fact.variable} {words[int(before)]} -> {words[int(after)]}"
            return f"{fact.variable} {before:g} -> {after:g}"
        case PhaseEntered():
            return f"{fact.track} {fact.before} -> {fact.after}"
        case TimerSet():
            return f"{fact.timer} {day_or_none(fact.before)} -> {day_or_none(fact.after)}"
        case CaseMoved():
            if fact.slot < 0:
                return f"{fact.cases} {fact.kind} overflow"
            return f"{fact.cases} {fact.before or 'new'} -> {fact.after or 'closed'}"
        case DecisionOpened():
            return f"asked {fact.decision}"
        case DecisionMade():
            return f"made {fact.decision} by {fact.by}"
        case OptionTaken():
            return f"{fact.role} takes {fact.option}"
        case BallotTallied():
            return f"{fact.ballot} {fact.outcome} {fact.yes}-{fact.no}-{fact.abstain}"
        case EventStruck():
            return f"event {fact.event}"
        case EventMissed():
            return f"missed {fact.event}"
        case CableSent():
            return f"cable {fact.cable}"
        case DeadlinePassed():
            return f"deadline {fact.timer}"
        case EstimateRedrawn():
            return f"{fact.role} guesses {fact.variable}"
        case Ended():
            return f"ended {fact.ending}"
        case _:
            return f"sealed {fact.decision}"


def day_or_none(day: int) -> str:
    return date.fromordinal(day).isoformat() if day else "none"


# ── playing a case ──


@dataclass
class Bench:
    """A case under way."""

    game: Game
    state: State
    facts: list[Fact] = field(default_factory=list)
    checked: int = 0

    @property
    def day(self) -> int:
        return self.game.moments[self.state.moment].day

    def take(self, entry: Entry) -> None:
        before = self.state
        step = apply(self.game, self.state, entry)
        assert self.state == before
        self.facts = list(step.facts) if isinstance(entry, Advance) else [*self.facts, *step.facts]
        self.state = step.state

    def run(self, steps: list[Any]) -> None:
        for step in steps:
            kind, value = next(iter(step.items())) if isinstance(step, dict) else (step, None)
            getattr(self, f"do_{kind}")(value)

    # acts

    def do_answer(self, answers: Mapping[str, Any]) -> None:
        for id, written in answers.items():
            self.take(self.move(id, written))

    def do_vote(self, vote: dict[str, Any]) -> None:
        ballot = self.game.ballot(vote["on"])
        asked = set(opened(self.game, self.state))
        members = {role: index for role, index in ballot.members if index in asked}
        votes = {word: as_list(vote.get(word, [])) for word in ("yes", "no", "abstain")}
        named = {member for word in votes.values() for member in word} - {"rest"}
        assert named <= members.keys(), named - members.keys()
        for word, voters in votes.items():
            for member in voters:
                for role in sorted(members.keys() - named) if member == "rest" else [member]:
                    decision = self.game.decisions[members[role]]
                    self.take(Move(role, decision.id, ((decision.fields[0].id, word),)))

    def do_put(self, written: Any) -> None:
        put = written if isinstance(written, dict) else {"put": written}
        self.do_answer({"talks_table": {"form": "plenary", "device": "straight", **put}})
        self.do_close(None)

    def do_reply(self, replies: Mapping[str, str]) -> None:
        self.do_answer({f"talks_answer_{party}": said for party, said in replies.items()})
        self.do_close(None)

    def do_withdraw(self, id: str) -> None:
        self.take(Withdrawal(self.game.decision(id).role, id))

    def do_refuse(self, refused: dict[str, Any]) -> None:
        for id, written in refused.items():
            if id != "because":
                self.refused(self.move(id, written), refused["because"])

    def do_refuse_entry(self, refused: dict[str, str]) -> None:
        entry: Entry
        match refused:
            case {"inject": event}:
                entry = Injection(event)
            case {"withdraw": id, "role": role}:
                entry = Withdrawal(role, id)
            case {"answer": id, "role": role}:
                entry = Move(role, id, ())
            case _:
                raise AssertionError(refused)
        self.refused(entry, refused["because"])

    def refused(self, entry: Entry, because: str) -> None:
        before = self.state
        with pytest.raises((NotOpen, UnreadableMove)) as raised:
            self.take(entry)
        why = raised.value
        assert (why.reason if isinstance(why, NotOpen) else f"no {why.what}") == because
        assert self.state == before

    def do_inject(self, event: str) -> None:
        self.take(Injection(event))

    def do_close(self, _: None) -> None:
        self.take(Advance())

    def do_go(self, until: str) -> None:
        wanted = date.fromisoformat(until).toordinal()
        self.take(Advance())
        told = list(self.facts)
        while self.day < wanted and self.state.ending is None:
            self.take(Advance())
            told += self.facts
        self.facts = told

    def do_error(self, named: str) -> None:
        with pytest.raises(EndlessCascade, match=named):
            self.take(Advance())

    # what must be so

    def do_expect(self, texts: Any) -> None:
        for text in as_list(texts):
            guard = self.game.invariants[self.checked].guard
            self.checked += 1
            holds = guard.holds(self.state.cells, self.day)
            where = date.fromordinal(self.day)
            assert holds, f"{where}: {text}: {guard.unmet(self.state.cells, self.day)}"

    def lines(self, role: str | None = None) -> list[str]:
        if role is None:
            return [line(self.game, fact) for fact in self.facts]
        seen = (seen_by(self.game, fact, role) for fact in self.facts)
        return [line(self.game, fact) for fact in seen if fact is not None]

    def do_happened(self, wanted: Any) -> None:
        in_order(as_list(wanted), self.lines())

    def do_not(self, unwanted: Any) -> None:
        assert not set(as_list(unwanted)) & set(self.lines())

    def do_heard(self, wanted: dict[str, Any]) -> None:
        for role, texts in wanted.items():
            in_order(as_list(texts), self.lines(role))

    def do_unheard(self, unwanted: dict[str, Any]) -> None:
        for role, texts in unwanted.items():
            assert set(as_list(texts)) <= set(self.lines()), "nobody could have heard it"
            assert not set(as_list(texts)) & set(self.lines(role))

    def do_open(self, wanted: list[str]) -> None:
        assert [self.game.decisions[i].id for i in opened(self.game, self.state)] == wanted

    def do_sees(self, wanted: dict[str, dict[str, Any]]) -> None:
        for role, readings in wanted.items():
            seen = view(self.game, self.state, role)
            for id, level in readings.items():
                assert self.told(seen, id) == level, f"{role} sees {id}"

    def told(self, seen: Any, id: str) -> Any:
        track, reading = seen.track(id), seen.reading(id)
        if track is not None:
            return track.phase
        if reading is None:
            return "hidden"
        words = self.game.variable(id).words
        if words:
            return words[int(reading.level)]
        return f"about {reading.level:.0f}" if reading.estimated else reading.level

    def do_alike(self, wanted: dict[str, Any]) -> None:
        for role, hidden in wanted.items():
            seen = view(self.game, self.state, role)
            for id in as_list(hidden):
                variable = self.game.variable(id)
                for level in (variable.low, variable.high):
                    cells = list(self.state.cells)
                    cells[variable.cell] = level
                    other = replace(self.state, cells=tuple(cells))
                    assert view(self.game, other, role) == seen

    def do_causes(self, wanted: dict[str, dict[str, list[str]]]) -> None:
        for role, of in wanted.items():
            told: dict[str, list[str]] = {}
            for fact in self.facts:
                seen = seen_by(self.game, fact, role)
                if isinstance(seen, VariableMoved | PhaseEntered):
                    id = seen.variable if isinstance(seen, VariableMoved) else seen.track
                    told.setdefault(id, []).append(seen.cause.rule if seen.cause else "none")
            assert {id: told.get(id) for id in of} == of

    def do_kinds(self, wanted: dict[str, dict[str, Any]]) -> None:
        for id, of in wanted.items():
            for role, kinds in of.items():
                seen = view(self.game, self.state, role)
                found = [[case.kind for case in c.cases] for c in seen.caselists if c.id == id]
                assert (found[0] if found else "hidden") == kinds, f"{role} sees {id}"

    def do_titles(self, wanted: dict[str, str]) -> None:
        assert {id: self.game.variable(id).title for id in wanted} == wanted

    # moves

    def move(self, id: str, written: Any) -> Move:
        if id not in self.game.index["decision"]:
            return Move("", id, ())
        decision = self.game.decision(id)
        return Move(decision.role, id, answer(decision, written))


def answer(decision: Decision, written: Any) -> Answer:
    if not isinstance(written, dict):
        written = {decision.fields[0].id: written}
    return tuple(
        (field, option) for field, options in written.items() for option in as_list(options)
    )


def in_order(wanted: list[str], told: list[str]) -> None:
    rest: Iterator[str] = iter(told)
    for text in wanted:
        assert text in rest, f"“{text}” is not told, or not in this order, among: {told}"


def play(case: Case) -> None:
    """Play a case. Raises AssertionError where it does not come out as it says."""
    if case.finds:
        assert case.finds in found_in(case.world)
        return
    game = compiled(case.world, conditions(case.play))
    bench = Bench(game, initial(game, World(case.seed, case.nature), case.chapter))
    bench.take(Advance())
    bench.run(case.play)
