"""Forecasts in words and as data, and the adviser's paper: a range and a fear, and no figure.

A forecast always says what it is: so many playouts of this model. While a game is on, endings are
told in an adviser's words; their titles stay sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from peace_sim.engine.game import FACILITATOR, PUBLIC, Ending, Game, Variable
from peace_sim.engine.state import State
from peace_sim.engine.view import View, view
from peace_sim.report.data import iso
from peace_sim.report.words import (
    begun,
    closed,
    day_text,
    figure_text,
    number_text,
    role_title,
    with_unit,
)

if TYPE_CHECKING:  # many plays at once need arrays, which a game starts without
    from peace_sim.history.forecast import Forecast, Outcome, Sign
    from peace_sim.history.simulate import Fan

LADDER = (
    (0.0, "none"), (0.1, "a tenth"), (0.2, "a fifth"), (0.25, "a quarter"), (1 / 3, "a third"),
    (0.5, "half"), (2 / 3, "two thirds"), (0.75, "three quarters"), (0.9, "nine tenths"),
    (1.0, "all"),
)  # fmt: skip
"""The shares that an adviser has words for."""
REAL = 0.05
"""An ending below this share is no fear worth a paper."""
LIKELY = 0.15
FIGURES = 8
"""So many figures are told in lines; data has them all."""


# ── the adviser's paper ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Paper:
    """What an adviser hands over: how this could go, roughly, and what is to be feared."""

    day: int
    range: tuple[str, ...]
    fear: tuple[str, ...]
    basis: str


@lru_cache(maxsize=128)
def paper(game: Game, known: State, role: str) -> Paper:
    """The adviser's paper for a role at a window, which is masked for it.

    It follows from what the role knew alone, so that going back and replaying give the same paper.
    """
    from peace_sim.history.forecast import forecast

    return paper_of(game, forecast(game, known, role), view(game, known, role))


def paper_of(game: Game, told: Forecast, seen: View) -> Paper:
    """A forecast as an adviser puts it, for whoever has this view."""
    return Paper(
        told.day,
        tuple(_range(game, told)),
        tuple(_fear(game, told, seen)),
        f"Drawn from {told.plays} playouts of a model, begun from what you know and from guesses "
        "at the rest. A range, not a promise.",
    )


def paper_lines(written: Paper) -> list[str]:
    """A paper as lines of text."""
    return [
        f"YOUR ADVISER'S PAPER, written on {day_text(written.day)}",
        f"The range. {' '.join(written.range)}",
        f"The fear. {' '.join(written.fear)}",
        f"({written.basis})",
    ]


def _range(game: Game, told: Forecast) -> Iterable[str]:
    first, *others = told.endings
    if first.share < LADDER[4][0]:
        yield "Nothing stands out."
    yield f"In {share_text(first.low, first.high)} of the ways this could go, {_said(game, first)}."
    if others and others[0].share >= LIKELY:
        also = others[0]
        yield f"In {share_text(also.low, also.high)}, {_said(game, also)}."


def _fear(game: Game, told: Forecast, seen: View) -> Iterable[str]:
    worst = _worst(game, told)
    if worst is None:
        yield "Nothing that you would dread comes in more than one of twenty of these ways."
        return
    yield f"That {_said(game, worst)}."
    if worst is told.endings[0]:
        yield "What I fear is what I expect."
    else:
        yield f"It does in {share_text(worst.low, worst.high)} of them."
    if worst.sign is not None:
        yield _sign_text(game, worst.sign, seen)


def _worst(game: Game, told: Forecast) -> Outcome | None:
    """The ending with a real chance that the audience fears most; of several, the likeliest.

    Where nobody said who fears what, the one that leaves most of its goals unreached.
    """
    real = [outcome for outcome in told.endings if outcome.share >= REAL]
    endings = {ending.id: ending for ending in game.endings}
    dread = {o.id: _dread(endings[o.id], told.audience) for o in real}
    if any(ending.feared for ending in game.endings):
        found = max(real, key=lambda o: dread[o.id], default=None)
        return found if found is not None and dread[found.id] else None
    if not told.goals or len(real) < 2:
        return None
    return min(real, key=lambda o: o.goals)


def _dread(ending: Ending, audience: str) -> int:
    return ending.feared.get(audience, ending.feared.get(PUBLIC, 0))


def _sign_text(game: Game, sign: Sign, seen: View) -> str:
    """What to watch: the gauge that tells early, and how it stands today."""
    way = "higher" if sign.higher else "lower"
    title = game.variable(sign.variable).title
    reading = seen.reading(sign.variable)
    today = f"; today it is “{reading.word}”" if reading is not None and reading.word else ""
    when = day_text(sign.day, "month" if game.tick == "month" else "day")
    return f"Watch “{title}”: where that comes, it stands {way} by {when} than elsewhere{today}."


def share_text(low: float, high: float) -> str:
    """A share between two bounds, in words that claim no more than the bounds do."""
    least, below = max((share, said) for share, said in LADDER if share <= low + 1e-9)
    most, above = min((share, said) for share, said in LADDER if share >= high - 1e-9)
    if least <= 0.0:
        return f"fewer than {above}" if most < 1.0 else "some"
    if most >= 1.0:
        return f"more than {below}"
    return f"between {below} and {above}"


def _said(game: Game, outcome: Outcome) -> str:
    """An ending in an adviser's words."""
    return outlook(next(ending for ending in game.endings if ending.id == outcome.id))


def outlook(ending: Ending) -> str:
    """What may come, as a clause; an author who wrote none has its title told instead."""
    return ending.outlook or f"it ends as “{ending.title}”"


# ── in full ──────────────────────────────────────────────────────────────────────────────────


def basis_text(game: Game, told: Forecast) -> str:
    """What a forecast is, and what it rests on."""
    who = audience_text(game, told.audience)
    rest = (
        "What is hidden is known, and what is to come is drawn by chance."
        if told.audience == FACILITATOR
        else "What is hidden from there is imagined, and what is to come is drawn by chance."
    )
    return (
        f"{told.plays:,} playouts of this model, seen by {who} on {day_text(told.day)}. "
        f"{rest} Every chair is played by character."
    )


def audience_text(game: Game, audience: str) -> str:
    """Who looks."""
    if audience == PUBLIC:
        return "the public"
    return "the facilitator" if audience == FACILITATOR else role_title(game, audience)


def outcome_text(game: Game, told: Forecast, outcome: Outcome, *, sealed: bool) -> str:
    """An ending's share as a sentence that says what it is; ``sealed`` while a game is on."""
    ending = next(ending for ending in game.endings if ending.id == outcome.id)
    what = begun(outlook(ending)) if sealed else ending.title
    low, high = (number_text(round(100 * share)) for share in (outcome.low, outcome.high))
    return (
        f"In {outcome.count:,} of {told.plays:,} playouts of this model: {closed(what)} "
        f"({low} to {high} %)"
    )


def forecast_lines(game: Game, told: Forecast, *, sealed: bool) -> list[str]:
    """A forecast as lines of text."""
    lines = [begun(basis_text(game, told)), ""]
    lines += [f"- {outcome_text(game, told, one, sealed=sealed)}" for one in told.endings]
    told_of = shown_figures(game, told)[:FIGURES]
    if told_of:
        lines += ["", "How figures would go"]
    lines += [f"- {fan_text(variable, told)}" for variable in told_of]
    if len(told.fans) > len(told_of):
        lines.append(f"({len(told.fans) - len(told_of)} more with --json)")
    return lines


def shown_figures(game: Game, told: Forecast) -> list[Variable]:
    """The figures worth a drawing: those on a desk first, and none that never moves."""
    moving = [
        variable
        for variable in game.variables
        if any(point.most[0] != point.most[1] for point in told.fans.get(variable.id, ()))
    ]
    audience = told.audience

    def rank(variable: Variable) -> int:
        if variable.gauge_for & {audience, PUBLIC}:
            return 0
        return 1 if variable.gauge_for else 2

    return sorted(moving, key=rank)


def fan_text(variable: Variable, told: Forecast) -> str:
    """A figure's fan in a sentence: at the last day on which half of the plays are still on."""
    point = telling(told.fans[variable.id], told.plays)
    now = figure_text(told.now[variable.id], variable.unit)
    low, high = (number_text(level) for level in point.half)
    least, most = (number_text(level) for level in point.most)
    middle = with_unit(number_text(point.median), variable.unit)
    return (
        f"{variable.title}: now {now}; on {day_text(point.day)} {middle} in the middle, half of "
        f"{point.plays:,} playouts between {low} and {high}, nine tenths between {least} and {most}"
    )


def telling(points: tuple[Fan, ...], plays: int) -> Fan:
    """The last point for which at least half of the plays are still on, or the first."""
    whole = [point for point in points if 2 * point.plays >= plays]
    return (whole or points[:1])[-1]


def forecast_data(game: Game, told: Forecast) -> dict[str, Any]:
    """What ``forecast --json`` prints."""
    came = {outcome.id: outcome for outcome in told.endings}
    return {
        "n": told.plays,
        "audience": told.audience,
        "date": iso(told.day),
        "endings": {
            ending.id: counted(came.get(ending.id), told.plays)
            for ending in game.endings
            if not ending.chapters or told.chapter in ending.chapters
        },
        "series": {id: [_fan_data(p) for p in points] for id, points in told.fans.items()},
        "basis": basis_text(game, told),
    }


def counted(outcome: Outcome | None, plays: int) -> dict[str, Any]:
    """An ending's count, share and interval."""
    if outcome is None:
        from peace_sim.history.simulate import wilson

        low, high = wilson(0, plays)
        return {"count": 0, "share": 0.0, "low": round(low, 6), "high": round(high, 6)}
    return {
        "count": outcome.count, "share": round(outcome.share, 6),
        "low": round(outcome.low, 6), "high": round(outcome.high, 6),
    }  # fmt: skip


def _fan_data(point: Fan) -> dict[str, Any]:
    return {
        "date": iso(point.day), "n": point.plays, "median": point.median,
        "low50": point.half[0], "high50": point.half[1],
        "low90": point.most[0], "high90": point.most[1],
    }  # fmt: skip
