"""Where a play may go from here: endings with intervals and fans, as far as an audience may know.

What is hidden from it is imagined, and chance is one of its own, so that two plays which look alike
to somebody have the same forecast, whatever is true in them. ``character`` plays every chair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.game import FACILITATOR, PUBLIC, Game, Variable, may_know
from peace_sim.engine.state import State
from peace_sim.history.simulate import Fan, figures, wilson
from peace_sim.play.beliefs import imagined
from peace_sim.play.futures import Futures, futures

NAME = "forecast"
"""The chance of forecasts that nobody named otherwise."""
PLAYS = 256
FIRST = 64
"""So many plays give first figures; they are the first of all that are played."""
PORTION = 1024
"""So many plays are imagined and played at a time."""
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


class NothingToCome(ValueError):
    """The play is over: nothing is left to be forecast."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What tells plays that come to an ending from the others early: a figure, by a day."""

    variable: str
    higher: bool
    day: int
    strength: float
    """The distance of the means, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An ending: in how many plays it came, its share with the 95 % interval."""

    id: str
    count: int
    share: float
    low: float
    high: float
    goals: float
    """How many of the audience's own goals such plays reached, in the mean."""
    sign: Sign | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What came of so many playouts of the model, seen from a day by an audience."""

    audience: str
    chapter: str
    day: int
    plays: int
    endings: tuple[Outcome, ...]
    """The endings that came, the likeliest first."""
    goals: int
    """How many goals the audience has."""
    now: Mapping[str, float]
    """Each figure as it stands."""
    fans: Mapping[str, tuple[Fan, ...]]
    """How each figure went, tick by tick, in the plays that were still on."""


def forecast(
    game: Game, known: State, audience: str, plays: int = PLAYS, name: str = NAME
) -> Forecast:
    """What ``plays`` playouts from here come to. ``known`` is masked for the audience.

    Raises NothingToCome for a play that is over.
    """
    *_, last = refined(game, known, audience, (plays,), name)
    return last


def refined(
    game: Game,
    known: State,
    audience: str,
    sizes: Sequence[int] = (FIRST, PLAYS),
    name: str = NAME,
) -> Iterator[Forecast]:
    """Forecasts of more and more plays, each counting those before it too."""
    if known.ending is not None:
        raise NothingToCome("the play is over")
    seen = known_figures(game, audience)
    tally = _Tally(game, known, audience, seen)
    worlds = imagined(game, known, audience, max(sizes), name)
    for size in sizes:
        while tally.plays < size:
            some = worlds[tally.plays : min(size, tally.plays + PORTION)]
            tally.add(futures(game, some, figures=[variable.cell for variable in seen]))
        yield tally.told()


def known_figures(game: Game, audience: str) -> tuple[Variable, ...]:
    """The numbers whose course an audience may be told: the public ones, and a role's own."""
    if audience == PUBLIC:
        return figures(game)
    settings = {setting.variable for setting in game.settings}
    return tuple(
        variable
        for index, variable in enumerate(game.variables)
        if may_know(variable.known_to, audience) and not variable.words and index not in settings
    )


class _Tally:
    """What has been played so far, kept as far as a forecast tells it."""

    def __init__(
        self, game: Game, known: State, audience: str, seen: Sequence[Variable]
    ) -> None:
        self.game, self.known, self.audience, self.seen = game, known, audience, seen
        self.aims = [goal for goal in game.goals if goal.role == audience]
        self.endings: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.reached: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        """How many of the audience's goals each play reached."""
        self.series: NDArray[np.float64] = np.zeros((len(seen), game.moments[-1].tick + 1, 0))

    @property
    def plays(self) -> int:
        """How many have been counted."""
        return len(self.endings)

    def add(self, came: Futures) -> None:
        """Count these too."""
        reached = np.zeros(len(came.endings), dtype=np.int64)
        for goal in self.aims:
            reached += came.reached(self.game, goal)
        self.endings = np.concatenate((self.endings, came.endings))
        self.reached = np.concatenate((self.reached, reached))
        if self.seen:
            self.series = np.concatenate((self.series, came.series), axis=2)

    def told(self) -> Forecast:
        """The forecast as it stands now."""
        known, moment = self.known, self.game.moments[self.known.moment]
        found = [
            self._outcome(index, ending.id)
            for index, ending in enumerate(self.game.endings)
            if (self.endings == index).any()
        ]
        return Forecast(
            self.audience, known.chapter, moment.day, self.plays,
            tuple(sorted(found, key=lambda outcome: -outcome.count)), len(self.aims),
            {variable.id: known.cells[variable.cell] for variable in self.seen},
            {v.id: self._fan(row) for v, row in zip(self.seen, self.series, strict=True)},
        )  # fmt: skip

    def _outcome(self, index: int, id: str) -> Outcome:
        came = self.endings == index
        count = int(came.sum())
        low, high = wilson(count, self.plays)
        goals = float(self.reached[came].sum()) / count
        return Outcome(id, count, count / self.plays, low, high, goals, self._sign(came))

    def _fan(self, row: NDArray[np.float64]) -> tuple[Fan, ...]:
        points = []
        for tick, values in enumerate(row):
            on = np.sort(values[~np.isnan(values)])
            if len(on):
                at = [int(np.ceil(share * len(on))) - 1 for share in SHARES]
                least, quarter, half, three, most = (float(on[max(0, place)]) for place in at)
                points.append(
                    Fan(self._last_day(tick), len(on), half, (quarter, three), (least, most))
                )
        return tuple(points)

    def _last_day(self, tick: int) -> int:
        return next(m.day for m in reversed(self.game.moments) if m.tick == tick)

    # How early a sign must show, and how plainly: judged so that it can still be acted on, and so
    # that a figure which wanders by itself is not taken for one.
    AHEAD = 3
    FEW = 8
    PLAIN = 0.5

    def _sign(self, came: NDArray[np.bool_]) -> Sign | None:
        """The gauge that parts these plays from the rest most plainly, a few ticks from now."""
        tick = self.game.moments[self.known.moment].tick
        best: Sign | None = None
        for variable, row in zip(self.seen, self.series, strict=True):
            if not self._is_gauge(variable):
                continue
            for at in range(min(tick + self.AHEAD, len(row) - 1), tick, -1):
                on = ~np.isnan(row[at])
                here, there = row[at][on & came], row[at][on & ~came]
                if len(here) >= self.FEW and len(there) >= self.FEW:
                    apart = _apart(here, there)
                    if abs(apart) >= max(self.PLAIN, best.strength if best else 0.0):
                        best = Sign(variable.id, apart > 0, self._last_day(at), abs(apart))
                    break
        return best

    def _is_gauge(self, variable: Variable) -> bool:
        """Whether it stands on the audience's desk; for those without a desk, on anybody's."""
        if self.audience in (PUBLIC, FACILITATOR):
            return bool(variable.gauge_for)
        return bool(variable.gauge_for & {self.audience, PUBLIC})


def _apart(here: NDArray[np.float64], there: NDArray[np.float64]) -> float:
    """The distance of two means in standard deviations, to three places."""
    spread = float(np.sqrt((here.var() + there.var()) / 2))
    return round(float(here.mean() - there.mean()) / spread, 3) if spread > 1e-9 else 0.0
