"""Figures by date: public variables as they went in a play, and the record's own series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from peace_sim.engine.facts import Fact, VariableMoved
from peace_sim.engine.game import PUBLIC, Game, Variable
from peace_sim.engine.state import State
from peace_sim.scenario.edition import Edition, Series

Points = tuple[tuple[int, float], ...]
"""Day and level, one point for each day on which it changed, the opening first."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A record's series beside the same figure in a play."""

    series: Series
    here: Points
    there: Points


def played_series(game: Game, opening: State, facts: Iterable[Fact]) -> dict[str, Points]:
    """Every public number by date, from the chapter's opening on."""
    settings = {setting.variable for setting in game.settings}
    public = (
        variable
        for index, variable in enumerate(game.variables)
        if PUBLIC in variable.known_to and not variable.words and index not in settings
    )
    return course(game, opening, facts, public)


def course(
    game: Game, opening: State, facts: Iterable[Fact], variables: Iterable[Variable]
) -> dict[str, Points]:
    """How these variables went, by date, from the chapter's opening on."""
    start = game.moments[opening.moment].day
    points = {variable.id: {start: opening.cells[variable.cell]} for variable in variables}
    for fact in facts:
        if isinstance(fact, VariableMoved) and fact.variable in points:
            points[fact.variable][fact.day] = fact.after
    return {id: tuple(levels.items()) for id, levels in points.items()}


def beside_record(
    edition: Edition, played: dict[str, Points], start: int, until: int
) -> tuple[Beside, ...]:
    """The record's series that have a counterpart in play, within these days."""
    found = []
    for series in edition.series:
        if series.variable in played:
            there = tuple(
                (day.toordinal(), value)
                for day, value, _ in series.points
                if start <= day.toordinal() <= until
            )
            if there:
                found.append(Beside(series, played[series.variable], there))
    return tuple(found)
