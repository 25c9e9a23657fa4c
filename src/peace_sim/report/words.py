"""Days, numbers, names and rules as people say them: what every sentence is built from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from peace_sim.engine.game import Decision, Field, Game, Option, Track, Transition, Variable
from peace_sim.engine.view import word_for

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_COUNTS = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen",
)  # fmt: skip


def day_text(day: int | date, precision: str = "day") -> str:
    """A day, month or season as people say it: 17 September 1994, September 1994, autumn 1994."""
    when = date.fromordinal(day) if isinstance(day, int) else day
    if precision == "month":
        return f"{MONTHS[when.month - 1]} {when.year}"
    if precision == "season":
        return _season(when)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def _season(when: date) -> str:
    if when.month == 12:
        return f"winter {when.year}–{(when.year + 1) % 100:02d}"
    if when.month < 3:
        return f"winter {when.year - 1}–{when.year % 100:02d}"
    return f"{('spring', 'summer', 'autumn')[when.month // 3 - 1]} {when.year}"


def number_text(value: float) -> str:
    """A number without a point too many: 35, 34.5, 0.25, 12,300."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    digits = 2 if abs(value) < 1 else 1
    text = f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def count_text(count: int) -> str:
    """A small count in words."""
    return _COUNTS[count] if 0 <= count < len(_COUNTS) else str(count)


def times_text(count: int) -> str:
    """How often: never, once, twice, three times."""
    if count < 3:
        return ("never", "once", "twice")[max(0, count)]
    return f"{count_text(count)} times"


def days_text(days: int) -> str:
    """A number of days: 1 day, 12 days."""
    return "1 day" if days == 1 else f"{days} days"


def listed(items: Sequence[str], last: str = "and") -> str:
    """One, two and three."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def begun(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def closed(text: str) -> str:
    """The text with a mark at its end."""
    text = text.rstrip()
    return text if not text or text[-1] in ".!?…" or text[-2:] in (".”", "!”", "?”") else f"{text}."


def role_title(game: Game, id: str) -> str:
    """A role's title amid a sentence: the Government; for others who are named, their name."""
    at = game.index["role"].get(id)
    title = game.roles[at].title if at is not None else id.replace("_", " ")
    return f"the {title[4:]}" if title.startswith("The ") else title


def stranger_text(game: Game, role: str, policy: str) -> str:
    """That nobody here knows the policy which held a chair, and who plays on."""
    name = policy if len(policy) <= 40 else f"{policy[:39]}…"
    return begun(
        f"{role_title(game, role)} was played by “{name}”, which is not known here. It is played "
        "on by a mind of its own (character)."
    )


# ── levels ───────────────────────────────────────────────────────────────────────────────────


def level_text(variable: Variable, level: float) -> str:
    """A variable's level in its own words: a choice's title, or the number with its unit."""
    if variable.words:
        return f"“{word_for(variable, level)}”"
    return figure_text(level, variable.unit)


def figure_text(figure: float, unit: str) -> str:
    """A figure with its unit; people are counted whole."""
    return with_unit(number_text(round(figure) if unit == "people" else figure), unit)


def with_unit(number: str, unit: str) -> str:
    """A number with its unit behind it: 3 weeks, 1 week; a sign for per cent stands close."""
    if not unit:
        return number
    if number == "1":
        unit = "person" if unit == "people" else re.sub(r"(?<=[a-rt-z])s$", "", unit)
    return f"{number}{unit}" if unit in ("%", "‰", "°") else f"{number} {unit}"


# ── the names of cells ───────────────────────────────────────────────────────────────────────

_Said = Callable[[float], str]


def cell_text(game: Game, cell: int, level: float) -> str:
    """What stands in a cell, in words: “Heat on the front” 40."""
    said = _cells(game).get(cell)
    return said(level) if said else f"{game.names[cell].replace('_', ' ')} {number_text(level)}"


@lru_cache(maxsize=16)
def _cells(game: Game) -> dict[int, _Said]:
    said: dict[int, _Said] = {}
    for variable in game.variables:
        said[variable.cell] = _of_variable(variable, "")
    for estimate in game.estimates:
        believed = game.variables[estimate.variable]
        said[estimate.cell] = _of_variable(believed, "the estimate of ")
    for track in game.tracks:
        said[track.cell] = _of_words(track.title, track.titles)
        said[track.since] = _of_day(f"“{track.title}” since")
    for timer in game.timers:
        said[timer.cell] = _of_day(f"“{timer.title}” on", f"“{timer.title}” not running")
    for decision in game.decisions:
        said[decision.cell] = _of_count(f"“{decision.title}” answered")
        for field in decision.fields:
            titles = ("no answer", *(option.title for option in field.options))
            said[field.cell] = _of_words(decision.title, titles)
            for option in field.options:
                said[option.cell] = _of_count(f"“{option.title}” taken")
    for ballot in game.ballots:
        said[ballot.cell] = _of_words(ballot.title, ("not put to the vote", *ballot.outcomes))
        for at, what in ((ballot.yes, "for"), (ballot.no, "against"), (ballot.abstain, "abstain")):
            said[at] = _of_number(f"“{ballot.title}”: votes {what}")
    for cases in game.caselists:
        for slot in range(cases.slots):
            at = cases.slot(slot)
            name = f"{cases.title}, no. {slot + 1}"
            said[at] = _of_words(name, ("empty", *cases.titles))
            said[at + 1] = _of_words(name, cases.kind_titles)
            said[at + 2] = _of_day(f"“{name}” since")
        said[cases.overflow] = _of_number(f"“{cases.title}” beyond what can be followed")
    for event in game.events:
        said[event.cell] = _of_count(f"“{event.title}” struck")
        said[event.last] = _of_day(f"“{event.title}” last on")
    return said


def _of_variable(variable: Variable, before: str) -> _Said:
    return lambda level: f"{before}“{variable.title}” {level_text(variable, level)}"


def _of_words(title: str, words: Sequence[str]) -> _Said:
    def said(level: float) -> str:
        at = int(level)
        return f"“{title}” {words[at] if 0 <= at < len(words) else number_text(level)}"

    return said


def _of_number(title: str) -> _Said:
    return lambda level: f"{title} {number_text(level)}"


def _of_count(title: str) -> _Said:
    return lambda level: f"{title} {times_text(int(level))}"


def _of_day(title: str, never: str = "") -> _Said:
    def said(level: float) -> str:
        return f"{title} {day_text(int(level))}" if level >= 1 else never or f"{title}: never"

    return said


# ── rules ────────────────────────────────────────────────────────────────────────────────────

_READING = re.compile(r"\b([a-z]+(?:_[a-z]+)*)\(([a-z][a-z0-9_]*(?:\s*,\s*[a-z][a-z0-9_]*)*)\)")
_NAME = re.compile(r"[a-z][a-z0-9_]*(?![a-z0-9_(])")


def rule_text(game: Game, rule: str) -> str:
    """A rule as its author wrote it, with titles in place of ids, and readings in words."""
    titles = _titles(game)
    rule = _READING.sub(
        lambda found: reading_text(game, found[1], re.split(r"\s*,\s*", found[2])).rstrip(","), rule
    )
    return _NAME.sub(lambda found: titles.get(found[0], found[0]), rule)


def titled(game: Game, id: str) -> str:
    """The title of a variable, track, timer or list of cases, in quotation marks; else its id."""
    return _titles(game).get(id, id.replace("_", " "))


def words_of(game: Game, id: str) -> dict[str, str]:
    """The words that a choice, track, list of cases or decision knows, with their titles."""
    index = game.index
    if id in index["variable"]:
        variable = game.variable(id)
        return dict(zip(variable.words, variable.titles, strict=False))
    if id in index["track"]:
        track = game.track(id)
        return dict(zip(track.phases, track.titles, strict=True))
    if id in index["cases"]:
        cases = game.caselists[index["cases"][id]]
        return dict(zip((*cases.statuses, *cases.kinds), (*cases.titles, *cases.kind_titles),
                        strict=True))
    if id in index["decision"]:
        return {o.id: o.title for field in game.decision(id).fields for o in field.options}
    return {}


def reading_text(game: Game, function: str, words: Sequence[str]) -> str:
    """A question to the game in words: how “Your word” was answered."""
    first = titled(game, words[0]) if words else ""
    known = words_of(game, words[0]) if words else {}
    rest = [f"“{known.get(word, word.replace('_', ' '))}”" for word in words[1:]]
    match function:
        case "days_left":
            return f"what is left of {first}, in days,"
        case "days_in":
            return f"the time in {first}, in days,"
        case "days_since":
            return f"the time since {first}, in days,"
        case "running":
            return f"{first} is running"
        case "struck":
            return f"{first} has come"
        case "made":
            return f"{first} has been answered"
        case "answered":
            return f"{first} was answered {listed(rest)}"
        case "taken":
            return f"{listed(rest)} has been taken in {first}"
        case "times":
            return f"the number of times of {listed([*rest, first], 'in')}"
        case "count":
            return f"the number of {first}{' ' + listed(rest) if rest else ''}"
        case "overflow":
            return f"the number of {first} that nobody can follow"
        case "votes":
            return f"the votes {listed(rest)} in {first}"
        case "estimate":
            return f"your estimate of {first}"
        case _:
            return f"{function.replace('_', ' ')} {listed([first, *rest])}".strip()


@lru_cache(maxsize=16)
def _titles(game: Game) -> dict[str, str]:
    titles = [(part.id, part.title) for part in game.decisions]
    titles += [(part.id, part.title) for part in game.events]
    titles += [(part.id, part.title) for part in game.ballots]
    titles += [(part.id, part.title) for part in game.variables]
    titles += [(part.id, part.title) for part in game.tracks]
    titles += [(part.id, part.title) for part in game.timers]
    titles += [(part.id, part.title) for part in game.caselists]
    return {id: f"“{title}”" for id, title in titles}


@lru_cache(maxsize=16)
def ways(game: Game) -> dict[str, tuple[Track, Transition]]:
    """Every transition by its id, with its track."""
    return {way.id: (track, way) for track in game.tracks for way in track.transitions}


def taken(decision: Decision, field_id: str, option_id: str) -> tuple[Field, Option]:
    """The field and the option that an answer names. Raises KeyError."""
    for field in decision.fields:
        if field.id == field_id:
            for option in field.options:
                if option.id == option_id:
                    return field, option
    raise KeyError(option_id)


def answer_text(decision: Decision, answer: Sequence[tuple[str, str]]) -> str:
    """An answer by its options' titles; a plan without acts is nothing at all."""
    titles = [taken(decision, field, option)[1].title for field, option in answer]
    return "; ".join(titles) or "nothing"
