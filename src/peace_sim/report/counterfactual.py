"""What else could have been answered, told: in words, as plain data, and a branch in three columns.

It says what this model holds for likely, in so many playouts, and never what would have been right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from peace_sim.engine.game import PUBLIC, Game
from peace_sim.history.compare import Comparison, Passed
from peace_sim.history.line import Line
from peace_sim.history.series import Points, course
from peace_sim.report.data import answer_data, iso
from peace_sim.report.words import (
    answer_text,
    begun,
    day_text,
    figure_text,
    listed,
    number_text,
    role_title,
    taken,
)
from peace_sim.scenario.edition import Edition

if TYPE_CHECKING:  # a debrief is told without the arrays that these are counted with
    from peace_sim.history.counterfactual import Change, Fork, Other, Ranked, Weighed, WhatIf

TITLE = "The choices that mattered most"
SEALED = "What else might have come is told when the chapter is over."
SHOWN = 10
"""So many choices are told; the data has all."""
MOST_CURVES = 6
"""So many figures that nobody measured are drawn."""


@dataclass(frozen=True, slots=True)
class ChoiceText:
    """A choice that mattered, in words."""

    mark: str
    """What the branch is asked for by: the decision's number and the other answer's, 12.3."""
    when: str
    """The date, and of several sittings on it which."""
    title: str
    you: str
    """What was answered."""
    other: str
    """What else was open."""
    change: str
    history: str
    aims: str
    """How the chair's own aims fare with it; empty where that hardly differs."""


@dataclass(frozen=True, slots=True)
class WhatIfText:
    """The section of a debrief: what is compared with what, and the choices that mattered."""

    about: str
    choices: tuple[ChoiceText, ...]
    after: str
    """How many were compared, and how noise is kept out."""


def whatif_text(edition: Edition, found: WhatIf, chair: str | None = None) -> WhatIfText:
    """What has been found, in words; ``chair`` is who is called “you”."""
    ranked = found.mattered()[:SHOWN]
    return WhatIfText(
        _about(found),
        tuple(_choice(edition.game, one, found.deviates, chair) for one in ranked),
        _after(found, len(ranked)),
    )


def _about(found: WhatIf) -> str:
    return (
        "Each answer is set against every other that was open in its window, in pairs of playouts "
        "from there: the same world, the same chance drawn afresh, what the others had sealed as "
        "it was; all chairs then play by character. It is what this model holds for likely, and "
        "says nothing of what was right."
    )


def _after(found: WhatIf, ranked: int) -> str:
    looked = sum(len(fork.others) for fork in found.forks)
    if not looked:
        return "No answer left anything else open."
    far = "" if found.windows == found.of else f" so far ({found.windows} of {found.of} windows)"
    told = f"{_many(looked, 'other answer')} at {_many(len(found.forks), 'decision')}: "
    told += f"each looked at in {_many(found.look, 'pair')}, and "
    told += f"{len(found.measured)} of them{far} measured in {found.pairs} more."
    if not ranked:
        return f"{told} No change stands out from the noise."
    return (
        f"{told} That is {_many(found.compared, 'change')} of an ending compared, and chance alone "
        "makes some of so many look large: ranked is only what holds at 95 % for all of them "
        "together, by how large each is at least."
    )


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _choice(game: Game, ranked: Ranked, deviates: float, chair: str | None) -> ChoiceText:
    weighed = ranked.weighed
    fork, other = weighed.fork, weighed.other
    faced, decision = fork.faced, game.decision(fork.faced.decision)
    who = "You" if faced.role == chair else begun(role_title(game, faced.role))
    return ChoiceText(
        mark_of(fork, other),
        _when(fork),
        decision.title,
        f"{who} answered “{answer_text(decision, faced.answer)}”.",
        begun(other_text(game, fork, other)),
        _changed(game, weighed, ranked.ending),
        _history(game, fork, other),
        _aims(game, weighed, deviates),
    )


def _when(fork: Fork) -> str:
    sitting = f", sitting {fork.state.lap + 1}" if fork.state.lap else ""
    return f"{day_text(fork.faced.day)}{sitting}"


def mark_of(fork: Fork, other: Other) -> str:
    """By what a person names another answer: the decision's number, and its own there."""
    return f"{fork.number}.{other.number}"


def other_text(game: Game, fork: Fork, other: Other, *, short: bool = False) -> str:
    """Another answer in words: by what it differs from the one that was given."""
    decision = game.decision(fork.faced.decision)
    field, option = taken(decision, other.field, other.option)
    of = f"{field.title} " if len(decision.fields) > 1 and field.title and not short else ""
    match other.kind:
        case "without":
            return f"without “{of}{option.title}”"
        case "also":
            return f"with “{of}{option.title}” besides"
        case _:
            return f"“{of}{option.title}” instead"


def _changed(game: Game, weighed: Weighed, id: str) -> str:
    """In how many playouts the chapter ends so, with either answer."""
    change = weighed.endings[id]
    title = next(ending.title for ending in game.endings if ending.id == id)
    return (
        f"With it the chapter ends as “{title}” in {change.with_other:,} of {change.pairs:,} "
        f"playouts of this model, as it was answered in {change.with_played:,}: "
        f"{points_text(change)}."
    )


def points_text(change: Change) -> str:
    """A change of a share in percentage points, with its standard error."""
    size, error = number_text(abs(round(100 * change.share, 1))), round(100 * change.error, 1)
    more = "more" if change.share >= 0 else "fewer"
    return f"{size} points {more} (standard error {number_text(error)})"


def _history(game: Game, fork: Fork, other: Other) -> str:
    chosen = fork.faced.historical
    if chosen is None:
        return "Nothing is recorded of what history chose there."
    if set(chosen) == set(other.answer):
        return "History chose just that other answer."
    if set(chosen) == set(fork.faced.answer):
        return "History answered the same."
    decision = game.decision(fork.faced.decision)
    return f"History chose “{answer_text(decision, chosen)}”."


def _aims(game: Game, weighed: Weighed, deviates: float) -> str:
    """The chair's own aims that the other answer changes beyond noise."""
    told = []
    for goal in game.goals:
        change = weighed.goals.get(goal.id)
        if change is not None and change.surely(deviates) > 0:
            told.append(f"“{goal.title}” in {change.with_other:,}, not {change.with_played:,}")
    return f"The chair's own aims are reached so: {listed(told)}." if told else ""


def whatif_lines(told: WhatIfText) -> list[str]:
    """The section as lines of text."""
    lines = ["", TITLE, told.about]
    for number, choice in enumerate(told.choices, start=1):
        lines.append(f"{number}. {choice_line(choice)}")
    return [*lines, told.after]


def choice_line(choice: ChoiceText) -> str:
    """A choice in one line."""
    said = " ".join((f"{choice.other} [{choice.mark}].", *choice_text(choice)))
    return f"{choice.when}, “{choice.title}”: {choice.you} Also open: {said}"


def choice_text(choice: ChoiceText) -> list[str]:
    """What a choice that mattered changes, sentence by sentence."""
    return [part for part in (choice.change, choice.history, choice.aims) if part]


def fork_text(game: Game, fork: Fork, chair: str | None = None) -> str:
    """A decision as it was answered."""
    faced, decision = fork.faced, game.decision(fork.faced.decision)
    who = "you" if faced.role == chair else role_title(game, faced.role)
    answer = answer_text(decision, faced.answer)
    return f"{_when(fork)}, “{decision.title}”: {who} answered “{answer}”"


def fork_lines(game: Game, forks: Iterable[Fork]) -> Iterator[str]:
    """What else was open at each decision, with the marks by which a branch is asked for."""
    for fork in forks:
        yield fork_text(game, fork)
        for other in fork.others:
            yield f"  {mark_of(fork, other)} {other_text(game, fork, other)}"


def progress_text(found: WhatIf) -> str:
    """How far it is, in a line."""
    if found.windows < found.of:
        return f"{found.windows} of {found.of} windows played on; what follows may still change."
    return f"{found.compared:,} changes compared, {found.pairs} pairs of playouts each."


def brief_text(game: Game, found: WhatIf, weighed: Weighed) -> str:
    """The largest change of an ending by another answer, in a few words."""
    largest = max(weighed.endings, key=lambda id: abs(weighed.endings[id].share))
    change = weighed.endings[largest]
    if not change.played + change.other:
        return "no change"
    if not weighed.measured or change.surely(found.deviates) <= 0:
        return "within noise"
    title = next(ending.title for ending in game.endings if ending.id == largest)
    return f"{100 * change.share:+.0f} {title}"


def weighed_lines(game: Game, weighed: Weighed) -> Iterator[str]:
    """What another answer changes: every ending that changes at all, then the chair's aims."""
    titles = {ending.id: ending.title for ending in game.endings}
    titles |= {goal.id: f"Aim: {goal.title}" for goal in game.goals}
    pairs = next(iter(weighed.endings.values())).pairs
    yield f"In {pairs:,} pairs of playouts of this model" + ("" if weighed.measured else ", a look")
    for id, change in (*weighed.endings.items(), *weighed.goals.items()):
        if change.with_played + change.with_other:
            yield (
                f"{titles[id]}: {change.with_other:,} with it, {change.with_played:,} as "
                f"answered; {points_text(change)}"
            )


# ── as data ──────────────────────────────────────────────────────────────────────────────────


def whatif_data(edition: Edition, found: WhatIf) -> dict[str, Any]:
    """What was found, in the shape of ``cli.md``."""
    return {
        "look": found.look,
        "pairs": found.pairs,
        "compared": found.compared,
        "mattered": [
            {
                "mark": mark_of(one.weighed.fork, one.weighed.other),
                "ending": one.ending,
                "at_least": round(one.surely, 6),
            }
            for one in found.mattered()
        ],
        "alternatives": [_weighed_data(edition.game, one) for one in found.weighed],
    }


def _weighed_data(game: Game, weighed: Weighed) -> dict[str, Any]:
    fork, other = weighed.fork, weighed.other
    decision = game.decision(fork.faced.decision)
    return {
        "mark": mark_of(fork, other),
        "decision": decision.id,
        "role": fork.faced.role,
        "date": iso(fork.faced.day),
        "answer": answer_data(decision, fork.faced.answer),
        "other": answer_data(decision, other.answer),
        "measured": weighed.measured,
        "endings": {id: _change_data(change) for id, change in weighed.endings.items()},
        "goals": {id: _change_data(change) for id, change in weighed.goals.items()},
    }


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "pairs": change.pairs,
        "played": change.with_played,
        "other": change.with_other,
        "change": round(change.share, 6),
        "error": round(change.error, 6),
    }


# ── a branch beside the play and the record ──────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Third:
    """One thing in three courses; empty where it is not there."""

    title: str
    play: str
    branch: str
    record: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure by date in three courses."""

    title: str
    unit: str
    play: Points
    branch: Points
    record: Points
    measured: bool
    """The record's own figures; else what this model makes of the record's course."""

    def at_the_end(self) -> Third:
        """The last figures."""
        ends = [
            figure_text(points[-1][1], self.unit) if points else ""
            for points in (self.play, self.branch, self.record)
        ]
        return Third(self.title, *ends)


@dataclass(frozen=True, slots=True)
class Sides:
    """A branch, the play and the record side by side."""

    about: str
    kept: str
    """How the branch was played on, and that it is one of many."""
    ending: Third
    milestones: tuple[Third, ...]
    curves: tuple[Curve, ...]


def sides(
    edition: Edition,
    played: Comparison,
    branched: Comparison,
    fork: Fork,
    other: Other,
    kept: tuple[int, int],
) -> Sides:
    """What was played, one branch of it and the record, each compared with the record already.

    ``kept`` is how many later answers were given again in the branch, and how many could not be.
    """
    game, faced = edition.game, fork.faced
    decision = game.decision(faced.decision)
    return Sides(
        f"{_when(fork)}, “{decision.title}”: {other_text(game, fork, other)}.",
        f"One course of many, in the same world and with the same chance. {_kept(*kept)}",
        Third(
            "The chapter's end",
            _ended(game, played), _ended(game, branched),
            _end(game, played.record.state.ending, played.record.state.moment),
        ),
        tuple(_milestones(played, branched)),
        tuple(_curves(game, played, branched, faced.role)),
    )  # fmt: skip


def _kept(kept: int, left: int) -> str:
    if not kept + left:
        return "Nothing was left to answer; the other chairs acted as they are wont to."
    told = f"Of the {_many(kept + left, 'later answer')} {kept} could be given again"
    rest = "; in place of the others the chair acted by character" if left else ""
    return f"{told}{rest}."


def _ended(game: Game, compared: Comparison) -> str:
    return _end(game, compared.line.state.ending, compared.line.state.moment)


def _end(game: Game, id: str | None, moment: int) -> str:
    title = next((ending.title for ending in game.endings if ending.id == id), "not over")
    return f"{title} ({day_text(game.moments[moment].day)})"


def _milestones(played: Comparison, branched: Comparison) -> Iterator[Third]:
    """Those of any of the three, by the record's date."""
    here, there = (
        {passed.id: passed for passed in one.milestones} for one in (played, branched)
    )
    dated: dict[str, tuple[date, str, str]] = {}
    for side in (played, branched):
        for passed in side.milestones:
            dated[passed.id] = (passed.record_date, passed.precision, passed.title)
        for missed in side.missed:
            dated[missed.id] = (missed.record_date, missed.precision, missed.title)
    for id, (when, precision, title) in sorted(dated.items(), key=lambda item: item[1][0]):
        yield Third(title, _day(here, id), _day(there, id), day_text(when, precision))


def _day(passed: Mapping[str, Passed], id: str) -> str:
    return day_text(passed[id].day) if id in passed else ""


def _curves(game: Game, played: Comparison, branched: Comparison, role: str) -> Iterator[Curve]:
    """The record's own series first, then gauges of the chair in which play and branch differ."""
    for beside in played.beside:
        series = beside.series
        ours = _held(game, played.line, beside.here)
        there = _held(game, branched.line, branched.series[series.variable])
        yield Curve(series.title, series.unit, ours, there, beside.there, True)
    measured = {beside.series.variable for beside in played.beside}
    gauges = [
        variable for variable in game.variables
        if variable.gauge_for & {role, PUBLIC} and not variable.words
        and variable.id not in measured
    ]  # fmt: skip
    here, other, record = (
        {id: _held(game, line, points) for id, points in levels.items()}
        for line in (played.line, branched.line, played.record)
        for levels in (course(game, line.opening, line.facts, gauges),)
    )
    differ = [gauge for gauge in gauges if here[gauge.id] != other[gauge.id]]
    for gauge in differ[:MOST_CURVES]:
        id = gauge.id
        yield Curve(gauge.title, gauge.unit, here[id], other[id], record[id], False)


def _held(game: Game, line: Line, points: Points) -> Points:
    """A course's points, its last level held until its end."""
    day = game.moments[line.state.moment].day
    return (*points, (day, points[-1][1])) if points and points[-1][0] < day else points


def side_lines(told: Sides) -> list[str]:
    """The three courses as lines of text."""
    lines = [told.about, told.kept, "", _third_line(told.ending)]
    if told.milestones:
        lines += ["", "Milestones, as played, in the branch and in the record"]
        lines += [f"- {_third_line(row)}" for row in told.milestones]
    if told.curves:
        lines += ["", "Figures at the end, as played, in the branch and in the record"]
        lines += [f"- {_third_line(curve.at_the_end())}" for curve in told.curves]
    return lines


def _third_line(row: Third) -> str:
    play, branch, record = (cell or "never" for cell in (row.play, row.branch, row.record))
    return f"{row.title}: as played {play}; in the branch {branch}; in the record {record}."


def sides_data(told: Sides) -> dict[str, Any]:
    """The three courses in the shape of ``cli.md``."""
    return {
        "ending": _third_data(told.ending),
        "milestones": [{"title": row.title, **_third_data(row)} for row in told.milestones],
        "series": [
            {
                "title": curve.title,
                "unit": curve.unit,
                "measured": curve.measured,
                "played": [[iso(day), value] for day, value in curve.play],
                "branch": [[iso(day), value] for day, value in curve.branch],
                "record": [[iso(day), value] for day, value in curve.record],
            }
            for curve in told.curves
        ],
    }


def _third_data(row: Third) -> dict[str, str | None]:
    return {
        "played": row.play or None, "branch": row.branch or None, "record": row.record or None
    }
