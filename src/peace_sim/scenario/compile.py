"""From a validated Scenario to a Game: cells laid out, names found, every text made to work.

All that is certainly wrong is found in one go, each with its place. The order of everything in a
Game is the author's, with what instruments made after the author's own parts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from peace_sim.diagnostics import Diagnostic, Findings, error, failed, in_order, nearest
from peace_sim.engine.chance import word as word_of
from peace_sim.engine.game import (
    EVERYBODY,
    OUTCOMES,
    PUBLIC,
    Answer,
    Ballot,
    Cable,
    CaseList,
    Chapter,
    Character,
    Decision,
    Drift,
    Ending,
    Estimate,
    Event,
    Field,
    Game,
    Goal,
    Invariant,
    Knowers,
    Ledger,
    Milestone,
    Number,
    Opening,
    Option,
    Role,
    Setting,
    Stage,
    Timer,
    Track,
    Transition,
    Variable,
    Vote,
)
from peace_sim.expressions import RESERVED, TODAY, parse
from peace_sim.expressions.syntax import BUILT_IN
from peace_sim.scenario import sound
from peace_sim.scenario.assumptions import assumptions_of, basis_of
from peace_sim.scenario.boards import CeasefireBoard, CommitmentBoard, MandateBoard, TalksBoard
from peace_sim.scenario.calendar import day_of, moments_of
from peace_sim.scenario.document import MapNode
from peace_sim.scenario.edition import Assumption
from peace_sim.scenario.expressing import Expressing, Path
from peace_sim.scenario.expand import Expanded, expand_all
from peace_sim.scenario.instruments.texts import texts_in
from peace_sim.scenario.milestones import milestones_of
from peace_sim.scenario.model import (
    AnswerText,
    BallotPart,
    CasesPart,
    DecisionPart,
    EventPart,
    FieldPart,
    HistoryPart,
    OpensPart,
    OptionPart,
    TimerPart,
    TrackPart,
    VariablePart,
)
from peace_sim.scenario.names import Names
from peace_sim.scenario.windows import set_twice
from peace_sim.scenario.whole import Scenario

RULES = 1
"""Rises whenever the same scenario and seed would play differently."""

ANSWER, PLAN, VOTE = "answer", "plan", "vote"
"""The field of a decision with one question, of a plan, and of a vote."""

DEFAULT_STAGES = (
    Stage("decide", "Decisions"),
    Stage("table", "The table"),
    Stage("answers", "Answers", 1, 6),
    Stage("signature", "Signature"),
    Stage("report", "Reports"),
    Stage("draft", "Drafts"),
    Stage("vote", "Votes"),
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A game, what screens need to show its instruments, and every number's basis."""

    game: Game
    talks: tuple[TalksBoard, ...]
    mandates: tuple[MandateBoard, ...]
    ceasefires: tuple[CeasefireBoard, ...]
    commitments: tuple[CommitmentBoard, ...]
    assumptions: tuple[Assumption, ...]


def compile_scenario(
    scenario: Scenario,
    root: MapNode,
    *,
    digest: str = "",
    record: Collection[str] | None = None,
) -> tuple[Compiled | None, Findings]:
    """The game that a scenario is, or all that is wrong with it.

    ``record`` holds the ids of the record's entries; None when they could not be read.
    """
    early = [*sound.Instruments(scenario, root).check(), *sound.bodies(scenario, root)]
    stages, lost = stages_of(scenario, root)
    early += lost
    if early:
        # what is missing here would be named over and over by the parts made from it
        return None, in_order(early)
    expanded = expand_all(scenario, frozenset(stage.id for stage in stages))
    compiler = _Compiler(scenario, root, expanded, stages, record)
    game = compiler.game(digest)
    found = in_order(compiler.write.found)
    if failed(found):
        return None, found
    compiled = Compiled(
        game, expanded.talks, expanded.mandates, expanded.ceasefires, expanded.commitments,
        assumptions_of(scenario),
    )
    return compiled, found


def stages_of(scenario: Scenario, root: MapNode) -> tuple[tuple[Stage, ...], list[Diagnostic]]:
    """The windows of a moment: as declared, or the usual ones."""
    declared = scenario.calendar.stages
    if not declared:
        return DEFAULT_STAGES, []
    ids = list(declared)
    stages, found = [], []
    for number, (id, part) in enumerate(declared.items()):
        back = None
        if part.again_from is not None:
            back = ids.index(part.again_from) if part.again_from in ids else None
            if back is None or back > number:
                message = f"“{part.again_from}” is not a stage before this one"
                span = sound.span_at(root, ("calendar", "stages", id, "again_from"))
                found.append(error("C402", message, span))
        stages.append(Stage(id, part.title, back, part.laps))
    for section in ("talks", "mandates"):
        for id, instrument in getattr(scenario, section).items():
            for stage in instrument.stages:
                if stage not in ids:
                    span = sound.span_at(root, (section, id))
                    hint = f"declare it in calendar.stages, beside {', '.join(ids)}"
                    found.append(error("C402", f"there is no stage “{stage}”", span, hint))
    return tuple(stages), found


class _Compiler:
    def __init__(
        self,
        scenario: Scenario,
        root: MapNode,
        expanded: Expanded,
        stages: tuple[Stage, ...],
        record: Collection[str] | None,
    ) -> None:
        self.scenario = scenario
        self.expanded = expanded
        self.stages = stages
        self.record = record
        self.names = Names()
        self.write = Expressing(root, self.names, expanded.origin)
        self.say = self.write.say
        self.roles = self._role_ids()
        self.stage_ids = [stage.id for stage in stages]

    def section(self, name: str) -> Mapping[str, object]:
        """The author's parts of a section, and those that instruments made."""
        return self.expanded.sections[name]

    # ── the whole ──

    def game(self, digest: str) -> Game:
        scenario = self.scenario
        start = self.day(("calendar", "start"), scenario.calendar.start)
        end = self.day(("calendar", "end"), scenario.calendar.end)
        if end < start:
            self.say("C406", "the calendar ends before it starts", ("calendar", "end"))
            end = start
        self.start, self.end = start, end
        self._clashes()
        self._declared = self._all_decisions()
        variables = self._variables()
        self._measures()
        estimates = self._estimates()
        tracks = self._track_cells()
        timers = self._timer_cells()
        self._decision_names()
        caselists = self._caselists()
        self._event_cells()
        self._cables()
        self._instruments_texts()
        self._check_measures()
        estimates = tuple(self._with_error(estimate) for estimate in estimates)
        roles = self._roles()
        tracks = tuple(self._with_ways(track) for track in tracks)
        timers = tuple(self._with_effects(timer) for timer in timers)
        decisions, ballots = self._decisions()
        events = self._events()
        drifts = self._drifts()
        chapters = self._chapters()
        settings = self._settings()
        endings = self._endings(chapters)
        milestones = milestones_of(
            self.scenario, self.write, tracks, timers, decisions, ballots, events, self.record
        )
        set_twice(self.write, self.stages, decisions, variables)
        named = [day for day in map(day_of, scenario.calendar.moments) if day is not None]
        named += [day for event in events for day in event.dates]
        named += [day for decision in decisions for day in decision.opening.days]
        named += [timer.initial for timer in timers if timer.initial]
        named += [chapter.start for chapter in chapters]
        moments = moments_of(start, end, scenario.calendar.tick, named)
        by_stage = tuple(
            tuple(i for i, d in enumerate(decisions) if d.stage == stage)
            for stage in range(len(self.stages))
        )
        parts: dict[str, tuple[object, ...]] = {
            "role": roles, "variable": variables, "track": tracks, "timer": timers,
            "decision": decisions, "ballot": ballots, "cases": caselists, "event": events,
            "cable": self.cables, "chapter": chapters,
        }
        index = {
            kind: {part.id: at for at, part in enumerate(of)}  # type: ignore[attr-defined]
            for kind, of in parts.items()
        }
        return Game(
            scenario.scenario, scenario.title, scenario.version, digest, RULES,
            scenario.calendar.tick, moments, self.stages, chapters, roles, variables, estimates,
            tracks, timers, decisions, ballots, caselists, events, drifts, self.cables, endings,
            self._ledgers(), self._goals(), self._invariants(), milestones, settings,
            tuple(self.names.start), tuple(self.names.cells), tuple(self.names.knowers),
            by_stage, index,
        )

    # ── small things ──

    def day(self, path: Path, text: str | None) -> int:
        """The ordinal of a day as written; 0 for none, and for one that does not exist."""
        if text is None:
            return 0
        found = day_of(text)
        if found is None:
            self.say("C406", f"{text} is not a day between 1900 and 2100", path)
        return found or 0

    def inside(self, path: Path, text: str | None) -> int:
        """A day within the calendar; 0 for none."""
        found = self.day(path, text)
        if found and not self.start <= found <= self.end:
            self.say("C406", f"{text} lies outside the calendar", path)
        return found

    def knowers(self, path: Path, ids: Collection[str]) -> Knowers:
        """Who may know, by id; ``public`` for everybody."""
        for id in ids:
            if id != PUBLIC:
                self.role(path, id)
        return frozenset(ids)

    def role(self, path: Path, id: str) -> str:
        """A role's id, with a finding when there is no such role."""
        if id not in self.roles:
            close = nearest(id, self.roles)
            hint = f"did you mean “{close}”?" if close else f"roles are {', '.join(self.roles)}"
            self.say("C402", f"there is no role “{id}”", path, hint)
        return id

    def _role_ids(self) -> list[str]:
        members = [m for body in self.scenario.bodies.values() for m in body.members]
        return list(dict.fromkeys([*self.scenario.roles, *members]))

    def _clashes(self) -> None:
        for section, id, by in self.expanded.clashes:
            message = f"it makes a part “{id}” in {section}, and there is one of that name"
            self.say("C412", message, (section, id) if self._own(section, id) else by)
        for wrong, id, by in self.expanded.unfit:
            self.say("C412", f"“{id}” cannot be made: {wrong}", by)
        seen: dict[str, str] = {}
        for section in ("variables", "measures", "tracks", "timers", "ballots", "cases"):
            for id in self.section(section):
                path: Path = (section, id)
                if id in RESERVED or id in BUILT_IN or id == TODAY:
                    self.say("S303", f"“{id}” is a word of the expressions’ own", path)
                if id in seen:
                    message = f"“{id}” stands among the {seen[id]} already"
                    self.say("S305", message, path, "one name, one thing")
                seen.setdefault(id, section)

    def _own(self, section: str, id: str) -> bool:
        return id in getattr(self.scenario, section) and (section, id) not in self.expanded.origin

    def _instruments_texts(self) -> None:
        """Check what authors wrote in instruments where they wrote it."""
        for section in ("ceasefires", "talks", "mandates", "commitments"):
            for id, part in getattr(self.scenario, section).items():
                before = len(self.write.found)
                for path, text, effects in texts_in(part, (section, id)):
                    if effects:
                        self.write.effects(path, (text,))
                    else:
                        self.write.expression(path, text)
                if len(self.write.found) > before:
                    self.write.silent.add((section, id))

    # ── variables, measures, estimates ──

    def _variables(self) -> tuple[Variable, ...]:
        made = []
        parts: dict[str, object] = dict(self.section("variables"))
        for id, setting in self.scenario.settings.items():
            levels = [float(level) for level in setting.levels.values()]
            if id in parts:
                self.say("S305", f"“{id}” is a variable already", ("settings", id))
            elif levels:
                start = float(setting.levels.get(setting.default, levels[0]))
                parts[id] = VariablePart(
                    title=setting.title, start=start, range=(min(levels), max(levels)),
                    basis=setting.basis,
                )
        for number, (id, part) in enumerate(parts.items()):
            assert isinstance(part, VariablePart)
            made.append(self._variable(id, part, number))
        return tuple(made)

    def _variable(self, id: str, part: VariablePart, number: int) -> Variable:
        path: Path = ("variables", id)
        words = tuple(part.choices or ())
        low, high = (0.0, float(len(words) - 1)) if words else (0.0, 100.0)
        initial = 0.0
        if part.choices is not None:
            if part.start not in words:
                self.say("C407", f"“{part.start}” is not one of its choices", (*path, "start"))
            else:
                initial = float(words.index(str(part.start)))
        elif part.range is None:
            self.say("C407", f"{id} has neither a range nor choices", path, "range: [0, 100]")
        else:
            low, high = float(part.range[0]), float(part.range[1])
            if isinstance(part.start, str):
                self.say("C407", "a number in a range starts at a number", (*path, "start"))
            elif not low <= part.start <= high:
                message = f"{part.start} lies outside {part.range[0]} to {part.range[1]}"
                self.say("C407", message, (*path, "start"))
            else:
                initial = float(part.start)
        if low > high:
            self.say("C407", "the range runs backwards", (*path, "range"))
        knowers = self.knowers((*path, "known_to"), part.known_to)
        cell = self.names.cell(id, knowers, initial)
        if words:
            self.names.worded[id] = (cell, words)
            self.write.targets.choices[id] = words
        else:
            self.names.numbers[id] = cell
        self.write.targets.variables[id] = number
        return Variable(
            id, part.title, cell, low, high, initial, words, tuple((part.choices or {}).values()),
            part.unit, knowers, self._drawn(path, part, words, low, high), basis_of(part.basis),
            self._gauge(path, part), frozenset(self.knowers((*path, "desk"), part.desk)),
            word_of(f"variable/{id}"), self.write.span(path),
        )

    def _drawn(
        self, path: Path, part: VariablePart, words: tuple[str, ...], low: float, high: float
    ) -> tuple[float, ...]:
        drawn, path = part.drawn, (*path, "drawn")
        if drawn is None:
            return ()
        if isinstance(drawn, dict):
            for word in drawn:
                if word not in words:
                    self.say("C407", f"“{word}” is not one of its choices", path)
            weights = tuple(float(drawn.get(word, 0)) for word in words)
            if any(weight < 0 for weight in weights) or not any(weights):
                self.say("C407", "weights are not negative, and not all 0", path)
            return weights
        least, most = float(drawn[0]), float(drawn[1])
        if words or not low <= least <= most <= high:
            self.say("C407", "what is drawn lies outside the range", path)
        return least, most

    def _gauge(self, path: Path, part: VariablePart) -> tuple[tuple[float, str], ...]:
        gauge = []
        for level, said in (part.gauge or {}).items():
            try:
                gauge.append((float(level), said))
            except ValueError:
                self.say("C407", f"“{level}” is not a level", (*path, "gauge"))
        return tuple(sorted(gauge, key=lambda pair: pair[0]))

    def _measures(self) -> None:
        for id, part in self.section("measures").items():
            path: Path = ("measures", id, "value")
            expr, findings = parse(part.value, self.write.span(path))  # type: ignore[attr-defined]
            self.write.add(path, findings)
            if expr is not None:
                self.names.measures[id] = expr

    def _check_measures(self) -> None:
        for id, part in self.section("measures").items():
            self.write.number(("measures", id, "value"), part.value)  # type: ignore[attr-defined]

    def _estimates(self) -> tuple[Estimate, ...]:
        made = []
        index = {id: number for number, id in enumerate(self.write.targets.variables)}
        for id, part in self.scenario.estimates.items():
            path: Path = ("estimates", id)
            role = self.role((*path, "role"), part.role)
            if part.variable not in index:
                close = nearest(part.variable, index)
                hint = f"did you mean “{close}”?" if close else None
                self.say("C402", f"there is no variable “{part.variable}”", (*path, "variable"), hint)
                continue
            of = self.names.numbers.get(part.variable)
            if of is None:
                self.say("C402", f"“{part.variable}” has words; numbers are estimated", path)
                continue
            start = self.names.start[of]
            cell = self.names.cell(f"{role}'s estimate of {part.variable}", frozenset({role}), start)
            self.names.estimates[role, part.variable] = cell
            never = Number(parse("0")[0], frozenset(), lambda cells, day: 0.0)  # type: ignore[arg-type]
            made.append(
                Estimate(id, role, index[part.variable], cell, never, part.every,
                         word_of(f"estimate/{id}"))
            )
        return tuple(made)

    def _with_error(self, estimate: Estimate) -> Estimate:
        text = self.scenario.estimates[estimate.id].error
        found = self.write.number(("estimates", estimate.id, "error"), text)
        return replace(estimate, error=found) if found is not None else estimate

    # ── tracks, timers, cases ──

    def _track_cells(self) -> tuple[Track, ...]:
        made = []
        for number, (id, part) in enumerate(self.section("tracks").items()):
            assert isinstance(part, TrackPart)
            path: Path = ("tracks", id)
            phases = tuple(part.phases)
            initial = 0
            if not phases:
                self.say("C402", f"{id} has no phases", path)
                phases = ("none",)
            elif part.start is not None and part.start not in phases:
                self.say("C402", f"“{part.start}” is not a phase of {id}", (*path, "start"))
            elif part.start is not None:
                initial = phases.index(part.start)
            knowers = self.knowers((*path, "known_to"), part.known_to)
            cell = self.names.cell(id, knowers, float(initial))
            since = self.names.cell(f"{id} since", knowers, float(self.start))
            self.names.worded[id] = (cell, phases)
            self.names.since[id] = since
            self.write.targets.tracks[id] = (number, phases)
            made.append(
                Track(id, part.title, cell, since, phases, tuple(part.phases.values()), initial,
                      (), knowers, self.write.span(path))
            )
        return tuple(made)

    def _with_ways(self, track: Track) -> Track:
        part = self.section("tracks")[track.id]
        assert isinstance(part, TrackPart)
        ways = []
        for number, way in enumerate(part.transitions):
            path: Path = ("tracks", track.id, "transitions", number)
            for phase in (*way.sources, way.target):
                if phase not in track.phases:
                    key = "to" if phase == way.target else "from"
                    close = nearest(phase, track.phases)
                    hint = f"did you mean “{close}”?" if close else None
                    self.say("C402", f"“{phase}” is not a phase of {track.id}", (*path, key), hint)
            self.entry((*path, "record"), way.record)
            ways.append(
                Transition(
                    f"{track.id}.{number}",
                    frozenset(track.phases.index(s) for s in way.sources if s in track.phases),
                    track.phases.index(way.target) if way.target in track.phases else 0,
                    self.write.guard((*path, "when"), way.when), way.after,
                    self.write.effects((*path, "effects"), way.effects), way.text, way.record,
                    self.write.span(path),
                )
            )
        return replace(track, transitions=tuple(ways))

    def entry(self, path: Path, id: str) -> None:
        """A finding when a record entry that is named does not exist."""
        if id and self.record is not None and id not in self.record:
            close = nearest(id, self.record)
            hint = f"did you mean “{close}”?" if close else None
            self.say("C411", f"the record has no entry “{id}”", path, hint)

    def _timer_cells(self) -> tuple[Timer, ...]:
        made = []
        for number, (id, part) in enumerate(self.section("timers").items()):
            assert isinstance(part, TimerPart)
            path: Path = ("timers", id)
            initial = self.inside((*path, "start"), part.start)
            knowers = self.knowers((*path, "known_to"), part.known_to)
            cell = self.names.cell(id, knowers, float(initial))
            self.names.timers[id] = cell
            self.write.targets.timers[id] = number
            made.append(
                Timer(id, part.title, cell, initial, (), part.text, knowers, self.write.span(path))
            )
        return tuple(made)

    def _with_effects(self, timer: Timer) -> Timer:
        part = self.section("timers")[timer.id]
        assert isinstance(part, TimerPart)
        path: Path = ("timers", timer.id, "effects")
        return replace(timer, effects=self.write.effects(path, part.effects))

    def _caselists(self) -> tuple[CaseList, ...]:
        made = []
        for number, (id, part) in enumerate(self.section("cases").items()):
            assert isinstance(part, CasesPart)
            path: Path = ("cases", id)
            knowers = self.knowers((*path, "known_to"), part.known_to)
            kinds_known = self.knowers((*path, "kinds_known_to"), part.kinds_known_to)
            first = len(self.names.cells)
            for slot in range(part.slots):
                self.names.cell(f"{id} {slot + 1}", knowers)
                self.names.cell(f"{id} {slot + 1} kind", knowers & kinds_known
                                if PUBLIC not in knowers else kinds_known)
                self.names.cell(f"{id} {slot + 1} since", knowers)
            self.names.cell(f"{id} overflow", knowers)
            cases = CaseList(
                id, part.title, part.slots, tuple(part.statuses), tuple(part.statuses.values()),
                tuple(part.kinds), tuple(part.kinds.values()), first, knowers, kinds_known,
                self.write.span(path),
            )
            if not part.statuses or not part.kinds:
                self.say("C402", f"{id} needs a status and a kind", path)
            self.names.cases[id] = cases
            self.write.targets.cases[id] = (number, cases.statuses, cases.kinds)
            made.append(cases)
        return tuple(made)

    # ── decisions and ballots ──

    def _decision_names(self) -> None:
        """Lay out the cells of all decisions and ballots before any text names them."""
        self.fields: dict[str, list[tuple[str, FieldPart, int, dict[str, int]]]] = {}
        self.made: dict[str, tuple[int, int]] = {}
        for id, part in self._declared.items():
            own = frozenset({part.role})
            decides = frozenset(part.known_to) | own
            counted = self.names.cell(f"{id} made", decides)
            self.made[id] = (counted, self.names.cell(f"{id} last", decides))
            self.names.made[id] = counted
            self.fields[id] = []
            for name, field in self._field_parts(id, part).items():
                self.fields[id].append(self._field_cells(id, name, field, part, own))
        self.ballot_cells: dict[str, tuple[int, int, int, int]] = {}
        for id, ballot in self._ballot_parts().items():
            knowers = frozenset(ballot.known_to)
            outcome, yes, no, abstain = (
                self.names.cell(f"{id}{what}", knowers) for what in ("", " yes", " no", " abstain")
            )
            self.ballot_cells[id] = (outcome, yes, no, abstain)
            self.names.ballot(id, outcome, yes, no, abstain)

    def _field_cells(
        self, id: str, name: str, field: FieldPart, part: DecisionPart, own: Knowers
    ) -> tuple[str, FieldPart, int, dict[str, int]]:
        told = [
            frozenset(o.known_to if o.known_to is not None else part.known_to)
            for o in field.options.values()
        ]
        # the last answer is known to those who hear of every option
        everybody = frozenset(PUBLIC in knowers for knowers in told) == {True}
        roles = frozenset(r for r in self.roles if all(r in k or PUBLIC in k for k in told))
        cell = self.names.cell(f"{id} {name}", EVERYBODY if everybody else roles | own)
        options = {}
        for (option, _), knowers in zip(field.options.items(), told, strict=True):
            options[option] = self.names.cell(f"{id} {option}", knowers | own)
            number = float(len(options))
            self.names.answers.setdefault(
                (id, option), (cell, number, options[option], field.many)
            )
        return name, field, cell, options

    def _ballot_parts(self) -> Mapping[str, BallotPart]:
        return {
            id: part
            for id, part in self.section("ballots").items()
            if isinstance(part, BallotPart) and part.body in self.scenario.bodies
        }

    def _all_decisions(self) -> Mapping[str, DecisionPart]:
        """The declared decisions, then one for each member and ballot."""
        found: dict[str, DecisionPart] = {}
        for id, part in self.section("decisions").items():
            assert isinstance(part, DecisionPart)
            found[id] = part
        for id, ballot in self.section("ballots").items():
            assert isinstance(ballot, BallotPart)
            if ballot.body not in self.scenario.bodies:
                close = nearest(ballot.body, self.scenario.bodies)
                hint = f"did you mean “{close}”?" if close else None
                self.say("C402", f"there is no body “{ballot.body}”", ("ballots", id, "body"), hint)
                continue
            for member in self.scenario.bodies[ballot.body].members:
                found[f"{id}_{member}"] = self._vote(id, ballot, member)
                by = self.expanded.origin.get(("ballots", id))
                if by is not None:
                    self.write.origin = {
                        **self.write.origin, ("decisions", f"{id}_{member}"): by
                    }
        return found

    def _vote(self, id: str, ballot: BallotPart, member: str) -> DecisionPart:
        spec = self.scenario.bodies[ballot.body].members[member]
        weights = ballot.weights.get(member, ballot.weights.get("others", {}))
        history = ballot.history.get(member, ballot.history.get("others", HistoryPart()))
        opens = ballot.opens
        if spec.start or spec.end:
            opens = opens.model_copy(
                update={"start": spec.start or opens.start, "end": spec.end or opens.end}
            )
        titles = {"yes": "In favour", "no": "Against", "abstain": "Abstain"}
        options = {
            vote.value: OptionPart(title=titles[vote.value], weight=weights.get(vote.value))
            for vote in Vote
        }
        return DecisionPart(
            role=member, title=ballot.title, text=ballot.text, kind="vote", stage=ballot.stage,
            opens=opens, fields={VOTE: FieldPart(title="Your vote", options=options)},
            default={VOTE: "abstain"}, history=history, known_to=list(ballot.known_to),
        )

    def _field_parts(self, id: str, part: DecisionPart) -> Mapping[str, FieldPart]:
        path: Path = ("decisions", id)
        if part.fields is not None and part.options is not None:
            self.say("C409", f"{id} has options and fields; one of them is enough", path)
        if part.fields:
            empty = [name for name, field in part.fields.items() if not field.options]
            if empty:
                self.say("C409", f"the field “{empty[0]}” has no options", path)
            return part.fields
        if not part.options:
            self.say("C409", f"{id} offers nothing to choose", path)
            return {}
        many = part.budget is not None or part.kind in ("acts", "deploy")
        return {
            PLAN if many else ANSWER: FieldPart(
                title=part.title, options=part.options, many=many, budget=part.budget
            )
        }

    def _decisions(self) -> tuple[tuple[Decision, ...], tuple[Ballot, ...]]:
        made: list[Decision] = []
        numbers: dict[str, int] = {}
        for id, part in self._declared.items():
            numbers[id] = len(made)
            made.append(self._decision(id, part))
        ballots = []
        for id, ballot in self._ballot_parts().items():
            body = self.scenario.bodies[ballot.body]
            for member in body.members:
                at = numbers[f"{id}_{member}"]
                made[at] = replace(made[at], ballot=len(ballots))
            path: Path = ("ballots", id)
            effects = tuple(
                self.write.effects((*path, "outcomes", outcome), ballot.outcomes.get(outcome, ()))  # type: ignore[call-overload]
                for outcome in OUTCOMES
            )
            ballots.append(
                Ballot(
                    id, ballot.title, self.stage(path, ballot.stage),
                    tuple((member, numbers[f"{id}_{member}"]) for member in body.members),
                    body.majority, frozenset(body.vetoes), body.quorum, OUTCOMES, effects,
                    *self.ballot_cells[id], frozenset(ballot.known_to), self.write.span(path),
                )
            )
        return tuple(made), tuple(ballots)

    def stage(self, path: Path, id: str | None) -> int:
        """The index of a stage; the first when none is named."""
        if id is None:
            return 0
        if id not in self.stage_ids:
            close = nearest(id, self.stage_ids)
            hint = f"did you mean “{close}”?" if close else f"stages are {', '.join(self.stage_ids)}"
            self.say("C402", f"there is no stage “{id}”", (*path, "stage"), hint)
            return 0
        return self.stage_ids.index(id)

    def _decision(self, id: str, part: DecisionPart) -> Decision:
        path: Path = ("decisions", id)
        role = self.role((*path, "role"), part.role)
        fields = tuple(self._field(path, part, *spec) for spec in self.fields[id])
        default = self.answer((*path, "default"), fields, part.default)
        history = part.history
        dated: list[tuple[int, Answer]] = []
        for when, said in history.dated.items():
            place = (*path, "history", "dated", when)
            for one in said if _is_sittings(said) else [said]:
                dated.append((self.inside(place, when), self.answer(place, fields, one)))
        usually = None
        if history.usually is not None:
            usually = self.answer((*path, "history", "usually"), fields, history.usually)
        counted, last = self.made[id]
        return Decision(
            id, role, part.title, part.text, self.stage(path, part.stage),
            self._opening((*path, "opens"), part.opens, role), fields, counted, last,
            self.knowers((*path, "known_to"), part.known_to), default, usually, tuple(dated),
            part.kind, None, word_of(f"decision/{id}"), self.write.span(path),
        )

    def _opening(self, path: Path, part: OpensPart, role: str) -> Opening:
        start = self.inside((*path, "from"), part.start)
        end = self.inside((*path, "until"), part.end)
        if start and end and end < start:
            self.say("C406", "it closes before it opens", path)
        return Opening(
            self.write.guard((*path, "when"), part.when, role, knows=True),
            frozenset(self.inside((*path, "on"), day) for day in part.on),
            part.every, part.offset, part.at, part.once, part.rest, start, end,
        )

    def _field(
        self,
        path: Path,
        part: DecisionPart,
        name: str,
        field: FieldPart,
        cell: int,
        options: dict[str, int],
    ) -> Field:
        below: Path = (*path, "options") if part.fields is None else (*path, "fields", name, "options")
        budget_at: Path = (*path, "budget") if part.fields is None else (*path, "fields", name, "budget")
        return Field(
            name, field.title, cell,
            tuple(
                self._option((*below, id), option, options[id], part)
                for id, option in field.options.items()
            ),
            field.many, self.write.number(budget_at, field.budget, part.role, knows=True),
        )

    def _option(self, path: Path, part: OptionPart, cell: int, decision: DecisionPart) -> Option:
        role = decision.role
        if part.toward:
            self.role((*path, "toward"), part.toward)
        known = None
        if part.known_to is not None:
            known = self.knowers((*path, "known_to"), part.known_to)
        return Option(
            str(path[-1]), part.title, part.text, cell,
            self.write.guard((*path, "when"), part.when, role, knows=True), part.refusal,
            float(part.cost), self.write.effects((*path, "effects"), part.effects, role),
            self.write.number((*path, "weight"), part.weight, role, knows=True), known, part.said,
            float(part.concedes), part.eases, part.toward, part.because, self.write.span(path),
        )

    def answer(self, path: Path, fields: tuple[Field, ...], said: AnswerText | None) -> Answer:
        """An answer as the author wrote it: one option, a plan's list, or field by field."""
        if said is None:
            return ()
        if not isinstance(said, dict):
            if len(fields) != 1:
                names = ", ".join(field.id for field in fields)
                self.say("C404", f"it asks for an answer to each of: {names}", path)
                return ()
            said = {fields[0].id: said}
        by_id = {field.id: field for field in fields}
        for name in said:
            if name not in by_id:
                close = nearest(name, by_id)
                hint = f"did you mean “{close}”?" if close else f"fields are {', '.join(by_id)}"
                self.say("C404", f"there is no field “{name}”", path, hint)
        pairs: list[tuple[str, str]] = []
        for field in fields:
            chosen = said.get(field.id, [])
            if isinstance(chosen, list) and not field.many and len(chosen) > 1:
                self.say("C404", f"“{field.id}” wants one answer", path)
            known = [option.id for option in field.options]
            for option in chosen if isinstance(chosen, list) else [chosen]:
                if option not in known:
                    close = nearest(option, known)
                    hint = f"did you mean “{close}”?" if close else f"options are {', '.join(known)}"
                    self.say("C404", f"there is no option “{option}”", path, hint)
                else:
                    pairs.append((field.id, option))
        return tuple(pairs)

    # ── events, drifts, cables ──

    def _event_cells(self) -> None:
        for id, part in self.section("events").items():
            assert isinstance(part, EventPart)
            knowers = frozenset(part.known_to)
            count = self.names.cell(f"{id} struck", knowers)
            self.names.struck[id] = (count, self.names.cell(f"{id} last", knowers))

    def _events(self) -> tuple[Event, ...]:
        made = []
        for id, part in self.section("events").items():
            assert isinstance(part, EventPart)
            path: Path = ("events", id)
            window = (0, 0)
            if part.window is not None:
                window = tuple(self.inside((*path, "window"), d) for d in part.window)  # type: ignore[assignment]
                if window[1] < window[0]:
                    self.say("C406", "the window closes before it opens", (*path, "window"))
                if part.kind == "inside":
                    self.say("C414", "an inside event strikes by chance, not in a window", path)
            if part.kind == "inside" and part.chance is None and not part.dates:
                self.say("C414", f"nothing ever makes {id} strike", path,
                         "give it a chance, or dates")
            self.entry((*path, "record"), part.record)
            count, last = self.names.struck[id]
            made.append(
                Event(
                    id, part.title, part.text, part.kind == "outside",
                    self.write.guard((*path, "when"), part.when),
                    self.write.number((*path, "chance"), part.chance), window,
                    float(part.likely),
                    tuple(self.inside((*path, "dates"), day) for day in part.dates), part.repeat,
                    part.rest, self.write.effects((*path, "effects"), part.effects),
                    self.knowers((*path, "known_to"), part.known_to), part.record, count, last,
                    word_of(f"event/{id}"), self.write.span(path),
                )
            )
        return tuple(made)

    def _drifts(self) -> tuple[Drift, ...]:
        made = []
        own = 0
        for part, by in self.expanded.drifts:
            path: Path = ("drifts", own) if by is None else by
            own += by is None
            index = self.write.targets.variables.get(part.variable)
            if index is None or part.variable in self.names.worded:
                close = nearest(part.variable, self.names.numbers)
                hint = f"did you mean “{close}”?" if close else None
                self.say("C402", f"there is no number “{part.variable}” to drift", path, hint)
                continue
            amount = self.write.number((*path, "by"), part.by)
            guard = self.write.guard((*path, "when"), part.when)
            if amount is not None:
                made.append(Drift(index, amount, guard, part.text, self.write.span(path)))
        return tuple(made)

    def _cables(self) -> None:
        made = []
        for number, (id, part) in enumerate(self.scenario.cables.items()):
            knowers = self.knowers(("cables", id, "to"), part.known_to)
            made.append(Cable(id, part.sender, part.title, part.text, knowers, part.doubtful))
            self.write.targets.cables[id] = number
        self.cables = tuple(made)

    # ── roles, chapters, settings ──

    def _roles(self) -> tuple[Role, ...]:
        made = []
        for id, part in self.scenario.roles.items():
            path: Path = ("roles", id)
            character = None
            if part.character is not None:
                spec, at = part.character, (*path, "character")
                numbers = {
                    name: self.write.number((*at, name), getattr(spec, name), id, knows=True)
                    for name in ("hope", "pain", "way_out", "face")
                }
                trust = {}
                for other, text in spec.trust.items():
                    self.role((*at, "trust", other), other)
                    trust[other] = self.write.number((*at, "trust", other), text, id, knows=True)
                if all(numbers.values()) and all(trust.values()):
                    character = Character(**numbers, trust=trust)  # type: ignore[arg-type]
            made.append(
                Role(
                    id, part.title, part.short or part.title, part.text, part.chair, part.light,
                    self.day((*path, "from"), part.start), self.day((*path, "until"), part.end),
                    character,
                )
            )
        declared = set(self.scenario.roles)
        for body in self.scenario.bodies.values():
            for id, member in body.members.items():
                if id not in declared:
                    declared.add(id)
                    text = f"A member of the {body.title}."
                    made.append(Role(id, member.title, member.title, text, False, True, 0, 0, None))
        return tuple(made)

    def _chapters(self) -> tuple[Chapter, ...]:
        made = []
        for id, part in self.scenario.chapters.items():
            path: Path = ("chapters", id)
            start, end = self.inside((*path, "from"), part.start), self.inside((*path, "to"), part.end)
            if end < start:
                self.say("C406", f"{id} ends before it starts", (*path, "to"))
            for role in part.briefs:
                self.role((*path, "briefs", role), role)
            made.append(Chapter(id, part.title, start, end, part.minutes, part.text, part.briefs))
        if not made:
            self.say("C405", "a scenario has at least one chapter", ("chapters",))
        return tuple(made)

    def _settings(self) -> tuple[Setting, ...]:
        made = []
        for id, part in self.scenario.settings.items():
            if part.default not in part.levels:
                known = ", ".join(part.levels)
                self.say("C402", f"“{part.default}” is not a level of {id}", ("settings", id, "default"),
                         f"levels are {known}")
            made.append(
                Setting(
                    id, part.title, part.text,
                    tuple((name, float(level)) for name, level in part.levels.items()),
                    part.default, self.write.targets.variables.get(id, 0),
                )
            )
        return tuple(made)

    # ── how it ends ──

    def _endings(self, chapters: tuple[Chapter, ...]) -> tuple[Ending, ...]:
        made = []
        for id, part in self.scenario.endings.items():
            path: Path = ("endings", id)
            for chapter in part.chapters:
                if chapter not in self.scenario.chapters:
                    close = nearest(chapter, self.scenario.chapters)
                    hint = f"did you mean “{close}”?" if close else None
                    self.say("C402", f"there is no chapter “{chapter}”", (*path, "chapters"), hint)
            made.append(
                Ending(
                    id, part.title, part.text, self.write.guard((*path, "when"), part.when),
                    part.at_close, frozenset(part.chapters),
                )
            )
        for chapter in chapters:
            if not any(
                e.when is None and (not e.chapters or chapter.id in e.chapters) for e in made
            ):
                self.say("C405", f"{chapter.id} may run out without an ending",
                         ("chapters", chapter.id), "add an ending with at_close and without when")
        return tuple(made)

    def _ledgers(self) -> tuple[Ledger, ...]:
        made = []
        for id, part in self.scenario.ledgers.items():
            rows = []
            for number, row in enumerate(part.rows):
                figure = self.write.number(("ledgers", id, "rows", number, "value"), row.value)
                if figure is not None:
                    rows.append((row.title, figure, row.unit))
            made.append(Ledger(id, part.title, tuple(rows)))
        return tuple(made)

    def _goals(self) -> tuple[Goal, ...]:
        made = []
        for id, part in self.scenario.goals.items():
            path: Path = ("goals", id)
            guard = self.write.guard((*path, "when"), part.when)
            role = self.role((*path, "role"), part.role)
            if guard is not None:
                made.append(Goal(id, role, part.title, guard, part.secret))
        return tuple(made)

    def _invariants(self) -> tuple[Invariant, ...]:
        made = []
        for id, part in self.scenario.invariants.items():
            guard = self.write.guard(("invariants", id, "holds"), part.holds)
            if guard is not None:
                made.append(Invariant(id, guard))
        return tuple(made)


def _is_sittings(said: object) -> bool:
    """Whether a dated answer is a list of answers, one for each sitting."""
    return isinstance(said, list) and bool(said) and isinstance(said[0], dict)
