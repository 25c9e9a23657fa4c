"""P10: how much surer a counterfactual is when both answers are played in the same worlds."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from itertools import groupby
from math import inf

PAIRS = 128
SCENARIOS = (
    ("last-night-in-tehran", ("1", "2", "3"), 4),
    ("tajikistan", ("1", "3"), 2),
)
"""Which scenario, the seeds of the plays, and how many chairs, the first ones."""


def pairing() -> Iterator[str]:
    """Variance of a change of an ending's share: worlds of their own ÷ the same worlds.

    A decision's ratio is of the sums over its other answers and the endings; a decision at which
    no pair ever differs counts as infinite, since paired it has no error at all.
    """
    for scenario, seeds, chairs in SCENARIOS:
        ratios: list[float] = []
        for seed in seeds:
            ratios += _ratios(scenario, seed, chairs)
        some = [ratio for ratio in ratios if ratio < inf]
        whole, found = statistics.median(ratios), statistics.median(some)
        yield (
            f"P10 {scenario}, {len(ratios)} decisions, {PAIRS} pairs: median {whole:.1f} "
            f"(target ≥ 5); of the {len(some)} at which anything changes {found:.1f}"
        )


def _ratios(scenario: str, seed: str, chairs: int) -> Iterator[float]:
    from peace_sim.engine.state import World
    from peace_sim.history.counterfactual import Weighed, forks, weigh
    from peace_sim.history.line import line_of
    from peace_sim.play import playout
    from peace_sim.scenario import library

    edition, _ = library.open_edition(scenario)
    assert edition is not None, scenario
    game = edition.game
    line = line_of(game, playout(game, World(seed)).journal)

    def ratio(weighed: list[Weighed]) -> float:
        changes = [change for one in weighed for change in one.endings.values()]
        paired = sum(change.error**2 for change in changes)
        return sum(change.unpaired**2 for change in changes) / paired if paired else inf

    for role in game.roles[:chairs]:
        found = forks(game, line, role.id)
        for _, window in groupby(found, key=lambda fork: fork.state):
            others = [(fork, other) for fork in window for other in fork.others]
            weighed = weigh(game, others, PAIRS, "pairing")
            for _, some in groupby(weighed, key=lambda one: one.fork.number):
                yield ratio(list(some))
