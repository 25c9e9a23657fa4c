"""Tracks, timers and lists of cases: what stands in phases, runs out, or waits for a look."""

from __future__ import annotations

from dataclasses import replace

from peace_sim.diagnostics import nearest
from peace_sim.engine.game import PUBLIC, CaseList, Knowers, Timer, Track, Transition
from peace_sim.scenario.expressing import Path
from peace_sim.scenario.ground import Ground
from peace_sim.scenario.model import CasesPart, TimerPart, TrackPart


class Machines:
    """The tracks, timers and cases of a scenario. Cells come first, then the texts in them."""

    def __init__(self, on: Ground) -> None:
        self.on = on

    def track_cells(self) -> tuple[Track, ...]:
        """The tracks with their cells, without the ways between phases."""
        made = []
        for number, (id, part) in enumerate(self.on.section("tracks").items()):
            assert isinstance(part, TrackPart)
            path: Path = ("tracks", id)
            phases = tuple(part.phases)
            initial = 0
            if not phases:
                self.on.say("C402", f"{id} has no phases", path)
                phases = ("none",)
            elif part.start is not None and part.start not in phases:
                self.on.say("C402", f"“{part.start}” is not a phase of {id}", (*path, "start"))
            elif part.start is not None:
                initial = phases.index(part.start)
            knowers = self.on.knowers((*path, "known_to"), part.known_to)
            cell = self.on.names.cell(id, knowers, float(initial))
            since = self.on.names.cell(f"{id} since", knowers, float(self.on.start))
            self.on.names.worded[id] = (cell, phases)
            self.on.names.since[id] = since
            self.on.write.targets.tracks[id] = (number, phases)
            made.append(
                Track(
                    id,
                    part.title,
                    cell,
                    since,
                    phases,
                    tuple(part.phases.values()),
                    initial,
                    (),
                    knowers,
                    self.on.write.span(path),
                )
            )
        return tuple(made)

    def with_ways(self, track: Track) -> Track:
        """A track with its transitions."""
        part = self.on.section("tracks")[track.id]
        assert isinstance(part, TrackPart)
        ways = []
        for number, way in enumerate(part.transitions):
            path: Path = ("tracks", track.id, "transitions", number)
            for phase in (*way.sources, way.target):
                if phase not in track.phases:
                    key = "to" if phase == way.target else "from"
                    close = nearest(phase, track.phases)
                    hint = f"did you mean “{close}”?" if close else None
                    self.on.say(
                        "C402", f"“{phase}” is not a phase of {track.id}", (*path, key), hint
                    )
            self.on.entry((*path, "record"), way.record)
            ways.append(
                Transition(
                    f"{track.id}.{number}",
                    frozenset(track.phases.index(s) for s in way.sources if s in track.phases),
                    track.phases.index(way.target) if way.target in track.phases else 0,
                    self.on.write.guard((*path, "when"), way.when),
                    way.after,
                    self.on.write.effects((*path, "effects"), way.effects),
                    way.text,
                    way.record,
                    self.on.write.span(path),
                )
            )
        return replace(track, transitions=tuple(ways))

    def timer_cells(self) -> tuple[Timer, ...]:
        """The timers with their cells, without effects."""
        made = []
        for number, (id, part) in enumerate(self.on.section("timers").items()):
            assert isinstance(part, TimerPart)
            path: Path = ("timers", id)
            initial = self.on.inside((*path, "start"), part.start)
            knowers = self.on.knowers((*path, "known_to"), part.known_to)
            cell = self.on.names.cell(id, knowers, float(initial))
            self.on.names.timers[id] = cell
            self.on.write.targets.timers[id] = number
            made.append(
                Timer(
                    id, part.title, cell, initial, (), part.text, knowers, self.on.write.span(path)
                )
            )
        return tuple(made)

    def with_effects(self, timer: Timer) -> Timer:
        """A timer with what happens when its day comes."""
        part = self.on.section("timers")[timer.id]
        assert isinstance(part, TimerPart)
        path: Path = ("timers", timer.id, "effects")
        return replace(timer, effects=self.on.write.effects(path, part.effects))

    def caselists(self) -> tuple[CaseList, ...]:
        """The lists of cases with their slots."""
        made = []
        for number, (id, part) in enumerate(self.on.section("cases").items()):
            assert isinstance(part, CasesPart)
            path: Path = ("cases", id)
            knowers = self.on.knowers((*path, "known_to"), part.known_to)
            kinds_known = self.on.knowers((*path, "kinds_known_to"), part.kinds_known_to)
            first = len(self.on.names.cells)
            for slot in range(part.slots):
                self.on.names.cell(f"{id} {slot + 1}", knowers)
                self.on.names.cell(f"{id} {slot + 1} kind", both_know(knowers, kinds_known))
                self.on.names.cell(f"{id} {slot + 1} since", knowers)
            self.on.names.cell(f"{id} overflow", knowers)
            cases = CaseList(
                id,
                part.title,
                part.slots,
                tuple(part.statuses),
                tuple(part.statuses.values()),
                tuple(part.kinds),
                tuple(part.kinds.values()),
                first,
                knowers,
                kinds_known,
                self.on.write.span(path),
            )
            if not part.statuses or not part.kinds:
                self.on.say("C402", f"{id} needs a status and a kind", path)
            self.on.names.cases[id] = cases
            self.on.write.targets.cases[id] = (number, cases.statuses, cases.kinds)
            made.append(cases)
        return tuple(made)


def both_know(one: Knowers, other: Knowers) -> Knowers:
    """Those who are among the knowers of two things."""
    if PUBLIC in one:
        return other
    return one if PUBLIC in other else one & other
