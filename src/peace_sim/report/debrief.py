"""What is read out when a chapter is over: the play beside the record, and several ledgers.

Nothing is marked right or wrong, and nothing is summed. For a play that is not over, what its
world hid and what its roles wanted in secret stays out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from peace_sim.engine.facts import EventMissed, Fact, seen_by
from peace_sim.engine.game import FACILITATOR, Game
from peace_sim.engine.view import View, view
from peace_sim.history import Comparison, compare
from peace_sim.history.compare import Divergence, Mark, Passed, Row
from peace_sim.history.line import Faced
from peace_sim.history.sealed import may_open
from peace_sim.play.journal import Journal
from peace_sim.report.prose import (
    LedgerText,
    PromiseRow,
    ledger_rows,
    promise_text,
    promises,
    reading_text,
    sentence,
)
from peace_sim.report.words import (
    answer_text,
    begun,
    closed,
    day_text,
    figure_text,
    level_text,
    number_text,
    role_title,
)
from peace_sim.scenario.edition import Edition, Source

SEALED = "What history chose stays sealed until the chapter's end."


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A milestone: when it came in this play, and when in the record."""

    title: str
    here: str
    """The day in this play; empty when it never came."""
    there: str
    off: str
    forced: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision of the chair: what it answered and what they did, and what each faced."""

    day: int
    title: str
    here: str
    there: str
    """What history chose; empty where nothing is recorded, or it is still sealed."""
    parted: bool
    """The answers differ."""
    faced: tuple[Row, ...]
    """Where the situations differed at that point: this play's and the record's."""
    kind: str


@dataclass(frozen=True, slots=True)
class GoalRow:
    """An aim of a role, and whether the end reached it."""

    role: str
    title: str
    reached: bool
    secret: bool


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A hidden thing as this world had it, and as the record's world has it."""

    title: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Debrief:
    """A whole debrief, ready for a screen, a page or plain lines."""

    scenario: str
    chapter: str
    chair: str
    world: str
    ended: bool
    ending: str
    epilogue: str
    last_day: int
    divergence: str
    timeline: tuple[TimelineRow, ...]
    decisions: tuple[DecisionRow, ...]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]
    broke: tuple[str, ...]
    """Where the record's own line could not be followed."""
    packages: tuple[Row, ...]
    mandates: tuple[Row, ...]
    ledgers: tuple[LedgerText, ...]
    promises: tuple[PromiseRow, ...]
    goals: tuple[GoalRow, ...]
    draw: tuple[DrawRow, ...]
    figures: tuple[Row, ...]


def debrief(
    edition: Edition, journal: Journal, chair: str | None = None, *, study: bool = False
) -> Debrief:
    """The debrief of a play, for a chair or for the whole room. Raises ReplayTrouble."""
    compared = compare(edition, journal, chair or FACILITATOR)
    return debrief_of(edition, compared, chair, study=study)


def debrief_of(
    edition: Edition, compared: Comparison, chair: str | None = None, *, study: bool = False
) -> Debrief:
    """The debrief of a play that has been compared already.

    Before the end the record stays sealed; ``study`` opens what lies behind the play's own date.
    """
    game, line = edition.game, compared.line
    state, opening = line.state, line.opening
    ended = state.ending is not None
    unsealed = ended or study
    parted = divergence_text(edition, compared.divergence, chair or "")
    audience = compared.audience
    ending = next((e for e in game.endings if e.id == state.ending), None)
    return Debrief(
        scenario=edition.title,
        chapter=game.chapter(opening.chapter).title,
        chair=role_title(game, chair) if chair else "",
        world=_world(game, compared),
        ended=ended,
        ending=ending.title if ending else "",
        epilogue=ending.text if ending else "",
        last_day=game.moments[state.moment].day,
        divergence=parted if unsealed else SEALED,
        timeline=_timeline(edition, compared, ended, study),
        decisions=tuple(_decisions(edition, compared, chair, study)),
        only_here=_told(edition, compared.only_here if unsealed else (), audience),
        only_there=_told(edition, compared.only_there if unsealed else (), audience),
        broke=_told(edition, (f for f in line.facts if isinstance(f, EventMissed)), audience),
        packages=compared.packages if unsealed else (),
        mandates=compared.mandates if unsealed else (),
        ledgers=tuple(ledger_rows(edition, state)) if ended else (),
        promises=tuple(promises(edition, view(game, state, audience))),
        goals=_goals(game, compared, chair),
        draw=_draw(game, compared) if ended else (),
        figures=tuple(_figures(compared)) if unsealed else (),
    )


def _world(game: Game, compared: Comparison) -> str:
    world = compared.line.opening.world
    chosen = dict(world.settings)
    levels = [
        f"{setting.title}: {chosen.get(setting.id, setting.default).replace('_', ' ')}"
        for setting in game.settings
    ]
    if world.nature == "recorded":
        nature = "as recorded"
    elif compared.audience == FACILITATOR:
        nature = f"drawn by the seed {world.seed}"
    else:  # whoever has the seed can work out what is hidden
        nature = "drawn by chance"
    return ". ".join([f"The world was {nature}", *levels]) + "."


# ── where the courses part ───────────────────────────────────────────────────────────────────


def divergence_text(edition: Edition, parted: Divergence | None, chair: str = "") -> str:
    """The first divergence in a sentence."""
    if parted is None:
        return "This play and the record never part, as far as this game can tell."
    game, day = edition.game, day_text(parted.day)
    here, there = parted.here, parted.there
    told = f"The courses part on {day}: "
    if here is None:
        assert there is not None
        return f"{told}in the record {_mark(game, there)}, and here not."
    if there is None:
        return f"{told}here {_mark(game, here)}, and in the record not."
    if here.kind == there.kind == "decides" and here.part == there.part:
        decision = game.decision(here.part)
        who = "you" if decision.role == chair else role_title(game, decision.role)
        mine, theirs = (answer_text(decision, mark.answer) for mark in (here, there))
        chose = f"{who} answered “{mine}”, where history chose “{theirs}”."
        return f"{told}on “{decision.title}”, {chose}"
    return f"{told}here {_mark(game, here)}; in the record {_mark(game, there)}."


def _mark(game: Game, mark: Mark) -> str:
    match mark.kind:
        case "decides":
            decision = game.decision(mark.part)
            who = role_title(game, decision.role)
            return f"{who} answers “{answer_text(decision, mark.answer)}” to “{decision.title}”"
        case "event":
            return f"it happens: “{game.event(mark.part).title}”"
        case "enters":
            track = game.track(mark.part)
            return f"“{track.title}” comes to “{track.titles[track.phases.index(mark.word)]}”"
        case _:
            return f"“{game.ballot(mark.part).title}” is {mark.word}"


# ── side by side ─────────────────────────────────────────────────────────────────────────────


def _timeline(
    edition: Edition, compared: Comparison, ended: bool, study: bool
) -> tuple[TimelineRow, ...]:
    """The record's dates, once they may be told: an early play would tell of days to come."""
    today = edition.game.moments[compared.line.state.moment].day
    rows: list[tuple[int, TimelineRow]] = []
    for m in compared.milestones:
        if not may_open(m.record_date.toordinal(), today, ended=ended, study=study):
            continue
        there = day_text(m.record_date, m.precision)
        row = TimelineRow(
            m.title, day_text(m.day), there, _off(m), m.forced, _sources(edition, m.record_id)
        )
        rows.append((m.day, row))
    for missed in compared.missed if ended or study else ():
        there = day_text(missed.record_date, missed.precision)
        row = TimelineRow(
            missed.title, "", there, "never came here", missed.forced,
            _sources(edition, missed.record_id),
        )  # fmt: skip
        rows.append((missed.record_date.toordinal(), row))
    return tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]))


def _off(passed: Passed) -> str:
    months = passed.months_off
    if not months:
        return "in its month"
    size = number_text(abs(months))
    return f"{size} {'month' if size == '1' else 'months'} {'later' if months > 0 else 'earlier'}"


def _sources(edition: Edition, record: str) -> tuple[Source, ...]:
    entry = edition.entry(record)
    return entry.sources if entry else ()


def _told(edition: Edition, facts: Iterable[Fact], audience: str) -> tuple[str, ...]:
    lines = []
    for fact in facts:
        seen = seen_by(edition.game, fact, audience)
        said = sentence(edition, seen, audience) if seen is not None else None
        if said:
            lines.append(f"{day_text(fact.day)}: {said}")
    return tuple(lines)


def _decisions(
    edition: Edition, compared: Comparison, chair: str | None, study: bool
) -> Iterable[DecisionRow]:
    game, state = edition.game, compared.line.state
    ended, today = state.ending is not None, game.moments[state.moment].day
    record = {(faced.decision, faced.nth): faced for faced in compared.record.faced}
    for faced in compared.decisions:
        if chair is not None and faced.role != chair:
            continue
        decision = game.decision(faced.decision)
        open_now = may_open(faced.day, today, ended=ended, study=study)
        chosen = faced.historical if open_now else None
        there = record.get((faced.decision, faced.nth)) if open_now else None
        yield DecisionRow(
            faced.day, decision.title, answer_text(decision, faced.answer),
            answer_text(decision, chosen) if chosen is not None else "",
            chosen is not None and set(chosen) != set(faced.answer),
            _situations(game, faced, there) if there else (),
            decision.kind,
        )  # fmt: skip


def _situations(game: Game, faced: Faced, there: Faced) -> tuple[Row, ...]:
    """Where the desks differed: the role's gauges, or else the tracks, as each of them had them."""
    ours, theirs = (view(game, one.state, faced.role) for one in (faced, there))
    rows = []
    for mine, other in zip(_desk(ours), _desk(theirs), strict=True):
        if mine[1] != other[1]:
            rows.append(Row("", mine[0], mine[1], other[1]))
    return tuple(rows[:5])


def _desk(seen: View) -> list[tuple[str, str]]:
    # what a chair was sent for differs at every decision alike: the draw of the world tells it once
    gauges = [
        (r.title, r.word or reading_text(r)) for r in seen.readings if r.gauge and not r.choice
    ]
    return gauges or [(t.title, t.phase_title) for t in seen.tracks]


def _goals(game: Game, compared: Comparison, chair: str | None) -> tuple[GoalRow, ...]:
    """Everybody's aims, the chair's own first; before the end none at all."""
    state = compared.line.state
    if state.ending is None:
        return ()
    day = game.moments[state.moment].day
    goals = sorted(game.goals, key=lambda goal: goal.role != chair)
    return tuple(
        GoalRow(role_title(game, g.role), g.title, g.when.holds(state.cells, day), g.secret)
        for g in goals
    )


def _draw(game: Game, compared: Comparison) -> tuple[DrawRow, ...]:
    here, there = compared.line.opening, compared.record.opening
    if here.world.nature != "drawn":
        return ()
    return tuple(
        DrawRow(
            variable.title,
            level_text(variable, here.cells[variable.cell]),
            level_text(variable, there.cells[variable.cell]),
        )
        for variable in game.variables
        if variable.drawn
    )


def _figures(compared: Comparison) -> Iterable[Row]:
    """The last figure of every record series beside the play's."""
    for beside in compared.beside:
        unit = beside.series.unit
        (_, mine), (day, theirs) = beside.here[-1], beside.there[-1]
        yield Row(
            day_text(day, "month"), beside.series.title,
            figure_text(mine, unit), figure_text(theirs, unit),
        )  # fmt: skip


# ── as plain lines ───────────────────────────────────────────────────────────────────────────


def debrief_lines(told: Debrief) -> list[str]:
    """The debrief as lines of text, for plain faces and files."""
    lines = [f"DEBRIEF. {told.scenario}: {told.chapter}"]
    if told.chair:
        lines.append(f"Your chair: {told.chair}.")
    lines.append(told.world)
    if told.ended:
        lines += ["", f"How it ended, on {day_text(told.last_day)}: {told.ending}"]
        lines.append(closed(told.epilogue))
    else:
        lines += ["", f"The chapter is not over; it is {day_text(told.last_day)}."]
    lines += ["", told.divergence]
    lines += _section("Milestones, here and in the record", map(_timeline_line, told.timeline))
    lines += _section("What happened only here", told.only_here)
    lines += _section("What happened only there", told.only_there)
    lines += _section("Where the record's line broke", told.broke)
    worth = (row for row in told.decisions if row.parted or row.kind != "acts")
    lines += _section("What you faced, and what they faced", _decision_lines(worth))
    lines += _section("The text, clause by clause", map(_row_line, told.packages))
    lines += _section("The mandates, clause by clause", map(_row_line, told.mandates))
    lines += _section("Promises", map(promise_text, told.promises))
    for ledger in told.ledgers:
        lines += _section(f"Ledger: {ledger.title}", map(_ledger_line, ledger.rows))
    lines += _section("Figures beside the record's", map(_row_line, told.figures))
    lines += _section("Who wanted what", map(_goal_line, told.goals))
    lines += _section("The draw of this world", map(_draw_line, told.draw))
    return lines


def _section(title: str, lines: Iterable[str]) -> list[str]:
    told = [f"- {line}" for line in lines]
    return ["", title, *told] if told else []


def _timeline_line(row: TimelineRow) -> str:
    told = [row.off] if row.here else []
    told += ["it rests on a date or a choice alone"] if row.forced else []
    remarks = f" ({'; '.join(told)})" if told else ""
    sources = "; ".join(source.title for source in row.sources[:2])
    cited = f" [{sources}]" if sources else ""
    return f"{row.title}: here {row.here or 'never'}, record {row.there}{remarks}.{cited}"


def _decision_lines(rows: Iterable[DecisionRow]) -> Iterable[str]:
    for row in rows:
        they = f" They: {closed(row.there)}" if row.there else ""
        same = " So did they." if row.there and not row.parted else they
        faced = "; ".join(f"{r.title}: {r.here} here, {r.there} there" for r in row.faced)
        differed = f" ({faced}.)" if faced and row.parted else ""
        yield f"{day_text(row.day)}: {closed(row.title)} You: {closed(row.here)}{same}{differed}"


def _row_line(row: Row) -> str:
    group = f"{row.group}, " if row.group else ""
    same = "the same" if row.here == row.there else row.there
    return f"{group}{row.title}: here {row.here}; in the record {same}."


def _ledger_line(row: tuple[str, float, str]) -> str:
    title, figure, unit = row
    return f"{title}: {figure_text(figure, unit)}"


def _goal_line(row: GoalRow) -> str:
    secret = " (in secret)" if row.secret else ""
    return f"{begun(row.role)}{secret}: {row.title}: {'reached' if row.reached else 'not reached'}."


def _draw_line(row: DrawRow) -> str:
    return f"{row.title}: {row.here}; in the record's world {row.there}."
