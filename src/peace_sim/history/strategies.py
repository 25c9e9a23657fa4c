"""How ways to play a chair fare against each other, and what that says is wrong with a scenario.

One chair at a time plays by a strategy, everyone else by ``character``, all in the same worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch import opening, play
from peace_sim.engine.game import Game
from peace_sim.engine.state import World
from peace_sim.history.dominated import NOTHING, Dominated
from peace_sim.history.fixed_lists import NAME as FIXED
from peace_sim.history.outcomes import Outcomes, outcomes
from peace_sim.history.simulate import wilson
from peace_sim.play.batched_strategies import playing
from peace_sim.play.policies import CHARACTER, HISTORICAL, POLICIES, RANDOM, Policy
from peace_sim.play.strategies import FORCE, GREEDY, YIELD, FixedList

COPY = "copy-history"
STRATEGIES: Mapping[str, Policy] = {
    CHARACTER.name: CHARACTER,
    RANDOM.name: RANDOM,
    GREEDY.name: GREEDY,
    FORCE.name: FORCE,
    YIELD.name: YIELD,
    COPY: HISTORICAL,
}
"""What every chair is played by, besides its best fixed list and a player that looks ahead."""
SEARCHES = tuple(name for name in POLICIES if name.startswith("search"))
LOOKING = (CHARACTER.name, GREEDY.name, *SEARCHES)
"""Strategies that answer to the state, and for their role's sake."""
BLIND = (FIXED, COPY)
"""Strategies that are lists: what they answer is settled before play."""

PUZZLE = 0.40
"""A list that wins a larger share of the worlds solves the game: nobody need look at the state."""
MOVED = 0.05
"""A chair that changes no ending and no goal by more, whatever it does, is idle."""
COMMON = 0.05
"""An ending counts as one that happens above this share."""
FEW = 3
"""So many endings should happen."""
LEAD = 0.20
"""So far ahead of the best list a player who looks at the state should be."""

Code = Literal["puzzle", "idle", "dominated", "quiz", "few-endings"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contest:
    """What is to be played: a chapter in worlds drawn from ``seed`` on, and with which search."""

    chapter: str
    seed: int
    settings: tuple[tuple[str, str], ...]
    plays: int
    search: str = ""
    """The strength of search that plays too; empty for none."""
    searches: int = 0
    """In so many of the worlds."""

    def world(self, number: int) -> World:
        """The world of a play by its number."""
        return World(str(self.seed + number), "drawn", self.settings)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a scenario, and the figures that show it."""

    code: Code
    role: str
    """The chair; empty where it is the whole chapter."""
    figures: Mapping[str, float | int | str]


@dataclass
class Fared:
    """All that was played and found, as far as it came."""

    contest: Contest
    played: dict[tuple[str, str], Outcomes] = field(default_factory=dict)
    """Chair and strategy → what came of its plays. ``character`` is the same for every chair."""
    lists: dict[str, FixedList] = field(default_factory=dict)
    """Chair → the best list that was found for it."""
    looked: dict[int, list[Dominated]] = field(default_factory=dict)
    """Decision → its dominated options, once its windows have been looked at."""
    whole: bool = False
    """Whether all that was asked for is in."""

    def of(self, role: str, strategy: str) -> Outcomes | None:
        """What came of a chair's strategy, if it was played."""
        found = self.played.get(("" if strategy == CHARACTER.name else role, strategy))
        return found if found is not None and found.plays else None

    def strategies(self, role: str) -> list[str]:
        """The strategies that a chair was played by, in the order of the report."""
        names = (*STRATEGIES, FIXED, *SEARCHES)
        return [name for name in names if self.of(role, name) is not None]

    def all_of(self, role: str) -> bool:
        """Whether a chair was played by all that it is judged by, search aside."""
        return all(self.of(role, name) is not None for name in (*STRATEGIES, FIXED))


def chairs(game: Game) -> list[str]:
    """The chairs that have anything to decide."""
    asked = {decision.role for decision in game.decisions}
    return [role.id for role in game.roles if role.chair and role.id in asked]


def fare(
    game: Game, contest: Contest, role: str, policy: Policy, first: int, plays: int
) -> Outcomes:
    """Play the plays with these numbers, one chair by a policy and the others by ``character``."""
    block = opening(game, [contest.world(first + n) for n in range(plays)], contest.chapter)
    play(block, playing(game, lambda other: policy if other == role else CHARACTER))
    return outcomes(game, block)


# ── figures ──────────────────────────────────────────────────────────────────────────────────


def mean_of(values: Floats) -> Interval:
    """The mean, as near as so many plays tell it."""
    mean = float(values.mean())
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    half = 1.959963984540054 * spread / float(np.sqrt(len(values)))
    return Interval(mean, mean - half, mean + half)


def share_of(held: NDArray[np.bool_]) -> Interval:
    """The share of the plays in which something holds."""
    count = int(np.count_nonzero(held))
    return Interval(count / max(1, len(held)), *wilson(count, len(held)))


def goals_share(game: Game, role: str, came: Outcomes) -> Interval:
    """The mean share of a chair's goals that it reached."""
    return mean_of(came.share(game, role))


def won_share(game: Game, role: str, came: Outcomes) -> Interval:
    """The share of plays in which a chair reached all of its goals."""
    return share_of(came.won(game, role))


def paired(game: Game, role: str, one: Outcomes, other: Outcomes) -> tuple[Interval, Interval]:
    """How much more one reached than the other in the same worlds: in goals, and in plays won."""
    plays = min(one.plays, other.plays)
    a, b = one.first(plays), other.first(plays)
    goals = mean_of(a.share(game, role) - b.share(game, role))
    won = mean_of(a.won(game, role).astype(np.float64) - b.won(game, role).astype(np.float64))
    return goals, won


def best_of(game: Game, fared: Fared, role: str, names: tuple[str, ...]) -> str | None:
    """Of these strategies the one that reached most of the chair's goals."""
    there = [name for name in names if fared.of(role, name) is not None]
    return max(there, key=lambda name: _mean(game, fared, role, name), default=None)


def _mean(game: Game, fared: Fared, role: str, name: str) -> float:
    came = fared.of(role, name)
    assert came is not None
    return float(came.share(game, role).mean())


# ── what is wrong ────────────────────────────────────────────────────────────────────────────


def findings(game: Game, fared: Fared) -> list[Finding]:
    """What the figures flag, chair by chair."""
    found = list(_few_endings(game, fared))
    for role in chairs(game):
        if any(goal.role == role for goal in game.goals):
            found += _puzzle(game, fared, role)
            found += _quiz(game, fared, role)
        found += _idle(game, fared, role)
        found += _dominated(game, fared, role)
    return found


def _few_endings(game: Game, fared: Fared) -> Iterator[Finding]:
    came = fared.of("", CHARACTER.name)
    if came is None:
        return
    shares = came.ended(game) / came.plays
    common = [e.id for e, share in zip(game.endings, shares, strict=True) if share > COMMON]
    if len(common) < FEW:
        yield Finding("few-endings", "", {"endings": ", ".join(common), "plays": came.plays})


def _puzzle(game: Game, fared: Fared, role: str) -> Iterator[Finding]:
    for name in BLIND:
        came = fared.of(role, name)
        if came is None:
            continue
        won = won_share(game, role, came)
        if won.value > PUZZLE:
            yield Finding(
                "puzzle", role,
                {"strategy": name, "won": won.value, "low": won.low, "high": won.high,
                 "plays": came.plays},
            )  # fmt: skip


def _quiz(game: Game, fared: Fared, role: str) -> Iterator[Finding]:
    """Copying history reaches at least as many goals as anything else, and more than chance."""
    came, chance = fared.of(role, COPY), fared.of(role, RANDOM.name)
    others = [name for name in fared.strategies(role) if name != COPY]
    if came is None or chance is None or not fared.all_of(role):
        return
    at_random, _ = paired(game, role, came, chance)
    next_best = best_of(game, fared, role, tuple(others))
    assert next_best is not None
    beaten = fared.of(role, next_best)
    assert beaten is not None
    ahead, _ = paired(game, role, came, beaten)
    if ahead.value >= 0.0 and at_random.low > 0.0:
        yield Finding(
            "quiz", role,
            {"goals": _mean(game, fared, role, COPY), "next": next_best, "ahead": ahead.value,
             "low": ahead.low, "high": ahead.high, "plays": came.plays},
        )  # fmt: skip


def _idle(game: Game, fared: Fared, role: str) -> Iterator[Finding]:
    """Whatever the chair does, no ending and nobody's goal changes by more than ``MOVED``."""
    usual = fared.of(role, CHARACTER.name)
    names = [n for n in fared.strategies(role) if n not in SEARCHES]  # too few plays to tell
    if usual is None or not fared.all_of(role):
        return
    largest, what, by = 0.0, "", ""
    for name in names:
        came = fared.of(role, name)
        assert came is not None
        plays = min(came.plays, usual.plays)
        for id, gap in _gaps(game, came.first(plays), usual.first(plays)):
            sure = max(gap.low, -gap.high)
            if sure > MOVED:
                return
            if abs(gap.value) > abs(largest):
                largest, what, by = gap.value, id, name
    yield Finding(
        "idle", role,
        {"largest": largest, "what": what, "strategy": by, "plays": usual.plays},
    )  # fmt: skip


def _gaps(game: Game, one: Outcomes, other: Outcomes) -> Iterator[tuple[str, Interval]]:
    for at, ending in enumerate(game.endings):
        a, b = (one.endings == at).astype(np.float64), (other.endings == at).astype(np.float64)
        yield ending.id, mean_of(a - b)
    for at, goal in enumerate(game.goals):
        a, b = one.goals[at].astype(np.float64), other.goals[at].astype(np.float64)
        yield goal.id, mean_of(a - b)


def _dominated(game: Game, fared: Fared, role: str) -> Iterator[Finding]:
    for index, worse in sorted(fared.looked.items()):
        if game.decisions[index].role != role:
            continue
        for one in worse:
            yield Finding(
                "dominated", role,
                {"decision": one.decision, "field": one.field, "option": one.option,
                 "better": one.better or NOTHING, "loss": one.loss, "error": one.error,
                 "best": one.best, "states": one.states, "plays": one.plays},
            )  # fmt: skip
