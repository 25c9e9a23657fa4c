"""Simple ways to play a chair, to measure a scenario by: greedy, hard, yielding, a fixed list.

Each has an array form in ``play.batched_strategies``. They are no opponents for people, and not
among ``POLICIES``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from peace_sim.engine.game import Answer, Decision, Effect, Game, Option
from peace_sim.engine.opening import default_answer, option_open
from peace_sim.engine.state import State
from peace_sim.play.nearness import Code, nearness
from peace_sim.play.policies import LEAST, Choice, Draw, drawn, leaning

FAVOUR = 1000.0
"""What a plan favours counts so many times: it comes first, and the rest as room is left."""


@dataclass(frozen=True, slots=True)
class Inclined:
    """Takes what it favours most; among equals as its character would.

    A single choice is drawn among the open options that it favours most. A plan leaves out what it
    disfavours (below 0), and takes what it favours (above 0) before the rest.
    """

    name: str

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """An answer drawn by character from what is favoured."""
        day = game.moments[known.moment].day
        lean = leaning(game, known, decision)
        weights: dict[int, float] = {}
        for field in decision.fields:
            offer = [o for o in field.options if option_open(o, known.cells, day)]
            favours = [self.favour(game, known, decision, option) for option in offer]
            best = max(favours, default=0.0)
            for option, favour in zip(offer, favours, strict=True):
                weight = lean(option)
                if favour < (0.0 if field.many else best):
                    weight = 0.0
                elif not field.many:
                    weight = max(weight, LEAST)
                elif favour > 0.0:
                    weight = max(weight, LEAST) * FAVOUR
                weights[id(option)] = weight
        taken, _ = drawn(decision, known, day, lambda option: weights[id(option)], draw)
        return Choice(taken)

    def favour(self, game: Game, known: State, decision: Decision, option: Option) -> float:
        """How much it favours an option, from what its role knows."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Conceding(Inclined):
    """Holds to the hardest line that is open (way -1), or gives most (way 1)."""

    way: float

    def favour(self, game: Game, known: State, decision: Decision, option: Option) -> float:
        """What the author says that the option concedes."""
        return self.way * option.concedes


@dataclass(frozen=True, slots=True)
class Greedy(Inclined):
    """Takes what brings its role's own goals nearest at once, one step and no further."""

    def favour(self, game: Game, known: State, decision: Decision, option: Option) -> float:
        """How much nearer its goals stand once the option's own effects are in."""
        goals = at_stake(game, decision.role, option)
        if not goals:
            return 0.0
        day = game.moments[known.moment].day
        after = afterwards(game, known.cells, day, option)
        gain = 0.0
        for goal in goals:
            near = _near(game, goal)
            gain = gain + (near(after, day) - near(known.cells, day))
        return gain


@dataclass(frozen=True, slots=True)
class FixedList:
    """Answers each decision from a list, whatever the state: as declared, with another default."""

    name: str
    answers: tuple[tuple[str, Answer], ...]
    """Decision and what is wanted there each time; in a plan, in order of preference."""

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """What is listed, where it is open; else the first option that is."""
        wanted = dict(self.answers).get(decision.id, decision.default)
        day = game.moments[known.moment].day
        return Choice(default_answer(replace(decision, default=wanted), known, day))


FORCE = Conceding("always-force", -1.0)
YIELD = Conceding("always-yield", 1.0)
GREEDY = Greedy("greedy")


# ── what an option does at once ──────────────────────────────────────────────────────────────

AT_ONCE = ("add", "set", "choose", "enter")
"""Effects that greedy foresees: on numbers, words and tracks; no deadlines, cases or cables."""


def touched(game: Game, effect: Effect) -> int:
    """The cell that an effect of these kinds writes."""
    if effect.kind == "enter":
        return game.tracks[effect.target].cell
    return game.variables[effect.target].cell


def at_stake(game: Game, role: str, option: Option) -> Sequence[int]:
    """The role's goals that an option's effects may bring nearer or further, by index."""
    cells = {touched(game, effect) for effect in option.effects if effect.kind in AT_ONCE}
    return [
        at
        for at, goal in enumerate(game.goals)
        if goal.role == role and goal.when.reads & cells
    ]


@lru_cache(maxsize=1024)
def _near(game: Game, goal: int) -> Code:
    return nearness(game.goals[goal].when, lambda n: n.of, lambda g: g.holds)


def afterwards(
    game: Game, cells: Sequence[float], day: int, option: Option
) -> Sequence[float]:
    """The cells as an option's effects would leave them at once, as far as the role can tell."""
    after = list(cells)
    for effect in option.effects:
        if effect.kind not in AT_ONCE:
            continue
        if effect.when is not None and not effect.when.holds(cells, day):
            continue
        cell = touched(game, effect)
        if effect.kind in ("enter", "choose"):
            after[cell] = float(effect.word)
        else:
            variable = game.variables[effect.target]
            amount = 0.0 if effect.amount is None else effect.amount.of(cells, day)
            level = after[cell] + amount if effect.kind == "add" else amount
            after[cell] = min(variable.high, max(variable.low, level))
    return after
