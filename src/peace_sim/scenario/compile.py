"""From a validated Scenario to a Game: cells laid out, names found, every text made to work.

All that is certainly wrong is found in one go, each with its place. The order of everything in a
Game is the author's, with what instruments made after the author's own parts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from peace_sim.diagnostics import Diagnostic, Findings, error, failed, in_order, nearest
from peace_sim.engine.chance import word as word_of
from peace_sim.engine.game import (
    Cable,
    Chapter,
    Character,
    Drift,
    Ending,
    Event,
    Game,
    Goal,
    Invariant,
    Ledger,
    Role,
    Setting,
    Stage,
)
from peace_sim.expressions import RESERVED, TODAY
from peace_sim.expressions.syntax import BUILT_IN
from peace_sim.scenario import sound
from peace_sim.scenario.assumptions import assumptions_of, unfounded
from peace_sim.scenario.boards import CeasefireBoard, CommitmentBoard, MandateBoard, TalksBoard
from peace_sim.scenario.calendar import day_of, moments_of
from peace_sim.scenario.deciding import Deciding
from peace_sim.scenario.document import MapNode
from peace_sim.scenario.edition import Assumption
from peace_sim.scenario.expand import expand_all
from peace_sim.scenario.expressing import Path
from peace_sim.scenario.ground import Ground
from peace_sim.scenario.instruments.texts import texts_in
from peace_sim.scenario.machines import Machines
from peace_sim.scenario.milestones import milestones_of
from peace_sim.scenario.model import EventPart
from peace_sim.scenario.quantities import Quantities
from peace_sim.scenario.read import span_at
from peace_sim.scenario.whole import Scenario
from peace_sim.scenario.windows import set_twice

RULES = 1
"""Rises whenever the same scenario and seed would play differently."""

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
    early = [*sound.instruments(scenario, root), *sound.bodies(scenario, root)]
    stages, lost = stages_of(scenario, root)
    early += lost
    if early:
        # what is missing here would be named over and over by the parts made from it
        return None, in_order(early)
    expanded = expand_all(scenario, frozenset(stage.id for stage in stages))
    on = Ground(scenario, root, expanded, stages, record)
    game = _Compiler(on).game(digest)
    found = in_order([*on.write.found, *unfounded(scenario, root)])
    if failed(found):
        return None, found
    compiled = Compiled(
        game,
        expanded.talks,
        tuple(_with_risks(board, on) for board in expanded.mandates),
        expanded.ceasefires,
        expanded.commitments,
        assumptions_of(scenario),
    )
    return compiled, found


def _with_risks(board: MandateBoard, on: Ground) -> MandateBoard:
    """The board with the risk at each site as a rule that a screen can read through a view."""
    sites = []
    for site in board.sites:
        measure = f"{board.id}_risk_{site.id}"
        sites.append(replace(site, risk=on.write.number(("measures", measure, "value"), measure)))
    return replace(board, sites=tuple(sites))


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
                span = span_at(root, ("calendar", "stages", id, "again_from"))
                found.append(error("C402", message, span))
        stages.append(Stage(id, part.title, back, part.laps))
    for section in ("talks", "mandates"):
        for id, instrument in getattr(scenario, section).items():
            for stage in instrument.stages:
                if stage not in ids:
                    span = span_at(root, (section, id))
                    hint = f"declare it in calendar.stages, beside {', '.join(ids)}"
                    found.append(error("C402", f"there is no stage “{stage}”", span, hint))
    return tuple(stages), found


class _Compiler:
    def __init__(self, on: Ground) -> None:
        self.on = on

    # ── the whole ──

    def game(self, digest: str) -> Game:
        on, scenario = self.on, self.on.scenario
        quantities, machines, deciding = Quantities(on), Machines(on), Deciding(on)
        self._clashes()
        # every cell and name first, in the order of the sections; then the texts that use them
        variables = quantities.variables()
        quantities.measures()
        estimates = quantities.estimates()
        tracks = machines.track_cells()
        timers = machines.timer_cells()
        deciding.lay_out()
        caselists = machines.caselists()
        self._event_cells()
        self._cables()
        self._instruments_texts()
        quantities.check_measures()
        estimates = tuple(quantities.with_error(estimate) for estimate in estimates)
        roles = self._roles()
        tracks = tuple(machines.with_ways(track) for track in tracks)
        timers = tuple(machines.with_effects(timer) for timer in timers)
        decisions, ballots = deciding.decisions()
        events = self._events()
        drifts = self._drifts()
        chapters = self._chapters()
        settings = self._settings()
        endings = self._endings(chapters)
        milestones = milestones_of(
            scenario, on.write, tracks, timers, decisions, ballots, events, on.record
        )
        set_twice(self.on.write, self.on.stages, decisions, variables)
        named = [day for day in map(day_of, scenario.calendar.moments) if day is not None]
        named += [day for event in events for day in event.dates]
        named += [day for decision in decisions for day in decision.opening.days]
        named += [timer.initial for timer in timers if timer.initial]
        named += [chapter.start for chapter in chapters]
        moments = moments_of(on.start, on.end, scenario.calendar.tick, named)
        by_stage = tuple(
            tuple(i for i, d in enumerate(decisions) if d.stage == stage)
            for stage in range(len(self.on.stages))
        )
        parts: dict[str, tuple[object, ...]] = {
            "role": roles,
            "variable": variables,
            "track": tracks,
            "timer": timers,
            "decision": decisions,
            "ballot": ballots,
            "cases": caselists,
            "event": events,
            "cable": self.cables,
            "chapter": chapters,
        }
        index = {
            kind: {part.id: at for at, part in enumerate(of)}  # type: ignore[attr-defined]
            for kind, of in parts.items()
        }
        return Game(
            scenario.scenario,
            scenario.title,
            scenario.version,
            digest,
            RULES,
            scenario.calendar.tick,
            moments,
            self.on.stages,
            chapters,
            roles,
            variables,
            estimates,
            tracks,
            timers,
            decisions,
            ballots,
            caselists,
            events,
            drifts,
            self.cables,
            endings,
            self._ledgers(),
            self._goals(),
            self._invariants(),
            milestones,
            settings,
            tuple(self.on.names.start),
            tuple(self.on.names.cells),
            tuple(self.on.names.knowers),
            by_stage,
            index,
        )

    def _clashes(self) -> None:
        for section, id, by in self.on.expanded.clashes:
            message = f"it makes a part “{id}” in {section}, and there is one of that name"
            self.on.say("C412", message, (section, id) if self._own(section, id) else by)
        for wrong, id, by in self.on.expanded.unfit:
            self.on.say("C412", f"“{id}” cannot be made: {wrong}", by)
        seen: dict[str, str] = {}
        for section in ("variables", "measures", "tracks", "timers", "ballots", "cases"):
            for id in self.on.section(section):
                path: Path = (section, id)
                if id in RESERVED or id in BUILT_IN or id == TODAY:
                    self.on.say("S303", f"“{id}” is a word of the expressions’ own", path)
                if id in seen:
                    message = f"“{id}” stands among the {seen[id]} already"
                    self.on.say("S305", message, path, "one name, one thing")
                seen.setdefault(id, section)

    def _own(self, section: str, id: str) -> bool:
        return (
            id in getattr(self.on.scenario, section)
            and (section, id) not in self.on.expanded.origin
        )

    def _instruments_texts(self) -> None:
        """Check what authors wrote in instruments where they wrote it."""
        for section in ("ceasefires", "talks", "mandates", "commitments"):
            for id, part in getattr(self.on.scenario, section).items():
                before = len(self.on.write.found)
                for path, text, effects in texts_in(part, (section, id)):
                    if effects:
                        self.on.write.effects(path, (text,))
                    else:
                        self.on.write.expression(path, text)
                if len(self.on.write.found) > before:
                    self.on.write.silent.add((section, id))

    # ── events, drifts, cables ──

    def _event_cells(self) -> None:
        for id, part in self.on.section("events").items():
            assert isinstance(part, EventPart)
            knowers = frozenset(part.known_to)
            count = self.on.names.cell(f"{id} struck", knowers)
            self.on.names.struck[id] = (count, self.on.names.cell(f"{id} last", knowers))

    def _events(self) -> tuple[Event, ...]:
        made = []
        for id, part in self.on.section("events").items():
            assert isinstance(part, EventPart)
            path: Path = ("events", id)
            window = (0, 0)
            if part.window is not None:
                window = tuple(self.on.inside((*path, "window"), d) for d in part.window)  # type: ignore[assignment]
                if window[1] < window[0]:
                    self.on.say("C406", "the window closes before it opens", (*path, "window"))
                if part.kind == "inside":
                    self.on.say("C414", "an inside event strikes by chance, not in a window", path)
            if part.kind == "inside" and part.chance is None and not part.dates:
                self.on.say(
                    "C414", f"nothing ever makes {id} strike", path, "give it a chance, or dates"
                )
            self.on.entry((*path, "record"), part.record)
            count, last = self.on.names.struck[id]
            made.append(
                Event(
                    id,
                    part.title,
                    part.text,
                    part.kind == "outside",
                    self.on.write.guard((*path, "when"), part.when),
                    self.on.write.number((*path, "chance"), part.chance),
                    window,
                    float(part.likely),
                    tuple(self.on.inside((*path, "dates"), day) for day in part.dates),
                    part.repeat,
                    part.rest,
                    self.on.write.effects((*path, "effects"), part.effects),
                    self.on.knowers((*path, "known_to"), part.known_to),
                    part.record,
                    count,
                    last,
                    word_of(f"event/{id}"),
                    self.on.write.span(path),
                )
            )
        return tuple(made)

    def _drifts(self) -> tuple[Drift, ...]:
        made = []
        own = 0
        for part, by in self.on.expanded.drifts:
            path: Path = ("drifts", own) if by is None else by
            own += by is None
            index = self.on.write.targets.variables.get(part.variable)
            if index is None or part.variable in self.on.names.worded:
                close = nearest(part.variable, self.on.names.numbers)
                hint = f"did you mean “{close}”?" if close else None
                self.on.say("C402", f"there is no number “{part.variable}” to drift", path, hint)
                continue
            amount = self.on.write.number((*path, "by"), part.by)
            guard = self.on.write.guard((*path, "when"), part.when)
            if amount is not None:
                made.append(Drift(index, amount, guard, part.text, self.on.write.span(path)))
        return tuple(made)

    def _cables(self) -> None:
        made = []
        for number, (id, part) in enumerate(self.on.scenario.cables.items()):
            knowers = self.on.knowers(("cables", id, "to"), part.known_to)
            made.append(Cable(id, part.sender, part.title, part.text, knowers, part.doubtful))
            self.on.write.targets.cables[id] = number
        self.cables = tuple(made)

    # ── roles, chapters, settings ──

    def _roles(self) -> tuple[Role, ...]:
        made = []
        for id, part in self.on.scenario.roles.items():
            path: Path = ("roles", id)
            character = None
            if part.character is not None:
                spec, at = part.character, (*path, "character")
                numbers = {
                    name: self.on.write.number((*at, name), getattr(spec, name), id, knows=True)
                    for name in ("hope", "pain", "way_out", "face")
                }
                trust = {}
                for other, text in spec.trust.items():
                    self.on.role((*at, "trust", other), other)
                    trust[other] = self.on.write.number((*at, "trust", other), text, id, knows=True)
                if all(numbers.values()) and all(trust.values()):
                    character = Character(**numbers, trust=trust)  # type: ignore[arg-type]
            made.append(
                Role(
                    id,
                    part.title,
                    part.short or part.title,
                    part.text,
                    part.chair,
                    part.light,
                    self.on.day((*path, "from"), part.start),
                    self.on.day((*path, "until"), part.end),
                    character,
                )
            )
        declared = set(self.on.scenario.roles)
        for body in self.on.scenario.bodies.values():
            for id, member in body.members.items():
                if id not in declared:
                    declared.add(id)
                    text = f"A member of the {body.title}."
                    made.append(Role(id, member.title, member.title, text, False, True, 0, 0, None))
        return tuple(made)

    def _chapters(self) -> tuple[Chapter, ...]:
        made = []
        for id, part in self.on.scenario.chapters.items():
            path: Path = ("chapters", id)
            start, end = (
                self.on.inside((*path, "from"), part.start),
                self.on.inside((*path, "to"), part.end),
            )
            if end < start:
                self.on.say("C406", f"{id} ends before it starts", (*path, "to"))
            for role in part.briefs:
                self.on.role((*path, "briefs", role), role)
            made.append(Chapter(id, part.title, start, end, part.minutes, part.text, part.briefs))
        if not made:
            self.on.say("C405", "a scenario has at least one chapter", ("chapters",))
        return tuple(made)

    def _settings(self) -> tuple[Setting, ...]:
        made = []
        for id, part in self.on.scenario.settings.items():
            if part.default not in part.levels:
                known = ", ".join(part.levels)
                self.on.say(
                    "C402",
                    f"“{part.default}” is not a level of {id}",
                    ("settings", id, "default"),
                    f"levels are {known}",
                )
            made.append(
                Setting(
                    id,
                    part.title,
                    part.text,
                    tuple((name, float(level)) for name, level in part.levels.items()),
                    part.default,
                    self.on.write.targets.variables.get(id, 0),
                )
            )
        return tuple(made)

    # ── how it ends ──

    def _endings(self, chapters: tuple[Chapter, ...]) -> tuple[Ending, ...]:
        made = []
        for id, part in self.on.scenario.endings.items():
            path: Path = ("endings", id)
            for named in part.chapters:
                if named not in self.on.scenario.chapters:
                    close = nearest(named, self.on.scenario.chapters)
                    hint = f"did you mean “{close}”?" if close else None
                    message = f"there is no chapter “{named}”"
                    self.on.say("C402", message, (*path, "chapters"), hint)
            self.on.knowers((*path, "feared"), part.feared)
            made.append(
                Ending(
                    id,
                    part.title,
                    part.text,
                    self.on.write.guard((*path, "when"), part.when),
                    part.at_close,
                    frozenset(part.chapters),
                    part.outlook,
                    dict(part.feared),
                )
            )
        for chapter in chapters:
            if not any(
                e.when is None and (not e.chapters or chapter.id in e.chapters) for e in made
            ):
                self.on.say(
                    "C405",
                    f"{chapter.id} may run out without an ending",
                    ("chapters", chapter.id),
                    "add an ending with at_close and without when",
                )
        return tuple(made)

    def _ledgers(self) -> tuple[Ledger, ...]:
        made = []
        for id, part in self.on.scenario.ledgers.items():
            rows = []
            for number, row in enumerate(part.rows):
                figure = self.on.write.number(("ledgers", id, "rows", number, "value"), row.value)
                if figure is not None:
                    rows.append((row.title, figure, row.unit))
            made.append(Ledger(id, part.title, tuple(rows)))
        return tuple(made)

    def _goals(self) -> tuple[Goal, ...]:
        made = []
        for id, part in self.on.scenario.goals.items():
            path: Path = ("goals", id)
            guard = self.on.write.guard((*path, "when"), part.when)
            role = self.on.role((*path, "role"), part.role)
            if guard is not None:
                made.append(Goal(id, role, part.title, guard, part.secret))
        return tuple(made)

    def _invariants(self) -> tuple[Invariant, ...]:
        made = []
        for id, part in self.on.scenario.invariants.items():
            guard = self.on.write.guard(("invariants", id, "holds"), part.holds)
            if guard is not None:
                made.append(Invariant(id, guard))
        return tuple(made)
