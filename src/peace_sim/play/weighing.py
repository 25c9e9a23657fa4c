"""What was found of the answers that a role tried in its head, and the reason that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from peace_sim.engine.game import Answer, Decision, Game, Goal
from peace_sim.play.nearness import Code, nearness

NEAR = 0.5
"""To come the whole way near to a goal counts so much of it. What is missed by little or much tells
a good answer from a bad one in fewer worlds than the goal alone; and where no answer decides a
goal, it tells the way."""

LEAST_LEAD = 0.005
"""A lead of less than this in reaching a goal is none."""

SHARES = (
    (0.005, "none"), (0.05, "hardly any"), (0.15, "about one of ten"), (0.225, "about one of five"),
    (0.29, "about one of four"), (0.415, "about one of three"), (0.585, "about half"),
    (0.71, "about two of three"), (0.775, "about three of four"), (0.85, "about four of five"),
    (0.95, "about nine of ten"), (0.995, "nearly all"),
)  # fmt: skip
"""A share below this is told in these words."""


@dataclass(slots=True)
class Tried:
    """An answer as it was tried: in how many worlds, and how often it reached each goal there."""

    worlds: int
    reached: list[int]
    more: list[int]
    """How much oftener than the role's own answer did in the same worlds."""
    nearer: list[float]
    """How much nearer to each goal it came than that, all worlds together."""

    @classmethod
    def nothing(cls, goals: int) -> Tried:
        """An answer that was not tried yet."""
        return cls(0, [0] * goals, [0] * goals, [0.0] * goals)

    def note(self, goal: int, came: Sequence[float], own: Sequence[float]) -> None:
        """How it stood with a goal at the end of some worlds, and how the own answer did there."""
        held = sum(end >= 1.0 for end in came)
        more = held - sum(end >= 1.0 for end in own)
        self.reached[goal] += held
        self.more[goal] += more
        self.nearer[goal] += sum(came) - sum(own) - more

    @property
    def gain(self) -> float:
        """How many goals more than the own answer it reached in a world, nearness counted in."""
        if not self.worlds:
            return 0.0
        return (sum(self.more) + NEAR * sum(self.nearer)) / self.worlds


@lru_cache(maxsize=64)
def measures(game: Game, role: str) -> tuple[Code, ...]:
    """For each of a role's goals, how a play's end stands with it: 1 more where it is reached; and
    from 0 to 1, how near it is or how safely it is held."""
    return tuple(
        nearness(goal.when, lambda number: number.of, lambda guard: guard.holds)
        for goal in game.goals
        if goal.role == role
    )


def why(
    decision: Decision,
    goals: Sequence[Goal],
    tried: Mapping[Answer, Tried],
    own: Answer,
    best: Answer,
    other: Answer,
) -> str:
    """What speaks for the best answer against the next, in a sentence.

    It may name secret goals: an answer's reason is known to its own role alone.
    """
    shares = [_shares(tried[own], tried[answer]) for answer in (best, other)]
    leads = [mine - its for mine, its in zip(*shares, strict=True)]
    at = leads.index(max(leads))
    mine, its = (told(share[at]) for share in shares)
    instead = _instead(decision, best, other)
    if leads[at] < LEAST_LEAD:
        closest = max(
            range(len(goals)),
            key=lambda goal: _near(tried[best], goal) - _near(tried[other], goal),
        )
        return (
            "It does not expect this to decide what it wants, but to come a little nearer to its "
            f"aim, “{goals[closest].title}”, so than with {instead}."
        )
    goal = f"its aim, “{goals[at].title}”,"
    if mine == its:
        return (
            f"It expects this to serve {goal} a little better than {instead} would; either "
            f"reaches it in {mine} of the courses that it can imagine."
        )
    return (
        f"It expects this to reach {goal} in {mine} of the courses that it can imagine, "
        f"against {its} with {instead}."
    )


def _near(tried: Tried, goal: int) -> float:
    return tried.nearer[goal] / tried.worlds


def _shares(own: Tried, tried: Tried) -> list[float]:
    """How often an answer reaches each goal: as often as the own one does, and what it has more.

    The own one was tried in all worlds; others compare fairly with it alone, in theirs.
    """
    return [
        times / own.worlds + more / tried.worlds
        for times, more in zip(own.reached, tried.more, strict=True)
    ]


def told(share: float) -> str:
    """A share as one says it."""
    return next((words for below, words in SHARES if share < below), "all")


def _instead(decision: Decision, best: Answer, other: Answer) -> str:
    """The other answer, by what sets it apart."""
    titles = {
        (field.id, option.id): f"“{option.title}”"
        for field in decision.fields
        for option in field.options
    }
    added = [titles[pair] for pair in other if pair not in best]
    if added:
        return " and ".join(added[:2])
    gone = [titles[pair] for pair in best if pair not in other]
    return f"the same without {' and '.join(gone[:2])}"
