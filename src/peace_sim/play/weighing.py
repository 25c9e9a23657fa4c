"""What was found of the answers that a role tried in its head, and the reason that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from peace_sim.engine.game import Answer, Decision, Goal

SHARES = (
    (0.005, "none"), (0.05, "hardly any"), (0.15, "one of ten"), (0.225, "one of five"),
    (0.29, "one of four"), (0.415, "one of three"), (0.585, "half"), (0.71, "two of three"),
    (0.775, "three of four"), (0.85, "four of five"), (0.95, "nine of ten"),
    (0.995, "nearly all"),
)  # fmt: skip
"""A share below this is told in these words."""


@dataclass(slots=True)
class Tried:
    """An answer as it was tried: in how many worlds, and how often it reached each goal there."""

    worlds: int
    reached: list[int]
    more: list[int]
    """How much oftener than the role's own answer did in the same worlds."""

    @classmethod
    def nothing(cls, goals: int) -> Tried:
        """An answer that was not tried yet."""
        return cls(0, [0] * goals, [0] * goals)

    @property
    def gain(self) -> float:
        """How many goals more than the own answer it reached, in a world."""
        return sum(self.more) / self.worlds if self.worlds else 0.0


def why(
    decision: Decision,
    goals: Sequence[Goal],
    tried: Mapping[Answer, Tried],
    best: Answer,
    other: Answer,
) -> str:
    """What speaks for the best answer against the next, in a sentence.

    It may name secret goals: an answer's reason is known to its own role alone.
    """
    share = [_shares(tried[answer]) for answer in (best, other)]
    leads = [mine - its for mine, its in zip(*share, strict=True)]
    at = max(range(len(goals)), key=lambda goal: leads[goal])
    mine, its = (told(shares[at]) for shares in share)
    instead = _instead(decision, best, other)
    goal = f"its aim, “{goals[at].title}”,"
    if mine == its:
        return (
            f"It expects this to serve {goal} a little better than {instead} would; either "
            f"reaches it in about {mine} of the courses that it can imagine."
        )
    return (
        f"It expects this to reach {goal} in about {mine} of the courses that it can imagine, "
        f"against {its} with {instead}."
    )


def _shares(tried: Tried) -> list[float]:
    return [times / max(1, tried.worlds) for times in tried.reached]


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
