"""What else could have been answered, worked out beside the screens of a debrief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peace_sim.history.line import Line
from peace_sim.play.journal import Journal
from peace_sim.scenario.edition import Edition

if TYPE_CHECKING:  # numbers in many plays need arrays, which a game starts without
    from peace_sim.history.counterfactual import Fork, WhatIf


class Inquiry:
    """Begun when it is first asked for; goes on, a window at a time, until it is left.

    The worker only replaces what is found; screens look at it when they like.
    """

    def __init__(
        self, edition: Edition, journal: Journal, line: Line, role: str | None
    ) -> None:
        self.edition, self.journal, self.line = edition, journal, line
        self.role = role
        """Whose answers; None for those of all people."""
        self.found: WhatIf | None = None
        self.left = False

    @property
    def forks(self) -> tuple[Fork, ...]:
        """The decisions with what else was open; none before the first look."""
        return self.found.forks if self.found is not None else ()

    def work(self) -> None:
        """All of it, in a thread of its own."""
        from peace_sim.history.counterfactual import explore, forks

        game = self.edition.game
        for found in explore(game, forks(game, self.line, self.role)):
            if self.left:
                return
            self.found = found
