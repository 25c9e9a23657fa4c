"""The worlds that a role can imagine: what it knows as it is, what it may not know as it might be.

Made from a masked state alone. What is hidden comes from plays of the same chapter in worlds of
their own, as far as the same moment: they know the ranges that a scenario draws from, and how such
things tend to move. Where a role has an estimate, the hidden value lies within its error.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from peace_sim.engine.batch import Block, opening, play
from peace_sim.engine.batch.values import somewhere
from peace_sim.engine.chance import draw_named
from peace_sim.engine.game import PUBLIC, Estimate, Game, may_know
from peace_sim.engine.state import State, World
from peace_sim.play.batched import answering
from peace_sim.play.futures import PLAYING
from peace_sim.play.policies import CHARACTER

PRIOR = 64
"""So many plays tell what is hidden; more worlds than these share them in turn."""
KEPT = 128
"""So many moments of those plays are kept at hand."""

Settings = tuple[tuple[str, str], ...]
Levels = dict[int, list[float]]
"""What hidden cells stand at, in each play."""


def imagined(
    game: Game, known: State, audience: str, count: int, name: str
) -> tuple[State, ...]:
    """``count`` states in which the audience could be, each in a drawn world of its own.

    ``known`` is masked for the audience. The worlds' seeds are ``name/0``, ``name/1``…: never the
    session's, so that nobody foresees what chance will do.
    """
    world = replace(known.world, nature="drawn")
    hidden = [
        cell for cell, knowers in enumerate(game.cell_knowers) if not may_know(knowers, audience)
    ]
    estimates = [e for e in game.estimates if e.role == audience]
    prior: Levels = {}
    if hidden:
        with PLAYING:  # a forecast beside the screen and whoever looks ahead may ask at once
            prior = _prior(game, known.chapter, world.settings).at(known.moment, hidden)
    found = []
    for number in range(count):
        seed = f"{name}/{number}"
        cells = list(known.cells)
        for cell, levels in prior.items():
            cells[cell] = levels[number % len(levels)]
        for estimate in estimates:
            _narrow(game, known, estimate, cells, seed)
        found.append(replace(known, world=replace(world, seed=seed), cells=tuple(cells)))
    return tuple(found)


def _narrow(
    game: Game, known: State, estimate: Estimate, cells: list[float], seed: str
) -> None:
    """Bring a hidden value within the error of what the role believes of it."""
    variable = game.variables[estimate.variable]
    if variable.words:
        return
    day = game.moments[known.moment].day
    error = abs(estimate.error.of(known.cells, day))
    level = known.cells[estimate.cell]
    low, high = max(variable.low, level - error), min(variable.high, level + error)
    if not low <= cells[variable.cell] <= high:
        share = draw_named(seed, day, f"belief/{estimate.id}")
        cells[variable.cell] = low + (high - low) * share


class _Prior:
    """Plays of a chapter in worlds of nobody's, walked on as later moments are asked for."""

    def __init__(self, game: Game, chapter: str, settings: Settings) -> None:
        self.game, self.chapter, self.settings = game, chapter, settings
        self.secret = [c for c, knowers in enumerate(game.cell_knowers) if PUBLIC not in knowers]
        self.kept: OrderedDict[int, Any] = OrderedDict()
        self.block: Block | None = None

    def at(self, moment: int, hidden: Sequence[int]) -> Levels:
        """What these cells stand at as a moment begins, in each play that has come so far; if none
        has, at each play's end."""
        levels = self._at(moment)
        place = {cell: at for at, cell in enumerate(self.secret)}
        return {cell: levels[place[cell]].tolist() for cell in hidden}

    def _at(self, moment: int) -> Any:
        if moment not in self.kept:
            if self.block is None or self.block.moment > moment:
                worlds = [
                    World(f"imagined/{number}", "drawn", self.settings) for number in range(PRIOR)
                ]
                self.block = opening(self.game, worlds, self.chapter)
            if self.block.moment < moment and somewhere(self.block.alive):
                day = self.game.moments[moment].day
                play(self.block, answering(self.game, lambda role: CHARACTER), until=day)
            living = self.block.numbers(self.block.alive)
            told = living if len(living) else range(PRIOR)
            self.kept[moment] = self.block.cells()[self.secret][:, told]
            if len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return self.kept[moment]


@lru_cache(maxsize=8)
def _prior(game: Game, chapter: str, settings: Settings) -> _Prior:
    return _Prior(game, chapter, settings)
