"""A play set against what happened: side by side, nothing marked right or wrong.

Milestones are matched to the facts that are their occurrence; everything else is compared with the
historical line of the same chapter, walked under the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from peace_sim.engine.facts import (
    BallotTallied,
    DecisionMade,
    EventStruck,
    Fact,
    OptionTaken,
    PhaseEntered,
    seen_by,
)
from peace_sim.engine.game import (
    FACILITATOR,
    PUBLIC,
    Answer,
    Game,
    Knowers,
    Milestone,
    may_know,
)
from peace_sim.engine.state import State
from peace_sim.engine.view import masked
from peace_sim.history.line import Faced, Line, before, historical_line, line_of
from peace_sim.history.sealed import last_day
from peace_sim.history.series import Beside, Points, beside_record, played_series
from peace_sim.play.journal import Journal, spoken
from peace_sim.scenario.boards import MandateBoard
from peace_sim.scenario.edition import Edition, RecordEntry

DAYS_IN_A_MONTH = 30.44


@dataclass(frozen=True, slots=True)
class Passed:
    """A milestone that a play passed, beside the record's entry."""

    id: str
    title: str
    day: int
    record_id: str
    record_date: date
    precision: str
    months_off: float
    """Months later than the record (earlier when negative), 0 within the same month."""
    forced: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """A milestone that the record has by then, and the play has not."""

    id: str
    title: str
    record_id: str
    record_date: date
    precision: str
    forced: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Something by which two courses can be told apart."""

    day: int
    kind: str
    """decides, event, enters or ballot."""
    part: str
    word: str
    answer: Answer = ()


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where the courses first part: what stands there here, and what in the record."""

    day: int
    here: Mark | None
    there: Mark | None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing compared: in the play, and in the record's course."""

    group: str
    title: str
    here: str
    there: str


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A play beside the record."""

    audience: str
    """Who may read it: of a play that is not over, both courses are cut to what that one knows."""
    line: Line
    record: Line
    milestones: tuple[Passed, ...]
    """In the order in which the play passed them."""
    missed: tuple[Missed, ...]
    only_here: tuple[Fact, ...]
    only_there: tuple[Fact, ...]
    packages: tuple[Row, ...]
    """The negotiated texts, issue by issue."""
    mandates: tuple[Row, ...]
    """The mandates, clause by clause."""
    decisions: tuple[Faced, ...]
    series: dict[str, Points]
    beside: tuple[Beside, ...]
    divergence: Divergence | None


def compare(edition: Edition, journal: Journal, audience: str = FACILITATOR) -> Comparison:
    """The play that a journal tells, set against the record's course of its chapter.

    Raises ReplayTrouble for a journal of another scenario or edition.
    """
    return compare_line(edition, line_of(edition.game, journal), audience)


def compare_line(edition: Edition, line: Line, audience: str = FACILITATOR) -> Comparison:
    """A line set against the record.

    An unfinished one is compared up to its own date alone, and by what the audience knows.
    """
    game = edition.game
    opening = line.opening
    settings = opening.world.settings
    there = historical_line(game, opening.chapter, settings)
    chapter = game.chapter(opening.chapter)
    until = horizon(game, line)
    if line.state.ending is not None:
        audience = FACILITATOR
    earlier = _known(game, before(game, opening.chapter, settings), audience)
    facts = _known(game, line.facts, audience)
    passed = milestones_passed(edition, facts, earlier)
    facts_there = _known(game, (fact for fact in there.facts if fact.day <= until), audience)
    expected = milestones_passed(edition, facts_there, earlier)
    series = played_series(game, opening, line.facts)
    states = tuple(
        masked(game, state, audience) for state in (line.state, state_at(game, there, until))
    )
    return Comparison(
        audience,
        line,
        there,
        passed,
        _missed(passed, expected),
        _only(game, facts, facts_there),
        _only(game, facts_there, facts),
        _packages(edition, states, audience),
        _mandates(edition, states, audience),
        line.faced,
        series,
        beside_record(edition, series, chapter.start, until),
        _divergence((line, there), (facts, facts_there), until),
    )


def _known(game: Game, facts: Iterable[Fact], audience: str) -> tuple[Fact, ...]:
    if audience == FACILITATOR:
        return tuple(facts)
    return tuple(seen for fact in facts if (seen := seen_by(game, fact, audience)) is not None)


def horizon(game: Game, line: Line) -> int:
    """The day up to which the record may be told: a finished chapter's end, else the day before."""
    today = game.moments[line.state.moment].day
    if line.state.ending is not None:
        return max(today, game.chapter(line.state.chapter).end)
    return today - 1


def state_at(game: Game, line: Line, until: int) -> State:
    """A line's state on a day: of its last window until then, or its end."""
    if game.moments[line.state.moment].day <= until:
        return line.state
    found = line.opening
    for faced in line.faced:
        if faced.day <= until:
            found = faced.state
    return found


# ── milestones ───────────────────────────────────────────────────────────────────────────────


def milestones_passed(
    edition: Edition, facts: Iterable[Fact], earlier: Iterable[Fact] = ()
) -> tuple[Passed, ...]:
    """The milestones that these facts pass, in order; what ``earlier`` facts did counts as done."""
    waiting: dict[tuple[str, str, str], list[Milestone]] = {}
    for milestone in edition.game.milestones:
        key = (milestone.kind, milestone.part, milestone.word)
        waiting.setdefault(key, []).append(milestone)
    times: dict[tuple[str, str, str], int] = {}
    for fact in earlier:
        key = occurrence(fact)
        times[key] = times.get(key, 0) + 1
    passed = []
    for fact in facts:
        key = occurrence(fact)
        if key not in waiting:
            continue
        times[key] = times.get(key, 0) + 1
        for milestone in waiting[key]:
            entry = edition.entry(milestone.record)
            if milestone.nth == times[key] and entry is not None:
                forced = milestone.forced or _by_event(fact)
                passed.append(_passed(milestone, entry, fact.day, forced))
    return tuple(passed)


def occurrence(fact: Fact) -> tuple[str, str, str]:
    """What kind of occurrence a fact is, in a milestone's words."""
    match fact:
        case PhaseEntered():
            return ("enters", fact.track, fact.after)
        case EventStruck():
            return ("event", fact.event, "")
        case BallotTallied():
            return ("ballot", fact.ballot, fact.outcome)
        case OptionTaken():
            return ("takes", fact.decision, fact.option)
        case _:
            return ("", "", "")


def _by_event(fact: Fact) -> bool:
    """Whether an event put a track where it stands, whatever else could have."""
    return (
        isinstance(fact, PhaseEntered)
        and fact.cause is not None
        and fact.cause.kind in ("event", "injection")
    )


def _passed(milestone: Milestone, entry: RecordEntry, day: int, forced: bool) -> Passed:
    return Passed(
        milestone.id, milestone.title, day, entry.id, entry.date, entry.precision,
        months_off(day, entry), forced,
    )  # fmt: skip


def months_off(day: int, entry: RecordEntry) -> float:
    """Months between a day and the record's date, one decimal; 0 within the month it names."""
    when, record = date.fromordinal(day), entry.date
    if (when.year, when.month) == (record.year, record.month):
        return 0.0
    if entry.precision == "season" and entry.date.toordinal() <= day <= last_day(entry):
        return 0.0
    months = round((day - record.toordinal()) / DAYS_IN_A_MONTH, 1)
    return months or (0.1 if day > record.toordinal() else -0.1)


def _missed(passed: tuple[Passed, ...], expected: tuple[Passed, ...]) -> tuple[Missed, ...]:
    here = {milestone.id for milestone in passed}
    return tuple(
        Missed(m.id, m.title, m.record_id, m.record_date, m.precision, m.forced)
        for m in expected
        if m.id not in here
    )


# ── what happened only there, and only here ──────────────────────────────────────────────────


def _only(game: Game, ones: Iterable[Fact], others: Iterable[Fact]) -> tuple[Fact, ...]:
    """The public turns of one course that the other never took, each once."""
    known = {occurrence(fact) for fact in others if _tells(game, fact)}
    found: dict[tuple[str, str, str], Fact] = {}
    for fact in ones:
        if _tells(game, fact) and occurrence(fact) not in known:
            found.setdefault(occurrence(fact), fact)
    return tuple(found.values())


def _tells(game: Game, fact: Fact) -> bool:
    """Whether a fact is a turn of the story: no role's answer, nothing that keeps coming."""
    match fact:
        case EventStruck():
            return PUBLIC in fact.known_to and not game.event(fact.event).repeat
        case PhaseEntered():
            return PUBLIC in fact.known_to and bool(fact.text or fact.record)
        case BallotTallied():
            return PUBLIC in fact.known_to
        case _:
            return False


# ── packages and mandates ────────────────────────────────────────────────────────────────────


def _packages(edition: Edition, states: Iterable[State], audience: str) -> tuple[Row, ...]:
    game, rows = edition.game, []
    for talks in edition.talks:
        for issue in talks.issues:
            if not may_know(game.track(issue.track).known_to, audience):
                continue
            said = []
            for state in states:
                phase = _phase(game, state, issue.track)
                words = _word(game, state, issue.words)
                wording = issue.wording(words)
                standing = _phase_title(game, state, issue.track)
                said.append(wording.words if wording and phase == "agreed" else standing)
            rows.append(Row(talks.title, issue.title, said[0], said[1]))
        for protocol in talks.protocols:
            if not may_know(game.track(protocol.track).known_to, audience):
                continue
            here_is, there_is = (_phase_title(game, state, protocol.track) for state in states)
            rows.append(Row(talks.title, protocol.title, here_is, there_is))
    return tuple(rows)


def _mandates(edition: Edition, states: Iterable[State], audience: str) -> tuple[Row, ...]:
    game, rows = edition.game, []
    for board in edition.mandates:
        ones, others = (_clauses(game, board, state) for state in states)
        for (knowers, title, mine), (_, _, theirs) in zip(ones, others, strict=True):
            if may_know(knowers, audience):
                rows.append(Row(board.title, title, mine, theirs))
    return tuple(rows)


def _clauses(game: Game, board: MandateBoard, state: State) -> Iterator[tuple[Knowers, str, str]]:
    """Who may know it, what it is, and what it says."""
    yield game.track(board.track).known_to, "Standing", _phase_title(game, state, board.track)
    timer = game.timer(board.timer)
    until = int(state.cells[timer.cell])
    yield timer.known_to, "Runs until", spoken(until) if until else "no date"
    for title, id in (("Authorised", board.authorised), ("In place", board.strength)):
        variable = game.variable(id)
        figure = f"{round(state.cells[variable.cell])} {variable.unit}".strip()
        yield variable.known_to, title, figure
    for _, title, _, id in board.conditions:
        yield game.variable(id).known_to, title, _word_title(game, state, id)
    for site in board.sites:
        teams = game.variable(site.teams)
        yield teams.known_to, site.title, "a team" if state.cells[teams.cell] else "no team"


def _phase(game: Game, state: State, id: str) -> str:
    track = game.track(id)
    return track.phases[int(state.cells[track.cell])]


def _phase_title(game: Game, state: State, id: str) -> str:
    track = game.track(id)
    return track.titles[int(state.cells[track.cell])]


def _word(game: Game, state: State, id: str) -> str:
    variable = game.variable(id)
    return variable.words[int(state.cells[variable.cell])]


def _word_title(game: Game, state: State, id: str) -> str:
    variable = game.variable(id)
    return variable.titles[int(state.cells[variable.cell])]


# ── the first divergence ─────────────────────────────────────────────────────────────────────


def _divergence(
    lines: Iterable[Line], facts: Iterable[Iterable[Fact]], until: int
) -> Divergence | None:
    recorded = {
        (faced.decision, faced.day, faced.nth)
        for line in lines
        for faced in line.faced
        if faced.historical is not None
    }
    ours, theirs = (
        _marks([fact for fact in course if fact.day <= until], recorded) for course in facts
    )
    while True:
        here, record = next(ours, None), next(theirs, None)
        if here is None and record is None:
            return None
        if here != record:
            return _parted(here, record)


def _parted(here: Mark | None, there: Mark | None) -> Divergence:
    """Of two marks that differ, the earlier alone, or both when they fall on one day."""
    if here is None or there is None:
        one = here or there
        assert one is not None
        return Divergence(one.day, here, there)
    if here.day != there.day:
        first = min(here.day, there.day)
        return Divergence(
            first, here if here.day == first else None, there if there.day == first else None
        )
    return Divergence(here.day, here, there)


def _marks(
    facts: Iterable[Fact], recorded: set[tuple[str, int, int]]
) -> Iterator[Mark]:
    times: dict[str, int] = {}
    for fact in facts:
        if isinstance(fact, DecisionMade):
            nth = times.get(fact.decision, 0)
            times[fact.decision] = nth + 1
            if (fact.decision, fact.day, nth) in recorded:
                yield Mark(fact.day, "decides", fact.decision, "", fact.answer)
        elif isinstance(fact, EventStruck | PhaseEntered | BallotTallied):
            yield Mark(fact.day, *occurrence(fact))
