"""Milestones: record entries bound to occurrences, and which of them rest on state.

A milestone is *forced* when it rests on a dated event or on a choice alone. It is not when it is a
vote, or comes about behind a guard that reads the state: a variable, track, timer, case or ballot,
or an answer that could only be given because such a guard held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from peace_sim.diagnostics import nearest
from peace_sim.engine.game import (
    Ballot,
    Decision,
    Effect,
    Event,
    Guard,
    Milestone,
    Option,
    Timer,
    Track,
)
from peace_sim.scenario.expressing import Expressing, Path
from peace_sim.scenario.model import OccurrencePart
from peace_sim.scenario.whole import Scenario


def milestones_of(
    scenario: Scenario,
    write: Expressing,
    tracks: tuple[Track, ...],
    timers: tuple[Timer, ...],
    decisions: tuple[Decision, ...],
    ballots: tuple[Ballot, ...],
    events: tuple[Event, ...],
    record: Collection[str] | None,
) -> tuple[Milestone, ...]:
    """The milestones of a scenario, with findings for those that bind nothing."""
    return _Binder(write, tracks, timers, decisions, ballots, events).bind(scenario, record)


class _Binder:
    def __init__(
        self,
        write: Expressing,
        tracks: tuple[Track, ...],
        timers: tuple[Timer, ...],
        decisions: tuple[Decision, ...],
        ballots: tuple[Ballot, ...],
        events: tuple[Event, ...],
    ) -> None:
        self.write = write
        self.tracks = {track.id: track for track in tracks}
        self.timers = timers
        self.decisions = {decision.id: decision for decision in decisions}
        self.ballots = {ballot.id: ballot for ballot in ballots}
        self.events = {event.id: event for event in events}
        self.answers = {cell: decision for decision in decisions for cell in _own_cells(decision)}
        self.struck = {cell for event in events for cell in (event.cell, event.last)}

    def bind(self, scenario: Scenario, record: Collection[str] | None) -> tuple[Milestone, ...]:
        made = []
        for id, part in scenario.milestones.items():
            path: Path = ("milestones", id)
            if record is not None and part.record not in record:
                close = nearest(part.record, record)
                hint = f"did you mean “{close}”?" if close else None
                message = f"the record has no entry “{part.record}”"
                self.write.say("C411", message, (*path, "record"), hint)
            found = self.occurrence((*path, "is"), part.is_)
            if found is not None:
                kind, on, word = found
                made.append(
                    Milestone(
                        id,
                        part.title,
                        part.record,
                        kind,
                        on,
                        word,
                        part.is_.nth,
                        not self.rests_on_state(kind, on, word),
                    )
                )
        return tuple(made)

    def occurrence(self, path: Path, part: OccurrencePart) -> tuple[str, str, str] | None:
        """Kind, part and word of what a milestone is, if there is such a thing."""
        given = [name for name in ("enters", "event", "ballot", "takes") if getattr(part, name)]
        if len(given) != 1:
            self.write.say("C411", "a milestone is one of enters, event, ballot and takes", path)
            return None
        kind = given[0]
        id, _, word = str(getattr(part, kind)).partition(".")
        parts: dict[str, Collection[str]] = {
            "enters": self.tracks,
            "event": self.events,
            "ballot": self.ballots,
            "takes": self.decisions,
        }
        known = parts[kind]
        path = (*path, kind)
        if id not in known:
            close = nearest(id, known)
            hint = f"did you mean “{close}”?" if close else None
            self.write.say("C411", f"there is nothing named “{id}” to bind to", path, hint)
            return None
        words = self.words(kind, id)
        if words is not None and word not in words:
            close = nearest(word, words)
            hint = (
                f"did you mean “{id}.{close}”?" if close else f"of {id} there is {', '.join(words)}"
            )
            self.write.say("C411", f"“{word}” is not of {id}", path, hint)
            return None
        return kind, id, word

    def words(self, kind: str, id: str) -> tuple[str, ...] | None:
        """What can be said of a part; None for an event, which only strikes."""
        match kind:
            case "enters":
                return self.tracks[id].phases
            case "ballot":
                return self.ballots[id].outcomes
            case "takes":
                return tuple(option.id for option in _options(self.decisions[id]))
            case _:
                return None

    # ── what rests on state ──

    def rests_on_state(self, kind: str, id: str, word: str) -> bool:
        """Whether an occurrence comes about behind a guard on state, or by a vote."""
        match kind:
            case "ballot":
                return True
            case "enters":
                return self.entering(id, word)
            case "takes":
                decision = self.decisions[id]
                option = next(o for o in _options(decision) if o.id == word)
                return self.guarded(decision.opening.when) or self.guarded(option.when)
            case _:
                return False

    def guarded(self, guard: Guard | None) -> bool:
        """Whether a guard reads the state, and not only dates, events and free choices."""
        if guard is None:
            return False
        for cell in guard.reads - self.struck:
            decision = self.answers.get(cell)
            if decision is None or self.opens_on_state(decision):
                return True
        return False

    def opens_on_state(self, decision: Decision) -> bool:
        """Whether a decision is only asked once the state has come to something."""
        when = decision.opening.when
        return when is not None and any(
            cell not in self.answers and cell not in self.struck for cell in when.reads
        )

    def entering(self, id: str, phase: str) -> bool:
        """Whether a way into a phase rests on state."""
        track = self.tracks[id]
        at = track.phases.index(phase)
        ways = [way for way in track.transitions if way.target == at]
        if any(self.guarded(way.when) for way in ways):
            return True
        entered = [
            effect
            for ballot in self.ballots.values()
            for effects in ballot.effects
            for effect in effects
        ] + [effect for timer in self.timers for effect in timer.effects]
        if _enters(entered, self.write.targets.tracks[id][0], at):
            return True
        return any(
            self.guarded(decision.opening.when) or self.guarded(option.when)
            for decision in self.decisions.values()
            for option in _options(decision)
            if _enters(option.effects, self.write.targets.tracks[id][0], at)
        )


def _enters(effects: Iterable[Effect], track: int, phase: int) -> bool:
    return any(e.kind == "enter" and e.target == track and e.word == phase for e in effects)


def _options(decision: Decision) -> list[Option]:
    return [option for field in decision.fields for option in field.options]


def _own_cells(decision: Decision) -> list[int]:
    cells = [decision.cell, decision.last]
    for field in decision.fields:
        cells += [field.cell, *(option.cell for option in field.options)]
    return cells
