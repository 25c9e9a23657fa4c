"""What one audience may know. Screens, computer players and reports read the game through here.

``masked`` is the one door outward: a state with everything taken out that the audience may not
know. ``view`` is made from a masked state alone, so it cannot tell more than that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from peace_sim.engine.game import (
    PUBLIC,
    Answer,
    CaseList,
    Decision,
    Field,
    Game,
    Number,
    Option,
    Variable,
    may_know,
)
from peace_sim.engine.opening import opened, option_open
from peace_sim.engine.state import State
from peace_sim.expressions import Unmet


@dataclass(frozen=True, slots=True)
class Reading:
    """A variable as the audience knows it: its level, the word for it, whether it is a guess."""

    id: str
    title: str
    level: float
    word: str
    low: float
    high: float
    unit: str
    estimated: bool
    choice: bool
    gauge: bool
    """It stands on this audience's desk."""


@dataclass(frozen=True, slots=True)
class TrackSeen:
    """Where a track stands."""

    id: str
    title: str
    phase: str
    phase_title: str
    since: int


@dataclass(frozen=True, slots=True)
class Countdown:
    """A timer that runs."""

    id: str
    title: str
    due: int
    days_left: int


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """One slot of a list of cases that is not empty."""

    slot: int
    status: str
    status_title: str
    kind: str
    kind_title: str
    since: int


@dataclass(frozen=True, slots=True)
class CasesSeen:
    """A list of cases, and how many found no slot."""

    id: str
    title: str
    cases: tuple[CaseSeen, ...]
    overflow: int


@dataclass(frozen=True, slots=True)
class OptionSeen:
    """An option as its role is offered it; when it is not open, who refuses and what is missing."""

    id: str
    title: str
    text: str
    cost: float
    open: bool
    refusal: str
    unmet: tuple[Unmet, ...]
    concedes: float
    because: str


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """A question within an open decision."""

    id: str
    title: str
    many: bool
    budget: float | None
    options: tuple[OptionSeen, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """An open decision of this audience's role."""

    id: str
    role: str
    title: str
    text: str
    kind: str
    fields: tuple[FieldSeen, ...]
    sealed: Answer | None


@dataclass(frozen=True, slots=True)
class View:
    """What one audience may know at one moment."""

    audience: str
    chapter: str
    day: int
    tick: int
    stage: str
    stage_title: str
    lap: int
    readings: tuple[Reading, ...]
    tracks: tuple[TrackSeen, ...]
    countdowns: tuple[Countdown, ...]
    caselists: tuple[CasesSeen, ...]
    asked: tuple[Asked, ...]
    ending: str | None

    def reading(self, id: str) -> Reading | None:
        """The variable of this id, if this audience may know it or believes something of it."""
        return next((r for r in self.readings if r.id == id), None)

    def track(self, id: str) -> TrackSeen | None:
        """The track of this id, if this audience may know it."""
        return next((t for t in self.tracks if t.id == id), None)


def masked(game: Game, state: State, audience: str) -> State:
    """The state with everything taken out that the audience may not know: no seed, no secret cell,
    nobody else's sealed answer."""
    cells = list(state.cells)
    for cell in _hidden(game, audience):
        cells[cell] = 0.0
    return replace(
        state,
        world=replace(state.world, seed=""),
        cells=tuple(cells),
        sealed=tuple(m for m in state.sealed if m.role == audience),
    )


def view(game: Game, state: State, audience: str) -> View:
    """What the audience may know, for screens and prose. ``state`` may be masked already."""
    known = masked(game, state, audience)
    moment = game.moments[known.moment]
    stage = game.stages[known.stage] if known.stage >= 0 else None
    return View(
        audience,
        known.chapter,
        moment.day,
        moment.tick,
        stage.id if stage else "",
        stage.title if stage else "",
        known.lap,
        _readings(game, known, audience),
        tuple(
            TrackSeen(
                t.id, t.title, t.phases[int(known.cells[t.cell])],
                t.titles[int(known.cells[t.cell])], int(known.cells[t.since]),
            )
            for t in game.tracks
            if may_know(t.known_to, audience)
        ),
        tuple(
            Countdown(
                t.id, t.title, int(known.cells[t.cell]), int(known.cells[t.cell]) - moment.day
            )
            for t in game.timers
            if may_know(t.known_to, audience) and known.cells[t.cell]
        ),
        tuple(
            _cases(c, known, audience) for c in game.caselists if may_know(c.known_to, audience)
        ),
        tuple(
            asked(game, known, game.decisions[i])
            for i in opened_for(game, known, audience)
        ),
        known.ending,
    )


def level_of(game: Game, seen: View, number: Number) -> tuple[float, bool] | None:
    """What a number comes to as an audience knows it, and whether that rests on a guess.

    Made from a view alone; None where it reads what that audience neither knows nor believes.
    """
    cells = [0.0] * len(game.names)
    held: set[int] = set()
    guessed: set[int] = set()
    for reading in seen.readings:
        cell = game.variable(reading.id).cell
        cells[cell] = reading.level
        held.add(cell)
        if reading.estimated:
            guessed.add(cell)
    for track in seen.tracks:
        part = game.track(track.id)
        cells[part.cell], cells[part.since] = part.phases.index(track.phase), track.since
        held |= {part.cell, part.since}
    due = {countdown.id: countdown.due for countdown in seen.countdowns}
    for timer in game.timers:
        if may_know(timer.known_to, seen.audience):
            cells[timer.cell] = due.get(timer.id, 0)
            held.add(timer.cell)
    if not number.reads <= held:
        return None
    return number.of(cells, seen.day), bool(number.reads & guessed)


def opened_for(game: Game, known: State, audience: str) -> tuple[int, ...]:
    """The open decisions of a role, from what it knows; none for the public or the facilitator."""
    if audience not in game.index["role"]:
        return ()
    return tuple(i for i in opened(game, known) if game.decisions[i].role == audience)


def asked(game: Game, known: State, decision: Decision) -> Asked:
    """An open decision as its role is offered it."""
    sealed = next((m.answer for m in known.sealed if m.decision == decision.id), None)
    day = game.moments[known.moment].day
    fields = tuple(_field(game, known, field, day) for field in decision.fields)
    return Asked(
        decision.id, decision.role, decision.title, decision.text, decision.kind, fields, sealed
    )


def _field(game: Game, known: State, field: Field, day: int) -> FieldSeen:
    budget = field.budget.of(known.cells, day) if field.budget is not None else None
    options = tuple(_option(option, known, day) for option in field.options)
    return FieldSeen(field.id, field.title, field.many, budget, options)


def _option(option: Option, known: State, day: int) -> OptionSeen:
    is_open = option_open(option, known.cells, day)
    unmet: tuple[Unmet, ...] = ()
    if not is_open and option.when is not None:
        unmet = option.when.unmet(known.cells, day)
    return OptionSeen(
        option.id, option.title, option.text, option.cost, is_open,
        "" if is_open else option.refusal, unmet, option.concedes, option.because,
    )


def _readings(game: Game, known: State, audience: str) -> tuple[Reading, ...]:
    readings = []
    believed = {e.variable: e for e in game.estimates if e.role == audience}
    for index, variable in enumerate(game.variables):
        if may_know(variable.known_to, audience):
            readings.append(_reading(variable, known.cells[variable.cell], False, audience))
        elif index in believed:
            level = known.cells[believed[index].cell]
            readings.append(_reading(variable, level, True, audience))
    return tuple(readings)


def _reading(variable: Variable, level: float, estimated: bool, audience: str) -> Reading:
    return Reading(
        variable.id, variable.title, level, word_for(variable, level), variable.low,
        variable.high, variable.unit, estimated, bool(variable.words),
        audience in variable.gauge_for or PUBLIC in variable.gauge_for,
    )


def word_for(variable: Variable, level: float) -> str:
    """The word in which a screen says a level: a choice's title, or the gauge's word."""
    if variable.words:
        return variable.titles[int(level)]
    said = ""
    for start, word in variable.gauge:
        if level >= start:
            said = word
    return said


def _cases(cases: CaseList, known: State, audience: str) -> CasesSeen:
    seen = []
    tells_kind = may_know(cases.kinds_known_to, audience)
    for slot in range(cases.slots):
        cell = cases.slot(slot)
        status, kind, since = (int(known.cells[cell + i]) for i in range(3))
        if status:
            seen.append(
                CaseSeen(
                    slot, cases.statuses[status - 1], cases.titles[status - 1],
                    cases.kinds[kind] if tells_kind else "",
                    cases.kind_titles[kind] if tells_kind else "", since,
                )
            )
    return CasesSeen(cases.id, cases.title, tuple(seen), int(known.cells[cases.overflow]))


@lru_cache(maxsize=256)
def _hidden(game: Game, audience: str) -> tuple[int, ...]:
    return tuple(
        cell for cell, knowers in enumerate(game.cell_knowers) if not may_know(knowers, audience)
    )
